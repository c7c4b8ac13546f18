"""Lines of letters as a ledger: what is allocated by a day, how low a line ever stands, what of an advance is open.

Pure: no database. An advance counts on its day. A positive line that names it (`converted_from`) turns a part of it
into allocation and counts nothing, a negative one takes a part back; both lower what is open.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

Key = tuple[int, ...]
CASH, SECURITIES = "cash", "securities"


class Entry(NamedTuple):
    """One line of a letter that stands. `line` is 0 while it is not written."""

    key: Key
    amount: int
    day: dt.date
    instrument: str = CASH
    line: int = 0
    is_advance: bool = False
    converted_from: int | None = None
    collected: int | None = None

    @property
    def counted(self) -> int:
        return 0 if self.converted_from and self.amount > 0 else self.amount


@dataclass(frozen=True, slots=True)
class Amounts:
    """Million rials of one line of the form."""

    cash: int = 0
    securities: int = 0

    @property
    def total(self) -> int:
        return self.cash + self.securities


def allocated(entries: Iterable[Entry], on: dt.date) -> dict[Key, Amounts]:
    """Σ of what counts on a day, per line of the form."""
    sums: dict[Key, dict[str, int]] = {}
    for entry in entries:
        if entry.day <= on:
            parts = sums.setdefault(entry.key, {CASH: 0, SECURITIES: 0})
            parts[entry.instrument] += entry.counted
    return {key: Amounts(parts[CASH], parts[SECURITIES]) for key, parts in sums.items()}


def lowest(entries: Iterable[Entry]) -> dict[tuple[Key, str], tuple[int, dt.date]]:
    """Per line and instrument the lowest sum at the end of a day, and the first such day."""
    days: dict[tuple[Key, str], dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    for entry in entries:
        days[entry.key, entry.instrument][entry.day] += entry.counted
    found = {}
    for name, changes in days.items():
        stands, least = 0, (0, dt.date.min)
        for day in sorted(changes):
            stands += changes[day]
            least = min(least, (stands, day))
        found[name] = least
    return found


def open_advances(entries: Iterable[Entry]) -> dict[int, int]:
    """Per line of an advance what is neither converted nor taken back; below zero: more than was given."""
    rows = list(entries)
    found = {row.line: row.amount for row in rows if row.is_advance}
    for row in rows:
        if row.converted_from in found:
            found[row.converted_from] -= abs(row.amount)
    return found
