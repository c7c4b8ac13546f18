"""The ten working days between the treasurer's confirmation and the final approval, as they are shown."""

from decimal import Decimal

import pytest

from monitoring.service_clock import ServiceClock, State, period_clocks


@pytest.mark.parametrize(
    ("state", "day", "warning", "overdue"),
    [
        (State.RUNNING, 6, False, False),
        (State.RUNNING, 7, True, False),
        (State.PAUSED, 7, True, False),
        (State.RUNNING, 10, True, False),
        (State.RUNNING, 11, False, True),
        (State.APPROVED, 9, False, False),
        (State.APPROVED, 11, False, True),
        (State.NOT_STARTED, 0, False, False),
    ],
)
def test_a_clock_warns_at_seventy_percent_and_is_overdue_after_the_limit(
    state, day, warning, overdue
) -> None:
    shown = ServiceClock(state, 10, day)
    assert (shown.is_warning, shown.is_overdue, shown.is_paused) == (warning, overdue, state is State.PAUSED)


def test_a_period_shows_median_and_worst() -> None:
    def on_day(day: int) -> ServiceClock:
        return ServiceClock(State.RUNNING, 10, day)

    shown = period_clocks([on_day(3), on_day(12), ServiceClock(State.NOT_STARTED, 10), on_day(4), on_day(7)])
    assert shown is not None
    assert (shown.counted, shown.median, shown.worst, shown.overdue) == (4, Decimal("5.5"), 12, 1)
    odd = period_clocks([on_day(3), on_day(12), on_day(4)])
    assert odd is not None
    assert odd.median == 4
    assert period_clocks([ServiceClock(State.NOT_STARTED, 10)]) is None
