"""The ten working days between the treasurer's confirmation and the final approval."""

import datetime as dt
from decimal import Decimal

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget_portal.clocks.calendar import Calendar
from monitoring.service_clock import (
    Event,
    ServiceClock,
    State,
    explained,
    period_clocks,
    service_clock,
)

CALENDAR = Calendar()
CONFIRMED, RETURNED, APPROVED = Event.CONFIRMED, Event.RETURNED, Event.APPROVED

Events = list[tuple[Event, dt.date]]


def jalali(text: str) -> dt.date:
    day: dt.date = jdatetime.date(*map(int, text.split("-"))).togregorian()
    return day


def clock(events: Events, today: str, calendar: Calendar = CALENDAR, limit: int = 10) -> ServiceClock:
    return service_clock(events, calendar=calendar, today=jalali(today), limit=limit)


START = jalali("1404-05-04")  # a Saturday


def test_example_of_the_guide() -> None:
    started = clock([(CONFIRMED, START)], "1404-05-04")
    assert (started.state, started.day, started.remaining) == (State.RUNNING, 0, 10)
    assert started.due_on == jalali("1404-05-18")


def test_a_holiday_between_moves_the_due_date_to_the_next_working_day() -> None:
    calendar = Calendar(holidays={jalali("1404-05-14"): "نمونه"})
    assert clock([(CONFIRMED, START)], "1404-05-04", calendar).due_on == jalali("1404-05-19")


def test_weekend_is_data() -> None:
    calendar = Calendar(weekend=frozenset({4, 5}))  # Friday and Saturday: Thursday is worked instead
    assert clock([(CONFIRMED, START)], "1404-05-04", calendar).due_on == jalali("1404-05-16")


@pytest.mark.parametrize(
    ("today", "day", "warning", "overdue"),
    [
        ("1404-05-05", 1, False, False),
        ("1404-05-12", 6, False, False),
        ("1404-05-13", 7, True, False),
        ("1404-05-17", 9, True, False),
        ("1404-05-18", 10, True, False),
        ("1404-05-19", 11, False, True),
    ],
)
def test_days_warning_and_overdue(today: str, day: int, warning: bool, overdue: bool) -> None:
    running = clock([(CONFIRMED, START)], today)
    assert (running.day, running.is_warning, running.is_overdue) == (day, warning, overdue)
    assert not running.is_paused


def test_nothing_runs_before_the_treasurer_confirmed() -> None:
    returned_by_treasurer = clock([(RETURNED, START)], "1404-06-01")
    assert returned_by_treasurer == ServiceClock(State.NOT_STARTED, 10)
    assert not returned_by_treasurer.is_warning
    assert explained(returned_by_treasurer, CALENDAR) == []


def test_a_return_stops_the_clock_until_the_next_confirmation() -> None:
    events = [(CONFIRMED, START), (RETURNED, jalali("1404-05-07"))]
    paused = clock(events, "1404-05-25")
    assert (paused.state, paused.is_paused, paused.day, paused.due_on) == (State.PAUSED, True, 3, None)
    events.append((CONFIRMED, jalali("1404-05-25")))
    resumed = clock(events, "1404-05-26")
    assert (resumed.state, resumed.day) == (State.RUNNING, 4)
    assert resumed.due_on == jalali("1404-06-03")


def test_a_second_return_in_a_pause_and_a_second_confirmation_change_nothing() -> None:
    once = [(CONFIRMED, START), (RETURNED, jalali("1404-05-07")), (CONFIRMED, jalali("1404-05-11"))]
    twice = [
        (CONFIRMED, START),
        (CONFIRMED, jalali("1404-05-05")),
        (RETURNED, jalali("1404-05-07")),
        (RETURNED, jalali("1404-05-08")),
        (CONFIRMED, jalali("1404-05-11")),
    ]
    assert clock(once, "1404-05-13") == clock(twice, "1404-05-13")


def test_approval_stops_the_clock() -> None:
    done = clock([(CONFIRMED, START), (APPROVED, jalali("1404-05-15"))], "1404-08-01")
    assert (done.state, done.day, done.stopped_on) == (State.APPROVED, 9, jalali("1404-05-15"))
    assert not done.is_warning
    assert not done.is_overdue


def test_late_approval_stays_overdue() -> None:
    late = clock([(CONFIRMED, START), (APPROVED, jalali("1404-05-19"))], "1404-08-01")
    assert late.is_overdue
    assert late.remaining == 0


def test_reopening_starts_a_clock_of_its_own() -> None:
    events = [(CONFIRMED, START), (APPROVED, jalali("1404-05-15"))]
    after_return = [*events, (RETURNED, jalali("1404-06-01"))]
    assert clock(after_return, "1404-06-05").state is State.APPROVED
    again = clock([*after_return, (CONFIRMED, jalali("1404-06-08"))], "1404-06-09")
    assert (again.state, again.day, again.started_on) == (State.RUNNING, 1, jalali("1404-06-08"))
    assert again.pauses == ()


def test_the_clock_as_it_stood_on_an_earlier_day() -> None:
    events = [(CONFIRMED, START), (RETURNED, jalali("1404-05-07")), (APPROVED, jalali("1404-05-20"))]
    assert clock(events, "1404-05-06").state is State.RUNNING
    assert clock(events, "1404-05-03").state is State.NOT_STARTED


def test_limit_is_data_of_the_service() -> None:
    assert clock([(CONFIRMED, START)], "1404-05-05", limit=1).due_on == jalali("1404-05-05")


def test_times_are_read_in_tehran() -> None:
    late_evening = dt.datetime(2025, 7, 26, 21, 0, tzinfo=dt.UTC)  # half past midnight in Tehran, the 27th
    started = service_clock([(CONFIRMED, late_evening)], calendar=CALENDAR, today=late_evening)
    assert started.started_on == dt.date(2025, 7, 27)


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        service_clock([], calendar=CALENDAR, today=dt.datetime(2025, 7, 26))  # noqa: DTZ001


def test_the_due_date_explains_itself() -> None:
    events = [(CONFIRMED, START), (RETURNED, jalali("1404-05-07")), (CONFIRMED, jalali("1404-05-11"))]
    running = clock(events, "1404-05-13")
    steps = explained(running, CALENDAR)
    assert steps[0].date == START
    assert (steps[-1].date, steps[-1].number) == (running.due_on, 10)


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


days = st.dates(dt.date(2023, 1, 1), dt.date(2026, 12, 31))


@given(days, st.integers(0, 60), st.integers(0, 60))
def test_the_clock_never_runs_backwards(start: dt.date, before: int, more: int) -> None:
    events = [(CONFIRMED, start)]
    earlier = service_clock(events, calendar=CALENDAR, today=start + dt.timedelta(days=before))
    later = service_clock(events, calendar=CALENDAR, today=start + dt.timedelta(days=before + more))
    assert earlier.day <= later.day
    assert earlier.due_on == later.due_on


@given(days, st.integers(0, 30))
def test_overdue_exactly_after_the_due_date_and_a_working_day(start: dt.date, passed: int) -> None:
    today = start + dt.timedelta(days=passed)
    running = service_clock([(CONFIRMED, start)], calendar=CALENDAR, today=today)
    assert running.due_on is not None
    assert running.is_overdue == (running.day > 10)
    assert (running.day >= 10) == (today >= running.due_on)


@given(days, st.integers(0, 8), st.integers(0, 40))
def test_a_pause_costs_the_service_nothing(start: dt.date, until_return: int, length: int) -> None:
    returned = start + dt.timedelta(days=until_return)
    resumed = returned + dt.timedelta(days=length)
    events = [(CONFIRMED, start), (RETURNED, returned), (CONFIRMED, resumed)]
    before = service_clock(events[:2], calendar=CALENDAR, today=returned)
    after = service_clock(events, calendar=CALENDAR, today=resumed)
    assert before.day == after.day
