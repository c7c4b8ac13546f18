"""Reads sheets of a workbook, in a process of its own with little memory and time. Knows no Django.

    python -I workbook_child.py FILE SHEET MEGABYTES      SHEET: a name, #0, #1, … by place, or ? for the heads of all

Writes (kind, content) to standard output (marshal): the rows of one sheet with the places that a merged cell
covers, or the first rows of every sheet. A sheet that claims to be larger than any form of ours is refused, or
this process dies of its limits: the parent tells one sentence for both.
"""

import datetime as dt
import marshal
import resource
import sys
from typing import Any

SECONDS = 20
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELLS = 6_000_000
HEAD_ROWS = 40
MAX_SHEETS = 50


def limit_self(megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def plain(cell: object) -> object:
    """What marshal can carry: text, number, truth; dates as text."""
    if isinstance(cell, dt.datetime | dt.date | dt.time | dt.timedelta):
        return str(cell)
    return cell


def too_large(sheet: Any) -> bool:
    height, width = sheet.total_height, sheet.total_width
    return height > MAX_ROWS or width > MAX_COLUMNS or height * width > MAX_CELLS


def rows_of(sheet: Any) -> tuple[list[list[object]], set[tuple[int, int]]]:
    """All rows; a cell merged over several rows says the same in each of them, and those places are named."""
    rows = [[plain(cell) for cell in row] for row in sheet.iter_rows()]
    covered: set[tuple[int, int]] = set()
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        value = rows[top][left] if top < len(rows) and left < len(rows[top]) else None
        if value in (None, ""):
            continue
        for number in range(top + 1, min(bottom + 1, len(rows))):
            if left < len(rows[number]):
                rows[number][left] = value
                covered.add((number, left))
    return rows, covered


def main(path: str, sheet: str, megabytes: str) -> int:
    limit_self(int(megabytes))
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    names = book.sheet_names
    if sheet == "?":
        return answer("heads", heads(book, names))
    place = int(sheet[1:]) if sheet.startswith("#") else names.index(sheet) if sheet in names else -1
    if not 0 <= place < len(names):
        return answer("sheet", names)
    found = book.get_sheet_by_index(place)
    return answer("size", []) if too_large(found) else answer("rows", rows_of(found))


def heads(book: Any, names: list[str]) -> list[tuple[str, int, list[list[object]]]]:
    """Name, number of rows and first rows of every sheet; of one that is too large nothing, and -1 for its rows."""
    found = []
    for place, name in enumerate(names[:MAX_SHEETS]):
        sheet = book.get_sheet_by_index(place)
        large = too_large(sheet)
        rows = [] if large else rows_of(sheet)[0]
        found.append((name, -1 if large else len(rows), rows[:HEAD_ROWS]))
    return found


def answer(kind: str, content: Any) -> int:
    marshal.dump((kind, content), sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
