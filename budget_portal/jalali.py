"""The Jalali calendar at the edges: dates are Gregorian inside and Jalali for people. Pure, no Django.

Arithmetic is jdatetime's (the 33-year rule); `LEAP_YEARS` is the official list, and a test walks every day of
1380–1450 by that list alone and compares. One strict parser, year first; every way of writing a date.
"""

import datetime as dt
import re
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import jdatetime

from budget_portal.digits import drop_marks, to_latin, to_persian

TEHRAN = ZoneInfo("Asia/Tehran")
MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
MONTHS_LATIN = (
    "Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar",
    "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand",
)  # fmt: skip
GREGORIAN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")  # by date.weekday()
QUARTERS = {"Q1": 1, "Q2": 2, "Q3": 3, "Q4": 4}
CUTOFFS = {"Q1": "خرداد", "Q2": "شهریور", "Q3": "آذر", "Q4": "اسفند", "CLOSING": "متمم سال"}
CUTOFF_CODE = re.compile(r"([0-9]{4})-(Q[1-4]|CLOSING)")
FIRST_YEAR, LAST_YEAR = 1304, 1499  # the calendar is the official one since 1304

# Leap years as the Calendar Centre of the University of Tehran lists them.
LEAP_YEARS = frozenset(
    (
        1304, 1309, 1313, 1317, 1321, 1325, 1329, 1333, 1337, 1342, 1346, 1350, 1354, 1358, 1362, 1366, 1370,
        1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420, 1424, 1428, 1432, 1436,
        1441, 1445, 1449, 1453, 1457, 1461, 1465, 1469, 1474, 1478, 1482, 1486, 1490, 1494, 1498,
    )
)  # fmt: skip

_WRITTEN = re.compile(r"([0-9]+)([/.-])([0-9]+)\2([0-9]+)|([0-9]{4})([0-9]{2})([0-9]{2})")
HOW = "تاریخ را سال‌اول بنویسید، مانند ۱۴۰۵/۰۸/۲۹."

Style = Literal["table", "text", "weekday", "deadline", "stamp", "month", "english"]


class Jalali(NamedTuple):
    year: int
    month: int
    day: int


class DateProblem(ValueError):
    """Text that is no Jalali date; the message is a Persian sentence for the person who wrote it."""


# --- conversion ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def cutoff_name(code: str) -> str:
    """«شهریور ۱۴۰۵» of «1405-Q2»: the month in which it ends; the closing one has a name of its own."""
    year, _, cutoff = code.partition("-")
    return f"{CUTOFFS[cutoff]} {to_persian(year)}"


def _from_gregorian(day: dt.date) -> Jalali:
    found = jdatetime.date.fromgregorian(date=day)
    return Jalali(found.year, found.month, found.day)


def jalali(day: dt.date) -> Jalali:
    """The Jalali day of a date, or of a moment as the clocks of Tehran show it."""
    return _from_gregorian(local(day).date() if isinstance(day, dt.datetime) else day)


@lru_cache(maxsize=4096)
def gregorian(year: int, month: int, day: int) -> dt.date:
    """The date of a Jalali day; DateProblem with the fact when there is no such day."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateProblem(_year_problem(year))
    if not 1 <= month <= 12:
        raise DateProblem("ماه باید از ۱ تا ۱۲ باشد.")
    if not 1 <= day <= month_days(year, month):
        raise DateProblem(_day_problem(year, month))
    found: dt.date = jdatetime.date(year, month, day).togregorian()
    return found


def _year_problem(year: int) -> str:
    if year < 100:
        return f"سال را چهاررقمی بنویسید. {HOW}"
    if 1900 <= year <= 2200:
        return f"سال {to_persian(year)} میلادی است؛ تاریخ را شمسی بنویسید."
    return f"سال باید از {to_persian(FIRST_YEAR)} تا {to_persian(LAST_YEAR)} باشد."


def _day_problem(year: int, month: int) -> str:
    days = to_persian(month_days(year, month))
    if month == 12 and not is_leap(year):
        return f"اسفند سال {to_persian(year)}، {days} روز دارد."
    return f"{MONTHS[month - 1]} {days} روز دارد."


def parse(written: str) -> dt.date:
    """The date that was written: ۱۴۰۵/۸/۲۹, 1405-08-29, 1405.8.29 or 14050829; year first, one separator."""
    text = to_latin(drop_marks(written)).strip()
    match = _WRITTEN.fullmatch(text)
    if match is None or len(text) > 12:
        raise DateProblem(f"«{to_persian(text[:30])}» تاریخ خوانده نشد. {HOW}")
    first, _, second, third, *compact = match.groups()
    year, month, day = (int(part) for part in (compact if compact[0] else (first, second, third)))
    if year < 100 and third and len(third) == 4:
        raise DateProblem(HOW)
    return gregorian(year, month, day)


# --- years, months, quarters --------------------------------------------------------------------------------


def is_leap(year: int) -> bool:
    return year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)


def month_days(year: int, month: int) -> int:
    if month <= 6:
        return 31
    return 29 if month == 12 and not is_leap(year) else 30


def month_start(year: int, month: int) -> dt.date:
    return gregorian(year, month, 1)


def month_end(year: int, month: int) -> dt.date:
    return gregorian(year, month, month_days(year, month))


def parse_moment(text: str) -> dt.datetime:
    """«۱۴۰۵/۰۶/۳۱» means the end of that day, «۱۴۰۵/۰۶/۳۱ ۱۴:۳۰» that minute."""
    day, _, clock = " ".join(to_latin(text).split()).partition(" ")
    start = start_of_day(parse(day))
    if not clock.strip():
        return start + dt.timedelta(days=1) - dt.timedelta(microseconds=1)
    hour, _, minute = clock.strip().partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60):
        raise ValueError("ساعت را مانند ۱۴:۳۰ بنویسید.")
    return start + dt.timedelta(hours=int(hour), minutes=int(minute))


def quarter_start(year: int, quarter: int) -> dt.date:
    return month_start(year, 3 * quarter - 2)


def quarter_end(year: int, quarter: int) -> dt.date:
    return month_end(year, 3 * quarter)


def fiscal_year_start(year: int) -> dt.date:
    return month_start(year, 1)


def end_of_year(year: int) -> dt.date:
    """The last day of Esfand, computed: the 29th, and the 30th in a leap year."""
    return month_end(year, 12)


def fiscal_year_of(day: dt.date) -> int:
    return jalali(day).year


def cutoff_date(year: int, cutoff: str) -> dt.date:
    """The day up to which a quarter's figures are cumulative; CLOSING is data of the fiscal year instead."""
    if cutoff not in QUARTERS:
        raise ValueError(f"{cutoff!r} has no cut-off date in the calendar.")
    return quarter_end(year, QUARTERS[cutoff])


# --- moments ------------------------------------------------------------------------------------------------


def local(moment: dt.datetime) -> dt.datetime:
    """A moment on the clocks of Tehran; a naive one is refused, nobody knows when it was."""
    if moment.tzinfo is None:
        raise ValueError("A moment without time zone has no date.")
    return moment.astimezone(TEHRAN)


def today() -> dt.date:
    return dt.datetime.now(TEHRAN).date()


def start_of_day(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), TEHRAN)


def end_of_day(day: dt.date) -> dt.datetime:
    """Hour 24 of a day, which is hour 0 of the next: a deadline is met before it."""
    return start_of_day(day + dt.timedelta(days=1))


# --- writing ------------------------------------------------------------------------------------------------


def format_date(day: dt.date, style: Style = "table") -> str:
    """`table` ۱۴۰۵/۰۸/۲۹ · `text` ۲۹ آبان ۱۴۰۵ · `weekday` شنبه ۳۰ آبان ۱۴۰۵ · `month` آبان ۱۴۰۵ ·
    `stamp` ۲۹ آبان ۱۴۰۵، ۱۰:۴۲ · `deadline` شنبه ۳۰ آبان ۱۴۰۵، ساعت ۲۴ · `english` 29 Aban 1405 (20 Nov 2026)
    """
    if style == "deadline":
        return deadline_text(day)
    when = local(day) if isinstance(day, dt.datetime) else day
    year, month, number = jalali(day)
    if style == "table":
        return to_persian(f"{year}/{month:02}/{number:02}")
    if style == "english":
        other = f"{when.day} {GREGORIAN_MONTHS[when.month - 1]} {when.year}"
        return f"{number} {MONTHS_LATIN[month - 1]} {year} ({other})"
    if style == "month":
        return to_persian(f"{MONTHS[month - 1]} {year}")
    text = to_persian(f"{number} {MONTHS[month - 1]} {year}")
    if style == "text":
        return text
    if style == "weekday":
        return f"{WEEKDAYS[when.weekday()]} {text}"
    if style == "stamp" and isinstance(when, dt.datetime):
        return f"{text}، {to_persian(f'{when:%H:%M}')}"
    raise ValueError(f"{style!r} does not fit {day!r}.")


def format_iso(day: dt.date) -> str:
    """1405/08/29 in ASCII: what stands in the value of an input."""
    return to_latin(format_date(day))


def deadline_text(until: dt.date) -> str:
    """شنبه ۳۰ آبان ۱۴۰۵، ساعت ۲۴. A date lasts to its hour 24; midnight belongs to the day that ends."""
    if not isinstance(until, dt.datetime):
        return f"{format_date(until, 'weekday')}، ساعت ۲۴"
    moment = local(until)
    if (moment.hour, moment.minute) == (0, 0):
        return f"{format_date(moment.date() - dt.timedelta(days=1), 'weekday')}، ساعت ۲۴"
    if (moment.hour, moment.minute) == (23, 59):
        return f"{format_date(moment.date(), 'weekday')}، ساعت ۲۴"
    hour = to_persian(f"{moment:%H:%M}" if moment.minute else moment.hour)
    return f"{format_date(moment.date(), 'weekday')}، ساعت {hour}"


def relative(day: dt.date, now: dt.date) -> str:
    """«دیروز», «۳ روز پیش», «فردا» within a week; the date in words beyond."""
    far = (_plain(day) - _plain(now)).days
    near = {0: "امروز", 1: "فردا", -1: "دیروز"}
    if far in near:
        return near[far]
    if abs(far) >= 7:
        return format_date(_plain(day), "text")
    return to_persian(f"{abs(far)} روز {'دیگر' if far > 0 else 'پیش'}")


def _plain(day: dt.date) -> dt.date:
    return local(day).date() if isinstance(day, dt.datetime) else day
