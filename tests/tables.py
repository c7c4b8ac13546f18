"""Small files of tables, made in the test: csv and xlsx with the same content."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from budget_portal.tables import mapping as mappings
from budget_portal.tables.mapping import Mapping


def write_csv(path: Path, header: Sequence[str], *rows: Sequence[Any]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def write_xlsx(path: Path, header: Sequence[str], *rows: Sequence[Any]) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("برگ ۱")
    for number, row in enumerate([header, *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    return path


WRITE = {"csv": write_csv, "xlsx": write_xlsx}

EXPENSE_MAPPING: dict[str, Any] = {
    "columns": {"agency": "دستگاه", "programme": "برنامه", "amount": "مبلغ"},
    "constants": {"expense_chapter": "7", "funding_source": "general"},
}
HEADER = ("دستگاه", "برنامه", "مبلغ")


def mapping(table: str, *, columns: dict[str, Any] | None = None, **sections: Any) -> Mapping:
    """A mapping of expense lines; sections are laid over the usual ones."""
    content = {**EXPENSE_MAPPING, "table": table, **sections}
    if columns is not None:
        content["columns"] = columns
    return mappings.parse(content)
