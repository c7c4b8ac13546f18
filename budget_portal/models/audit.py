"""The one append-only log (decision 19). Triggers add sequence and hash and refuse change; see sql/audit.sql."""

from django.db import models

from budget_portal.querysets import AuditEntryQuerySet


class AuditEntry(models.Model):
    """One fact: who did what to which object, when, in which role, with what before and after.

    Moves are written by `audit.record`; old and new of figure rows by a trigger. `chain` is the object
    (`type:id`); `sequence`, `previous_hash` and `hash` are set by the database only.
    """

    recorded_at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, blank=True)
    on_behalf_of = models.ForeignKey(
        "accounts.Delegation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    organization = models.ForeignKey(
        "accounts.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )
    event = models.CharField(max_length=80)
    target_type = models.CharField(max_length=80)
    target_id = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    note = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    job_id = models.CharField(max_length=64, blank=True)
    chain = models.CharField(max_length=130)
    sequence = models.BigIntegerField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="auditentry_chain_sequence"),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="auditentry_org"),
            models.Index(fields=["event", "-id"], name="auditentry_event"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} #{self.sequence} {self.event}"


class AuditCheckpoint(models.Model):
    """A digest over the heads of all chains at one moment; printed and kept outside the database."""

    recorded_at = models.DateTimeField(auto_now_add=True)
    last_entry_id = models.BigIntegerField()
    chains = models.IntegerField()
    heads = models.JSONField(help_text="chain -> [sequence, hash]")
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.recorded_at:%Y-%m-%d} {self.digest[:12]}"
