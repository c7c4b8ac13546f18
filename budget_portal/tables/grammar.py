"""Money cells of a file: its own unit in, whole million rials out, half up per line, the rounding kept."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from budget_portal import jalali
from budget_portal.digits import drop_marks, group, to_latin
from budget_portal.numbers import (
    MAX_MILLION_RIALS,
    RIALS,
    TOO_LARGE,
    read_amount,
    read_quantity,
    round_half_up,
)

# How many of the file's unit make one million rials.
UNITS: dict[str, Fraction] = {
    "rial": Fraction(RIALS),
    "toman": Fraction(100_000),
    "thousand-rials": Fraction(1_000),
    "million-rials": Fraction(1),
    "milliard-rials": Fraction(1, 1_000),
    "milliard-toman": Fraction(1, 10_000),
}
UNIT_NAMES = {
    "rial": "ریال",
    "toman": "تومان",
    "thousand-rials": "هزار ریال",
    "million-rials": "میلیون ریال",
    "milliard-rials": "میلیارد ریال",
    "milliard-toman": "میلیارد تومان",
}
_GREGORIAN = re.compile(r"(19[0-9]{2}|20[0-9]{2})([/.-])([0-9]{1,2})\2([0-9]{1,2})(?:[ T].*)?")
_COMMA = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,(?P<part>[0-9]+))?")
_SERIALS = range(20_000, 80_000)  # days of Excel's calendar: 1954 to 2119
_EXCEL_EPOCH = dt.date(1899, 12, 30)
NOT_APPLICABLE = frozenset({"-", "–", "—", "ندارد"})


@dataclass(frozen=True, slots=True)
class Money:
    """One cell: `value` in million rials; `rounding` = value × unit − what was given, in the file's unit."""

    value: int | None = None
    problem: str | None = None
    rounding: Fraction = Fraction(0)
    not_applicable: bool = False

    @property
    def blank(self) -> bool:
        return self.value is None and self.problem is None and not self.not_applicable


def read_money(raw: object, *, unit: Fraction = Fraction(1), decimals: int = 0, comma: bool = False) -> Money:
    """Read one cell. Without `decimals` a point is never a decimal mark; with `comma` a comma is one and points stand
    between thousands. Negative figures are read as such, what they mean is for the table to judge."""
    if unit == 1 and _is_whole(raw) and abs(whole := int(raw)) <= MAX_MILLION_RIALS:  # type: ignore[call-overload]
        return Money(value=whole)  # what most cells are; floats are exact to there
    if comma and isinstance(raw, str):
        raw = _with_point(raw)
    if isinstance(raw, str) and raw.strip() in NOT_APPLICABLE:
        return Money(not_applicable=True)
    if isinstance(raw, float) and not raw.is_integer():
        raw = f"{raw:.15g}"  # as many digits as a spreadsheet holds
        if not decimals:
            raw = Decimal(raw)  # the point of a cell is never thousands
    given: int | Decimal | None
    if decimals:
        quantity = read_quantity(raw, decimals, allow_negative=True, most=_most(unit))
        given, problem = quantity.value, quantity.problem
    else:
        amount = read_amount(raw, max(1, int(unit)), allow_negative=True)
        problem = amount.problem
        given = None if amount.value is None else amount.value * max(1, int(unit)) - amount.rounding
    if problem or given is None:
        return Money(problem=problem)
    value = int(round_half_up(Fraction(given) / unit, 0))
    if abs(value) > MAX_MILLION_RIALS:
        return Money(problem=TOO_LARGE.format(most=group(MAX_MILLION_RIALS)))
    return Money(value=value, rounding=value * unit - Fraction(given))


def _is_whole(raw: object) -> bool:
    return type(raw) is int or (type(raw) is float and raw.is_integer())


def _with_point(text: str) -> str:
    """1.234,5 as 1234.5; what is written otherwise stays as it is."""
    match = _COMMA.fullmatch(to_latin(drop_marks(text)).strip())
    if match is None:
        return text
    part = f".{match['part']}" if match["part"] else ""
    return f"{match['sign']}{match['whole'].replace('.', '')}{part}"


def _most(unit: Fraction) -> Decimal:
    return Decimal(int(MAX_MILLION_RIALS * max(unit, Fraction(1))))


def shown(raw: object) -> str:
    """A cell as it is kept beside a held row: its text, digits ASCII, at most 200 characters."""
    return written(raw)[:200]


def written(raw: object) -> str:
    """The whole text of a cell, digits ASCII."""
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    return to_latin(raw).strip()


def read_day(raw: object) -> tuple[dt.date | None, str | None]:
    """A day as files write it: Jalali in any spelling of the portal (1405/06/31, 1405-6-31, 14050631), a day of
    the Gregorian calendar, or the serial number that Excel keeps when a cell has lost its format."""
    text = to_latin(drop_marks(shown(raw)))
    if not text:
        return None, None
    if text.isdecimal() and int(text[:9]) in _SERIALS:
        return _EXCEL_EPOCH + dt.timedelta(days=int(text)), None
    try:
        if match := _GREGORIAN.fullmatch(text):
            return dt.date(int(match[1]), int(match[3]), int(match[4])), None
        return jalali.parse(text), None
    except jalali.DateProblem as problem:
        return None, str(problem)
    except ValueError:
        return None, f"«{text[:30]}» در تقویم میلادی نیست."
