"""The Jalali calendar: every day of 1380–1450 by the official list of leap years, the parser, the writing."""

import datetime as dt
from itertools import pairwise

import jdatetime
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from budget_portal import jalali as calendar
from budget_portal.digits import ARABIC, PERSIAN
from budget_portal.jalali import (
    FIRST_YEAR,
    LAST_YEAR,
    LEAP_YEARS,
    TEHRAN,
    DateProblem,
    Jalali,
    cutoff_date,
    deadline_text,
    end_of_day,
    end_of_year,
    fiscal_year_of,
    fiscal_year_start,
    format_date,
    format_iso,
    gregorian,
    is_leap,
    jalali,
    month_days,
    month_end,
    month_start,
    parse,
    quarter_end,
    quarter_start,
    relative,
    start_of_day,
)

NOROOZ_1380 = dt.date(2001, 3, 21)
years = st.integers(FIRST_YEAR, LAST_YEAR)
dates = st.dates(gregorian(FIRST_YEAR, 1, 1), end_of_year(LAST_YEAR))


def official_days(first: int, last: int):
    """Every Jalali day counted by the official list alone, without any calendar code."""
    for year in range(first, last + 1):
        lengths = [31] * 6 + [30] * 5 + [30 if year in LEAP_YEARS else 29]
        for month, length in enumerate(lengths, start=1):
            for day in range(1, length + 1):
                yield Jalali(year, month, day)


def test_every_day_of_seventy_years_agrees_with_the_official_list_and_with_jdatetime():
    day = NOROOZ_1380
    walked = 0
    for official in official_days(1380, 1450):
        assert jalali(day) == official
        assert gregorian(*official) == day
        theirs = jdatetime.date.fromgregorian(date=day)
        assert (theirs.year, theirs.month, theirs.day) == official
        assert parse(format_date(day)) == day
        day += dt.timedelta(days=1)
        walked += 1
    assert walked == 71 * 365 + len([year for year in LEAP_YEARS if 1380 <= year <= 1450])


def test_the_33_year_rule_is_the_official_list():
    assert {year for year in range(FIRST_YEAR, LAST_YEAR + 1) if is_leap(year)} == LEAP_YEARS
    assert {1399, 1403, 1408} <= LEAP_YEARS


@given(dates)
def test_both_ways(day):
    assert gregorian(*jalali(day)) == day
    assert parse(format_iso(day)) == day


# --- the parser


@pytest.mark.parametrize(
    "written",
    [
        "1405/08/29", "1405/8/29", "1405-08-29", "1405.8.29", "14050829", "۱۴۰۵/۸/۲۹", "١٤٠٥/٨/٢٩",
        "۱۴۰۵۰۸۲۹", "  ۱۴۰۵/۰۸/۲۹ ", "\u200f1405/\u200e08/29\u202c",
    ],
)  # fmt: skip
def test_ways_to_write_one_day(written):
    assert parse(written) == dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("1405/08/31", "آبان ۳۰ روز دارد."),
        ("1405/01/32", "فروردین ۳۱ روز دارد."),
        ("1405/01/0", "فروردین ۳۱ روز دارد."),
        ("1404/12/30", "اسفند سال ۱۴۰۴، ۲۹ روز دارد."),
        ("1403/12/31", "اسفند ۳۰ روز دارد."),
        ("1405/13/01", "ماه باید از ۱ تا ۱۲ باشد."),
        ("14050001", "ماه باید از ۱ تا ۱۲ باشد."),
        ("2026-11-20", "سال ۲۰۲۶ میلادی است؛ تاریخ را شمسی بنویسید."),
        ("1303/01/01", "سال باید از ۱۳۰۴ تا ۱۴۹۹ باشد."),
        ("29/08/1405", "تاریخ را سال‌اول بنویسید، مانند ۱۴۰۵/۰۸/۲۹."),
        ("05/08/29", "سال را چهاررقمی بنویسید. تاریخ را سال‌اول بنویسید، مانند ۱۴۰۵/۰۸/۲۹."),
    ],
)
def test_an_impossible_day_is_named_by_its_fact(written, sentence):
    with pytest.raises(DateProblem) as problem:
        parse(written)
    assert str(problem.value) == sentence


@pytest.mark.parametrize(
    "written",
    [
        "", "1405", "1405/8", "1405/8-29", "1405 8 29", "1405//8/29", "1405/08/29 10:00", "140582",
        "۲۹ آبان ۱۴۰۵", "1405/08/29/", "-1405/08/29", "1405/0000000008/29", "9" * 400, "१४०५/०८/२९", "1405/۸/two",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_an_example(written):
    with pytest.raises(ValueError, match="مانند ۱۴۰۵/۰۸/۲۹") as problem:
        parse(written)
    assert len(str(problem.value)) < 120


@given(st.text(st.sampled_from("0123456789" + PERSIAN + ARABIC + "/-. \u200f"), max_size=14))
def test_what_is_read_is_what_was_written(written):
    try:
        day = parse(written)
    except DateProblem:
        return
    digits = calendar.to_latin(calendar.drop_marks(written)).strip()
    parts = calendar.re.split("[/.-]", digits)
    wanted = (
        Jalali(*map(int, parts))
        if len(parts) == 3
        else Jalali(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    )
    assert jalali(day) == wanted


def test_the_first_and_the_last_day_that_can_be_written():
    assert format_date(parse("1304/01/01")) == "۱۳۰۴/۰۱/۰۱"
    assert format_date(parse("1499/12/29")) == "۱۴۹۹/۱۲/۲۹"


def test_a_year_that_cannot_be_is_refused_also_in_parts():
    with pytest.raises(DateProblem):
        gregorian(LAST_YEAR + 1, 1, 1)


# --- years, months, quarters


@given(years)
def test_months_and_quarters_cover_the_year_without_gap(year):
    months = [(month_start(year, month), month_end(year, month)) for month in range(1, 13)]
    quarters = [(quarter_start(year, number), quarter_end(year, number)) for number in range(1, 5)]
    for spans in (months, quarters):
        assert spans[0][0] == fiscal_year_start(year)
        assert spans[-1][1] == end_of_year(year)
        assert all(later[0] - earlier[1] == dt.timedelta(days=1) for earlier, later in pairwise(spans))
    assert sum(month_days(year, month) for month in range(1, 13)) == 365 + is_leap(year)


@given(st.integers(FIRST_YEAR, LAST_YEAR - 1))
def test_the_day_after_the_last_is_norooz(year):
    assert end_of_year(year) + dt.timedelta(days=1) == fiscal_year_start(year + 1)
    assert fiscal_year_of(end_of_year(year)) == year


@pytest.mark.parametrize(
    ("cutoff", "day"),
    [("Q1", (2024, 6, 20)), ("Q2", (2024, 9, 21)), ("Q3", (2024, 12, 20)), ("Q4", (2025, 3, 20))],
)
def test_the_cut_offs_of_1403(cutoff, day):
    assert cutoff_date(1403, cutoff) == dt.date(*day)


def test_closing_is_data_and_not_calendar():
    with pytest.raises(ValueError, match="CLOSING"):
        cutoff_date(1403, "CLOSING")


# --- moments


def test_a_moment_has_the_date_of_tehran():
    assert jalali(dt.datetime(2026, 11, 19, 20, 29, tzinfo=dt.UTC)) == (1405, 8, 28)
    assert jalali(dt.datetime(2026, 11, 19, 20, 30, tzinfo=dt.UTC)) == (1405, 8, 29)


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        jalali(dt.datetime(2026, 11, 20))  # noqa: DTZ001


def test_today_is_the_day_of_tehran():
    with time_machine.travel(dt.datetime(2026, 11, 19, 21, 0, tzinfo=dt.UTC), tick=False):
        assert calendar.today() == dt.date(2026, 11, 20)


def test_a_day_ends_where_the_next_begins():
    day = dt.date(2026, 11, 21)
    assert end_of_day(day) == start_of_day(day + dt.timedelta(days=1))
    assert start_of_day(day).utcoffset() == dt.timedelta(hours=3, minutes=30)


# --- writing

STAMP = dt.datetime(2026, 11, 20, 7, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        ("table", "۱۴۰۵/۰۸/۲۹"),
        ("text", "۲۹ آبان ۱۴۰۵"),
        ("weekday", "جمعه ۲۹ آبان ۱۴۰۵"),
        ("month", "آبان ۱۴۰۵"),
        ("english", "29 Aban 1405 (20 Nov 2026)"),
        ("stamp", "۲۹ آبان ۱۴۰۵، ۱۰:۴۲"),
        ("deadline", "جمعه ۲۹ آبان ۱۴۰۵، ساعت ۱۰:۴۲"),
    ],
)
def test_every_style(style, shown):
    assert format_date(STAMP, style) == shown


def test_a_date_has_no_hour_and_a_style_has_a_name():
    with pytest.raises(ValueError, match="stamp"):
        format_date(STAMP.date(), "stamp")
    with pytest.raises(ValueError, match="fancy"):
        format_date(STAMP, "fancy")


def test_inputs_hold_ascii():
    assert format_iso(STAMP) == "1405/08/29"


def tehran(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=TEHRAN)


@pytest.mark.parametrize(
    ("until", "shown"),
    [
        (dt.date(2026, 11, 21), "شنبه ۳۰ آبان ۱۴۰۵، ساعت ۲۴"),
        (tehran(2026, 11, 22, 0, 0), "شنبه ۳۰ آبان ۱۴۰۵، ساعت ۲۴"),
        (tehran(2026, 11, 21, 23, 59, 59), "شنبه ۳۰ آبان ۱۴۰۵، ساعت ۲۴"),
        (tehran(2026, 11, 21, 14, 0), "شنبه ۳۰ آبان ۱۴۰۵، ساعت ۱۴"),
        (tehran(2026, 11, 21, 14, 30), "شنبه ۳۰ آبان ۱۴۰۵، ساعت ۱۴:۳۰"),
        (tehran(2026, 11, 22, 0, 30), "یکشنبه ۱ آذر ۱۴۰۵، ساعت ۰۰:۳۰"),
    ],
)
def test_deadlines_in_words(until, shown):
    assert deadline_text(until) == shown
    assert format_date(until, "deadline") == shown


@pytest.mark.parametrize(
    ("far", "shown"),
    [
        (0, "امروز"), (1, "فردا"), (-1, "دیروز"), (3, "۳ روز دیگر"), (-6, "۶ روز پیش"),
        (7, "۷ آذر ۱۴۰۵"), (-7, "۲۳ آبان ۱۴۰۵"),
    ],
)  # fmt: skip
def test_days_near_and_far(far, shown):
    today = dt.date(2026, 11, 21)
    assert relative(today + dt.timedelta(days=far), today) == shown
    assert relative(start_of_day(today + dt.timedelta(days=far)), start_of_day(today)) == shown


@given(dates, st.sampled_from(["table", "text", "weekday", "month", "deadline"]))
def test_pages_never_show_latin_or_arabic_digits(day, style):
    assert not set(format_date(day, style)) & set("0123456789" + ARABIC)
