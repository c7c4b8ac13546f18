"""Physical progress and the planned curve: worked examples and properties."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.progress import (
    Operation,
    PlannedPoint,
    group_progress,
    physical_progress,
    planned_curve,
)
from monitoring.ratios import as_percent

from .worked_examples import (
    ACTUAL_AT_START,
    DONE_AT_START,
    LATEST_ESTIMATE,
    QUARTERS,
    TARGETS,
    WEIGHTS,
    CapitalQuarter,
)

D = Decimal

quantities = st.integers(0, 1_000_000)


def operations(done: tuple[int | None, ...]) -> list[Operation]:
    return [Operation(*row) for row in zip(TARGETS, WEIGHTS, done, strict=True)]


@st.composite
def projects(draw: st.DrawFn) -> list[Operation]:
    """Operations whose weights make exactly 100.00."""
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), min_size=0, max_size=8)))
    edges = [0, *cuts, 10_000]
    weights = [D(high - low) / 100 for low, high in pairwise(edges)]
    return [Operation(draw(st.integers(1, 100_000)), weight, draw(quantities)) for weight in weights]


@pytest.mark.parametrize("quarter", QUARTERS, ids=lambda quarter: quarter.name)
def test_progress_of_worked_example_a(quarter: CapitalQuarter) -> None:
    assert as_percent(physical_progress(operations(quarter.done))) == D(quarter.actual)


def test_progress_at_the_start_of_worked_example_a() -> None:
    assert physical_progress(operations(DONE_AT_START)) == ACTUAL_AT_START


def test_progress_at_q4_is_the_sum_the_guide_spells_out() -> None:
    parts = [physical_progress([row]) for row in operations(QUARTERS[3].done)]
    assert parts == [D(35), D(17), D(8), D("2.25"), D(0)]


def test_over_delivery_earns_nothing() -> None:
    assert physical_progress([Operation(100, 60, 250), Operation(100, 40, 50)]) == 80


def test_negative_quantity_takes_nothing_away() -> None:
    assert physical_progress([Operation(100, 60, -5), Operation(100, 40, 100)]) == 40


def test_missing_quantity_is_not_zero_work() -> None:
    assert physical_progress(operations((*DONE_AT_START[:4], None))) is None


def test_no_operation_has_no_progress() -> None:
    assert physical_progress([]) is None


def test_operation_without_target_has_no_progress() -> None:
    assert physical_progress([Operation(0, 100, 5)]) is None


def test_operation_without_weight_is_not_asked_for() -> None:
    assert physical_progress([Operation(10, 100, 5), Operation(10, 0, None)]) == 50


def test_all_done_is_exactly_100_even_when_weights_are_thirds() -> None:
    rows = [Operation(7, D("33.33"), 7), Operation(3, D("33.33"), 3), Operation(9, D("33.34"), 12)]
    assert physical_progress(rows) == 100


@given(projects())
def test_progress_stays_between_0_and_100(rows: list[Operation]) -> None:
    progress = physical_progress(rows)
    assert progress is not None
    assert 0 <= progress <= 100


@given(projects(), st.data())
def test_more_work_never_lowers_progress(rows: list[Operation], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    row = rows[at]
    assert row.done is not None
    more = [*rows]
    more[at] = Operation(row.target, row.weight, row.done + data.draw(quantities))
    before, after = physical_progress(rows), physical_progress(more)
    assert before is not None
    assert after is not None
    assert after >= before


@given(projects())
def test_progress_agrees_with_exact_fractions(rows: list[Operation]) -> None:
    exact = sum(
        Fraction(row.weight) * min(Fraction(row.done) / Fraction(row.target), Fraction(1)) for row in rows
    )
    progress = physical_progress(rows)
    assert progress is not None
    assert abs(Fraction(progress) - exact) < Fraction(1, 10**20)


def test_planned_curve_of_worked_example_a_is_taken_as_it_is() -> None:
    curve = planned_curve({0: 40, **{n: q.planned for n, q in enumerate(QUARTERS, 1)}})
    assert [point.planned for point in curve] == [45, 54, 63, 70]
    assert not any(point.interpolated for point in curve)


def test_missing_quarters_are_filled_linearly_and_flagged() -> None:
    assert planned_curve({0: 40, 1: None, 3: 63, 4: 70}) == (
        PlannedPoint(1, D(40) + D(23) / 3, interpolated=True),
        PlannedPoint(2, D(40) + D(46) / 3, interpolated=True),
        PlannedPoint(3, D(63)),
        PlannedPoint(4, D(70)),
    )


def test_missing_end_of_year_is_filled_from_the_plan_of_next_year() -> None:
    (point,) = planned_curve({3: 60, 8: 100}, positions=[4])
    assert point == PlannedPoint(4, D(68), interpolated=True)


@pytest.mark.parametrize("known", [{}, {4: 70}, {0: 40}])
def test_plan_says_nothing_outside_its_known_points(known: dict[int, int]) -> None:
    assert planned_curve(known, positions=[2]) == (PlannedPoint(2, None),)


@given(st.dictionaries(st.integers(0, 8), st.integers(0, 10_000), min_size=2))
def test_interpolation_of_a_rising_plan_never_falls(heights: dict[int, int]) -> None:
    rising = dict(zip(sorted(heights), sorted(D(height) / 100 for height in heights.values()), strict=True))
    curve = [point.planned for point in planned_curve(rising, positions=range(9))]
    planned = [value for value in curve if value is not None]
    assert planned == sorted(planned)
    assert planned[0] == min(rising.values())
    assert planned[-1] == max(rising.values())


def test_group_progress_weighs_by_estimate_and_counts_what_it_skips() -> None:
    group = group_progress(
        [(D("62.25"), LATEST_ESTIMATE), (D("10.00"), 60_000), (None, 90_000), (D(5), None)]
    )
    assert group.percent == D("56.84")
    assert (group.counted, group.skipped, group.members) == (2, 2, 4)
    assert group.ratio.numerator == 329_700
    assert group.ratio.denominator == 580_000


def test_group_of_nothing_has_no_progress() -> None:
    assert group_progress([]).percent is None
    assert group_progress([(D(10), 0)]).percent is None
