"""The indicators I1–I22, each formula once.

Pure: no database, no Django. Money is whole million rials (m), progress is a percent from 0 to 100,
dates are Gregorian. Ratios come back as `Ratio`, which keeps numerator and denominator; everything
else as an unrounded Decimal or int. None means undefined or missing: shown as «—», never as 0.

I23 counts complaints and lives with them; bands, flags and signals are in `signals`.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from monitoring.ratios import (
    DQ_ZERO_BASE,
    HUNDRED,
    Number,
    Ratio,
    RatioTotal,
    as_index,
    as_money,
    as_percent,
    total,
)

__all__ = [
    "DQ_ZERO_BASE",
    "EarnedValue",
    "Ratio",
    "RatioTotal",
    "as_index",
    "as_money",
    "as_percent",
    "total",
]

Kind = TypeVar("Kind", bound=Hashable)


# Money released and used: I1–I4 -------------------------------------------------------------------


def allocation_rate(allocated: int | None, credit_in_force: int | None) -> Ratio:
    """I1 درصد تخصیص = Σ allocated ÷ Σ credit in force (%).

    Source: lines of issued allocation notices valid at the cut-off (cash and securities), agreement
    in force. None if the credit is 0. Own revenue keeps its full credit here, also where less was
    collected.
    """
    return Ratio(allocated, credit_in_force)


def receipt_rate(received: int | None, allocated: int | None) -> Ratio:
    """I2 درصد دریافت = Σ received ÷ Σ allocated (%).

    Source: finance lines (cash and securities), allocation notices. None if nothing is allocated.
    """
    return Ratio(received, allocated)


def absorption_rate(spent: int | None, allocated: int | None) -> Ratio:
    """I3 درصد جذب = Σ spent ÷ Σ allocated (%).

    Source: finance lines, allocation notices. None if nothing is allocated. The word is used for
    different ratios in practice, so the denominator is always printed with it.
    """
    return Ratio(spent, allocated)


def execution_rate(spent: int | None, credit_in_force: int | None) -> Ratio:
    """I4 درصد عملکرد = Σ spent ÷ Σ credit in force (%); equals I1 × I3.

    Source: finance lines, agreement in force. None if the credit is 0.
    """
    return Ratio(spent, credit_in_force)


# Work against plan and against money: I5–I8 -------------------------------------------------------


def deviation_pp(actual: Decimal | None, planned: Decimal | None) -> Decimal | None:
    """I5 انحراف = P actual − P planned (percentage points, signed).

    Source: reported or visit-measured progress, planned curve of the agreement in force at the
    cut-off. None if either is missing.
    """
    return None if actual is None or planned is None else actual - planned


def year_achievement(
    actual_end: Decimal | None,
    actual_start: Decimal | None,
    planned_end: Decimal | None,
    planned_start: Decimal | None,
) -> Ratio:
    """I6 تحقق هدف سال = (P end − P start) ÷ (planned end − planned start) (%); «end» is this cut-off.

    Source: progress at the end of last year and now, planned curve. None if a figure is missing or
    the planned gain is not positive.
    """
    return Ratio(deviation_pp(actual_end, actual_start), deviation_pp(planned_end, planned_start))


def cost_to_date(spent_before: int | None, spent: int | None) -> int | None:
    """AC (m) = spent up to the end of last year + spent this year; missing if either is."""
    return None if spent_before is None or spent is None else spent_before + spent


def financial_progress(spent_before: int | None, spent: int | None, latest_estimate: int | None) -> Ratio:
    """I7 پیشرفت مالی = (spent to last year + spent) ÷ latest estimate (%).

    Source: form CA-6, finance lines, form CA-3. None if the estimate is 0; may exceed 100.
    """
    return Ratio(cost_to_date(spent_before, spent), latest_estimate)


def phys_fin_gap(actual: Decimal | None, financial: Ratio) -> Decimal | None:
    """I8 شکاف = P actual − I7 (percentage points); strongly negative means money ahead of work.

    Computed from the unrounded I7. None if either is missing.
    """
    return deviation_pp(actual, financial.exact_percent)


# Earned value: I9, I10 ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EarnedValue:
    """I9 and I10 of one project, or of a group when its members are added up first.

    Nominal money; BAC is the latest estimate.
    """

    planned_value: Decimal | None
    earned_value: Decimal | None
    actual_cost: Number | None
    budget_at_completion: Number | None

    @property
    def spi(self) -> Decimal | None:
        """I10 SPI = EV ÷ PV (index). None if PV or EV is missing or 0."""
        return self._index(self.earned_value, self.planned_value)

    @property
    def cpi(self) -> Decimal | None:
        """I10 CPI = EV ÷ AC (index). None if AC or EV is missing or 0."""
        return self._index(self.earned_value, self.actual_cost)

    @property
    def eac(self) -> Decimal | None:
        """I10 EAC (m) = BAC ÷ CPI, written as BAC × AC ÷ EV so that nothing is rounded on the way."""
        if not self.actual_cost or not self.budget_at_completion:
            return None
        return Ratio(Decimal(self.budget_at_completion) * self.actual_cost, self.earned_value).value

    @staticmethod
    def _index(numerator: Decimal | None, denominator: Number | None) -> Decimal | None:
        return Ratio(numerator, denominator).value if numerator else None


def earned_value(
    actual: Decimal | None, planned: Decimal | None, latest_estimate: int | None, cost: int | None
) -> EarnedValue:
    """I9 (m): PV = planned % × BAC, EV = P × BAC, AC = cost to date; BAC = latest estimate.

    Source: progress, planned curve, form CA-3, `cost_to_date`. Each part is None when its own
    inputs are missing.
    """
    return EarnedValue(
        planned_value=_share_of(latest_estimate, planned),
        earned_value=_share_of(latest_estimate, actual),
        actual_cost=cost,
        budget_at_completion=latest_estimate,
    )


def _share_of(amount: int | None, percent: Decimal | None) -> Decimal | None:
    return None if amount is None or percent is None else percent * amount / HUNDRED


# Time and cost: I11–I13 ---------------------------------------------------------------------------


def elapsed_days(start: date, at: date) -> int:
    """Days from the start up to and with this day; 0 before the start."""
    return max(0, (at - start).days + 1)


def time_elapsed(start: date | None, agreed_end: date | None, cutoff: date) -> Ratio:
    """I11 = (cut-off − start + 1) ÷ (agreed end − start + 1) days (%).

    Source: form CA-2. Before the start 0; above 100 is allowed; None if the end is before the start
    or a date is missing.
    """
    if start is None or agreed_end is None:
        return Ratio(None, None)
    return Ratio(elapsed_days(start, cutoff), (agreed_end - start).days + 1)


def forecast_days(start: date | None, cutoff: date, actual: Decimal | None) -> int | None:
    """I12, the whole duration in days at the pace so far: round(elapsed ÷ (P ÷ 100)), half up.

    None if P is missing or 0, or the project has not started.
    """
    if start is None or not actual or elapsed_days(start, cutoff) == 0:
        return None
    days = HUNDRED * elapsed_days(start, cutoff) / actual
    return int(days.quantize(Decimal(1), ROUND_HALF_UP))


def forecast_end(start: date | None, cutoff: date, actual: Decimal | None) -> date | None:
    """I12 forecast end = start + forecast days − 1 day. For a project that reached 100 % pass the day
    it did so as the cut-off.

    Stands beside the agency's own forecast and never overwrites it. None like `forecast_days`, and
    also beyond the last day a calendar can name.
    """
    days = forecast_days(start, cutoff, actual)
    if start is None or days is None or days > (date.max - start).days + 1:
        return None
    return start + timedelta(days=days - 1)


def delay_days(
    start: date | None, agreed_end: date | None, cutoff: date, actual: Decimal | None
) -> int | None:
    """I12 تأخیر = forecast end − agreed end, at least 0 (days). None like `forecast_days`."""
    days = forecast_days(start, cutoff, actual)
    if start is None or agreed_end is None or days is None:
        return None
    return max(0, days - 1 - (agreed_end - start).days)


def cost_overrun(latest_estimate: int | None, original_estimate: int | None) -> Ratio:
    """I13 = (latest − original estimate) ÷ original (%), signed.

    Source: form CA-3, always against the original estimate. None if the original is 0 or missing.
    """
    if latest_estimate is None or original_estimate is None:
        return Ratio(None, original_estimate)
    return Ratio(latest_estimate - original_estimate, original_estimate)


# Counting projects and visits: I14–I17 ------------------------------------------------------------


def completion_rate(finished: int, due: int) -> Ratio:
    """I14 = projects finished in the year ÷ projects due to finish in the year (%). None if none due."""
    return Ratio(finished, due)


def visit_coverage(visited: int, active: int) -> Ratio:
    """I15 = projects visited ÷ active projects (%). None if none is active."""
    return Ratio(visited, active)


def person_days(visits: Iterable[tuple[Number, Number]]) -> Decimal:
    """I15, the effort beside the coverage: Σ visitors × days of each visit (person-days)."""
    return sum((Decimal(persons) * Decimal(days) for persons, days in visits), Decimal(0))


def quality_mix(ratings: Iterable[Kind | None]) -> dict[Kind, Ratio]:
    """I16 = visits of each overall quality ÷ rated visits (%). Visits without a rating are left out."""
    counts = Counter(rating for rating in ratings if rating is not None)
    rated = counts.total()
    return {rating: Ratio(count, rated) for rating, count in counts.items()}


def cause_mix(projects: Iterable[Mapping[Kind, Number]]) -> dict[Kind, Ratio]:
    """I17 = Σ share of each delay cause ÷ projects that named causes (%).

    Each project is a map from cause to its share in percent; one that names none is left out. The
    numerator counts whole projects: shares of 60 % and 40 % of two projects make 1.
    """
    named = [causes for causes in projects if causes]
    sums: dict[Kind, Decimal] = {}
    for causes in named:
        for cause, share in causes.items():
            sums[cause] = sums.get(cause, Decimal(0)) + Decimal(share) / HUNDRED
    return {cause: Ratio(share, len(named)) for cause, share in sums.items()}


# Expense activities: I18–I20 ----------------------------------------------------------------------


def volume_achievement(volume: Number | None, target: Number | None) -> Ratio:
    """I18 of one activity = volume done ÷ target volume (%). None if the target is 0; may exceed 100."""
    return Ratio(volume, target)


def programme_volume_achievement(
    activities: Iterable[tuple[Number | None, Number | None, Number | None]],
) -> RatioTotal:
    """I18 of a programme = Σ(min(done ÷ target, 1) × credit) ÷ Σ credit (%), for (done, target, credit).

    Source: activity performance, form 3 of the agreement in force. Activities with a missing volume
    or no target are left out and counted in `skipped`. None if the credit is 0.
    """
    return total(_credited(volume_achievement(done, target), credit) for done, target, credit in activities)


def _credited(achievement: Ratio, credit: Number | None) -> Ratio:
    if achievement.value is None or credit is None:
        return Ratio(None, None)
    return Ratio(min(achievement.value, Decimal(1)) * credit, credit)


def unit_cost(cost: Number | None, volume: Number | None) -> Decimal | None:
    """Cost of one unit of service (m). None if the volume is 0 or missing."""
    return Ratio(cost, volume).value


def unit_cost_deviation(cost: Number | None, volume: Number | None, agreed: Number | None) -> Ratio:
    """I19 = (cost ÷ volume − agreed unit cost) ÷ agreed (%), signed.

    Kept as (cost − volume × agreed) ÷ (volume × agreed), which is the same and adds up over
    activities. None if the volume or the agreed unit cost is 0.
    """
    if cost is None or volume is None or agreed is None:
        return Ratio(None, None)
    at_agreed_cost = Decimal(volume) * Decimal(agreed)
    return Ratio(Decimal(cost) - at_agreed_cost, at_agreed_cost)


def service_efficiency(
    activities: Iterable[tuple[Number | None, Number | None, Number | None]],
) -> RatioTotal:
    """I20 (index) = Σ(volume done × agreed unit cost) ÷ Σ cost, for (done, agreed unit cost, cost).

    Read `.value`, not `.percent`. Activities with a missing figure are skipped. None if the cost is 0.
    """
    return total(_at_agreed_cost(*activity) for activity in activities)


def _at_agreed_cost(volume: Number | None, agreed: Number | None, cost: Number | None) -> Ratio:
    if volume is None or agreed is None:
        return Ratio(None, cost)
    return Ratio(Decimal(volume) * Decimal(agreed), cost)


# The service itself: I21, I22 ---------------------------------------------------------------------


def on_time_rate(sent: Iterable[tuple[datetime | None, datetime]]) -> Ratio:
    """I21 = submissions sent before their window's end ÷ submissions due (%).

    One pair (first sent at or None, window end) for every agency with credit. The end is that of the
    window, not of an extension: a late one stays late. None if none was due.
    """
    pairs = list(sent)
    return Ratio(sum(1 for at, end in pairs if at is not None and at <= end), len(pairs))


def return_rate(returns: Iterable[int]) -> Ratio:
    """I21 = submissions returned at least once ÷ submissions sent (%); one count of returns for each
    submission that was sent. None if none was sent."""
    counts = list(returns)
    return Ratio(sum(1 for count in counts if count > 0), len(counts))


def sla_compliance(working_days: Iterable[int | None], limit: int = 10) -> Ratio:
    """I22 = approved within the limit of working days ÷ approved (%).

    Source: `service_clock`, one number for each submission, None while it is not approved. None if
    none was approved.
    """
    used = [days for days in working_days if days is not None]
    return Ratio(sum(1 for days in used if days <= limit), len(used))
