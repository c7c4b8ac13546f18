"""A batch from its file to what its rows will do: reading, finding the columns, judging. Writes nothing."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Map
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from accounts.models import User
from agreements.imports.choices import TABLES, ImportTable, Table
from agreements.imports.ground import OWN, Ground
from agreements.imports.tables import Sheet
from budget_portal import copying, files
from budget_portal.digits import group
from budget_portal.models import ImportBatch, ImportMapping, ImportRow, StoredFile
from budget_portal.numbers import round_half_up
from budget_portal.tables import detect
from budget_portal.tables.extract import Extract, extract
from budget_portal.tables.grammar import UNIT_NAMES, UNITS, shown
from budget_portal.tables.mapping import Mapping, Skip
from budget_portal.tables.mapping import source as mapping_source
from budget_portal.tables.outcome import Effect
from budget_portal.tables.reader import Cell, Head, read_heads, read_sheet

LONG = 3_000  # rows; longer files are previewed in the background
SAMPLES = 3
KINDS = tuple(ImportRow.Kind)


def table_of(batch: ImportBatch) -> ImportTable:
    return TABLES[batch.table]


# --- columns ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One column of the file as the page of columns shows it."""

    place: int
    letter: str
    header: str
    samples: tuple[str, ...]
    field: str


@dataclass(frozen=True)
class Proposal:
    """What the file seems to be: where its table stands, what its columns are."""

    heads: tuple[Head, ...]
    sheet: int
    sheet_name: str
    header_row: int
    columns: tuple[Column, ...]
    unit: str
    constants: Map[str, str]
    mapping_name: str
    height: int

    @property
    def headers(self) -> list[str]:
        return [column.header for column in self.columns]


def heads_of(stored: StoredFile) -> list[Head]:
    return read_heads(files.path_of(stored), kind=_suffix(stored.name))


def _suffix(name: str) -> str:
    return f".{name.rpartition('.')[2].lower()}"


def propose(
    table: Table, heads: list[Head], saved: list[ImportMapping], *, sheet: int = 0, header_row: int = 0
) -> Proposal:
    """Where the table stands and what its columns are: by a saved mapping whose headers are all there, else by
    name. `sheet` and `header_row` overrule what was found."""
    found = _place(table, heads, sheet, header_row)
    head = heads[found.sheet - 1]
    mapping = _best(found.headers, saved)
    fields = _fields(table, found.headers, mapping)
    columns = tuple(
        Column(
            place,
            detect.letter(place),
            header,
            _samples(head.rows, found.header_row, place),
            fields.get(place, ""),
        )
        for place, header in enumerate(found.headers)
    )
    money = [header for place, header in enumerate(found.headers) if _is_money(table, fields.get(place, ""))]
    return Proposal(
        heads=tuple(heads),
        sheet=found.sheet,
        sheet_name=head.name,
        header_row=found.header_row,
        columns=columns,
        unit=mapping.unit if mapping else detect.unit_of(money) or _unit_above(head, found.header_row),
        constants=mapping.constants if mapping else {},
        mapping_name=mapping.name if mapping else "",
        height=head.height,
    )


def _place(table: Table, heads: list[Head], sheet: int, header_row: int) -> detect.Found:
    known = frozenset(detect.key_of(name) for names in table.names.values() for name in names)
    chosen = [heads[sheet - 1]] if 0 < sheet <= len(heads) else heads
    found = detect.find(chosen, known)
    place = sheet if 0 < sheet <= len(heads) else found.sheet
    row = header_row if 0 < header_row <= len(heads[place - 1].rows) else found.header_row
    headers = detect.headers_of(heads[place - 1].rows, row)
    return detect.Found(place, heads[place - 1].name, row, headers)


def _best(headers: tuple[str, ...], saved: list[ImportMapping]) -> ImportMapping | None:
    """The saved mapping that knows most of these headers, if all that it reads are there."""
    keys = {detect.key_of(header) for header in headers}
    fitting = [
        row for row in saved if row.columns and {key for key, name in row.columns.items() if name} <= keys
    ]
    return max(fitting, key=lambda row: len(set(row.columns) & keys), default=None)


def _fields(table: Table, headers: tuple[str, ...], mapping: ImportMapping | None) -> dict[int, str]:
    if mapping is None:
        return detect.match(headers, table.names)
    known = {field.name for field in table.fields}
    by_place = {place: mapping.columns.get(detect.key_of(header), "") for place, header in enumerate(headers)}
    return {place: name for place, name in by_place.items() if name in known}


def _is_money(table: Table, name: str) -> bool:
    return bool(name) and table.field(name).sort == "money"


def _unit_above(head: Head, header_row: int) -> str:
    """Title rows often say it once for all: «ارقام به میلیون ریال»."""
    above = [str(cell) for row in head.rows[: header_row - 1] for cell in row if isinstance(cell, str)]
    return detect.unit_of(above) or "million-rials"


def _samples(rows: Sequence[Sequence[Cell]], header_row: int, place: int) -> tuple[str, ...]:
    texts = (shown(row[place]) for row in rows[header_row:] if place < len(row))
    found = (text for text in texts if text)
    return tuple(text[:40] for _, text in zip(range(SAMPLES), found, strict=False))


def mapping_of(batch: ImportBatch) -> Mapping:
    """What the page of columns was told, in the form that the command's pages have too."""
    told, table = batch.mapping, table_of(batch)
    fields = {name: int(place) for name, place in told["columns"].items()}
    headers = {name: batch.headers[place] for name, place in fields.items()}
    skip = told.get("skip") or {}
    skipped = {batch.headers[int(skip["column"])]: int(skip["column"])} if skip else {}
    return Mapping(
        table=table.key,
        values={
            "organization": batch.organization.code,
            "source": mapping_source(batch.file.name, batch.file.sha256),
            **dict(table.fixed),
            **told.get("values", {}),
        },
        columns={name: (header,) for name, header in headers.items()},
        constants=told.get("constants", {}),
        sheet=batch.sheet,
        header_row=batch.header_row,
        unit=UNITS[told.get("unit", "million-rials")],
        decimals=6 if _has_decimals(told) else 0,
        comma=bool(told.get("comma")),
        agency_by=OWN,
        ignore_spaces=True,
        repeated=told.get("repeated", "refuse"),
        complete=told.get("values", {}).get("others") == "gone",
        places={header: fields[name] for name, header in headers.items()} | skipped,
        skip=tuple(Skip(header, (told["skip"]["equals"],)) for header in skipped),
        find_totals=True,
    )


def _has_decimals(told: Map[str, Any]) -> bool:
    return bool(told.get("decimals") or told.get("comma") or told.get("unit", "").startswith("milliard"))


# --- judging ------------------------------------------------------------------------------------------------


def rows_of(batch: ImportBatch, mapping: Mapping) -> Extract:
    found = read_sheet(files.path_of(batch.file), kind=batch.suffix, sheet=batch.sheet, delimiter="")
    return extract(found.rows, mapping, table_of(batch).spec, covered=found.covered)


def cells_of(batch: ImportBatch) -> list[list[Cell]]:
    return read_sheet(files.path_of(batch.file), kind=batch.suffix, sheet=batch.sheet, delimiter="").rows


@contextmanager
def all_stay() -> Iterator[None]:
    """Of a long file a million small objects are kept until its end: meanwhile the collector does not walk through
    them again and again."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def judged(batch: ImportBatch, *, by: User, hold: bool) -> tuple[Extract, Sheet]:
    """The rows of the file against what stands now; `Refused` when nothing of it can be used."""
    mapping = mapping_of(batch)
    found = rows_of(batch, mapping)
    return found, table_of(batch).judge(found, Ground(mapping, by=by), by=by, hold=hold)


ROW = ("batch_id", "number", "kind", "place", "title", "changes", "text")


def keep_rows(batch: ImportBatch, effects: list[Effect]) -> None:
    """The list of the preview; of a long file it is long."""
    copying.Table(ImportRow, *ROW).append(
        (
            batch.pk,
            effect.row,
            effect.kind,
            effect.place[:120],
            effect.title[:400],
            json.dumps([vars(change) for change in effect.changes], ensure_ascii=False),
            " ".join(effect.sentences),
        )
        for effect in effects
    )


def counted(effects: list[Effect]) -> dict[str, int]:
    counts = dict.fromkeys((str(kind) for kind in KINDS), 0)
    for effect in effects:
        counts[effect.kind] += 1
    return counts


def summed_up(batch: ImportBatch, found: Extract, effects: list[Effect]) -> dict[str, Any]:
    """Totals of the file in its own unit and in million rials, and what of them is written."""
    unit, kinds = mapping_of(batch).unit, {effect.row: effect.kind for effect in effects}
    totals = []
    for name, rounding in found.rounding.items():
        read = {row.number: row.money[name] for row in found.rows if name in row.money}
        total = sum(read.values())
        written = sum(value for number, value in read.items() if kinds.get(number) in ("new", "changed"))
        totals.append(
            {
                "title": table_of(batch).title_of(name),
                "file": _plain(total * unit - rounding.total),
                "read": total,
                "rounded_cells": rounding.cells,
                "rounding": _plain(rounding.total / unit),
                "written": written,
                "left": sum(read[number] for number in read if kinds.get(number) in ("error", "held")),
            }
        )
    return {"totals": totals, "unit": UNIT_NAMES[batch.mapping.get("unit", "million-rials")]}


def _plain(number: Fraction) -> str:
    return group(round_half_up(number, 3).normalize())
