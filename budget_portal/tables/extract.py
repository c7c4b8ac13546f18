"""From the rows of a file to rows of a table: columns found by header, figures read, problems gathered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from budget_portal.digits import drop_marks, group, to_latin, to_persian
from budget_portal.numbers import is_total_label, round_half_up
from budget_portal.tables.grammar import read_day, read_money, shown, written
from budget_portal.tables.mapping import Mapping
from budget_portal.tables.reader import Cell
from budget_portal.text import fold, normalise

LONGEST_TEXT = 300  # no text of a row is cut: a longer one is refused
TOO_LONG = "{length} نویسه دارد؛ دست‌بالا {most} نویسه بنویسید."


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file; row 0 is the file as a whole."""

    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        place = f"سطر {to_persian(self.row)}" if self.row else "پرونده"
        return f"{place}، {self.column}: {self.sentence}" if self.column else f"{place}: {self.sentence}"


@dataclass(frozen=True)
class Spec:
    """Fields that a table takes; those with money are read as figures, days as dates."""

    texts: tuple[str, ...]
    money: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    days: tuple[str, ...] = ()
    blank_is_missing: bool = False  # an empty figure is a missing one, not a problem


NONE: Map[str, Any] = MappingProxyType({})  # most rows have no day, no rounding: one for all of them


@dataclass(slots=True)
class Row:
    """One row that counts: texts, figures in million rials, what stood in the file (no blanks)."""

    number: int
    texts: dict[str, str] = field(default_factory=dict)
    money: dict[str, int] = field(default_factory=dict)
    days: Map[str, dt.date] = field(default_factory=lambda: NONE)
    raw: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    not_applicable: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    rounding: Map[str, Fraction] = field(default_factory=lambda: NONE)  # in the file's unit
    warnings: list[str] = field(default_factory=list)

    def refuse(self, column: str, sentence: str) -> None:
        self.problems.append(Problem(self.number, column, sentence))


@dataclass
class Rounding:
    """What rounding did to one column: how many cells, and by how much altogether in the file's unit."""

    cells: int = 0
    total: Fraction = Fraction(0)

    def add(self, difference: Fraction) -> None:
        if difference:
            self.cells += 1
            self.total += difference


@dataclass(frozen=True)
class LeftOut:
    """A row that only sums up others."""

    number: int
    label: str
    sentence: str


@dataclass
class Extract:
    rows: list[Row] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    skipped: int = 0
    rounding: dict[str, Rounding] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)  # of the file: nothing can be used


MERGED = "این خانه با خانهٔ بالایی ادغام شده است؛ رقم هر سطر را جدا بنویسید."


def extract(
    cells: Sequence[Sequence[Cell]],
    mapping: Mapping,
    spec: Spec,
    *,
    covered: frozenset[tuple[int, int]] = frozenset(),
) -> Extract:
    """Every row that is neither empty nor to be skipped, each with its own problems. `covered` are places over
    which a cell above is merged: texts hold for them too, figures do not."""
    found = Extract(rounding={name: Rounding() for name in spec.money if mapping.has(name)})
    places = _places(cells, mapping, spec, found.problems)
    if found.problems:
        return found
    wanted = _Wanted.of(mapping, spec, places, found.rounding)
    for number, row in enumerate(cells, start=1):
        if number <= mapping.header_row or _is_empty(row):
            continue
        if _is_skipped(row, mapping, places):
            found.skipped += 1
            if mapping.find_totals:
                found.left_out.append(LeftOut(number, "", PASSED_OVER))
        else:
            found.rows.append(_row(number, row, wanted))
    if covered:
        _refuse_merged_figures(found.rows, mapping, spec, places, covered)
    if mapping.find_totals:
        set_totals_apart(found, cells, spec, mapping.unit)
    if not found.rows and not found.problems:
        found.problems.append(Problem(0, "", "سطری برای خواندن در این پرونده نیست."))
    return found


def _places(
    cells: Sequence[Sequence[Cell]], mapping: Mapping, spec: Spec, problems: list[Problem]
) -> dict[str, int]:
    """Header -> place. Every header that the mapping names must stand in the header row exactly once."""
    known = {*spec.texts, *spec.money, *spec.days}
    problems += [
        Problem(0, "", f"«{name}» فیلد این جدول نیست.")
        for name in sorted({*mapping.columns, *mapping.constants} - known)
    ]
    problems += [
        Problem(0, "", f"نگاشت برای «{name}» نه ستون دارد و نه مقدار ثابت.")
        for name in sorted(known - spec.optional)
        if not mapping.has(name)
    ]
    if mapping.places:
        return dict(mapping.places)
    header = cells[mapping.header_row - 1] if len(cells) >= mapping.header_row else ()
    folded = [fold(drop_marks(shown(cell))) for cell in header]
    wanted = [name for names in mapping.columns.values() for name in names]
    wanted += [*mapping.skip_totals, *(rule.column for rule in mapping.skip)]
    places = {}
    for name in dict.fromkeys(wanted):
        count = folded.count(fold(name))
        if count == 1:
            places[name] = folded.index(fold(name))
        else:
            trouble = "در سطر سرستون‌ها نیست" if not count else "در سطر سرستون‌ها بیش از یک بار آمده است"
            problems.append(Problem(mapping.header_row, name, f"این ستون {trouble}."))
    return places


def _is_skipped(row: Sequence[Cell], mapping: Mapping, places: Map[str, int]) -> bool:
    if any(is_total_label(_text(row, places[name])) for name in mapping.skip_totals):
        return True
    return any(
        fold(_text(row, places[rule.column])) in {fold(text) for text in rule.equals} for rule in mapping.skip
    )


def _is_empty(row: Sequence[Cell]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not shown(cell)) for cell in row)


def _text(row: Sequence[Cell], place: int) -> str:
    return _cleaned(row[place]) if place < len(row) else ""


@lru_cache(maxsize=50_000, typed=True)
def _cleaned(cell: Cell) -> str:
    """Codes and names stand in many rows: each is cleaned once."""
    return normalise(drop_marks(written(cell)))


@dataclass(frozen=True)
class _Wanted:
    """What is read of every row, looked up once for the file."""

    mapping: Mapping
    spec: Spec
    places: Map[str, int]
    rounding: Map[str, Rounding]
    texts: tuple[tuple[str, tuple[int, ...], str, str], ...]  # field, its columns, what joins them, else this
    money: tuple[str, ...]
    days: tuple[str, ...]

    @classmethod
    def of(cls, mapping: Mapping, spec: Spec, places: Map[str, int], rounding: Map[str, Rounding]) -> _Wanted:
        texts = tuple(
            (
                name,
                tuple(places[header] for header in mapping.columns.get(name, ())),
                " – " if name.endswith("_title") else mapping.separator,
                mapping.constants.get(name, ""),
            )
            for name in spec.texts
        )
        money = tuple(name for name in spec.money if mapping.has(name))
        days = tuple(name for name in spec.days if mapping.has(name))
        return cls(mapping, spec, places, rounding, texts, money, days)


def _row(number: int, cells: Sequence[Cell], wanted: _Wanted) -> Row:
    row, mapping, spec = Row(number), wanted.mapping, wanted.spec
    for name, columns, separator, constant in wanted.texts:
        text = constant
        if columns:
            text = _joined([_text(cells, place) for place in columns], separator) or constant
        if len(text) > LONGEST_TEXT:
            most = {"length": group(len(text)), "most": group(LONGEST_TEXT)}
            row.refuse(_title(mapping, name), TOO_LONG.format(**most))
            text = text[:LONGEST_TEXT]
        row.texts[name] = text
        if text:
            row.raw[name] = text
        if not text and name not in spec.optional:
            row.refuse(_title(mapping, name), "خالی است.")
    for name in wanted.money:
        _money(row, name, cells, mapping, spec, wanted.places, wanted.rounding[name])
    for name in wanted.days:
        _day(row, name, cells, mapping, spec, wanted.places)
    return row


def _raw(name: str, cells: Sequence[Cell], mapping: Mapping, places: Map[str, int]) -> Cell:
    if name not in mapping.columns:
        return mapping.constants.get(name)
    place = places[mapping.columns[name][0]]
    return cells[place] if place < len(cells) else None


def _day(
    row: Row, name: str, cells: Sequence[Cell], mapping: Mapping, spec: Spec, places: Map[str, int]
) -> None:
    raw = _raw(name, cells, mapping, places)
    row.raw[name] = shown(raw)
    day, problem = read_day(raw)
    if day is not None:
        row.days = {**row.days, name: day}
    elif problem:
        row.refuse(_title(mapping, name), problem)
    elif name not in spec.optional:
        row.refuse(_title(mapping, name), "تاریخ این خانه خالی است.")


def _joined(parts: list[str], separator: str) -> str:
    return separator.join(parts) if any(parts) else ""


def _money(
    row: Row,
    name: str,
    cells: Sequence[Cell],
    mapping: Mapping,
    spec: Spec,
    places: Map[str, int],
    rounding: Rounding,
) -> None:
    raw = _raw(name, cells, mapping, places)
    row.raw[name] = shown(raw)
    read = read_money(raw, unit=mapping.unit, decimals=mapping.decimals, comma=mapping.comma)
    rounding.add(read.rounding)
    if read.rounding:
        row.rounding = {**row.rounding, name: read.rounding}
    if read.value is not None:
        row.money[name] = read.value
    elif read.not_applicable:
        row.not_applicable |= {name}
    elif read.problem:
        row.unread[name] = to_latin(row.raw[name])
        row.refuse(_title(mapping, name), read.problem)
    elif not spec.blank_is_missing and name not in spec.optional:
        row.refuse(_title(mapping, name), "رقم این خانه خالی است.")


def _title(mapping: Mapping, name: str) -> str:
    """What a person calls the field: the header in the file."""
    return "، ".join(mapping.columns.get(name, (name,)))


def title_of(mapping: Mapping, name: str) -> str:
    return _title(mapping, name)


def _refuse_merged_figures(
    rows: list[Row],
    mapping: Mapping,
    spec: Spec,
    places: Map[str, int],
    covered: frozenset[tuple[int, int]],
) -> None:
    for row in rows:
        for name in spec.money:
            if name in mapping.columns and (row.number - 1, places[mapping.columns[name][0]]) in covered:
                row.money.pop(name, None)
                row.refuse(_title(mapping, name), MERGED)


# --- rows that sum up others --------------------------------------------------------------------------------

PASSED_OVER = "با شرطی که برای پرونده نوشته شده، خوانده نشد."
SUM_AGREES = "با جمع {count} سطر بالای آن برابر است؛ نوشته نمی‌شود."
SUM_DIFFERS = "سطر جمع است و نوشته نمی‌شود؛ با جمع سطرهای بالای آن {difference} تفاوت دارد."
SUM_ONLY = "سطر جمع است و نوشته نمی‌شود."


def set_totals_apart(found: Extract, cells: Sequence[Sequence[Cell]], spec: Spec, unit: Fraction) -> None:
    """Take rows that say «جمع …», or only repeat the sum above them, out of the rows that count. A row that has
    all its required texts is none unless its figure is the sum, however its title begins («جمع‌آوری …»)."""
    required = [name for name in spec.texts if name not in spec.optional]
    figure = spec.money[0] if spec.money else ""
    section, everything = _Sum(), _Sum()
    kept = []
    for row in found.rows:
        label = _total_label(cells[row.number - 1])
        value = _exact(row, figure, unit)
        sums = value is not None and bool(everything.count) and value in (section.total, everything.total)
        named = bool(label) and _is_named_sum(row, required, sums=sums)
        if named or (sums and not any(row.texts.values())):
            found.left_out.append(LeftOut(row.number, label, _told(value, section, everything)))
            found.skipped += 1
            _take_back(found, row)
            section = _Sum()
            continue
        kept.append(row)
        if value is not None:
            section.add(value)
            everything.add(value)
    found.rows = kept


@dataclass
class _Sum:
    """Of the rows above, since the last sum or since the beginning."""

    total: int | Fraction = 0
    count: int = 0

    def add(self, value: int | Fraction) -> None:
        self.total += value
        self.count += 1


def _is_named_sum(row: Row, required: list[str], *, sums: bool) -> bool:
    texts = [row.texts.get(name, "") for name in required]
    return not all(texts) or (sums and any(map(is_total_label, texts)))


def _exact(row: Row, name: str, unit: Fraction) -> int | Fraction | None:
    """The figure of the file in million rials, before it was rounded."""
    value = row.money.get(name)
    if value is None or name not in row.rounding:
        return value
    return value - Fraction(row.rounding[name]) / unit


def _take_back(found: Extract, row: Row) -> None:
    """The rounding of a row that is not written is none."""
    for name, difference in row.rounding.items():
        found.rounding[name].cells -= 1
        found.rounding[name].total -= difference


def _total_label(row: Sequence[Cell]) -> str:
    return next((text for cell in row if isinstance(cell, str) and (text := _label(cell))), "")


@lru_cache(maxsize=50_000)
def _label(cell: str) -> str:
    text = normalise(drop_marks(cell))
    return text if is_total_label(text) else ""


def _told(value: int | Fraction | None, section: _Sum, everything: _Sum) -> str:
    if value is None:
        return SUM_ONLY
    for rows in (section, everything):
        if rows.count and value == rows.total:
            return SUM_AGREES.format(count=to_persian(rows.count))
    rows = section if section.count else everything
    if not rows.count:
        return SUM_ONLY
    return SUM_DIFFERS.format(difference=group(round_half_up(value - rows.total, 3).normalize()))
