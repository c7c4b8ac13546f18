from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.scopes import Scope, ScopedQuerySet
from agreements.kinds import Kind
from budget_portal.fields import MillionRialField, PercentField
from monitoring.querysets import SubmissionPartQuerySet


class EvidencePolicyQuerySet(ScopedQuerySet["EvidencePolicy"]):
    scope = Scope(organization="organization")

    def for_user(self, user: Any) -> Any:
        """Everybody who acts in an organization reads its rules; a national viewer those of the provinces."""
        acting = getattr(user, "acting", None)
        if acting is None:
            return self.none()
        own = Q(organization=acting.organization_id)
        if acting.role == "national_viewer":
            own |= Q(organization__parent=acting.organization_id)
        return self.filter(own)


class EvidencePolicy(models.Model):
    """From which rise of spending on a line needs a document, and which share of the other documents the treasurer
    must open before confirming. Holds from a cut-off on, until a later row; rows stay (who decided what, when)."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="evidence_policies"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    from_period = models.ForeignKey("agreements.ReportingPeriod", on_delete=models.PROTECT, related_name="+")
    amount = MillionRialField(null=True, help_text="rise since the last cut-off; empty: none is demanded")
    sample_share = PercentField(help_text="percent of the documents below the amount")
    sample_least = models.PositiveSmallIntegerField(help_text="at least so many, where there are so many")
    note = models.CharField(max_length=300, help_text="why, or by which letter")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    objects = EvidencePolicyQuerySet.as_manager()

    class Meta:
        ordering = ["-from_period__cutoff_date", "-id"]
        constraints = [
            models.CheckConstraint(
                name="evidencepolicy_bounds",
                condition=Q(sample_share__gte=0, sample_share__lte=100)
                & (Q(amount__isnull=True) | Q(amount__gte=1)),
                violation_error_message="سهم نمونه بین صفر و صد درصد است و مبلغ از یک میلیون ریال کمتر نیست.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.kind} {self.from_period}"


class EvidenceOpening(models.Model):
    """That a reviewer opened a document of a revision: the proof behind «seen before signing»."""

    document = models.ForeignKey(
        "monitoring.SubmissionDocument", on_delete=models.PROTECT, related_name="openings"
    )
    submission = models.ForeignKey(
        "monitoring.PerformanceSubmission", on_delete=models.PROTECT, related_name="evidence_openings"
    )
    revision = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = SubmissionPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "revision", "person"], name="evidenceopening_once")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.document_id}"
