"""Long tables of a printed report: cut into pages by us, so that totals can be carried over the seam."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from reports.figures import Flow, total

RowKind = Literal["group", "row", "sub"]
SHORT = 16  # rows that stay on one page without being measured
SEAM = 0.22  # of a page may stay empty for a seam between two groups


@dataclass(frozen=True, slots=True)
class Row:
    kind: RowKind
    item: Any
    flows: tuple[Flow | None, ...] = ()  # of kind row only: what is carried
    index: int = 0  # printed, counts kind row
    place: int = 0  # among all rows

    @property
    def capital(self) -> Flow | None:
        return self.flows[0]

    @property
    def expense(self) -> Flow | None:
        return self.flows[-1]


@dataclass(frozen=True, slots=True)
class Carry:
    last: int
    flows: tuple[Flow | None, ...]

    @property
    def capital(self) -> Flow | None:
        return self.flows[0]

    @property
    def expense(self) -> Flow | None:
        return self.flows[-1]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What stands on one page."""

    rows: tuple[Row, ...]
    carried_in: Carry | None
    carried_out: Carry | None

    @property
    def first(self) -> bool:
        return self.carried_in is None

    @property
    def last(self) -> bool:
        return self.carried_out is None


@dataclass(frozen=True, slots=True)
class LongTable:
    key: str
    kind: Literal["both", "capital", "expense", "programmes", "counties", "projects"]
    rows: tuple[Row, ...]

    @property
    def count(self) -> int:
        return sum(row.kind == "row" for row in self.rows)

    @property
    def long(self) -> bool:
        return len(self.rows) > SHORT

    def anchor(self, place: int) -> str:
        return f"{self.key}-{place}"

    def chunks(self, cuts: Sequence[int]) -> list[Chunk]:
        """`cuts` are the places at which a new page begins."""
        borders = [0, *cuts, len(self.rows)]
        found = []
        for start, end in pairwise(borders):
            found.append(Chunk(self.rows[start:end], self._carry(start), self._carry(end)))
        return found

    def _carry(self, place: int) -> Carry | None:
        if place in (0, len(self.rows)):
            return None
        done = [row for row in self.rows[:place] if row.kind == "row"]
        width = len(self.rows[place].flows) or max(len(row.flows) for row in self.rows)
        flows = tuple(total(row.flows[column] for row in done) for column in range(width))
        return Carry(done[-1].index if done else 0, flows)


@dataclass(frozen=True, slots=True)
class Measure:
    """Heights in one unit: of every row, and of what stands around the rows on a page."""

    rows: tuple[float, ...]
    first_top: float  # of the first row under title, sentence, caption and head
    next_top: float  # of the first row on a page that goes on
    tail: float  # total row and note under the last row
    bottom: float  # where a page ends
    carry: float  # the row «نقل به صفحهٔ بعد»


def cuts(table: LongTable, measure: Measure) -> list[int]:
    """Fill every page; prefer the seam between two groups, never leave a group's head alone at the bottom."""
    found: list[int] = []
    start, top = 0, measure.first_top
    while top + sum(measure.rows[start:]) + measure.tail > measure.bottom:
        end = _fits(measure, start, top)
        seam = _seam(table, measure, start, end, top)
        end = seam or end
        while end > start + 1 and table.rows[end - 1].kind == "group":
            end -= 1
        if end <= start or end >= len(table.rows):
            end = max(start + 1, len(table.rows) - 2)
            if end in found or end <= start:
                break
        found.append(end)
        start, top = end, measure.next_top
    return found


def _fits(measure: Measure, start: int, top: float) -> int:
    end, at = start, top
    while end < len(measure.rows) and at + measure.rows[end] + measure.carry <= measure.bottom:
        at += measure.rows[end]
        end += 1
    return end


def _seam(table: LongTable, measure: Measure, start: int, end: int, top: float) -> int | None:
    height = measure.bottom - top
    for place in range(end, start + 1, -1):
        empty = sum(measure.rows[place:end])
        if empty > SEAM * height:
            return None
        if place < len(table.rows) and table.rows[place].kind == "group":
            return place
    return None
