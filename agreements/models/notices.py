"""Letters that give credit (ابلاغیهٔ بودجه) and release part of it (ابلاغیهٔ تخصیص). Issued ones never change."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from agreements.kinds import Kind
from agreements.querysets import AllocationLineQuerySet, NoticePartQuerySet, NoticeQuerySet
from budget_portal.fields import MillionRialField, million_rial_check

CAPITAL_GRAIN = Q(project__isnull=False, programme__isnull=True, expense_chapter__isnull=True)
EXPENSE_GRAIN = Q(project__isnull=True, programme__isnull=False, expense_chapter__isnull=False)


class _Notice(models.Model):
    """A numbered letter. `valid_from` is the day from which it counts, `recorded_at` when we learned it."""

    class State(models.TextChoices):
        DRAFT = "draft", "پیش‌نویس"
        ISSUED = "issued", "صادرشده"
        CANCELLED = "cancelled", "باطل‌شده"

    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    letter_number = models.CharField(max_length=60)
    letter_date = models.DateField()
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    issued_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.TextField(blank=True)
    note = models.TextField(blank=True)
    document = models.ForeignKey(
        "budget_portal.StoredFile", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-letter_date", "letter_number"]
        constraints = [
            models.CheckConstraint(
                name="%(class)s_state",
                condition=Q(state="draft")
                | Q(state="issued", issued_at__isnull=False)
                | (Q(state="cancelled", cancelled_at__isnull=False) & ~Q(cancel_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.letter_number


class BudgetNotification(_Notice):
    """ابلاغیهٔ بودجه: gives an agency its credit of a year."""

    fiscal_year = models.ForeignKey("agreements.FiscalYear", on_delete=models.PROTECT, related_name="+")

    class Meta(_Notice.Meta):
        constraints = [
            *_Notice.Meta.constraints,
            models.UniqueConstraint(
                fields=["agency", "kind", "letter_number"],
                condition=~Q(state="cancelled"),
                name="budgetnotification_letter",
            ),
        ]


class NotificationLine(models.Model):
    notification = models.ForeignKey(BudgetNotification, on_delete=models.PROTECT, related_name="lines")
    scope = models.CharField(
        max_length=10, choices=[("national", "ملی"), ("provincial", "استانی")], default="provincial"
    )
    budget_row = models.CharField(max_length=30, blank=True)
    programme = models.ForeignKey("agreements.Programme", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(
        "agreements.Plan", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    expense_chapter = models.ForeignKey(
        "agreements.ExpenseChapter", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    funding_source = models.ForeignKey("agreements.FundingSource", on_delete=models.PROTECT, related_name="+")
    amount = MillionRialField(help_text="negative: taken back")

    objects = NoticePartQuerySet.as_manager()

    class Meta:
        constraints = [
            million_rial_check("amount", name="notificationline_money", allow_negative=True),
            models.CheckConstraint(
                name="notificationline_grain",
                condition=Q(plan__isnull=True, expense_chapter__isnull=False)
                | Q(plan__isnull=False, expense_chapter__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.amount}"


class AllocationNotice(_Notice):
    """ابلاغیهٔ تخصیص of the allocation committee, for a cut-off."""

    period = models.ForeignKey("agreements.ReportingPeriod", on_delete=models.PROTECT, related_name="+")

    class Meta(_Notice.Meta):
        constraints = [
            *_Notice.Meta.constraints,
            models.UniqueConstraint(
                fields=["agency", "kind", "letter_number"],
                condition=~Q(state="cancelled"),
                name="allocationnotice_letter",
            ),
        ]


class AllocationLine(models.Model):
    """What one notice releases (negative: recalls). Grain by law (PBR 29): capital project, expense
    programme × chapter; the funding source is added. Allocated at a cut-off = sum of issued lines valid by then.

    An advance (تنخواه) counts when it is given. A line with `converted_from` closes a part of it: a positive one
    turns that part into allocation and is not counted again, a negative one takes it back. A trigger keeps the parts
    within the advance (sql/letters.sql).
    """

    class Instrument(models.TextChoices):
        CASH = "cash", "نقد"
        SECURITIES = "securities", "اسناد خزانه"

    notice = models.ForeignKey(AllocationNotice, on_delete=models.PROTECT, related_name="lines")
    project = models.ForeignKey(
        "agreements.Project", null=True, blank=True, on_delete=models.PROTECT, related_name="allocation_lines"
    )
    programme = models.ForeignKey(
        "agreements.Programme", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    expense_chapter = models.ForeignKey(
        "agreements.ExpenseChapter", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    funding_source = models.ForeignKey("agreements.FundingSource", on_delete=models.PROTECT, related_name="+")
    instrument = models.CharField(max_length=10, choices=Instrument.choices, default=Instrument.CASH)
    amount = MillionRialField(help_text="negative: recall")
    collected = MillionRialField(null=True, blank=True, help_text="own revenue: collected so far, cumulative")
    symbol = models.CharField(max_length=30, blank=True)
    due_date = models.DateField(null=True, blank=True)
    is_advance = models.BooleanField(default=False, help_text="تنخواه")
    converted_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AllocationLineQuerySet.as_manager()

    class Meta:
        constraints = [
            million_rial_check("amount", name="allocationline_money", allow_negative=True),
            million_rial_check("collected", name="allocationline_collected"),
            models.CheckConstraint(name="allocationline_grain", condition=CAPITAL_GRAIN | EXPENSE_GRAIN),
            models.CheckConstraint(
                name="allocationline_securities",
                condition=Q(instrument="cash") | (Q(due_date__isnull=False) & ~Q(symbol="")),
                violation_error_message="اسناد خزانه نماد و سررسید می‌خواهد.",
            ),
            models.CheckConstraint(
                name="allocationline_advance",
                condition=Q(is_advance=False)
                | Q(instrument="cash", amount__gt=0, converted_from__isnull=True),
                violation_error_message="تنخواه نقدی و بیش از صفر است.",
            ),
            models.CheckConstraint(
                name="allocationline_conversion",
                condition=Q(converted_from__isnull=True) | (Q(instrument="cash") & ~Q(amount=0)),
                violation_error_message="تبدیل یا برگشت تنخواه نقدی است و مبلغ می‌خواهد.",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "funding_source"], name="allocationline_project"),
            models.Index(fields=["programme", "expense_chapter"], name="allocationline_programme"),
        ]

    def __str__(self) -> str:
        return f"{self.notice}: {self.amount}"
