"""Rows of an xlsx or csv file. The directory of a workbook is read before anything in it is unpacked, and a
child process with limits parses it; what is hostile or no table at all is refused with a sentence.
"""

from __future__ import annotations

import csv
import io
import marshal
import subprocess
import sys
import zipfile
from pathlib import Path

from budget_portal.digits import to_persian
from budget_portal.tables import workbook_child
from budget_portal.tables.workbook_child import MAX_COLUMNS, MAX_ROWS

Cell = str | float | int | bool | None
MAX_BYTES = 25 * 2**20
MAX_UNPACKED = 300 * 2**20
MAX_ENTRIES = 1_000
MAX_RATIO = 250  # of an entry that unpacks to more than 10 MB
PATIENCE = 30

TOO_LARGE = f"حجم پرونده از {to_persian(MAX_BYTES // 2**20)} مگابایت بیشتر است؛ آن را به چند پرونده بشکنید."
TOO_MANY = (
    f"جدول از {to_persian(MAX_ROWS)} سطر یا {to_persian(MAX_COLUMNS)} ستون بزرگ‌تر است. سطرها و ستون‌های "
    "اضافی (حتی خالی) را پاک کنید."
)
NOT_TABLE = "پرونده جدول خوانا نیست. آن را با نوع xlsx یا csv ذخیره کنید و دوباره بدهید."
ACTIVE = "پرونده ماکرو، پیوند بیرونی یا شیء جاسازی‌شده دارد و پذیرفته نمی‌شود. فقط داده‌ها را در یک xlsx تازه بگذارید."
BOMB = "پرونده پس از بازشدن بیش از اندازه بزرگ می‌شود و پذیرفته نمی‌شود."
NO_SHEET = "برگی با نام «{name}» نیست. برگ‌های این پرونده: {names}."
NOT_UTF8 = "نویسه‌های پرونده با {encoding} خوانده نشد. آن را با کدگذاری UTF-8 ذخیره کنید."
SUFFIX = "نوع پرونده باید xlsx یا csv باشد."
_ACTIVE_PARTS = ("vbaproject", "externallinks/", "activex/", "embeddings/", "macrosheets/", "dialogsheets/")


class UnreadableTable(Exception):
    """Carries the Persian sentence of why nothing can be read."""


def read_rows(
    path: Path, *, sheet: str | int = 1, encoding: str = "utf-8-sig", delimiter: str = ","
) -> list[list[Cell]]:
    """All rows from the first on, empty ones included, so that places are row numbers of the file."""
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableTable(TOO_LARGE)
    if path.suffix.lower() == ".csv":
        return _csv(path, encoding, delimiter)
    if path.suffix.lower() != ".xlsx":
        raise UnreadableTable(SUFFIX)
    refuse_hostile(path)
    return _workbook(path, f"#{sheet - 1}" if isinstance(sheet, int) else sheet)


def refuse_hostile(path: Path) -> None:
    """Judge a workbook by its zip directory alone."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableTable(NOT_TABLE) from error
    names = [entry.filename.lower() for entry in entries]
    if "[content_types].xml" not in names or any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableTable(NOT_TABLE)
    if any(part in name for name in names for part in _ACTIVE_PARTS):
        raise UnreadableTable(ACTIVE)
    if len(entries) > MAX_ENTRIES or len(set(names)) < len(names):
        raise UnreadableTable(BOMB)
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED or any(map(_swells, entries)):
        raise UnreadableTable(BOMB)


def _swells(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > 10 * 2**20 and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)


def _workbook(path: Path, sheet: str) -> list[list[Cell]]:
    command = [sys.executable, "-I", workbook_child.__file__, str(path), sheet]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True)  # noqa: S603 - ours
        kind, content = marshal.loads(done.stdout)  # noqa: S302 - written by our own child
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, ValueError, EOFError) as error:
        raise UnreadableTable(NOT_TABLE) from error
    if kind == "sheet":
        raise UnreadableTable(NO_SHEET.format(name=sheet, names="، ".join(content)))
    if kind == "size":
        raise UnreadableTable(TOO_MANY)
    return list(content)


def _csv(path: Path, encoding: str, delimiter: str) -> list[list[Cell]]:
    try:
        text = path.read_bytes().decode("utf-8-sig" if encoding.lower() == "utf-8" else encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableTable(NOT_UTF8.format(encoding=encoding)) from error
    if "\x00" in text:
        raise UnreadableTable(NOT_TABLE)
    rows: list[list[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            if len(rows) >= MAX_ROWS or len(row) > MAX_COLUMNS:
                raise UnreadableTable(TOO_MANY)
            rows.append(list(row))
    except csv.Error as error:
        raise UnreadableTable(NOT_TABLE) from error
    return rows
