"""The course of every demo project and programme over the cut-offs: seeded numbers, nothing written here."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal

QUARTERS = 6  # 1404-Q1 … 1405-Q2, as in plan.PERIODS
RELEASED = (Decimal("0.12"), Decimal("0.36"), Decimal("0.62"), Decimal("0.90"))


@dataclass
class Money:
    """One line of money: credit per year and, per cut-off, cumulative of its year (million rials)."""

    credit: dict[int, int]
    allocated: list[int] = field(default_factory=list)
    received: list[int] = field(default_factory=list)
    spent: list[int] = field(default_factory=list)


@dataclass
class Course:
    """One project: progress before 1404, planned and actual progress at each cut-off, money per source."""

    estimate: int
    original: int
    spent_before: int
    started: Decimal
    planned: list[Decimal]
    actual: list[Decimal]
    money: dict[str, Money]
    pattern: str

    def planned_of(self, year: int) -> dict[int, Decimal]:
        """Planned percent at the quarters of a year (CA-5), from the progress at its start."""
        if year == 1404:
            return dict(zip((1, 2, 3, 4), self.planned[:4], strict=True))
        step = max(self.planned[5] - self.planned[4], Decimal(1))
        later = [min(Decimal(100), self.planned[5] + step * n) for n in (1, 2)]
        return dict(zip((1, 2, 3, 4), [*self.planned[4:6], *later], strict=True))

    @property
    def at_1405(self) -> Decimal:
        return self.actual[3]


PATTERNS = ("steady", "behind", "steady", "paid_ahead", "ahead", "far_behind", "steady", "idle", "near_end")


def project(rng: random.Random, number: int) -> Course:
    """The `number`-th project; patterns take turns, so that every signal of the report has its cases."""
    pattern = PATTERNS[number % len(PATTERNS)]
    estimate = rng.randrange(40, 900) * 1000
    started = Decimal(rng.randrange(5, 40) if pattern != "near_end" else rng.randrange(62, 70))
    gain = (
        Decimal(rng.randrange(45, 85)) / 10 if pattern != "near_end" else Decimal(rng.randrange(40, 55)) / 10
    )
    pace = {
        "steady": "0.95",
        "behind": "0.72",
        "paid_ahead": "0.60",
        "ahead": "1.05",
        "far_behind": "0.35",
        "idle": "0.80",
        "near_end": "0.98",
    }[pattern]
    actual = _actual(rng, started, gain * Decimal(pace), pattern)
    planned = _planned(started, gain, actual)
    shares = (
        {"general": Decimal(1)} if number % 3 else {"general": Decimal("0.75"), "balance": Decimal("0.25")}
    )
    credit = {1404: _share(rng, estimate, 14, 26), 1405: _share(rng, estimate, 14, 26)}
    money = {
        source: _money(rng, {year: int(amount * share) for year, amount in credit.items()}, pattern)
        for source, share in shares.items()
    }
    spent_before = int(estimate * (started + Decimal(6 if pattern == "paid_ahead" else -2)).max(0) / 100)
    return Course(
        estimate, int(estimate * Decimal("0.85")), spent_before, started, planned, actual, money, pattern
    )


def expense(rng: random.Random, credit: dict[int, int]) -> Money:
    return _money(rng, credit, "expense")


def _actual(rng: random.Random, started: Decimal, gain: Decimal, pattern: str) -> list[Decimal]:
    found, value = [], started
    for quarter in range(QUARTERS):
        stands = pattern == "idle" and quarter >= 3
        value = min(Decimal(100), value + (0 if stands else gain * Decimal(rng.randrange(85, 116)) / 100))
        found.append(value.quantize(Decimal("0.01")))
    return found


def _planned(started: Decimal, gain: Decimal, actual: list[Decimal]) -> list[Decimal]:
    """The plan of 1404 starts at `started`; that of 1405 at what was reached."""
    first = [min(Decimal(100), started + gain * n) for n in (1, 2, 3, 4)]
    second = [min(Decimal(100), actual[3] + gain * n) for n in (1, 2)]
    return [value.quantize(Decimal("0.01")) for value in [*first, *second]]


def _share(rng: random.Random, estimate: int, least: int, most: int) -> int:
    return estimate * rng.randrange(least, most) // 100


def _money(rng: random.Random, credit: dict[int, int], pattern: str) -> Money:
    money = Money(credit=credit)
    for quarter in range(QUARTERS):
        year, first = (1404, 0) if quarter < 4 else (1405, 4)
        before = quarter > first
        last = {
            name: getattr(money, name)[-1] if before else 0 for name in ("allocated", "received", "spent")
        }
        released = int(credit[year] * RELEASED[quarter - first] * Decimal(rng.randrange(90, 108)) / 100)
        allocated = max(last["allocated"], min(credit[year], released))
        received = max(last["received"], allocated * rng.randrange(86, 100) // 100)
        use = rng.randrange(92, 100) if pattern in {"paid_ahead", "expense"} else rng.randrange(78, 98)
        stands = pattern == "idle" and quarter >= 3
        spent = last["spent"] if stands else max(last["spent"], received * use // 100)
        money.allocated.append(allocated)
        money.received.append(received)
        money.spent.append(spent)
    return money


def quantities(progress: Decimal, operations: list[tuple[Decimal, Decimal]]) -> list[Decimal]:
    """Quantities done of operations (target, weight) that give this progress, worked off in overlapping order."""
    left, found = progress, []
    for target, weight in operations:
        share = min(Decimal(1), max(Decimal(0), left / weight))
        left -= share * weight
        found.append((target * share).quantize(Decimal("0.001")))
    return found
