"""The template of an agency: one sheet per table of its form, filled with its own lines and what stands in them."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from agreements.models.projects import STATUSES
from budget_portal import jalali
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken
from budget_portal.tables.reader import Head
from monitoring.cells import CELLS, FIGURES
from monitoring.models import PerformanceSubmission
from monitoring.presenters import words
from monitoring.sheets import causes
from monitoring.sheets.columns import Column, Table
from monitoring.sheets.form import Form, Line

EXACT = 15  # digits that a spreadsheet holds
NOT_APPLICABLE = "ندارد"
GUIDE = "راهنما"
MONEY, NUMBER = "#,##0", "#,##0.###"
HEAD = {
    "bold": True,
    "text_wrap": True,
    "valign": "vcenter",
    "border": 1,
    "font_name": "Tahoma",
    "locked": True,
}
BODY = {"font_name": "Tahoma", "valign": "top", "locked": False}
TOLD = (
    "ارقام تجمعی از آغاز سال تا پایان مقطع و به میلیون ریال است؛ بدون اعشار.",
    "تنها ستون‌های سفید خوانده می‌شود؛ ستون‌های خاکستری برای آگاهی است و تغییر آن اثری ندارد.",
    "ردیف‌ها با ستون‌های کد شناخته می‌شوند: جابه‌جا کردن، مرتب کردن و پنهان کردن ردیف‌ها آزاد است.",
    "خانهٔ خالی چیزی را عوض نمی‌کند؛ صفر یعنی صفر، و «ندارد» یعنی این خانه برای آن ردیف موردی ندارد.",
    "می‌توانید ستون‌ها و برگه‌های خود را بیفزایید؛ خوانده نمی‌شود و در پروندهٔ ایرادها به شما برمی‌گردد.",
    "تاریخ‌ها شمسی است، مانند ۱۴۰۵/۰۸/۲۹.",
)
MARK = "نشان الگو: {agency} {period} {kind}"
_MARK = re.compile(
    r"نشان الگو: (?P<agency>\S+) (?P<period>\d{4}-(?:Q[1-4]|CLOSING)) (?P<kind>capital|expense)"
)
ELSEWHERE = (
    "این پرونده الگوی {theirs} است، ولی این‌جا {ours} وارد می‌شود. پرونده را در جای خودش بارگذاری کنید،"
    " یا الگوی همین مقطع را از این صفحه بگیرید و آن را پر کنید."
)
CAUSES_TOLD = "علل تأخیر را چنین بنویسید: «علت: سهم؛ علت: سهم». علت‌ها: {causes}"


def build(form: Form) -> bytes:
    """The workbook; text that a spreadsheet could run stays text."""
    out = io.BytesIO()
    safe = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, safe)
    formats = _formats(book)
    for table in form.tables:
        if form.lines[table.kind] or table is form.tables[0]:
            _sheet(book, formats, form, table)
    _guide(book, formats, form)
    book.close()
    return out.getvalue()


def file_name(form: Form) -> str:
    submission = form.submission
    kind = {"capital": "سرمایه‌ای", "expense": "هزینه‌ای"}[submission.kind]
    return f"عملکرد-{kind}-{submission.period.code}-{submission.agency.code}.xlsx"


def refuse_elsewhere(heads: Sequence[Head], submission: PerformanceSubmission) -> None:
    """A template carries its place: figures of another cut-off are cumulative too, and would be taken without a word."""
    own = (submission.agency.code, submission.period.code, submission.kind)
    for row in (row for head in heads for row in head.rows if row):
        mark = _MARK.fullmatch(str(row[0] or "").strip())
        if mark is not None and mark.groups() != own:
            raise RuleBroken(ELSEWHERE.format(theirs=_place(*mark.groups()), ours=_place(*own)))


def _place(agency: str, period: str, kind: str) -> str:
    name = to_persian(f"{jalali.cutoff_name(period)}، دستگاه {agency}")
    return f"عملکرد {words.KINDS[kind]} مقطع {name}"


def columns_of(form: Form, table: Table) -> list[Column]:
    """Money given back is asked at the closing cut-off alone."""
    closing = form.submission.period.is_closing
    return [column for column in table.columns if column.name != "returned" or closing]


def _formats(book: Any) -> dict[str, Format]:
    gray = {"bg_color": "#EEF1F5", "font_color": "#46536A"}
    return {
        "head": book.add_format({**HEAD, "bg_color": "#E8F0F9"}),
        "head_in": book.add_format({**HEAD, "bg_color": "#FFF3D6"}),
        "text": book.add_format({**BODY, "num_format": "@", "text_wrap": True}),
        "money": book.add_format({**BODY, "num_format": MONEY}),
        "number": book.add_format({**BODY, "num_format": NUMBER}),
        "text_shown": book.add_format({**BODY, **gray, "num_format": "@"}),
        "money_shown": book.add_format({**BODY, **gray, "num_format": MONEY}),
        "number_shown": book.add_format({**BODY, **gray, "num_format": NUMBER}),
    }


def _sheet(book: Any, formats: dict[str, Format], form: Form, table: Table) -> None:
    sheet: Worksheet = book.add_worksheet(table.title)
    columns, lines = columns_of(form, table), form.lines[table.kind]
    sheet.right_to_left()
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.head, formats["head_in" if column.role == "cell" else "head"])
        sheet.set_column(place, place, column.width, formats[_format(table, column)])
        if column.name == "status" and lines:
            sheet.data_validation(
                1, place, len(lines), place, {"validate": "list", "source": [*STATUSES.values()]}
            )
    for number, line in enumerate(lines, start=1):
        for place, column in enumerate(columns):
            _write(sheet, number, place, _value(table, column, line), formats[_format(table, column)])
    sheet.set_row(0, 34)
    codes = 1 + max(place for place, column in enumerate(columns) if column.role == "key")
    sheet.freeze_panes(1, min(codes, 2))
    sheet.autofilter(0, 0, max(len(lines), 1), len(columns) - 1)
    # Heads are locked; rows may be sorted, and columns of one's own added.
    allowed = ("sort", "autofilter", "format_cells", "format_columns", "format_rows", "insert_columns")
    sheet.protect("", dict.fromkeys((*allowed, "insert_rows", "delete_rows", "delete_columns"), True))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _format(table: Table, column: Column) -> str:
    after = "" if column.role == "cell" else "_shown"
    if column.role == "cell" and column.name != causes.CELL and CELLS[table.kind][column.name] in FIGURES:
        return "money" if table.is_money(column.name) else "number"
    if column.role == "shown" and column.unit == "میلیون ریال" and column.name != "unit_cost":
        return f"money{after}"
    figures = {"target", "weight", "last", "planned", "last_progress", "unit_cost"}
    return f"number{after}" if column.name in figures else f"text{after}"


def _value(table: Table, column: Column, line: Line) -> str | int | float | None:
    if column.role == "key":
        return line.keys[[key.name for key in table.keys].index(column.name)]
    if column.role == "shown":
        return _number(line.shown.get(column.name))
    text = line.texts[column.name]
    if column.name == causes.CELL or CELLS[table.kind][column.name] not in FIGURES:
        return text or None
    if text == "—":
        return NOT_APPLICABLE
    plain = text.removeprefix("-").replace(".", "", 1)
    if not (plain.isascii() and plain.isdecimal()):
        return text or None
    return _number(Decimal(text))


def _number(value: Any) -> str | int | float | None:
    """A number that a spreadsheet would cut is written as text, digit for digit."""
    if isinstance(value, Decimal):
        if len(value.normalize().as_tuple().digits) > EXACT:
            return f"{value:f}"
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _write(sheet: Worksheet, number: int, place: int, value: Any, look: Format) -> None:
    if value is None or value == "":
        sheet.write_blank(number, place, None, look)
    elif isinstance(value, str):
        sheet.write_string(number, place, value, look)
    else:
        sheet.write_number(number, place, value, look)


def _guide(book: Any, formats: dict[str, Format], form: Form) -> None:
    sheet: Worksheet = book.add_worksheet(GUIDE)
    sheet.right_to_left()
    sheet.set_column(0, 0, 110, formats["text"])
    submission = form.submission
    stamp = to_persian(jalali.format_iso(jalali.today()))
    head = f"{submission.agency} – {words.KINDS[submission.kind]} – {words.period_title(submission.period)}"
    lines = [head, f"تاریخ دریافت الگو: {stamp}", *TOLD]
    if submission.kind == "capital" and not submission.period.is_closing:
        titles = "، ".join(cause.title for cause in form.causes.values())
        lines += [CAUSES_TOLD.format(causes=titles), f"وضعیت‌ها: {'، '.join(STATUSES.values())}"]
    for number, text in enumerate(lines):
        sheet.write_string(number, 0, text, formats["head" if not number else "text"])
    mark = MARK.format(agency=submission.agency.code, period=submission.period.code, kind=submission.kind)
    sheet.write_string(len(lines), 0, mark)
    sheet.set_row(len(lines), None, None, {"hidden": True})
    sheet.protect("", {"select_locked_cells": True})
