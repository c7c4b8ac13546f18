from django.conf import settings
from django.db import models
from django.db.models import Q

from agreements.kinds import Kind
from monitoring.querysets import AbsenceQuerySet


class Absence(models.Model):
    """An agency that is left out of a cut-off on record: it no longer keeps the cut-off from closing, and every
    total, report and package names it as absent with the reason."""

    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="absences")
    period = models.ForeignKey(
        "agreements.ReportingPeriod", on_delete=models.PROTECT, related_name="absences"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "period", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                name="absence_one",
            ),
            models.CheckConstraint(
                name="absence_reason",
                condition=Q(reason__regex=r"^.{20,}"),
                violation_error_message="دلیل را در دست‌کم ۲۰ نویسه بنویسید.",
            ),
            models.CheckConstraint(
                name="absence_withdrawn",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reason[:40]
