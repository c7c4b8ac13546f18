"""Bands, flags and the four signals of divergence."""

from decimal import Decimal

import pytest

from monitoring import indicators
from monitoring.signals import (
    SIGNALS,
    Band,
    Curves,
    Movement,
    SignalCode,
    Thresholds,
    band,
    divergence,
    is_critical,
    is_idle,
    is_near_completion,
    is_on_or_ahead,
    is_unfinished,
)

from .worked_examples import (
    ACTUAL_AT_START,
    AGREED_END,
    LATEST_ESTIMATE,
    QUARTERS,
    SPENT_BEFORE,
    START,
    CapitalQuarter,
)

D = Decimal


@pytest.mark.parametrize("quarter", QUARTERS, ids=lambda quarter: quarter.name)
def test_bands_of_worked_example_a(quarter: CapitalQuarter) -> None:
    assert band(indicators.deviation_pp(D(quarter.actual), quarter.planned)) == quarter.band


@pytest.mark.parametrize(
    ("deviation", "expected"),
    [
        (None, None),
        (D(3), Band.GREEN),
        (D(-5), Band.GREEN),
        (D("-5.000001"), Band.AMBER),
        (D(-15), Band.AMBER),
        (D("-15.01"), Band.RED),
    ],
)
def test_bands_at_their_edges(deviation: Decimal | None, expected: Band | None) -> None:
    assert band(deviation) is expected


def test_bands_follow_the_thresholds_of_the_organization() -> None:
    assert band(D(-5), Thresholds(green_from=D(-2), amber_from=D(-4))) is Band.RED


def test_on_or_ahead() -> None:
    assert is_on_or_ahead(D(0))
    assert not is_on_or_ahead(D("-0.01"))
    assert not is_on_or_ahead(None)


def test_flags_of_worked_example_a_at_q4() -> None:
    q4 = QUARTERS[3]
    actual = D(q4.actual)
    delay = indicators.delay_days(START, AGREED_END, q4.cutoff, actual)
    assert is_unfinished(started=True, actual=actual)
    assert not is_near_completion(started=True, actual=actual)
    assert is_critical(indicators.deviation_pp(actual, q4.planned), delay)


def test_unfinished_needs_a_start_and_a_figure_below_100() -> None:
    assert not is_unfinished(started=False, actual=D(0))
    assert not is_unfinished(started=True, actual=None)
    assert not is_unfinished(started=True, actual=D(100))


def test_near_completion_begins_at_70() -> None:
    assert is_near_completion(started=True, actual=D(70))
    assert not is_near_completion(started=True, actual=D(100))
    assert not is_near_completion(started=True, actual=None)


def test_critical_by_each_of_its_reasons() -> None:
    assert is_critical(D(-16), None)
    assert not is_critical(D(-15), 365)
    assert is_critical(None, 366)
    assert is_critical(None, None, has_critical_finding=True)
    assert not is_critical(None, None)


def still(*readings: tuple[str | None, int | None]) -> list[Movement]:
    return [Movement(None if p is None else D(p), cost) for p, cost in readings]


@pytest.mark.parametrize(
    ("history", "idle"),
    [
        (still(("40", 10), ("40", 10), ("40.00", 10)), True),
        (still(("30", 5), ("40", 10), ("40", 10), ("40", 10)), True),
        (still(("40", 10), ("40", 10)), False),
        (still(("39", 10), ("40", 10), ("40", 10)), False),
        (still(("40", 10), ("40", 10), ("40", 11)), False),
        (still(("40", 10), (None, 10), ("40", 10)), False),
        (still(("40", 10), ("40", None), ("40", 10)), False),
        (still(("100", 10), ("100", 10), ("100", 10)), False),
        ([], False),
    ],
)
def test_idle(history: list[Movement], idle: bool) -> None:
    assert is_idle(history) is idle


def test_worked_example_a_moves_and_shows_both_behind_from_q2() -> None:
    history = [Movement(ACTUAL_AT_START, SPENT_BEFORE)]
    found = []
    for quarter in QUARTERS:
        history.append(Movement(D(quarter.actual), quarter.ac))
        financial = indicators.financial_progress(SPENT_BEFORE, quarter.spent, LATEST_ESTIMATE)
        curves = Curves(quarter.planned, D(quarter.actual), None, financial.exact_percent, tuple(history))
        found.append([signal.kind.code for signal in divergence(curves)])
    both_behind = [SignalCode.BOTH_BEHIND]
    assert found == [[], both_behind, both_behind, both_behind]


@pytest.mark.parametrize(
    ("curves", "code", "points"),
    [
        (Curves(D(50), D(48), None, D("58.01")), SignalCode.PAID_AHEAD, D("-10.01")),
        (Curves(D(50), D(60), None, D("49.9")), SignalCode.WORK_AHEAD, D("10.1")),
        (Curves(D(50), D(40), None, D(44)), SignalCode.BOTH_BEHIND, D(-10)),
        (
            Curves(D(41), D(40), None, D(40), still(("40", 9), ("40", 9), ("40", 9))),
            SignalCode.NO_MOVEMENT,
            None,
        ),
    ],
)
def test_each_signal_alone(curves: Curves, code: SignalCode, points: Decimal | None) -> None:
    (signal,) = divergence(curves)
    assert signal.kind is SIGNALS[code]
    assert signal.points == points


@pytest.mark.parametrize(
    "curves",
    [
        Curves(D(50), D(48), None, D(58)),
        Curves(D(50), D(58), None, D(48)),
        Curves(D(50), D(45), None, D(40)),
        Curves(D(50), D(44), None, D(45)),
        Curves(None, D(10), None, D(12)),
        Curves(D(50), None, None, D(12)),
        Curves(D(50), D(30), None, None),
    ],
)
def test_no_signal_at_the_edge_or_without_figures(curves: Curves) -> None:
    assert divergence(curves) == []


def test_the_visit_is_believed_before_the_agency() -> None:
    curves = Curves(planned=None, reported=D(60), measured=D(45), financial=D(58))
    assert curves.physical == 45
    assert [signal.kind.code for signal in divergence(curves)] == [SignalCode.PAID_AHEAD]


def test_every_signal_has_its_own_text_and_owner() -> None:
    assert set(SIGNALS) == set(SignalCode)
    assert len({kind.message for kind in SIGNALS.values()}) == len(SIGNALS)
    assert len({kind.owner for kind in SIGNALS.values()}) == len(SIGNALS)
