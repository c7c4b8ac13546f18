"""Reads one sheet of a workbook, in a process of its own with little memory and time. Knows no Django.

    python -I workbook_child.py FILE SHEET      SHEET: a name, or #0, #1, … by place

Writes the rows to standard output (marshal). A sheet that claims to be larger than any form of ours is
refused, or this process dies of its limits: the parent tells one sentence for both.
"""

import datetime as dt
import marshal
import resource
import sys

MEMORY = 1024 * 1024 * 1024  # address space, libraries included
SECONDS = 20
MAX_ROWS = 200_000
MAX_COLUMNS = 200


def limit_self() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def plain(cell: object) -> object:
    """What marshal can carry: text, number, truth; dates as text."""
    if isinstance(cell, dt.datetime | dt.date | dt.time | dt.timedelta):
        return str(cell)
    return cell


def main(path: str, sheet: str) -> int:
    limit_self()
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    names = book.sheet_names
    place = int(sheet[1:]) if sheet.startswith("#") else names.index(sheet) if sheet in names else -1
    if not 0 <= place < len(names):
        marshal.dump(("sheet", names), sys.stdout.buffer)
        return 0
    found = book.get_sheet_by_index(place)
    if found.total_height > MAX_ROWS or found.total_width > MAX_COLUMNS:
        marshal.dump(("size", []), sys.stdout.buffer)
        return 0
    rows = [[plain(cell) for cell in row] for row in found.iter_rows()]
    marshal.dump(("rows", rows), sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
