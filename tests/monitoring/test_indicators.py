"""Indicators I1–I22: worked examples A and B digit for digit, edge cases, properties."""

from datetime import UTC, date, datetime
from decimal import Decimal

import jdatetime
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitoring import indicators
from monitoring.indicators import DQ_ZERO_BASE, Ratio, as_index, as_money, as_percent, total
from monitoring.ratios import plus

from .worked_examples import (
    ACTIVITIES,
    ACTUAL_AT_START,
    AGREED_END,
    CHAPTER_CREDITS,
    CHAPTER_SPENT_Q4,
    CLOSING,
    EXPENSE_CREDIT,
    EXPENSE_QUARTERS,
    LATEST_ESTIMATE,
    ORIGINAL_ESTIMATE,
    PLANNED_AT_START,
    QUARTERS,
    SPENT_BEFORE,
    START,
    CapitalQuarter,
    ExpenseQuarter,
    WorkedActivity,
)

D = Decimal

amounts = st.integers(0, 999_999_999_999_999)
positive = st.integers(1, 999_999_999_999_999)
each_quarter = pytest.mark.parametrize("quarter", QUARTERS, ids=lambda quarter: quarter.name)


# Worked example A ---------------------------------------------------------------------------------


@each_quarter
def test_example_a_money_rates(quarter: CapitalQuarter) -> None:
    assert indicators.allocation_rate(quarter.allocated, quarter.credit).percent == D(quarter.i1)
    assert indicators.receipt_rate(quarter.received, quarter.allocated).percent == D(quarter.i2)
    assert indicators.absorption_rate(quarter.spent, quarter.allocated).percent == D(quarter.i3)
    assert indicators.execution_rate(quarter.spent, quarter.credit).percent == D(quarter.i4)


def test_example_a_closing() -> None:
    credit, allocated, received, spent = (
        CLOSING[cell] for cell in ("credit", "allocated", "received", "spent")
    )
    assert indicators.allocation_rate(allocated, credit).percent == D("90.00")
    assert indicators.receipt_rate(received, allocated).percent == D("100.00")
    assert indicators.absorption_rate(spent, allocated).percent == D("97.78")
    assert indicators.execution_rate(spent, credit).percent == D("88.00")


@each_quarter
def test_example_a_deviation_and_achievement(quarter: CapitalQuarter) -> None:
    actual = D(quarter.actual)
    assert as_percent(indicators.deviation_pp(actual, quarter.planned)) == D(quarter.i5)
    achieved = indicators.year_achievement(actual, ACTUAL_AT_START, quarter.planned, PLANNED_AT_START)
    assert achieved.percent == D(quarter.i6)


@each_quarter
def test_example_a_financial_progress_and_gap(quarter: CapitalQuarter) -> None:
    financial = indicators.financial_progress(SPENT_BEFORE, quarter.spent, LATEST_ESTIMATE)
    assert financial.numerator == quarter.ac
    assert financial.percent == D(quarter.i7)
    assert as_percent(indicators.phys_fin_gap(D(quarter.actual), financial)) == D(quarter.i8)


@each_quarter
def test_example_a_earned_value(quarter: CapitalQuarter) -> None:
    cost = indicators.cost_to_date(SPENT_BEFORE, quarter.spent)
    earned = indicators.earned_value(D(quarter.actual), quarter.planned, LATEST_ESTIMATE, cost)
    assert (earned.planned_value, earned.earned_value) == (quarter.pv, quarter.ev)
    assert earned.actual_cost == quarter.ac
    assert as_index(earned.spi) == D(quarter.spi)
    assert as_index(earned.cpi) == D(quarter.cpi)
    assert as_money(earned.eac) == quarter.eac


@each_quarter
def test_example_a_time_and_delay(quarter: CapitalQuarter) -> None:
    elapsed = indicators.time_elapsed(START, AGREED_END, quarter.cutoff)
    assert (elapsed.numerator, elapsed.denominator) == (quarter.elapsed, 1_096)
    assert elapsed.percent == D(quarter.i11)
    forecast = indicators.forecast_end(START, quarter.cutoff, D(quarter.actual))
    assert forecast == quarter.forecast
    assert jdatetime.date.fromgregorian(date=forecast).isoformat() == quarter.forecast_jalali
    assert indicators.delay_days(START, AGREED_END, quarter.cutoff, D(quarter.actual)) == quarter.delay


def test_example_a_cost_overrun() -> None:
    overrun = indicators.cost_overrun(LATEST_ESTIMATE, ORIGINAL_ESTIMATE)
    assert (overrun.numerator, overrun.percent) == (100_000, D("23.81"))


def test_sister_projects_are_summed_before_dividing() -> None:
    rates = [indicators.absorption_rate(126_000, 144_000), indicators.absorption_rate(1_800, 9_000)]
    group = total(rates)
    assert (group.ratio.numerator, group.ratio.denominator) == (127_800, 153_000)
    assert group.percent == D("83.53")
    mean_of_ratios = sum(rate.percent for rate in rates if rate.percent is not None) / 2
    assert mean_of_ratios == D("53.75")


# Worked example B ---------------------------------------------------------------------------------


@pytest.mark.parametrize("quarter", EXPENSE_QUARTERS, ids=lambda quarter: quarter.name)
def test_example_b_money_rates(quarter: ExpenseQuarter) -> None:
    assert indicators.allocation_rate(quarter.allocated, EXPENSE_CREDIT).percent == D(quarter.i1)
    assert indicators.receipt_rate(quarter.received, quarter.allocated).percent == D(quarter.i2)
    assert indicators.absorption_rate(quarter.spent, quarter.allocated).percent == D(quarter.i3)
    assert indicators.execution_rate(quarter.spent, EXPENSE_CREDIT).percent == D(quarter.i4)


def test_example_b_parts_make_the_whole() -> None:
    assert sum(CHAPTER_CREDITS.values()) == sum(a.credit for a in ACTIVITIES) == EXPENSE_CREDIT
    assert sum(CHAPTER_SPENT_Q4.values()) == sum(a.cost for a in ACTIVITIES) == EXPENSE_QUARTERS[3].spent
    assert EXPENSE_QUARTERS[3].received - EXPENSE_QUARTERS[3].spent == 600


@pytest.mark.parametrize("activity", ACTIVITIES, ids=lambda activity: activity.name)
def test_example_b_activities(activity: WorkedActivity) -> None:
    assert activity.target * activity.agreed_cost == activity.credit
    assert indicators.volume_achievement(activity.done, activity.target).percent == D(activity.i18)
    assert indicators.unit_cost(activity.cost, activity.done) == D(activity.unit_cost)
    deviation = indicators.unit_cost_deviation(activity.cost, activity.done, activity.agreed_cost)
    assert deviation.percent == D(activity.i19)


def test_example_b_programme() -> None:
    achieved = indicators.programme_volume_achievement((a.done, a.target, a.credit) for a in ACTIVITIES)
    assert (achieved.percent, achieved.counted, achieved.skipped) == (D("91.47"), 2, 0)
    efficiency = indicators.service_efficiency((a.done, a.agreed_cost, a.cost) for a in ACTIVITIES)
    assert (efficiency.ratio.numerator, efficiency.ratio.denominator) == (93_300, 95_400)
    assert as_index(efficiency.value) == D("0.9780")


# Other figures that the guide quotes --------------------------------------------------------------


def test_ilam_1401_allocation() -> None:
    assert indicators.allocation_rate(1_244, 1_603).percent == D("77.60")


def test_east_azarbaijan_1403_completion() -> None:
    """10 % of the plans were due; 1.6 % of those finished: with 1,000 plans due, 16."""
    assert indicators.completion_rate(16, 1_000).percent == D("1.60")


# Edge cases ---------------------------------------------------------------------------------------


def test_percent_rounds_half_up_on_both_sides_of_zero() -> None:
    assert as_percent(D("83.525")) == D("83.53")
    assert as_percent(D("-3.125")) == D("-3.13")
    assert as_index(D("0.97795")) == D("0.9780")
    assert as_money(D("446043.5")) == 446_044


def test_missing_stays_missing_when_rounded() -> None:
    assert as_percent(None) is None
    assert as_index(None) is None
    assert as_money(None) is None


@pytest.mark.parametrize("ratio", [Ratio(None, 5), Ratio(5, None), Ratio(5, 0), Ratio(5, -1), Ratio(0, 0)])
def test_undefined_ratio_has_no_value(ratio: Ratio) -> None:
    assert ratio.value is None
    assert ratio.exact_percent is None
    assert ratio.percent is None


def test_something_over_nothing_is_flagged() -> None:
    assert Ratio(5, 0).flags == (DQ_ZERO_BASE,)
    assert Ratio(0, 0).flags == ()
    assert Ratio(5, None).flags == ()
    assert Ratio(None, 0).flags == ()


def test_ratio_prints_its_parts() -> None:
    assert str(Ratio(127_800, 153_000)) == "127800 ÷ 153000"


def test_total_leaves_out_missing_members_on_both_sides_and_says_so() -> None:
    result = total([Ratio(10, 20), Ratio(None, 100), Ratio(5, None)])
    assert result.ratio == Ratio(10, 20)
    assert (result.counted, result.skipped, result.members) == (1, 2, 3)
    assert result.exact_percent == 50


def test_total_keeps_money_whose_base_is_zero() -> None:
    assert total([Ratio(10, 20), Ratio(5, 0)]).ratio == Ratio(15, 20)


def test_total_of_nothing_known_is_undefined() -> None:
    result = total([Ratio(None, 3)])
    assert (result.value, result.counted, result.skipped) == (None, 0, 1)


def test_plus_is_missing_as_soon_as_one_part_is() -> None:
    assert plus(1, 2, 3) == 6
    assert plus(1, None) is None


def test_deviation_needs_both_figures() -> None:
    assert indicators.deviation_pp(None, D(3)) is None
    assert indicators.deviation_pp(D(3), None) is None


@pytest.mark.parametrize("planned_end", [D(40), D(35), None])
def test_year_achievement_needs_a_planned_gain(planned_end: Decimal | None) -> None:
    assert indicators.year_achievement(D(50), D(40), planned_end, D(40)).percent is None


def test_financial_progress_may_exceed_100_and_may_be_missing() -> None:
    assert indicators.financial_progress(90, 20, 100).percent == 110
    assert indicators.financial_progress(90, 20, 0).percent is None
    assert indicators.financial_progress(None, 20, 100).percent is None
    assert indicators.financial_progress(90, None, 100).percent is None
    assert indicators.phys_fin_gap(D(50), indicators.financial_progress(1, 1, 0)) is None


def test_earned_value_without_plan_work_or_cost() -> None:
    nothing_planned = indicators.earned_value(D(10), D(0), 1_000, 50)
    assert (nothing_planned.spi, nothing_planned.cpi) == (None, D(2))
    nothing_done = indicators.earned_value(D(0), D(10), 1_000, 50)
    assert (nothing_done.spi, nothing_done.cpi, nothing_done.eac) == (None, None, None)
    nothing_paid = indicators.earned_value(D(10), D(10), 1_000, 0)
    assert (nothing_paid.spi, nothing_paid.cpi, nothing_paid.eac) == (D(1), None, None)
    nothing_known = indicators.earned_value(D(10), None, None, None)
    assert (nothing_known.planned_value, nothing_known.earned_value, nothing_known.eac) == (None, None, None)
    no_progress = indicators.earned_value(None, D(10), 1_000, 50)
    assert (no_progress.planned_value, no_progress.earned_value) == (D(100), None)


def test_time_elapsed_before_the_start_after_the_end_and_without_dates() -> None:
    day = date(2024, 1, 10)
    assert indicators.time_elapsed(date(2024, 1, 11), date(2024, 1, 20), day).percent == 0
    assert indicators.time_elapsed(date(2024, 1, 1), date(2024, 1, 5), day).percent == 200
    assert indicators.time_elapsed(day, day, day).percent == 100
    assert indicators.time_elapsed(date(2024, 1, 11), date(2024, 1, 9), day).percent is None
    assert indicators.time_elapsed(None, day, day).percent is None
    assert indicators.time_elapsed(day, None, day).percent is None


@pytest.mark.parametrize(
    ("start", "actual"), [(START, None), (START, D(0)), (None, D(10)), (date(2025, 1, 1), D(10))]
)
def test_no_forecast_without_a_start_and_some_work(start: date | None, actual: Decimal | None) -> None:
    cutoff = date(2024, 6, 20)
    assert indicators.forecast_end(start, cutoff, actual) is None
    assert indicators.delay_days(start, AGREED_END, cutoff, actual) is None


def test_no_delay_without_an_agreed_end() -> None:
    assert indicators.delay_days(START, None, date(2024, 6, 20), D(10)) is None


def test_project_ahead_of_its_time_has_no_delay() -> None:
    assert indicators.delay_days(START, AGREED_END, date(2024, 6, 20), D(99)) == 0


def test_finished_project_ends_on_the_day_it_finished() -> None:
    assert indicators.forecast_end(START, date(2024, 6, 20), D(100)) == date(2024, 6, 20)


def test_pace_beyond_every_calendar_gives_days_but_no_date() -> None:
    cutoff = date(2032, 9, 22)
    assert indicators.forecast_end(START, cutoff, D("0.01")) is None
    assert indicators.delay_days(START, AGREED_END, cutoff, D("0.01")) == 3_653 * 10_000 - 1_096


def test_cost_overrun_needs_both_estimates() -> None:
    assert indicators.cost_overrun(500, 0).percent is None
    assert indicators.cost_overrun(None, 400).percent is None
    assert indicators.cost_overrun(500, None).percent is None
    assert indicators.cost_overrun(300, 400).percent == -25


def test_rates_of_counts_are_undefined_over_nobody() -> None:
    assert indicators.completion_rate(0, 0).percent is None
    assert indicators.visit_coverage(0, 0).percent is None
    assert indicators.visit_coverage(3, 4).percent == 75


def test_person_days() -> None:
    assert indicators.person_days([(3, 2), (2, D("0.5"))]) == 7
    assert indicators.person_days([]) == 0


def test_quality_mix_counts_rated_visits_only() -> None:
    mix = indicators.quality_mix(["good", "good", None, "poor", "excellent"])
    assert mix == {"good": Ratio(2, 4), "poor": Ratio(1, 4), "excellent": Ratio(1, 4)}
    assert indicators.quality_mix([None]) == {}


def test_cause_mix_divides_by_projects_that_named_causes() -> None:
    mix = indicators.cause_mix([{"funds": 60, "land": 40}, {"funds": 100}, {}])
    assert mix["funds"].percent == 80
    assert mix["funds"].numerator == D("1.6")
    assert mix["land"].percent == 20
    assert indicators.cause_mix([]) == {}


def test_activity_without_figures() -> None:
    assert indicators.volume_achievement(5, 0).percent is None
    assert indicators.unit_cost(5, 0) is None
    assert indicators.unit_cost_deviation(5, 0, 2).percent is None
    assert indicators.unit_cost_deviation(5, 2, 0).percent is None
    for figures in ((None, 1, 1), (1, None, 1), (1, 1, None)):
        assert indicators.unit_cost_deviation(*figures).percent is None


def test_programme_caps_over_delivery_and_skips_what_is_missing() -> None:
    achieved = indicators.programme_volume_achievement(
        [(200, 100, 10), (0, 100, 30), (5, 0, 7), (5, 9, None)]
    )
    assert (achieved.percent, achieved.counted, achieved.skipped) == (25, 2, 2)


def test_efficiency_skips_missing_figures_and_needs_a_cost() -> None:
    result = indicators.service_efficiency([(10, 2, 40), (None, 2, 5), (3, None, 5), (3, 2, None)])
    assert (result.value, result.counted, result.skipped) == (D("0.5"), 1, 3)
    assert indicators.service_efficiency([(10, 2, 0)]).value is None


def test_on_time_and_return_rates() -> None:
    end = datetime(2026, 7, 21, 20, 30, tzinfo=UTC)
    late = datetime(2026, 7, 21, 20, 31, tzinfo=UTC)
    assert indicators.on_time_rate([(end, end), (late, end), (None, end)]) == Ratio(1, 3)
    assert indicators.on_time_rate([]).percent is None
    assert indicators.return_rate([0, 2, 1, 0]) == Ratio(2, 4)
    assert indicators.return_rate([]).percent is None


def test_sla_compliance_counts_approved_only() -> None:
    assert indicators.sla_compliance([3, 10, 11, None]) == Ratio(2, 3)
    assert indicators.sla_compliance([3, 10, 11, None], limit=5) == Ratio(1, 3)
    assert indicators.sla_compliance([None]).percent is None


# Properties ---------------------------------------------------------------------------------------


@given(spent=amounts, allocated=positive, credit=positive)
def test_execution_is_allocation_times_absorption(spent: int, allocated: int, credit: int) -> None:
    i1 = indicators.allocation_rate(allocated, credit)
    i3 = indicators.absorption_rate(spent, allocated)
    i4 = indicators.execution_rate(spent, credit)
    assert i1.value is not None
    assert i3.value is not None
    assert i4.value is not None
    assert abs(i1.value * i3.value - i4.value) <= abs(i4.value) * D("1e-26")


@given(st.none() | amounts, st.sampled_from([None, 0]))
def test_every_rate_is_undefined_without_a_base(numerator: int | None, base: int | None) -> None:
    for rate in (
        indicators.allocation_rate,
        indicators.receipt_rate,
        indicators.absorption_rate,
        indicators.execution_rate,
        indicators.volume_achievement,
    ):
        ratio = rate(numerator, base)
        assert ratio.percent is None
        assert (ratio.flags == (DQ_ZERO_BASE,)) == (base == 0 and numerator is not None and numerator > 0)


@given(st.lists(st.tuples(amounts, positive), min_size=1))
def test_total_lies_between_its_members(pairs: list[tuple[int, int]]) -> None:
    ratios = [Ratio(*pair) for pair in pairs]
    values = [ratio.value for ratio in ratios if ratio.value is not None]
    result = total(ratios)
    assert result.value is not None
    assert min(values) * D("0.9999999999") <= result.value <= max(values) * D("1.0000000001")
    assert result.ratio.numerator == sum(numerator for numerator, _ in pairs)


@given(st.dates(date(2015, 1, 1), date(2040, 1, 1)), st.integers(0, 4_000), st.integers(1, 10_000))
def test_delay_agrees_with_the_forecast_date(start: date, elapsed: int, hundredths: int) -> None:
    cutoff = date.fromordinal(start.toordinal() + elapsed)
    actual = D(hundredths) / 100
    end = indicators.forecast_end(start, cutoff, actual)
    assume(end is not None)
    assert end is not None
    assert end >= cutoff
    assert indicators.delay_days(start, cutoff, cutoff, actual) == (end - cutoff).days


@given(amounts, amounts, positive)
def test_gap_is_measured_from_the_unrounded_percent(before: int, spent: int, estimate: int) -> None:
    financial = indicators.financial_progress(before, spent, estimate)
    gap = indicators.phys_fin_gap(D(50), financial)
    assert financial.exact_percent is not None
    assert gap == D(50) - financial.exact_percent
