"""A table copied from a spreadsheet, read against one section: what each row would do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from agreements.drafting import cells, words
from agreements.drafting.document import Document
from agreements.drafting.lists import Lists
from agreements.drafting.saving import Laid
from agreements.drafting.spec import Cell, Form, Section
from budget_portal.digits import drop_marks, to_latin
from budget_portal.numbers import is_total_label
from budget_portal.text import fold

MOST_ROWS = 200
MOST_TEXT = 200_000
FRESH, CHANGED, SAME = "ردیف تازه", "تغییر می‌کند", "بی‌تغییر"


@dataclass
class PlannedRow:
    number: int
    laid: Laid
    shown: list[tuple[Cell, str]]
    result: str
    problems: list[str]


@dataclass
class Plan:
    rows: list[PlannedRow]

    def count(self, result: str) -> int:
        return sum(row.result == result for row in self.rows)

    @property
    def fresh(self) -> int:
        return self.count(FRESH)

    @property
    def changed(self) -> int:
        return self.count(CHANGED)

    @property
    def same(self) -> int:
        return self.count(SAME)

    @property
    def laid(self) -> str:
        return json.dumps([vars(row.laid) for row in self.rows if row.result != SAME], ensure_ascii=False)


def plan(text: str, found: Document, form: Form, part: str, section: Section, lists: Lists) -> Plan:
    """Columns by their names where the first line has them, else in the order of the form."""
    lines = [line.split("\t") for line in text[:MOST_TEXT].splitlines() if line.strip()]
    columns = _columns(lines[0], section) if lines else None
    if columns:
        lines = lines[1:]
    columns = columns or list(section.cells)
    known = {_same(row, section): (key, row) for key, row in found.rows(form, part, section)}
    rows: list[PlannedRow] = []
    for line in [line for line in lines if not is_total_label(line[0].strip())][:MOST_ROWS]:
        texts = {cell.name: _tidy(cell, one, lists) for cell, one in zip(columns, line, strict=False) if cell}
        key, before = known.get(_same(texts, section), ("", {}))
        rows.append(_planned(len(rows) + 1, Laid(key, texts, before), section, lists))
    return Plan(rows)


def laid_rows(text: str) -> list[Laid] | None:
    """The rows of a preview as it was posted back; every path is checked again when they are written."""
    try:
        rows = json.loads(text)
        return [Laid(str(row["row"]), _texts(row["texts"]), _texts(row["seen"])) for row in rows][:MOST_ROWS]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _texts(found: Any) -> dict[str, str]:
    return {str(name): str(text) for name, text in found.items()}


def _planned(number: int, laid: Laid, section: Section, lists: Lists) -> PlannedRow:
    differs = any(laid.seen.get(name, "") != text for name, text in laid.texts.items())
    result = (CHANGED if differs else SAME) if laid.row else FRESH
    problems = []
    for cell in section.cells:
        text = laid.texts.get(cell.name, "")
        if problem := cells.problem(cell, text):
            problems.append(problem)
        elif text and cell.listed and text not in lists.of(cell.listed):
            problems.append(f"{cell.label}: {cells.NOT_LISTED}")
    shown = [
        (cell, words.of_cell(cell, laid.texts.get(cell.name, laid.seen.get(cell.name, "")), lists))
        for cell in section.cells
    ]
    return PlannedRow(number, laid, shown, result, problems)


def _columns(line: list[str], section: Section) -> list[Cell | None] | None:
    """The cells that a line of heads names; None when it is no line of heads."""
    by_name = {fold(cell.label): cell for cell in section.cells}
    found = [by_name.get(fold(word.partition("(")[0])) for word in line]
    return found if found and found[0] is not None else None


def _same(texts: dict[str, str], section: Section) -> str:
    """What a row is known by: its natural key, else its first cell."""
    names = section.keys or (section.cells[0].name,)
    return "|".join(fold(texts.get(name, "")) for name in names)


def _tidy(cell: Cell, text: str, lists: Lists) -> str:
    """Codes may be pasted as such or by their title."""
    plain = drop_marks(text).strip().strip('"')
    if cell.listed:
        by_title = {fold(entry.title): code for code, entry in lists.of(cell.listed).items()}
        code = to_latin(plain)
        return code if code in lists.of(cell.listed) else by_title.get(fold(plain), code)
    if cell.choices:
        by_label = {fold(label): value for value, label in cell.choices}
        return by_label.get(fold(plain), plain)
    return cells.tidy(cell.sort, plain)
