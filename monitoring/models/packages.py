"""بسته: what was finally approved, frozen as one canonical text, in one chain per organization."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from monitoring.querysets import PackageQuerySet


class Package(models.Model):
    """Figures, rules, agreement versions, signers and file digests of one final approval, or the list of all
    of a published cut-off. A row of its own and no grown snapshot: a cut-off has no submission, and only what
    is final stands in the chain. `text` is kept byte for byte, since the digest is taken over it; the text
    itself names its place in the chain and the digest before it. Never changes (trigger).
    """

    class Sort(models.TextChoices):
        SUBMISSION = "submission", "بستهٔ پرونده"
        CUTOFF = "cutoff", "بستهٔ مقطع"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="packages"
    )
    number = models.PositiveIntegerField(help_text="place in the chain of the organization, from 1")
    sort = models.CharField(max_length=10, choices=Sort.choices)
    submission = models.ForeignKey(
        "monitoring.PerformanceSubmission", null=True, on_delete=models.PROTECT, related_name="packages"
    )
    window = models.ForeignKey(
        "agreements.PeriodWindow", null=True, on_delete=models.PROTECT, related_name="packages"
    )
    revision = models.PositiveIntegerField(
        help_text="of the submission; of a cut-off, how often it was frozen"
    )
    text = models.TextField(help_text="canonical JSON")
    digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64)
    assurance = models.TextField(blank=True, help_text="word of the signer, published with the data")
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PackageQuerySet.as_manager()

    class Meta:
        ordering = ["organization", "number"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="package_number_once"),
            models.UniqueConstraint(fields=["organization", "previous_digest"], name="package_one_follower"),
            models.CheckConstraint(
                name="package_of",
                condition=Q(sort="submission", submission__isnull=False, window__isnull=True)
                | Q(sort="cutoff", submission__isnull=True, window__isnull=False),
            ),
            models.CheckConstraint(
                name="package_digest",
                condition=Q(digest__regex=r"^[0-9a-f]{64}$") & ~Q(digest=F("previous_digest")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id}/{self.number}"
