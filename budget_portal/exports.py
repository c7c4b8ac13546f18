"""Every list as a file: xlsx (right to left, real numbers, units in the heads) and csv, with the filters on screen.

Each app names its lists in `<app>/exports.py`: `@exports.listed("projects", "پروژه‌ها")` over a function that takes
the person and the filters of the address and gives a Listing. Rows are read within that person's scope, as one
snapshot; long lists are written in the background. Text that a spreadsheet could run stays text.
"""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from budget_portal import jalali
from budget_portal.reading import one_snapshot

if TYPE_CHECKING:
    from accounts.models import User

Sort = Literal["text", "money", "number", "date"]
Value = str | int | Decimal | dt.date | None
MILLION_RIALS = "میلیون ریال"
AT_ONCE = 5_000  # rows; longer lists are written in the background
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
MEDIA_TYPES = {"xlsx": XLSX, "csv": CSV}
PLAIN = frozenset({str, int})
RUNNABLE = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """One column of an export; `key` is the name in the rows of `.values()` or a function of a row."""

    title: str
    value: str | Callable[[Any], Value]
    sort: Sort = "text"
    unit: str = ""
    width: int = 16

    @property
    def head(self) -> str:
        return f"{self.title} ({self.unit})" if self.unit else self.title

    def reader(self, row: Any) -> Callable[[Any], Value]:
        """How the value is taken from rows such as this one."""
        if callable(self.value):
            return self.value
        return itemgetter(self.value) if isinstance(row, Mapping) else attrgetter(self.value)


def money(title: str, value: str | Callable[[Any], Value]) -> Column:
    return Column(title, value, "money", MILLION_RIALS, 18)


@dataclass(frozen=True)
class Listing:
    """What a list exports: its columns, its rows (read once), and how many there are."""

    columns: tuple[Column, ...]
    rows: Iterable[Any]
    count: int


Maker = Callable[["User", Mapping[str, str]], Listing]


@dataclass(frozen=True)
class Named:
    title: str
    make: Maker


LISTS: dict[str, Named] = {}


def listed(name: str, title: str) -> Callable[[Maker], Maker]:
    def register(make: Maker) -> Maker:
        LISTS[name] = Named(title, make)
        return make

    return register


def of_queryset(rows: Any, *columns: Column) -> Listing:
    """A listing of a queryset: counted, and read through a cursor of the server."""
    return Listing(columns, rows.iterator(chunk_size=2_000), rows.order_by().count())


# --- writing ------------------------------------------------------------------------------------------------


def write(name: str, kind: str, chosen: Mapping[str, str], *, by: User, path: Path) -> int:
    """Write a list into a file, all rows as of one moment; says how many."""
    with one_snapshot():
        listing = LISTS[name].make(by, chosen)
        if kind == "csv":
            write_csv(listing, path)
        else:
            write_xlsx(listing, path, title=LISTS[name].title)
    return listing.count


def write_xlsx(listing: Listing, path: Path, *, title: str) -> None:
    """Rows stream into the file; a list without rows has its heads all the same."""
    import rustpy_xlsxwriter as writer

    formats = {
        "money": writer.Format().set_num_format("#,##0"),
        "number": writer.Format().set_num_format("#,##0.###"),
    }
    if not listing.count:
        _write_heads([column.head for column in listing.columns], path, title)
        return
    writer.write_worksheet(
        _records(listing),
        str(path),
        title[:31],
        freeze_row=1,
        bold_headers=True,
        autofilter=True,
        column_widths=[float(column.width) for column in listing.columns],
        column_formats={
            column.head: formats[column.sort] for column in listing.columns if column.sort in formats
        },
        sheet_view={"right_to_left": True},
    )


def _write_heads(heads: list[str], path: Path, title: str) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
    sheet = book.add_worksheet(title[:31])
    sheet.right_to_left()
    sheet.write_row(0, 0, heads)
    book.close()


def _records(listing: Listing) -> Iterator[dict[str, Any]]:
    heads = [column.head for column in listing.columns]
    for values in _values(listing):
        yield {
            head: value if value is None or type(value) in PLAIN else _cell(value)
            for head, value in zip(heads, values, strict=True)
        }


def _values(listing: Listing) -> Iterator[list[Value]]:
    """The values of every row; how they are taken from it is looked up once."""
    rows = iter(listing.rows)
    for first in rows:
        readers = [column.reader(first) for column in listing.columns]
        for row in chain((first,), rows):
            yield [read(row) for read in readers]


def _cell(value: Value) -> str | int | float | None:
    """Numbers stay numbers (amounts have 15 digits at most, exact as floats); days are written in Jalali."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.date):
        return _day(value)
    return value


@lru_cache(maxsize=4_000)
def _day(day: dt.date) -> str:
    return jalali.format_iso(day)


def write_csv(listing: Listing, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        out = csv.writer(stream)
        out.writerow([column.head for column in listing.columns])
        out.writerows([_inert(value) for value in values] for values in _values(listing))


def _inert(value: Value) -> str:
    """Text that a spreadsheet would run gets a leading apostrophe; numbers have their minus."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(RUNNABLE) else value
    return str(_cell(value)) if isinstance(value, dt.date) else f"{value}"


def file_name(name: str, kind: str) -> str:
    return f"{LISTS[name].title}-{jalali.format_iso(jalali.today()).replace('/', '-')}.{kind}"


def written(name: str, kind: str, chosen: Mapping[str, str], *, by: User) -> tuple[bytes, int]:
    """A short list, in memory."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"list.{kind}"
        count = write(name, kind, chosen, by=by, path=path)
        return path.read_bytes(), count
