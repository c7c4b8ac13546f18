"""From rials of a ledger to million rials of lines: rounded so that the parts add up, compared within a tolerance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from monitoring.reconciliation.facts import MoneyKey

RIALS = 1_000_000


def half_up(rials: int) -> int:
    """Whole million rials, halves away from zero."""
    whole = (2 * abs(rials) + RIALS) // (2 * RIALS)
    return whole if rials >= 0 else -whole


@dataclass(frozen=True, slots=True)
class Rounded:
    """Sums of lines in million rials; `rounding` is what each gained or lost, in rials."""

    sums: dict[MoneyKey, int]
    rounding: dict[MoneyKey, int]
    total: int


def rounded(rials: Mapping[MoneyKey, int]) -> Rounded:
    """By largest remainder: the lines add up to the rounded total, and none is a million rials off."""
    total = half_up(sum(rials.values()))
    parts = {key: value // RIALS for key, value in rials.items()}
    by_rest = sorted(rials, key=lambda key: (-(rials[key] % RIALS), _order(key)))
    for key in by_rest[: max(total - sum(parts.values()), 0)]:
        parts[key] += 1
    return Rounded(parts, {key: parts[key] * RIALS - rials[key] for key in parts}, total)


def _order(key: MoneyKey) -> tuple[int, ...]:
    return tuple(part or 0 for part in key)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a line may be from the ledger before it has to be explained: million rials, or a share of the line."""

    amount: int = 1
    percent: Decimal = Decimal(0)

    def of(self, entered: int | None) -> int:
        share = Fraction(abs(entered or 0)) * Fraction(self.percent) / 100
        return max(self.amount, share.numerator // share.denominator)

    def holds(self, entered: int | None, ledger: int) -> bool:
        """A line without a figure is none that agrees, unless the ledger has nothing of it either."""
        if entered is None:
            return ledger == 0
        return abs(ledger - entered) <= self.of(entered)
