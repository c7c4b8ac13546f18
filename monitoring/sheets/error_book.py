"""The agency's own workbook with two columns more on every sheet that was read: the result of each row, and why.
Its sheets, their order and its own columns stay; fonts and colours need not."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from agreements.imports.error_file import HEAD, RESULT, write_row
from budget_portal import files
from budget_portal.tables import reader
from budget_portal.tables.reader import Cell
from monitoring.models import SheetLoad
from monitoring.sheets.loads import Sheet, suffix_of

PASTED = "چسبانده"
WHY_NOT = "[]:*?/\\"  # signs that no name of a sheet may have


def build(load: SheetLoad, sheets: Sequence[Sheet]) -> bytes:
    out = io.BytesIO()
    safe = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, safe)
    bold = book.add_format({"bold": True})
    bad = book.add_format({"font_color": "#9B1C1C", "text_wrap": True})
    left = {sheet.name: sheet for sheet in sheets}
    for name, rows in _all(load, sheets):
        made = book.add_worksheet(_name(name))
        made.right_to_left()
        wide = max((len(row) for row in rows), default=0)
        for number, row in enumerate(rows):
            write_row(made, number, row)
        if name in left:
            _tell(made, left[name], wide, bold, bad)
    book.close()
    return out.getvalue()


def file_name(load: SheetLoad) -> str:
    name = load.file.name.rpartition(".")[0] if load.file else PASTED
    return f"{name}-ایرادها.xlsx"


def _all(load: SheetLoad, sheets: Sequence[Sheet]) -> list[tuple[str, list[list[Cell]]]]:
    """Every sheet of the file in its order, those of the agency's own included."""
    if load.file is None:
        return [(sheet.name, sheet.rows) for sheet in sheets]
    path, kind = files.path_of(load.file), suffix_of(load.file)
    heads = reader.read_heads(path, kind=kind)
    return [
        (head.name, reader.read_sheet(path, kind=kind, sheet=place, encoding="utf-8", delimiter="").rows)
        for place, head in enumerate(heads, start=1)
    ]


def _tell(made: Any, sheet: Sheet, wide: int, bold: Any, bad: Any) -> None:
    head = max(sheet.match.header_row - 1, 0)
    if sheet.match.header_row:
        made.write_string(head, wide, RESULT, bold)
        made.write_string(head, wide + 1, HEAD, bold)
        made.freeze_panes(head + 1, 0)
    for row in sheet.results:
        made.write_string(row.number - 1, wide, row.words)
        if told := [*row.sentences, *row.blocks]:
            made.write_string(row.number - 1, wide + 1, " ".join(told), bad)
    made.set_column(wide, wide, 18)
    made.set_column(wide + 1, wide + 1, 80)


def _name(name: str) -> str:
    plain = "".join(sign for sign in name if sign not in WHY_NOT).strip("'")[:31]
    return plain or PASTED
