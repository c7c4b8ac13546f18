"""Rows of an xlsx, ods or csv file. The directory of a workbook is read before anything in it is unpacked, and
a child process with limits parses it; what is hostile or no table at all is refused with a sentence.
"""

from __future__ import annotations

import csv
import io
import marshal
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from budget_portal.digits import group, to_persian
from budget_portal.tables import workbook_child
from budget_portal.tables.workbook_child import MAX_CELLS, MAX_COLUMNS, MAX_ROWS

Cell = str | float | int | bool | None
MAX_BYTES = 25 * 2**20
MAX_UNPACKED = 300 * 2**20
MAX_ENTRIES = 1_000
MAX_RATIO = 120  # of an entry that unpacks to more than 4 MB
PATIENCE = 30
# Address space of the child: its libraries, and a multiple of what the workbook unpacks to. A small file that
# claims to be large dies of it before it takes much.
BASE_MEGABYTES = 150
SWELLING = 9
HEAD = 8_192  # of every part: where a document type would stand

TOO_LARGE = f"حجم پرونده از {to_persian(MAX_BYTES // 2**20)} مگابایت بیشتر است؛ آن را به چند پرونده بشکنید."
TOO_MANY = (
    f"جدول از {group(MAX_ROWS)} سطر یا {to_persian(MAX_COLUMNS)} ستون بزرگ‌تر است. سطرها و ستون‌های "
    "اضافی (حتی خالی) را پاک کنید."
)
NOT_TABLE = "پرونده جدول خوانا نیست. آن را با نوع xlsx، ods یا csv ذخیره کنید و دوباره بدهید."
ACTIVE = "پرونده ماکرو، پیوند بیرونی یا شیء جاسازی‌شده دارد و پذیرفته نمی‌شود. فقط داده‌ها را در یک xlsx تازه بگذارید."
BOMB = "پرونده پس از بازشدن بیش از اندازه بزرگ می‌شود و پذیرفته نمی‌شود."
NO_SHEET = "برگی با نام «{name}» نیست. برگ‌های این پرونده: {names}."
NOT_UTF8 = "نویسه‌های پرونده خوانده نشد. در اکسل آن را با نوع «CSV UTF» ذخیره کنید و دوباره بدهید."
SUFFIX = "نوع پرونده باید xlsx، ods یا csv باشد."
_ACTIVE_PARTS = (
    "vbaproject", "externallinks/", "activex/", "embeddings/", "macrosheets/", "dialogsheets/",
    "basic/", "scripts/", "object ",
)  # fmt: skip
_MACRO_TYPES = (b"macroEnabled", b"vnd.ms-office.vbaProject", b"application/vnd.ms-excel.sheet.binary")


class UnreadableTable(Exception):
    """Carries the Persian sentence of why nothing can be read."""


@dataclass(frozen=True)
class Sheet:
    """Rows from the first on, empty ones included, so that places are row numbers of the file."""

    rows: list[list[Cell]]
    covered: frozenset[tuple[int, int]] = field(default_factory=frozenset)  # by a cell merged from above


@dataclass(frozen=True)
class Head:
    """The beginning of one sheet: enough to find the row of headers."""

    name: str
    height: int
    rows: Sequence[Sequence[Cell]]


def read_rows(
    path: Path, *, sheet: str | int = 1, encoding: str = "utf-8-sig", delimiter: str = ","
) -> list[list[Cell]]:
    return read_sheet(path, sheet=sheet, encoding=encoding, delimiter=delimiter).rows


def read_sheet(
    path: Path,
    *,
    kind: str = "",
    sheet: str | int = 1,
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
) -> Sheet:
    """One sheet; `kind` is the suffix of a file that is kept without its name."""
    if _check(path, kind) == ".csv":
        return Sheet(_csv(path, encoding, delimiter))
    rows, covered = _asked(path, f"#{sheet - 1}" if isinstance(sheet, int) else sheet)
    return Sheet(rows, frozenset(covered))


def read_heads(path: Path, *, kind: str = "") -> list[Head]:
    """The first rows of every sheet; a csv file has one without a name."""
    if _check(path, kind) == ".csv":
        rows = _csv(path, "utf-8", "")
        return [Head("", len(rows), rows[: workbook_child.HEAD_ROWS])]
    found = _asked(path, "?")
    heights = [height for _, height, _ in found]
    if -1 in heights and max(heights) <= 0:
        raise UnreadableTable(TOO_MANY)
    return [Head(name, max(height, 0), rows) for name, height, rows in found]


def _check(path: Path, kind: str) -> str:
    """The suffix, when what is in the file may be read at all."""
    suffix = kind or path.suffix.lower()
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableTable(TOO_LARGE)
    if suffix not in {".csv", ".xlsx", ".ods"}:
        raise UnreadableTable(SUFFIX)
    if suffix != ".csv":
        refuse_hostile(path, suffix)
    return suffix


def refuse_hostile(path: Path, suffix: str = ".xlsx") -> None:
    """Judge a workbook by its zip directory, and by the first bytes of its parts."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _judge_directory(entries, suffix)
            for entry in entries:
                _judge_head(archive, entry)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, zlib.error, EOFError) as error:
        raise UnreadableTable(NOT_TABLE) from error


def _judge_directory(entries: list[zipfile.ZipInfo], suffix: str) -> None:
    names = [entry.filename.lower() for entry in entries]
    needed = "content.xml" if suffix == ".ods" else "[content_types].xml"
    if needed not in names or any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableTable(NOT_TABLE)
    if any(part in name for name in names for part in _ACTIVE_PARTS):
        raise UnreadableTable(ACTIVE)
    if len(entries) > MAX_ENTRIES or len(set(names)) < len(names):
        raise UnreadableTable(BOMB)
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED or any(map(_swells, entries)):
        raise UnreadableTable(BOMB)


def _judge_head(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """No part has a document type (entities); none says that it is a macro."""
    name = entry.filename.lower()
    if not name.endswith((".xml", ".rels")):
        return
    with archive.open(entry) as part:
        head = part.read(HEAD)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise UnreadableTable(ACTIVE)
    if name == "[content_types].xml" and any(word in head for word in _MACRO_TYPES):
        raise UnreadableTable(ACTIVE)
    if name.endswith(".rels") and b'TargetMode="External"' in head and b"/hyperlink" not in head:
        raise UnreadableTable(ACTIVE)


def _swells(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > 4 * 2**20 and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)


def _asked(path: Path, sheet: str) -> Any:
    """What the child answers about a workbook; it dies of its limits, or of a signal, when it is too much."""
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    megabytes = BASE_MEGABYTES + SWELLING * (unpacked >> 20)
    command = [sys.executable, "-I", workbook_child.__file__, str(path), sheet, str(megabytes)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True)  # noqa: S603 - ours
        kind, content = marshal.loads(done.stdout)  # noqa: S302 - written by our own child
    except subprocess.CalledProcessError as error:
        raise UnreadableTable(BOMB if _was_killed(error) else NOT_TABLE) from error
    except (subprocess.TimeoutExpired, ValueError, EOFError) as error:
        raise UnreadableTable(NOT_TABLE) from error
    if kind == "sheet":
        raise UnreadableTable(NO_SHEET.format(name=sheet, names="، ".join(content)))
    if kind == "size":
        raise UnreadableTable(TOO_MANY)
    return content


def _was_killed(error: subprocess.CalledProcessError) -> bool:
    return error.returncode < 0 or b"MemoryError" in error.stderr


def _csv(path: Path, encoding: str, delimiter: str) -> list[list[Cell]]:
    try:
        text = path.read_bytes().decode("utf-8-sig" if encoding.lower() == "utf-8" else encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableTable(NOT_UTF8) from error
    if "\x00" in text:
        raise UnreadableTable(NOT_TABLE)
    rows: list[list[Cell]] = []
    cells = 0
    try:
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text), strict=True
        )
        for row in reader:
            cells += len(row)
            if len(rows) >= MAX_ROWS or len(row) > MAX_COLUMNS or cells > MAX_CELLS:
                raise UnreadableTable(TOO_MANY)
            rows.append([_unguarded(cell) for cell in row])
    except csv.Error as error:
        raise UnreadableTable(NOT_TABLE) from error
    return rows


def _unguarded(cell: str) -> str:
    """Our own exports put an apostrophe before text that a spreadsheet would run."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in ("=", "+", "-", "@", "\t", "\r") else cell


def _delimiter(text: str) -> str:
    """What stands most often in the first lines: a comma, a semicolon (Excel in Persian), or a tab."""
    lines = text[:20_000].splitlines()[:20]
    return max(",;\t", key=lambda mark: sum(line.count(mark) for line in lines))
