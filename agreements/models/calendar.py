"""When: fiscal years, cut-offs, and the window in which an organization takes figures (decision 7)."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import letter_of_step
from agreements.kinds import Kind
from agreements.querysets import (
    ExtensionRequestQuerySet,
    FiscalYearQuerySet,
    PeriodWindowQuerySet,
    ReportingPeriodQuerySet,
)
from budget_portal.jalali import cutoff_name


class FiscalYear(models.Model):
    """سال مالی of a national organization. Spending deadlines are its data, never constants (PAA 63, 64)."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="fiscal_years"
    )
    year = models.PositiveSmallIntegerField(help_text="Jalali year, such as 1405")
    starts_on = models.DateField()
    ends_on = models.DateField()
    expense_deadline = models.DateField()
    cash_return_deadline = models.DateField()
    capital_deadline = models.DateField()
    final_statement_deadline = models.DateField()

    objects = FiscalYearQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "year"], name="fiscalyear_year"),
            models.CheckConstraint(name="fiscalyear_dates", condition=Q(ends_on__gt=F("starts_on"))),
        ]

    def __str__(self) -> str:
        return str(self.year)


class ReportingPeriod(models.Model):
    """مقطع: a cut-off of a fiscal year. Has a date, no state (states are the windows')."""

    class Cutoff(models.TextChoices):
        Q1 = "Q1", "سه‌ماههٔ نخست"
        Q2 = "Q2", "شش‌ماهه"
        Q3 = "Q3", "نه‌ماهه"
        Q4 = "Q4", "سالانه"
        CLOSING = "CLOSING", "متمم پایان سال"

    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="periods")
    cutoff = models.CharField(max_length=8, choices=Cutoff.choices)
    cutoff_date = models.DateField()

    objects = ReportingPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["cutoff_date"]
        constraints = [models.UniqueConstraint(fields=["fiscal_year", "cutoff"], name="period_cutoff")]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """`1405-Q2`; used in URLs, files and the API."""
        return f"{self.fiscal_year.year}-{self.cutoff}"

    @property
    def is_closing(self) -> bool:
        return self.cutoff == self.Cutoff.CLOSING

    @property
    def quarter(self) -> int:
        """1 to 4; the closing cut-off counts as the fourth."""
        return 4 if self.is_closing else int(self.cutoff[1])


class PeriodWindow(models.Model):
    """What an organization's deputy opens and closes and its consolidation group publishes.

    One per period, kind and sector group (empty group: all groups without a window of their own).
    """

    class State(models.TextChoices):
        PLANNED = "planned", "برنامه‌ریزی‌شده"
        OPEN = "open", "باز"
        CLOSED = "closed", "بسته"
        PUBLISHED = "published", "منتشرشده"

    period = models.ForeignKey(ReportingPeriod, on_delete=models.PROTECT, related_name="windows")
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="windows"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    sector_group = models.ForeignKey(
        "accounts.SectorGroup", null=True, blank=True, on_delete=models.PROTECT, related_name="windows"
    )
    opens_on = models.DateField()
    entry_due = models.DateField()
    treasurer_due = models.DateField()
    expert_due = models.DateField()
    consolidation_due = models.DateField()
    publication_on = models.DateField()
    extended_to = models.DateField(null=True, blank=True)
    extension_reason = models.TextField(blank=True)
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PeriodWindowQuerySet.as_manager()

    class Meta:
        ordering = ["-period__cutoff_date", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "organization", "kind", "sector_group"],
                nulls_distinct=False,
                name="periodwindow_once",
                violation_error_message="برای این مقطع و گروه پنجرهٔ ورود تعریف شده است.",
            ),
            models.CheckConstraint(
                name="periodwindow_state", condition=Q(state__in=["planned", "open", "closed", "published"])
            ),
            models.CheckConstraint(
                name="periodwindow_dates",
                condition=Q(entry_due__gte=F("opens_on"))
                & Q(treasurer_due__gte=F("entry_due"))
                & Q(expert_due__gte=F("treasurer_due"))
                & Q(consolidation_due__gte=F("expert_due"))
                & Q(publication_on__gte=F("consolidation_due")),
                violation_error_message="مهلت‌ها باید به ترتیب گام‌ها باشند.",
            ),
            models.CheckConstraint(
                name="periodwindow_extension",
                condition=Q(extended_to__isnull=True)
                | (
                    Q(extended_to__gte=F("entry_due"))
                    & Q(extended_by__isnull=False)
                    & ~Q(extension_reason="")
                ),
                violation_error_message="تمدید، دلیل و تمدیدکننده می‌خواهد و پیش از مهلت اصلی نیست.",
            ),
            models.CheckConstraint(
                name="periodwindow_published",
                condition=~Q(state="published") | Q(published_at__isnull=False, published_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{cutoff_name(self.period.code)} {self.get_kind_display()}"

    @property
    def last_day(self) -> dt.date:
        """The last day on which figures are taken, an extension included."""
        return self.extended_to or self.entry_due

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class ExtensionRequest(models.Model):
    """درخواست تمدید of one agency: asked by agency_user, granted or refused by consolidation, ends by itself.

    Until it is decided the agency may withdraw it. What is entered by it is printed in the report as late.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", "در انتظار"
        GRANTED = "granted", "پذیرفته"
        REFUSED = "refused", "رد شده"
        WITHDRAWN = "withdrawn", "پس‌گرفته"

    window = models.ForeignKey(PeriodWindow, on_delete=models.PROTECT, related_name="extension_requests")
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="extension_requests")
    until = models.DateField()
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_for = letter_of_step()
    requested_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_for = letter_of_step()
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)

    objects = ExtensionRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="extensionrequest_decided",
                condition=Q(state="requested", decided_by__isnull=True, decided_at__isnull=True)
                | Q(state="withdrawn", decided_by__isnull=True, decided_at__isnull=False)
                | Q(state__in=["granted", "refused"], decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["window", "agency"],
                condition=Q(state="requested"),
                name="extensionrequest_one_open",
                violation_error_message="درخواست پیشین این مقطع هنوز بررسی نشده است.",
            ),
            models.CheckConstraint(
                name="extensionrequest_two_people", condition=~Q(decided_by=F("requested_by"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.window}"
