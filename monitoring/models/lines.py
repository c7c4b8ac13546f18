"""The figures of a submission. Cells are nullable: missing, «not applicable» and zero are three things.

`raw` keeps what was typed but could not be read (field -> text); `not_applicable` lists fields;
`version` guards against silent overwriting; a held line keeps its figures in `held_raw` only (decision 16).
Triggers refuse any change while the submission is locked and write old and new to the audit log.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agreements.models.projects import STATUSES
from budget_portal.fields import MillionRialField, PercentField, QuantityField, million_rial_check
from monitoring.models.figures import FigureRow
from monitoring.models.finance import FinanceLine
from monitoring.querysets import (
    CapitalLineQuerySet,
    ExpenseLineQuerySet,
    LineQuerySet,
    OperationProgressQuerySet,
    ProjectLineQuerySet,
)

CAPITAL_CELLS = (
    "received_cash",
    "received_securities",
    "spent",
    "advances_open",
    "commitments_open",
    "returned",
)
EXPENSE_CELLS = ("received", "spent", "commitments_open")


class CapitalFinanceLine(FigureRow, FinanceLine):
    """Money of one project × funding source, cumulative from 1 Farvardin to the cut-off."""

    project = models.ForeignKey("agreements.Project", on_delete=models.PROTECT, related_name="finance_lines")
    agreement_project = models.ForeignKey(
        "agreements.AgreementProject",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the version it is measured against",
    )
    previous = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="last approved line of the year",
    )
    received_cash = MillionRialField(null=True, blank=True)
    received_securities = MillionRialField(null=True, blank=True)
    advances_open = MillionRialField(null=True, blank=True)
    commitments_open = MillionRialField(null=True, blank=True)
    returned = MillionRialField(null=True, blank=True, help_text="CLOSING only")

    objects = CapitalLineQuerySet.as_manager()

    class Meta:
        ordering = ["project", "funding_source"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "project", "funding_source"], name="capitalfinanceline_once"
            ),
            million_rial_check(*CAPITAL_CELLS, name="capitalfinanceline_money", allow_negative=True),
            million_rial_check(
                "approved_credit", "credit_in_force", "collected", name="capitalfinanceline_copied"
            ),
            models.CheckConstraint(
                name="capitalfinanceline_held",
                condition=Q(held=False) | Q(**{f"{cell}__isnull": True for cell in CAPITAL_CELLS}),
                violation_error_message="ردیف نگه‌داشته‌شده رقم ندارد.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} – {self.funding_source}"

    @property
    def received(self) -> int | None:
        """Cash and securities together; None while one of them is missing."""
        parts = [self.received_cash, self.received_securities]
        na = set(self.not_applicable)
        if self.received_cash is None and "received_cash" not in na:
            return None
        if self.received_securities is None and "received_securities" not in na and self.allocated_securities:
            return None
        return sum(part or 0 for part in parts)


class ExpenseFinanceLine(FigureRow, FinanceLine):
    """Money of one programme × chapter × funding source, cumulative from 1 Farvardin to the cut-off."""

    programme = models.ForeignKey("agreements.Programme", on_delete=models.PROTECT, related_name="+")
    expense_chapter = models.ForeignKey(
        "agreements.ExpenseChapter", on_delete=models.PROTECT, related_name="+"
    )
    agreement = models.ForeignKey(
        "agreements.ExpenseAgreement",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the version it is measured against",
    )
    previous = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="last approved line of the year",
    )
    received = MillionRialField(null=True, blank=True)
    commitments_open = MillionRialField(null=True, blank=True)

    objects = ExpenseLineQuerySet.as_manager()

    class Meta:
        ordering = ["programme", "expense_chapter", "funding_source"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "programme", "expense_chapter", "funding_source"],
                name="expensefinanceline_once",
            ),
            million_rial_check(*EXPENSE_CELLS, name="expensefinanceline_money", allow_negative=True),
            million_rial_check(
                "approved_credit", "credit_in_force", "collected", name="expensefinanceline_copied"
            ),
            models.CheckConstraint(
                name="expensefinanceline_held",
                condition=Q(held=False) | Q(**{f"{cell}__isnull": True for cell in EXPENSE_CELLS}),
                violation_error_message="ردیف نگه‌داشته‌شده رقم ندارد.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} – {self.expense_chapter}"


class ProjectProgress(FigureRow):
    """Physical side of one project at one cut-off, as the agency reports it."""

    submission = models.ForeignKey(
        "monitoring.PerformanceSubmission", on_delete=models.PROTECT, related_name="+"
    )
    project = models.ForeignKey("agreements.Project", on_delete=models.PROTECT, related_name="progress_rows")
    agreement_project = models.ForeignKey(
        "agreements.AgreementProject", on_delete=models.PROTECT, related_name="+"
    )
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    physical_progress = PercentField(null=True, help_text="computed from operations")
    planned_progress = PercentField(null=True, help_text="copied from the agreement in force")
    status = models.CharField(max_length=24, choices=list(STATUSES.items()), blank=True)
    forecast_end = models.DateField(null=True, blank=True)
    obstacles = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    workers = models.PositiveIntegerField(null=True, blank=True, help_text="persons on site")
    last_statement_number = models.CharField(max_length=40, blank=True)
    last_statement_on = models.DateField(null=True, blank=True)
    last_statement_amount = MillionRialField(null=True, blank=True)
    contractor_debts = MillionRialField(null=True, blank=True)
    next_activity = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text="V8: why progress fell (re-measurement)")
    held = models.BooleanField(default=False)
    held_raw = models.JSONField(default=dict, blank=True)
    held_rules = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    objects = ProjectLineQuerySet.as_manager()

    class Meta:
        ordering = ["project"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "project"], name="projectprogress_once"),
            models.CheckConstraint(
                name="projectprogress_percent",
                condition=Q(physical_progress__isnull=True)
                | Q(physical_progress__gte=0, physical_progress__lte=100),
            ),
            models.CheckConstraint(
                name="projectprogress_completed",
                condition=~Q(status="completed")
                | Q(physical_progress__isnull=True)
                | Q(physical_progress=100),
                violation_error_message="پروژهٔ خاتمه‌یافته پیشرفت ۱۰۰ درصد می‌خواهد.",
            ),
            models.CheckConstraint(
                name="projectprogress_held", condition=Q(held=False) | Q(physical_progress__isnull=True)
            ),
            million_rial_check("last_statement_amount", "contractor_debts", name="projectprogress_money"),
        ]

    def __str__(self) -> str:
        return f"{self.project}: {self.physical_progress}"


class OperationProgress(FigureRow):
    """Quantity done of one operation since the project began, in its own unit."""

    progress = models.ForeignKey(ProjectProgress, on_delete=models.CASCADE, related_name="operations")
    operation = models.ForeignKey("agreements.WorkOperation", on_delete=models.PROTECT, related_name="+")
    quantity_done = QuantityField(null=True, blank=True)

    objects = OperationProgressQuerySet.as_manager()

    class Meta:
        ordering = ["operation__position", "operation__key"]
        constraints = [
            models.UniqueConstraint(fields=["progress", "operation"], name="operationprogress_once"),
            models.CheckConstraint(
                name="operationprogress_quantity",
                condition=Q(quantity_done__isnull=True) | Q(quantity_done__gte=0),
                violation_error_message="مقدار انجام‌شده منفی نیست.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation}: {self.quantity_done}"


class ProjectDelayCause(models.Model):
    """Share of one cause in a project's delay; the shares of a project add up to 100."""

    progress = models.ForeignKey(ProjectProgress, on_delete=models.CASCADE, related_name="delay_causes")
    cause = models.ForeignKey("monitoring.DelayCause", on_delete=models.PROTECT, related_name="+")
    share = PercentField()
    text = models.CharField(max_length=300, blank=True)

    objects = OperationProgressQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["progress", "cause"], name="projectdelaycause_once"),
            models.CheckConstraint(name="projectdelaycause_share", condition=Q(share__gt=0, share__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.share}"


class ActivityPerformance(FigureRow):
    """Volume and cost of one activity of the expense agreement, cumulative in the year."""

    submission = models.ForeignKey(
        "monitoring.PerformanceSubmission", on_delete=models.PROTECT, related_name="+"
    )
    activity = models.ForeignKey("agreements.Activity", on_delete=models.PROTECT, related_name="+")
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    volume_done = QuantityField(null=True, blank=True)
    cost = MillionRialField(null=True, blank=True)
    quality_note = models.TextField(blank=True)
    low_volume_reason = models.TextField(blank=True)

    objects = LineQuerySet.as_manager()

    class Meta:
        ordering = ["activity__position", "activity__key"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "activity"], name="activityperformance_once"),
            models.CheckConstraint(
                name="activityperformance_volume",
                condition=Q(volume_done__isnull=True) | Q(volume_done__gte=0),
            ),
            million_rial_check("cost", name="activityperformance_money"),
        ]

    def __str__(self) -> str:
        return f"{self.activity}: {self.volume_done}"


class LineTransfer(models.Model):
    """An expense line that moved to another agency during the year, with its last approved figure."""

    period = models.ForeignKey("agreements.ReportingPeriod", on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey("agreements.Programme", on_delete=models.PROTECT, related_name="+")
    from_agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["period", "programme", "to_agency"], name="linetransfer_once"),
            models.CheckConstraint(name="linetransfer_two", condition=~Q(from_agency=models.F("to_agency"))),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.from_agency} ← {self.to_agency}"
