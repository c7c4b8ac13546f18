"""What an import did, or would do: counts, sums, rounding, held rows, and every problem in one list."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from budget_portal.digits import group
from budget_portal.numbers import round_half_up
from budget_portal.tables.extract import Extract, Problem, Row


class Refused(Exception):
    """Nothing was written; `problems` is the whole list."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = sorted(problems, key=lambda problem: problem.row)


@dataclass(frozen=True)
class Held:
    """A row that was kept back with what stood in it."""

    row: int
    place: str
    rules: tuple[str, ...]
    sentence: str
    raw: dict[str, str]


@dataclass(frozen=True)
class Change:
    """One field of a row, before and after; texts as people read them."""

    field: str
    before: str
    after: str
    difference: str = ""


@dataclass
class Effect:
    """What one row of a file does, or why it does nothing."""

    row: int
    kind: str  # new, changed, same, error, held, left_out
    place: str = ""  # codes
    title: str = ""  # what people call it
    changes: list[Change] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


@dataclass
class Outcome:
    table: str
    read: int = 0
    skipped: int = 0
    written: int = 0
    totals: dict[str, int] = field(default_factory=dict)
    rounding: dict[str, tuple[int, str]] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    made: dict[str, list[Any]] = field(default_factory=dict)  # what was written, for undoing it

    @classmethod
    def of(cls, table: str, extract: Extract) -> Outcome:
        rounding = {
            name: (found.cells, _shown(found.total))
            for name, found in extract.rounding.items()
            if found.cells
        }
        totals: dict[str, int] = {}
        for row in extract.rows:
            for name, value in row.money.items():
                totals[name] = totals.get(name, 0) + value
        return cls(table, len(extract.rows), extract.skipped, totals=totals, rounding=rounding)

    def hold(self, row: Row, place: str, rules: tuple[str, ...] = ()) -> None:
        sentence = " ".join(problem.sentence for problem in row.problems)
        self.held.append(Held(row.number, place, rules, sentence, row.raw))

    def lines(self) -> list[str]:
        """The outcome in sentences, for the terminal and the log."""
        found = [
            f"سطر خوانده: {group(self.read)} · گذشته: {group(self.skipped)} · نوشته: {group(self.written)} · "
            f"نگه‌داشته: {group(len(self.held))}"
        ]
        found += [f"جمع {name}: {group(total)} میلیون ریال" for name, total in self.totals.items()]
        found += [
            f"گردکردن {name}: {group(cells)} خانه، روی هم {total} به واحد پرونده"
            for name, (cells, total) in self.rounding.items()
        ]
        found += [f"نگه‌داشته، سطر {group(held.row)}، {held.place}: {held.sentence}" for held in self.held]
        return found + self.notes

    def facts(self) -> dict[str, Any]:
        """What the audit log keeps."""
        return {
            "table": self.table,
            "read": self.read,
            "skipped": self.skipped,
            "written": self.written,
            "totals": self.totals,
            "rounding": self.rounding,
            "held": [vars(held) for held in self.held],
        }


def _shown(total: Fraction) -> str:
    exact: Decimal = round_half_up(total, 6)
    return group(exact.normalize())
