"""Ratios that keep their numerator and denominator, and the only places where figures are rounded.

Pure: no database, no Django. A ratio is summed first and divided last, so that a total is never the
mean of its parts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import overload

Number = int | Decimal

DQ_ZERO_BASE = "DQ_ZERO_BASE"

HUNDRED = Decimal(100)
_PERCENT = Decimal("0.01")
_INDEX = Decimal("0.0001")
_WHOLE = Decimal(1)


@overload
def as_percent(value: Decimal) -> Decimal: ...
@overload
def as_percent(value: None) -> None: ...
def as_percent(value: Decimal | None) -> Decimal | None:
    """Percent or percentage points as stored and printed: 2 places, half up. Missing stays missing."""
    return None if value is None else value.quantize(_PERCENT, ROUND_HALF_UP)


def as_index(value: Decimal | None) -> Decimal | None:
    """SPI, CPI and service efficiency as printed: 4 places, half up."""
    return None if value is None else value.quantize(_INDEX, ROUND_HALF_UP)


def as_money(value: Decimal | None) -> int | None:
    """Whole million rials, half up (away from zero)."""
    return None if value is None else int(value.quantize(_WHOLE, ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Ratio:
    """A numerator over a denominator, both kept because reports print both.

    Undefined (all values None) when either part is missing or the denominator is not positive.
    """

    numerator: Number | None
    denominator: Number | None

    @property
    def value(self) -> Decimal | None:
        """The unrounded quotient: 0.8353…, not 83.53."""
        if self.numerator is None or self.denominator is None or self.denominator <= 0:
            return None
        return Decimal(self.numerator) / Decimal(self.denominator)

    @property
    def exact_percent(self) -> Decimal | None:
        """The unrounded percent: differences of percents are computed from this one."""
        if self.numerator is None or self.denominator is None or self.denominator <= 0:
            return None
        return HUNDRED * Decimal(self.numerator) / Decimal(self.denominator)

    @property
    def percent(self) -> Decimal | None:
        """The percent at 2 places, half up."""
        return as_percent(self.exact_percent)

    @property
    def flags(self) -> tuple[str, ...]:
        """DQ_ZERO_BASE when something was counted over nothing."""
        if self.numerator is not None and self.numerator > 0 and self.denominator == 0:
            return (DQ_ZERO_BASE,)
        return ()

    def __str__(self) -> str:
        return f"{self.numerator} ÷ {self.denominator}"


@dataclass(frozen=True, slots=True)
class RatioTotal:
    """The ratio of the sums, with how many members it holds and how many were left out as missing."""

    ratio: Ratio
    counted: int
    skipped: int

    @property
    def value(self) -> Decimal | None:
        return self.ratio.value

    @property
    def exact_percent(self) -> Decimal | None:
        return self.ratio.exact_percent

    @property
    def percent(self) -> Decimal | None:
        return self.ratio.percent

    @property
    def members(self) -> int:
        """The m of «n of m»."""
        return self.counted + self.skipped


def total(ratios: Iterable[Ratio]) -> RatioTotal:
    """Sum first, then divide. A member with a missing part is left out on both sides and counted."""
    members = list(ratios)
    known = [
        (member.numerator, member.denominator)
        for member in members
        if member.numerator is not None and member.denominator is not None
    ]
    skipped = len(members) - len(known)
    if not known:
        return RatioTotal(Ratio(None, None), 0, skipped)
    numerator = _sum(numerator for numerator, _ in known)
    denominator = _sum(denominator for _, denominator in known)
    return RatioTotal(Ratio(numerator, denominator), len(known), skipped)


def plus(*figures: Number | None) -> Number | None:
    """The sum, missing as soon as one part is missing: a held line is in no total."""
    known = [figure for figure in figures if figure is not None]
    return _sum(known) if len(known) == len(figures) else None


def _sum(figures: Iterable[Number]) -> Number:
    """Keeps integers integers, so that a sum of money prints as money."""
    result: Number = 0
    for figure in figures:
        result += figure
    return result
