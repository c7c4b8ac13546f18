"""Where two sources of one figure do not agree, and how far apart they may be."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from monitoring.querysets import SubmissionPartQuerySet, ToleranceQuerySet


class Tolerance(models.Model):
    """رواداری: how far two sources may be apart before somebody has to explain, from a cut-off on.

    Append-only: the rows are their own history. The newest row whose cut-off is not later holds.
    """

    class Unit(models.TextChoices):
        POINTS = "points", "واحد درصد"
        PERCENT = "percent", "درصد"

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    pair = models.CharField(max_length=30)
    unit = models.CharField(max_length=8, choices=Unit.choices)
    amount = models.DecimalField(max_digits=6, decimal_places=2)
    valid_from = models.ForeignKey(
        "agreements.ReportingPeriod",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="from which cut-off on",
    )
    reason = models.TextField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = ToleranceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="tolerance_amount",
                condition=Q(amount__gte=0, amount__lte=100, unit__in=["points", "percent"]),
                violation_error_message="رواداری میان ۰ و ۱۰۰ است.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pair} {self.amount}"


class SourceConflict(models.Model):
    """مغایرت: one figure of one line as the agency reports it and as another source has it."""

    class State(models.TextChoices):
        OPEN = "open", "باز"
        EXPLAINED = "explained", "توضیح داده شد"
        RESOLVED = "resolved", "پذیرفته شد"
        AGREED = "agreed", "دیگر مغایرتی نیست"

    submission = models.ForeignKey(
        "monitoring.PerformanceSubmission", on_delete=models.PROTECT, related_name="conflicts"
    )
    project = models.ForeignKey("agreements.Project", null=True, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(
        "agreements.Programme", null=True, on_delete=models.PROTECT, related_name="+"
    )
    expense_chapter = models.ForeignKey(
        "agreements.ExpenseChapter", null=True, on_delete=models.PROTECT, related_name="+"
    )
    pair = models.CharField(max_length=30)
    reported = models.DecimalField(max_digits=18, decimal_places=2, help_text="by the agency")
    other = models.DecimalField(max_digits=18, decimal_places=2, help_text="in the other source")
    tolerance = models.DecimalField(max_digits=6, decimal_places=2)
    unit = models.CharField(max_length=8, choices=Tolerance.Unit.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    explanation = models.TextField(blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    explained_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True, help_text="word of who accepted or refused the explanation")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    found_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = SubmissionPartQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "pair", "project", "programme", "expense_chapter"],
                nulls_distinct=False,
                name="sourceconflict_once",
            ),
            models.CheckConstraint(
                name="sourceconflict_state",
                condition=Q(state__in=["open", "explained", "resolved", "agreed"]),
            ),
            models.CheckConstraint(
                name="sourceconflict_explained",
                condition=~Q(state__in=["explained", "resolved"])
                | (Q(explained_by__isnull=False, explained_at__isnull=False) & ~Q(explanation="")),
            ),
            models.CheckConstraint(
                name="sourceconflict_two_people",
                condition=~Q(state="resolved")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=models.F("explained_by"))),
                violation_error_message="توضیح را کس دیگری می‌پذیرد.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.project or self.programme or self.submission)
