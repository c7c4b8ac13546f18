"""Years, cut-offs and first dates of windows: the administrator's writes (domain guide §3)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from accounts.decisions import Denied, require
from accounts.models import SectorGroup
from agreements import permissions
from agreements.kinds import Kind
from agreements.models import FiscalYear, PeriodWindow, ReportingPeriod
from budget_portal import audit, jalali, outbox
from budget_portal.clocks.calendar import Calendar
from budget_portal.clocks.counting import add_working_days
from budget_portal.errors import RuleBroken
from budget_portal.moves import verb
from budget_portal.office import office_calendar

if TYPE_CHECKING:
    from accounts.models import Organization, User

Cutoff = ReportingPeriod.Cutoff
# Working days after the last day of entry, or after the treasurer's day: the ten days of the service (§16).
TREASURER_DAYS, EXPERT_DAYS, CONSOLIDATION_DAYS, PUBLICATION_DAYS = 3, 6, 10, 13
DATES = ("opens_on", "entry_due", "treasurer_due", "expert_due", "consolidation_due", "publication_on")


def default_year(organization: Organization, year: int) -> FiscalYear:
    """A year with the deadlines of the law as it stands; they are data and may be changed."""
    return FiscalYear(
        organization=organization,
        year=year,
        starts_on=jalali.fiscal_year_start(year),
        ends_on=jalali.end_of_year(year),
        expense_deadline=jalali.end_of_year(year),
        cash_return_deadline=jalali.month_end(year + 1, 1),
        capital_deadline=jalali.month_end(year + 1, 6),
        final_statement_deadline=jalali.month_end(year + 1, 7),
    )


def default_dates(period: ReportingPeriod, calendar: Calendar) -> dict[str, dt.date]:
    """10th to 30th of the month after a quarter; the month after the capital deadline for the closing."""
    opens = period.cutoff_date + dt.timedelta(days=1 if period.is_closing else 10)
    after = jalali.jalali(opens)
    entry_due = jalali.gregorian(after.year, after.month, min(30, jalali.month_days(after.year, after.month)))
    treasurer_due = add_working_days(entry_due, TREASURER_DAYS, calendar)
    return {
        "opens_on": opens,
        "entry_due": entry_due,
        "treasurer_due": treasurer_due,
        "expert_due": add_working_days(treasurer_due, EXPERT_DAYS, calendar),
        "consolidation_due": add_working_days(treasurer_due, CONSOLIDATION_DAYS, calendar),
        "publication_on": add_working_days(treasurer_due, PUBLICATION_DAYS, calendar),
    }


@verb
def create_year(year: int, *, by: User) -> FiscalYear:
    """A fiscal year of the national organization with its five cut-offs."""
    require(permissions.can_plan(by))
    acting = by.acting
    if acting is None or acting.organization.level != "national":
        require(Denied("سال مالی را مدیر سامانهٔ سازمان ملی تعریف می‌کند؛ استان پنجره‌های خود را می‌سازد."))
    if FiscalYear.objects.for_user(by).filter(year=year).exists():
        raise RuleBroken("این سال پیش‌تر تعریف شده است.")
    row = default_year(acting.organization, year)  # type: ignore[union-attr]
    row.save()
    for cutoff in Cutoff.values:
        date = row.capital_deadline if cutoff == Cutoff.CLOSING else jalali.cutoff_date(year, cutoff)
        ReportingPeriod.objects.create(fiscal_year=row, cutoff=cutoff, cutoff_date=date)
    audit.record("fiscalyear.created", row, by=by, after={"year": year}, organization_id=row.organization_id)
    return row


@verb
def plan_windows(year_id: int, *, by: User, group_id: int | None = None) -> int:
    """The windows that the administrator's organization lacks in a year, with default dates; for all groups, or
    of one sector group its own, which then hold instead of those of all."""
    require(permissions.can_plan(by))
    group = SectorGroup.objects.for_user(by).get(pk=group_id) if group_id else None
    year: FiscalYear = FiscalYear.objects.for_user(by).select_for_update().get(pk=year_id)
    organization_id = by.acting.organization_id if by.acting else 0
    known = set(
        PeriodWindow.objects.for_user(by)
        .filter(organization=organization_id, period__fiscal_year=year, sector_group=group)
        .values_list("period_id", "kind")
    )
    if group is not None:  # a window of its own comes before that of all begins, never into what has begun
        begun = PeriodWindow.objects.for_user(by).filter(
            organization=organization_id, period__fiscal_year=year, sector_group=None
        )
        known |= set(begun.exclude(state="planned").values_list("period_id", "kind"))
    calendar = office_calendar()
    made = 0
    for period in year.periods.select_related("fiscal_year"):
        for kind in [Kind.CAPITAL] if period.is_closing else list(Kind):
            if (period.pk, kind.value) not in known:
                dates = default_dates(period, calendar)
                window = PeriodWindow.objects.create(
                    period=period, organization_id=organization_id, kind=kind, sector_group=group, **dates
                )
                audit.record("window.planned", window, by=by, after=dates)
                made += 1
    return made


@verb
def change_dates(window_id: int, dates: dict[str, dt.date], *, by: User) -> PeriodWindow:
    """Dates are set while a window is planned; later only the deputy extends it."""
    window: PeriodWindow = PeriodWindow.objects.for_user(by).locked(window_id)
    require(permissions.can_change_dates(by, window))
    before: dict[str, Any] = {name: getattr(window, name) for name in DATES}
    for name in DATES:
        setattr(window, name, dates[name])
    if problem := order_problem(dates):
        raise RuleBroken(problem)
    window.save(update_fields=list(DATES))
    audit.record("window.dates_changed", window, by=by, before=before, after=dates)
    outbox.add("window.dates_changed", window)
    return window


def order_problem(dates: dict[str, dt.date]) -> str:
    values = [dates[name] for name in DATES]
    return "" if values == sorted(values) else "مهلت‌ها باید به ترتیب گام‌ها باشند."
