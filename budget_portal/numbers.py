"""Reading and computing figures: an explicit grammar in, exact arithmetic inside. Pure, no Django.

A figure is never guessed: what the grammar does not know comes back as a Persian sentence, and keeping what
was typed is the caller's part. Floats occur only as cells of spreadsheets, and count only when exact.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Generic, TypeVar

from budget_portal.digits import drop_marks, group, to_latin, to_persian

MAX_MILLION_RIALS = 999_999_999_999_999  # 15 digits: exact in JSON, in Excel and in a bigint (decision 8)
MAX_QUANTITY = Decimal("999999999999999.999")
RIALS = 1_000_000  # unit_factor of a figure given in rials
EXACT_FLOAT = 2**53

_MARKS = "٬, \u00a0\u2009\u202f"
_NEGATIVE = re.compile(r"[-\u2212\u2013][ \u00a0]?(?P<after>.+)|\((?P<inside>.+)\)", re.DOTALL)
_AMOUNT = re.compile(rf"[0-9]+|[1-9][0-9]{{0,2}}(?P<mark>[{_MARKS}.٫])[0-9]{{3}}(?:(?P=mark)[0-9]{{3}})*")
_DECIMAL = re.compile(
    rf"(?P<whole>[0-9]+|[1-9][0-9]{{0,2}}(?P<mark>[{_MARKS}])[0-9]{{3}}(?:(?P=mark)[0-9]{{3}})*)"
    r"(?:[.٫](?P<part>[0-9]+))?"
)
_NOT_DIGIT = re.compile(r"[^0-9]")
_TOTAL = re.compile(r"(?:جمع|مجموع|سرجمع|حاصل\s?جمع|کل|total|sum)(?:\s|:|\Z)", re.IGNORECASE)
_DIVISION = Context(prec=50)

HASHES = "خانه در اکسل باریک بوده و «####» رسیده است؛ خود عدد را بنویسید."
NOT_WHOLE = "«{raw}» عدد صحیح خوانده نشد. بدون اعشار بنویسید، مانند ۲۷۶۵۰ یا ۲۷٬۶۵۰."
NOT_NUMBER = "«{raw}» عدد خوانده نشد. فقط رقم و ممیز بنویسید، مانند ۱۲٫۵ یا ۲۷٬۶۵۰."
TOO_FINE = "«{raw}» بیش از {places} رقم اعشار دارد."
NEGATIVE = "عدد منفی پذیرفته نیست."
TOO_LARGE = "عدد بزرگ‌تر از بیشینهٔ {most} است."

Number = TypeVar("Number", int, Decimal)


@dataclass(frozen=True, slots=True)
class ReadNumber(Generic[Number]):
    """What was read. Blank is neither a value nor a problem: missing differs from zero."""

    value: Number | None = None
    problem: str | None = None
    rounding: int = 0  # value × unit_factor − what was given, in the given unit

    @property
    def blank(self) -> bool:
        return self.value is None and self.problem is None


def read_amount(raw: object, unit_factor: int = 1, *, allow_negative: bool = False) -> ReadNumber[int]:
    """A whole amount. With `unit_factor` (rials: 1,000,000) it is divided and rounded half up.

    A separator before exactly three digits is thousands, the same one throughout; anything else is a problem.
    """
    text = _cleaned(raw)
    if text is None:
        return ReadNumber()
    negative, body = _split_sign(text)
    if isinstance(raw, float | Decimal) and not text.lstrip("-").isdigit():
        return ReadNumber(problem=_unreadable(text, NOT_WHOLE))  # the point of a cell is never thousands
    if not _AMOUNT.fullmatch(body):
        return ReadNumber(problem=_unreadable(text, NOT_WHOLE))
    given = int(_NOT_DIGIT.sub("", body)) if len(body) <= 60 else EXACT_FLOAT * 10**60
    value = int(round_half_up(Fraction(given, unit_factor), 0))
    if problem := _out_of_range(value, negative, allow_negative, MAX_MILLION_RIALS):
        return ReadNumber(problem=problem)
    sign = -1 if negative else 1
    return ReadNumber(value=sign * value, rounding=sign * (value * unit_factor - given))


def read_quantity(
    raw: object, places: int = 3, *, allow_negative: bool = False, most: Decimal = MAX_QUANTITY
) -> ReadNumber[Decimal]:
    """A quantity with at most `places` decimals; here «.» and «٫» are the decimal mark, never thousands."""
    text = _cleaned(raw)
    if text is None:
        return ReadNumber()
    negative, body = _split_sign(text)
    match = _DECIMAL.fullmatch(body)
    if match is None or len(body) > 60:
        return ReadNumber(problem=_unreadable(text, NOT_NUMBER))
    part = (match["part"] or "").rstrip("0")
    if len(part) > places:
        return ReadNumber(problem=TOO_FINE.format(raw=_shown(text), places=to_persian(places)))
    value = Decimal(f"{_NOT_DIGIT.sub('', match['whole'])}.{part.ljust(places, '0')}")
    if problem := _out_of_range(value, negative, allow_negative, most):
        return ReadNumber(problem=problem)
    return ReadNumber(value=-value if negative and value else value)


def read_percent(
    raw: object, *, allow_negative: bool = False, most: Decimal = Decimal(100)
) -> ReadNumber[Decimal]:
    """A percent with two decimals; the sign of percent may stand after it."""
    if isinstance(raw, str):
        raw = re.sub(r"\s*[%٪]\s*\Z", "", drop_marks(raw))
    return read_quantity(raw, 2, allow_negative=allow_negative, most=most)


def is_total_label(label: str) -> bool:
    """Whether a row's title says that it is a sum of the rows above it («جمع کل», «مجموع فصل ۱»)."""
    return _TOTAL.match(drop_marks(label).strip()) is not None


def _cleaned(raw: object) -> str | None:
    """The written form of a cell, digits ASCII, marks gone; None when nothing is there."""
    if raw is None:
        return None
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < EXACT_FLOAT:
        raw = int(raw)  # spreadsheets hold whole numbers as floats
    if isinstance(raw, Decimal) and raw.is_finite() and abs(raw.adjusted()) < 40:
        raw = f"{raw.normalize(_DIVISION):f}"
    if isinstance(raw, bool):
        raw = "درست" if raw else "نادرست"
    return to_latin(drop_marks(str(raw))).strip() or None


def _split_sign(text: str) -> tuple[bool, str]:
    match = _NEGATIVE.fullmatch(text)
    return (False, text) if match is None else (True, (match["after"] or match["inside"]).strip())


def _unreadable(text: str, sentence: str) -> str:
    return HASHES if set(text) == {"#"} else sentence.format(raw=_shown(text))


def _shown(text: str) -> str:
    return to_persian(text if len(text) <= 30 else f"{text[:29]}…")


def _out_of_range(
    value: int | Decimal, negative: bool, allow_negative: bool, most: int | Decimal
) -> str | None:
    if negative and value and not allow_negative:
        return NEGATIVE
    return TOO_LARGE.format(most=group(most)) if value > most else None


def exact(number: int | Decimal) -> Fraction:
    """The number itself; floats and text are refused."""
    if not isinstance(number, int | Decimal):
        raise TypeError("A figure of the portal is int or Decimal.")
    return Fraction(number)


def round_half_up(number: int | Decimal | Fraction, places: int) -> Decimal:
    """The one rounding of the portal: half away from zero, once, from the exact value."""
    scaled = abs(exact(number) if not isinstance(number, Fraction) else number) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if number >= 0 else -whole).scaleb(-places, _DIVISION)


def ratio(n: int | Decimal | None, d: int | Decimal | None) -> Decimal | None:
    """n ÷ d, unrounded (50 digits); None when undefined."""
    if n is None or d is None or d == 0:
        return None
    share = exact(n) / exact(d)
    return _DIVISION.divide(Decimal(share.numerator), Decimal(share.denominator))


def percent2(n: int | Decimal | None, d: int | Decimal | None) -> Decimal | None:
    """n ÷ d as a percent of two decimals, rounded once from the exact ratio; None when undefined."""
    if n is None or d is None or d == 0:
        return None
    return round_half_up(100 * exact(n) / exact(d), 2)


percent = percent2


def largest_remainder(total: int, weights: Sequence[int | Decimal]) -> list[int]:
    """`total` in whole parts in proportion to `weights`; the parts add up. Ties go to the earlier one."""
    exact_weights = [exact(weight) for weight in weights]
    if any(weight < 0 for weight in exact_weights):
        raise ValueError("Weights are not negative.")
    whole = sum(exact_weights)
    if not whole:
        if total:
            raise ValueError("There is nothing to share by.")
        return [0] * len(exact_weights)
    shares = [abs(total) * weight / whole for weight in exact_weights]
    parts = [share.numerator // share.denominator for share in shares]
    by_rest = sorted(range(len(shares)), key=lambda place: (parts[place] - shares[place], place))
    for place in by_rest[: abs(total) - sum(parts)]:
        parts[place] += 1
    return parts if total >= 0 else [-part for part in parts]


@dataclass(frozen=True, slots=True)
class UnitTrap:
    """A figure that looks like rials in a field of million rials, with the value it would then be."""

    value: int
    offered: int

    @property
    def message(self) -> str:
        return f"به نظر ریال است، نه میلیون ریال. آیا {group(self.offered)} میلیون ریال درست است؟"


def unit_trap(value: int | None, last: int | None, ceiling: int | None) -> UnitTrap | None:
    """A new value ≥ 1000 × the last one, or × the ceiling; what fits under the ceiling is no trap."""
    if value is None or (ceiling and value <= ceiling):
        return None
    if not any(known is not None and known > 0 and value >= 1000 * known for known in (last, ceiling)):
        return None
    return UnitTrap(value, int(round_half_up(Fraction(value, RIALS), 0)))
