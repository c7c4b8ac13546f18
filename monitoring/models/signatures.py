from django.conf import settings
from django.db import models
from django.db.models import Q


class SigningKey(models.Model):
    """The key of one signer. The public half stays for ever, so that old signatures can always be checked.

    `sealed` is the private half, encrypted at rest; empty when the key lives elsewhere (a token in the hand).
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signing_keys"
    )
    backend = models.CharField(max_length=20, help_text="who holds the private half: server, token")
    algorithm = models.CharField(max_length=20)
    public = models.BinaryField(help_text="raw public key")
    fingerprint = models.CharField(max_length=64, unique=True, help_text="sha256 of the public key")
    sealed = models.BinaryField(null=True, help_text="Fernet over the private key; null: not held here")
    made_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, help_text="signs no more; still verifies")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "backend"], condition=Q(retired_at__isnull=True), name="signingkey_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.fingerprint[:16]}"


class Signature(models.Model):
    """Who signed what, in which role, in whose place. Never changes (sql/signatures.sql).

    What was signed is the canonical JSON of these columns (monitoring/signing/statement.py); `parts` holds the
    digest of every line and of every file, so that a change can be named and not only noticed.
    """

    target_type = models.CharField(max_length=60, help_text="such as monitoring.performancesubmission")
    target_id = models.BigIntegerField()
    event = models.CharField(max_length=40)
    revision = models.PositiveIntegerField(default=0)
    content_digest = models.CharField(max_length=64)
    files_digest = models.CharField(max_length=64, blank=True)
    parts = models.JSONField(default=dict)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        "accounts.Membership", null=True, on_delete=models.PROTECT, related_name="+"
    )
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="signatures")
    algorithm = models.CharField(max_length=20)
    at = models.DateTimeField()
    signature = models.BinaryField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="signature_target")]

    def __str__(self) -> str:
        return f"{self.event} {self.target_type}:{self.target_id} {self.signer}"
