"""Working days: the example of the domain guide, and properties over the years 1390–1420."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget_portal import jalali
from budget_portal.workdays import (
    FRIDAY,
    Calendar,
    Step,
    add_working_days,
    derivation,
    due_date,
    is_warning,
    next_working_day,
    used_days,
    working_days_between,
)

PLAIN = Calendar()
FIRST, LAST = jalali.fiscal_year_start(1390), jalali.end_of_year(1420)
days = st.dates(FIRST, LAST - dt.timedelta(days=200))
counts = st.integers(0, 60)
weekends = st.sets(st.integers(0, 6), max_size=3).map(frozenset)


@st.composite
def calendars(draw):
    holidays = draw(st.dictionaries(st.dates(FIRST, LAST), st.sampled_from(["عاشورا", "نوروز"]), max_size=40))
    return Calendar(draw(weekends), holidays)


def day(written: str) -> dt.date:
    return jalali.parse(written)


def test_the_example_of_the_domain_guide():
    start = day("1404/05/04")
    assert start.strftime("%A") == "Saturday"
    assert add_working_days(start, 10, PLAIN) == day("1404/05/18")
    assert working_days_between(start, day("1404/05/18"), PLAIN) == 10


def test_a_holiday_between_moves_the_due_day():
    calendar = Calendar(holidays={day("1404/05/11"): "تعطیل نمونه"})
    assert add_working_days(day("1404/05/04"), 10, calendar) == day("1404/05/19")


def test_a_derivation_names_every_day_and_its_number():
    calendar = Calendar(holidays={day("1404/05/05"): "نمونه", day("1404/05/10"): "جمعهٔ تعطیل"})
    assert derivation(day("1404/05/04"), 4, calendar) == [
        Step(day("1404/05/04"), "start", 0),
        Step(day("1404/05/05"), "holiday", None, "نمونه"),
        Step(day("1404/05/06"), "working", 1),
        Step(day("1404/05/07"), "working", 2),
        Step(day("1404/05/08"), "working", 3),
        Step(day("1404/05/09"), "weekend", None),
        Step(day("1404/05/10"), "holiday", None, "جمعهٔ تعطیل"),
        Step(day("1404/05/11"), "working", 4),
    ]


def test_a_weekend_is_data():
    friday_only = Calendar(weekend=frozenset({FRIDAY}))
    assert add_working_days(day("1404/05/04"), 10, friday_only) == day("1404/05/15")
    with pytest.raises(ValueError, match="no clock"):
        Calendar(weekend=frozenset(range(7)))


def test_a_deadline_on_a_day_off_moves_to_the_next_working_day():
    assert next_working_day(day("1404/05/09"), PLAIN) == day("1404/05/11")
    assert next_working_day(day("1404/05/10"), PLAIN) == day("1404/05/11")
    assert next_working_day(day("1404/05/11"), PLAIN) == day("1404/05/11")


def test_a_pause_stops_the_clock_from_the_return_to_the_next_confirmation():
    start, returned, again = day("1404/05/04"), day("1404/05/07"), day("1404/05/13")
    pauses = [(returned, again)]
    assert used_days(start, day("1404/05/06"), pauses, PLAIN) == 2
    assert used_days(start, returned, pauses, PLAIN) == 3
    assert used_days(start, again, pauses, PLAIN) == 3
    assert due_date(start, 10, pauses, PLAIN) == day("1404/05/22")
    steps = derivation(start, 10, PLAIN, pauses)
    assert [step.date for step in steps if step.kind == "paused"] == [
        returned + dt.timedelta(days=n) for n in range(1, 7)
    ]


def test_a_pause_without_end_leaves_the_due_day_open():
    start = day("1404/05/04")
    open_pause = [(day("1404/05/07"), None)]
    assert used_days(start, day("1404/07/01"), open_pause, PLAIN) == 3
    assert due_date(start, 10, open_pause, PLAIN) is None
    assert due_date(start, 3, open_pause, PLAIN) == day("1404/05/07")


def test_two_pauses_one_after_the_other():
    start = day("1404/05/04")
    pauses = [(day("1404/05/05"), day("1404/05/07")), (day("1404/05/08"), None)]
    assert due_date(start, 2, pauses, PLAIN) == day("1404/05/08")
    assert due_date(start, 3, pauses, PLAIN) is None


@pytest.mark.parametrize(("used", "warned"), [(0, False), (6, False), (7, True), (10, True), (12, True)])
def test_the_warning_comes_at_seventy_percent(used, warned):
    assert is_warning(used, 10) is warned
    assert not is_warning(69, 100)


def test_clocks_run_forwards_only():
    with pytest.raises(ValueError, match="backwards"):
        add_working_days(day("1404/05/04"), -1, PLAIN)
    with pytest.raises(ValueError, match="before it starts"):
        working_days_between(day("1404/05/04"), day("1404/05/03"), PLAIN)


@given(days, counts, calendars())
def test_adding_and_counting_are_inverse(start, count, calendar):
    due = add_working_days(start, count, calendar)
    assert working_days_between(start, due, calendar) == count
    assert due == start if count == 0 else calendar.is_working(due)


@given(days, counts, counts, calendars())
def test_adding_twice_is_adding_the_sum(start, first, second, calendar):
    middle = add_working_days(start, first, calendar)
    assert add_working_days(middle, second, calendar) == add_working_days(start, first + second, calendar)


@given(days, st.integers(0, 60), st.integers(0, 60), calendars())
def test_counts_of_neighbouring_spans_add_up(start, first, second, calendar):
    middle = start + dt.timedelta(days=first)
    end = middle + dt.timedelta(days=second)
    whole = working_days_between(start, end, calendar)
    assert whole == working_days_between(start, middle, calendar) + working_days_between(
        middle, end, calendar
    )


@given(days, st.lists(st.integers(0, 15), min_size=4, max_size=4), calendars())
def test_a_paused_clock_counts_the_sum_of_its_running_parts(start, spans, calendar):
    returned, again, stop = (start + dt.timedelta(days=sum(spans[:n])) for n in (1, 2, 4))
    parts = working_days_between(start, returned, calendar) + working_days_between(again, stop, calendar)
    assert used_days(start, stop, [(returned, again)], calendar) == parts


@given(days, st.integers(1, 30), st.integers(0, 20), st.integers(0, 20), calendars())
def test_the_due_day_is_the_day_the_limit_is_used_up(start, limit, wait, pause, calendar):
    returned = start + dt.timedelta(days=wait)
    pauses = [(returned, returned + dt.timedelta(days=pause))]
    due = due_date(start, limit, pauses, calendar)
    assert used_days(start, due, pauses, calendar) == limit
    assert used_days(start, due - dt.timedelta(days=1), pauses, calendar) == limit - 1


@given(days, counts, calendars())
def test_a_derivation_has_every_day_once_and_counts_in_order(start, count, calendar):
    steps = derivation(start, count, calendar)
    assert [step.date for step in steps] == [start + dt.timedelta(days=n) for n in range(len(steps))]
    assert [step.number for step in steps if step.number is not None] == list(range(count + 1))
