"""Moments: what comes after office hours, and clocks of hours, against a walk of every minute."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budget_portal import jalali
from budget_portal.clocks.calendar import Calendar, Hours, Week
from budget_portal.clocks.hours import TEHRAN, add_office_hours, day_zero

OFFICE = Calendar(hours=Hours(dt.time(7, 30), dt.time(14, 30)))
MINUTE = dt.timedelta(minutes=1)


def at(written: str, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(jalali.parse(written), dt.time(hour, minute), TEHRAN)


def test_what_comes_after_office_hours_comes_on_the_next_working_day():
    assert day_zero(at("1404/05/04", 14, 30), OFFICE) == jalali.parse("1404/05/04")
    assert day_zero(at("1404/05/04", 14, 31), OFFICE) == jalali.parse("1404/05/05")
    assert day_zero(at("1404/05/08", 20), OFFICE) == jalali.parse("1404/05/11")  # Wednesday evening: Saturday
    assert day_zero(at("1404/05/04", 3), OFFICE) == jalali.parse("1404/05/04")


def test_without_hours_and_on_days_off_the_day_itself_is_day_0():
    assert day_zero(at("1404/05/04", 23), Calendar()) == jalali.parse("1404/05/04")
    assert day_zero(at("1404/05/10", 23), OFFICE) == jalali.parse("1404/05/10")  # a Friday
    assert day_zero(jalali.parse("1404/05/04"), OFFICE) == jalali.parse("1404/05/04")


def test_hours_change_with_the_week():
    ramadan = Week(jalali.parse("1404/12/01"), hours=Hours(dt.time(9), dt.time(13)))
    calendar = Calendar(hours=OFFICE.hours, weeks=(ramadan,))
    assert day_zero(at("1404/11/29", 14), calendar) == jalali.parse("1404/11/29")
    assert day_zero(at("1404/12/02", 14), calendar) == jalali.parse("1404/12/03")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at("1404/05/04", 8), 2, at("1404/05/04", 10)),
        (at("1404/05/04", 5), 2, at("1404/05/04", 9, 30)),
        (at("1404/05/04", 13), 4, at("1404/05/05", 10)),
        (at("1404/05/08", 14), 7, at("1404/05/11", 14)),  # half an hour on Wednesday, the rest on Saturday
        (at("1404/05/08", 16), 7, at("1404/05/11", 14, 30)),
        (at("1404/05/08", 16), 0, at("1404/05/08", 16)),
    ],
)
def test_clocks_of_hours_run_in_office_hours(start, hours, end):
    assert add_office_hours(start, dt.timedelta(hours=hours), OFFICE) == end


def test_without_office_hours_a_working_day_has_twenty_four():
    assert add_office_hours(at("1404/05/08", 12), dt.timedelta(hours=24), Calendar()) == at("1404/05/11", 12)


def test_naive_moments_and_clocks_that_run_backwards_are_refused():
    with pytest.raises(ValueError, match="naive"):
        day_zero(dt.datetime(2025, 7, 26), OFFICE)  # noqa: DTZ001
    with pytest.raises(ValueError, match="backwards"):
        add_office_hours(at("1404/05/04", 8), -MINUTE, OFFICE)


@settings(max_examples=30)
@given(
    st.dates(jalali.fiscal_year_start(1402), jalali.end_of_year(1419)),
    st.integers(0, 1439),
    st.integers(1, 900),
)
def test_hours_agree_with_a_walk_of_every_minute(day, minute, length):
    """From 1402 on the clock of Iran stands for no summer time."""
    start = dt.datetime.combine(day, dt.time(minute // 60, minute % 60), TEHRAN)
    moment, left = start, length
    while left:
        in_office = OFFICE.is_working(moment.date()) and dt.time(7, 30) <= moment.time() < dt.time(14, 30)
        moment += MINUTE
        left -= in_office
    assert add_office_hours(start, length * MINUTE, OFFICE) == moment
