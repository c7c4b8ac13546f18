"""The error workbook: the person's own file with one column of sentences, all their own columns kept."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter
from django.http import FileResponse

from agreements.imports import batches
from budget_portal.models import ImportBatch, ImportRow
from budget_portal.tables.reader import Cell

HEAD = "توضیح سامانه"
RESULT = "نتیجه"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answer(batch: ImportBatch) -> FileResponse:
    name = f"{batch.file.name.rpartition('.')[0]}-خطاها.xlsx"
    return FileResponse(build(batch), as_attachment=True, filename=name, content_type=MEDIA_TYPE)


def build(batch: ImportBatch) -> io.BytesIO:
    """Rows stay where they are, so that the numbers of the preview are those of the file."""
    said = {
        row.number: (row.get_kind_display(), row.text)
        for row in ImportRow.objects.filter(batch=batch).only("number", "kind", "text")
    }
    cells = batches.cells_of(batch)
    wide = max((len(row) for row in cells), default=0)
    out = io.BytesIO()
    # Text that looks like a formula, an address or a number stays text.
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet((batch.sheet_name or "خطاها")[:31])
    sheet.right_to_left()
    sheet.freeze_panes(batch.header_row, 0)
    bold = book.add_format({"bold": True})
    bad = book.add_format({"font_color": "#9B1C1C", "text_wrap": True})
    for number, row in enumerate(cells, start=1):
        write_row(sheet, number - 1, row)
        if number == batch.header_row:
            sheet.write_string(number - 1, wide, RESULT, bold)
            sheet.write_string(number - 1, wide + 1, HEAD, bold)
        elif number in said:
            sheet.write_string(number - 1, wide, said[number][0])
            sheet.write_string(number - 1, wide + 1, said[number][1], bad)
    sheet.set_column(wide + 1, wide + 1, 70)
    book.close()
    out.seek(0)
    return out


def write_row(sheet: xlsxwriter.worksheet.Worksheet, number: int, row: Sequence[Cell]) -> None:
    for place, cell in enumerate(row):
        if isinstance(cell, bool):
            sheet.write_boolean(number, place, cell)
        elif isinstance(cell, int | float):
            sheet.write_number(number, place, cell)
        elif cell:
            sheet.write_string(number, place, str(cell))
