"""Working days: the example of the domain guide, and properties over the years 1390–1420."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budget_portal import jalali
from budget_portal.clocks.calendar import FRIDAY, Calendar, Hours, Week, next_working_day
from budget_portal.clocks.counting import (
    Pause,
    Step,
    add_working_days,
    derivation,
    due_date,
    is_warning,
    run,
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
    holidays = draw(st.dictionaries(st.dates(FIRST, LAST), st.sampled_from(["عاشورا", "نوروز"]), max_size=12))
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


# --- weeks with versions, pauses with a limit, time after resuming ------------------------------------------------


NEW_WEEK = Week(jalali.parse("1405/01/01"), frozenset({4, 5}))  # Friday and Saturday off from a New Year on


def test_a_week_changes_from_a_day_on():
    calendar = Calendar(weeks=(NEW_WEEK,))
    assert calendar.kind(day("1404/12/28")) == "weekend"  # a Thursday of the old week
    assert calendar.kind(day("1405/01/06")) == "working"  # a Thursday of the new one
    assert calendar.kind(day("1405/01/08")) == "weekend"  # a Saturday
    # Wednesday 27 Esfand is day 0; Saturday is off already in the new year, Thursday 6 Farvardin is worked.
    assert add_working_days(day("1404/12/27"), 5, calendar) == day("1405/01/06")


def test_weeks_come_in_order_and_offices_close_after_they_open():
    with pytest.raises(ValueError, match="order"):
        Calendar(weeks=(NEW_WEEK, Week(day("1404/01/01"))))
    with pytest.raises(ValueError, match="closes after"):
        Calendar(hours=Hours(dt.time(14), dt.time(8)))
    with pytest.raises(ValueError, match="no clock"):
        Calendar(weeks=(Week(day("1404/01/01"), frozenset(range(7))),))


def test_a_pause_longer_than_its_limit_resumes_the_clock_by_itself():
    start, returned = day("1404/05/04"), day("1404/05/07")
    pause = Pause(returned, None, "برگشت به دستگاه", limit=4)
    # three days used; Wednesday 8, then Saturday to Monday 13 are the four of the pause; seven are left
    assert due_date(start, 10, [pause], PLAIN) == day("1404/05/22")
    assert used_days(start, day("1404/05/14"), [pause], PLAIN) == 4
    steps = derivation(start, 10, PLAIN, [pause])
    assert {step.occasion for step in steps if step.kind == "paused"} == {"برگشت به دستگاه"}


def test_whoever_resumes_in_time_has_the_least_time_left():
    start, returned, again = day("1404/05/04"), day("1404/05/15"), day("1404/06/01")  # nine of ten days used
    done = run(start, 10, PLAIN, [Pause(returned, again)], minimum=3)
    assert (done.allowed, done.due_on) == (12, day("1404/06/04"))
    assert run(start, 10, PLAIN, [Pause(returned, again)], minimum=1).allowed == 10


def test_a_pause_in_the_last_moment_still_leaves_time_after_it():
    start, last = day("1404/05/04"), day("1404/05/18")
    done = run(start, 10, PLAIN, [Pause(last, day("1404/05/25"))], minimum=2)
    assert (done.allowed, done.due_on) == (12, day("1404/05/27"))
    assert due_date(start, 10, [Pause(last, day("1404/05/25"))], PLAIN) == last


def test_what_was_late_before_a_pause_stays_late():
    start = day("1404/05/04")
    assert due_date(start, 10, [Pause(day("1404/05/20"), day("1404/05/25"))], PLAIN, minimum=5) == day(
        "1404/05/18"
    )


@st.composite
def changing_calendars(draw):
    """Holidays and up to two changes of the week near a start, so that they matter."""
    start = draw(days)
    near = st.dates(start, start + dt.timedelta(days=90))
    weeks = draw(
        st.lists(st.builds(Week, near, weekends), max_size=2, unique_by=lambda week: week.valid_from)
    )
    holidays = draw(st.dictionaries(near, st.just("تعطیل"), max_size=8))
    return start, Calendar(draw(weekends), holidays, tuple(sorted(weeks, key=lambda week: week.valid_from)))


@st.composite
def pauses_after(draw, start):
    begins = start + dt.timedelta(days=draw(st.integers(0, 25)))
    ends = draw(st.none() | st.integers(0, 20).map(lambda length: begins + dt.timedelta(days=length)))
    return Pause(begins, ends, "", draw(st.none() | st.integers(0, 8)))


def naive_off(calendar: Calendar, day: dt.date) -> bool:
    weekend = calendar.weekend
    for week in calendar.weeks:
        if week.valid_from <= day:
            weekend = week.weekend
    return day.weekday() in weekend or day in calendar.holidays


def naive_stopped(calendar: Calendar, pause: Pause, day: dt.date) -> bool:
    if day <= pause.begins or (pause.ends is not None and day > pause.ends):
        return False
    if pause.limit is None:
        return True
    spent, before = 0, pause.begins + dt.timedelta(days=1)
    while before < day:
        spent += not naive_off(calendar, before)
        before += dt.timedelta(days=1)
    return spent < pause.limit


def naive_clock(start, limit, calendar, pauses, minimum):
    """Walk a long way and note the day of the last allowed count before the first that is too much."""
    counted, allowed, due, day = 0, limit, start if limit == 0 else None, start
    for _ in range(220):
        day += dt.timedelta(days=1)
        if any(naive_stopped(calendar, pause, day) for pause in pauses):
            following = day + dt.timedelta(days=1)
            if not any(naive_stopped(calendar, pause, following) for pause in pauses):
                allowed = max(allowed, counted + minimum)
            continue
        if naive_off(calendar, day):
            continue
        counted += 1
        if counted > allowed:
            return allowed, due
        if counted == allowed:
            due = day
    return allowed, due if counted == allowed and not minimum else None


@settings(max_examples=150)
@given(changing_calendars(), st.integers(0, 15), st.integers(0, 4), st.data())
def test_the_engine_agrees_with_a_walk_of_every_day(begun, limit, minimum, data):
    start, calendar = begun
    pauses = data.draw(st.lists(pauses_after(start), max_size=3))
    done = run(start, limit, calendar, pauses, minimum=minimum)
    allowed, due = naive_clock(start, limit, calendar, pauses, minimum)
    assert done.due_on == due
    if due is not None:
        assert done.allowed == allowed
        assert used_days(start, due, pauses, calendar) == done.allowed


@given(changing_calendars(), st.integers(0, 15), st.data())
def test_a_longer_pause_or_another_day_off_never_brings_a_date_nearer(begun, limit, data):
    start, calendar = begun
    pause = data.draw(
        pauses_after(start).filter(lambda pause: pause.ends is not None and pause.limit is None)
    )
    due = due_date(start, limit, [pause], calendar)
    longer = due_date(start, limit, [pause._replace(ends=pause.ends + dt.timedelta(days=3))], calendar)
    assert due <= longer
    off = Calendar(calendar.weekend, {**calendar.holidays, due: "تازه"}, calendar.weeks)
    assert due_date(start, limit, [pause], off) >= due
