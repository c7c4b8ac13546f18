"""What the preview of a load shows: how columns were matched, every row with its result, and what may be done."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from accounts.models import User
from budget_portal.digits import group, to_persian
from budget_portal.tables.detect import letter
from budget_portal.tables.grammar import UNIT_NAMES
from monitoring.models import SheetLoad
from monitoring.sheets import block, judging, loads
from monitoring.sheets.block import Match
from monitoring.sheets.columns import BY_KIND, PROGRESS_NOTE, TABLES
from monitoring.sheets.form import Form
from monitoring.sheets.judging import CONFLICT, OK, SAME, TOTAL, TRAP, WORDS, Judged, RowResult
from monitoring.sheets.loads import Choice, Sheet
from monitoring.sheets.writing import Conflicts

NO_HEADS = "این بلوک سرستون ندارد؛ ستون‌ها به ترتیب خانه‌های فرم گرفته شد. پیش از ثبت، ستون هر رقم را ببینید."
UNKNOWN_FROM = "سطر {row} سرستون گرفته شد و شناخته نشد؛ ستون‌ها به ترتیب، از «{cell}» به بعد چیده شد."
UNKNOWN = "{column} شناخته نشد و رقم‌های آن خوانده نمی‌شود. اگر از خانه‌های فرم است، خانهٔ آن را برگزینید."
ALIKE = "{column} به «{cell}» گرفته شد، چون مانند آن آغاز می‌شود. اگر چنین نیست، خانهٔ درست را برگزینید."
SHOWN_GOOD = 12  # rows that match beyond these are counted, and written all the same
TONES = {OK: "plain", SAME: "plain", TOTAL: "warn", TRAP: "bad", CONFLICT: "warn"}
ICONS = {OK: "check", SAME: "check", TOTAL: "exclamation-triangle"}


@dataclass(frozen=True)
class CellView:
    id: str
    label: str
    now: str
    new: str
    difference: str
    is_figure: bool
    offered: str = ""
    word: str = ""  # what was chosen of a doubtful cell
    theirs: str = ""
    is_doubtful: bool = False


@dataclass
class RowView:
    name: str
    number: int
    title: str
    key: str
    result: str
    words: str
    tone: str
    icon: str
    sentences: list[str]
    blocks: list[str]
    cells: list[CellView]
    selectable: bool
    chosen: bool
    line_url: str = ""
    hot: bool = False


@dataclass
class SheetView:
    place: int
    name: str
    title: str
    chips: list[str]
    keys: list[str]
    doubts: list[str]
    unread: list[str]
    rows: list[RowView]
    hidden: list[RowView]
    counts: dict[str, int]
    columns: list[dict[str, Any]]
    units: list[tuple[str, str]]
    unit: str
    kinds: list[tuple[str, str]]
    kind: str
    header_row: int
    same: int = 0
    options: list[tuple[str, str]] = field(default_factory=list)


def view(
    load: SheetLoad,
    sheets: list[Sheet],
    form: Form,
    *,
    choice: Choice | None = None,
    conflicts: Conflicts | None = None,
    everything: bool = False,
) -> list[SheetView]:
    return [
        _sheet(load, place, sheet, form, choice, conflicts, everything) for place, sheet in enumerate(sheets)
    ]


def _sheet(
    load: SheetLoad,
    place: int,
    sheet: Sheet,
    form: Form,
    choice: Choice | None,
    conflicts: Conflicts | None,
    everything: bool,
) -> SheetView:
    rows = [
        _row(load, place, row, choice, conflicts)
        for row in sheet.results
        if everything or row.result != SAME or row.emptied
    ]
    good = [row for row in rows if not row.hot]
    later = set() if everything else {row.name for row in good[SHOWN_GOOD:]}
    match, table = sheet.match, sheet.table
    return SheetView(
        place=place,
        name=sheet.name,
        title=table.title,
        chips=_chips(match),
        keys=keys_of(match),
        doubts=_doubts(sheet),
        unread=_unread(sheet),
        rows=[row for row in rows if row.name not in later],
        hidden=[row for row in rows if row.name in later],
        counts=judging.counts(sheet.results),
        columns=[
            {
                "name": f"c-{place}-{at}",
                "letter": letter(at),
                "header": match.headers[at] if at < len(match.headers) else "",
                "example": _example(sheet, at),
                "chosen": match.columns.get(at, ""),
            }
            for at in range(len(match.headers))
        ],
        units=[(name, UNIT_NAMES[name]) for name in judging.UNITS_KNOWN],
        unit=match.unit,
        kinds=[(table.kind, table.title) for table in form.tables],
        kind=match.kind,
        header_row=match.header_row,
        same=0 if everything else sum(row.result == SAME and not row.emptied for row in sheet.results),
        options=[(column.name, column.title) for column in table.columns if column.role != "shown"]
        + [("title", "عنوان (برای تطبیق ردیف)")],
    )


def _chips(match: Match) -> list[str]:
    table = BY_KIND[match.kind]
    found = []
    for place, name in sorted(match.columns.items()):
        column = table.column(name)
        if column is not None and column.role == "cell":
            found.append(f"{block.title_of(match, place)} ← {column.title}")
    for place, header in enumerate(match.headers):
        if place not in match.columns and block.is_progress(header):
            found.append(f"{block.title_of(match, place)}: {PROGRESS_NOTE}")
    return found


def _doubts(sheet: Sheet) -> list[str]:
    """What a person should look at before figures go anywhere: heads that are not known, or known by likeness."""
    match, table = sheet.match, sheet.table
    titles = {
        place: column.title
        for place, name in sorted(match.columns.items())
        if (column := table.column(name)) is not None and column.role == "cell"
    }
    if titles and match.how == "order":
        first = next(iter(titles.values()))
        told = UNKNOWN_FROM.format(row=to_persian(match.header_row), cell=first) if match.header_row else ""
        return [told or NO_HEADS] if told or not match.start else []
    unknown = [UNKNOWN.format(column=block.title_of(match, place)) for place in _left(sheet, figures=True)]
    return unknown + [
        ALIKE.format(column=block.title_of(match, place), cell=title)
        for place, title in titles.items()
        if match.how == "heads" and block.is_alike(match, place)
    ]


def _unread(sheet: Sheet) -> list[str]:
    """Columns with words in them that are not read: the agency's own."""
    return [block.title_of(sheet.match, place) for place in _left(sheet, figures=False)]


def _left(sheet: Sheet, *, figures: bool) -> list[int]:
    match, below = sheet.match, sheet.rows[sheet.match.header_row :]
    return [
        place
        for place, header in enumerate(match.headers)
        if place not in match.columns
        and header
        and not block.is_progress(header)
        and block.is_figures(below, place) == figures
    ]


def keys_of(match: Match) -> list[str]:
    """«کد پروژه (ستون A)»: what rows are matched by."""
    table = BY_KIND[match.kind]
    found = [(column, match.place(column.name)) for column in table.keys]
    return [f"{column.title} (ستون {letter(place)})" for column, place in found if place is not None]


def _example(sheet: Sheet, place: int) -> str:
    for row in sheet.rows[sheet.match.header_row : sheet.match.header_row + 20]:
        if place < len(row) and not block.is_empty((row[place],)):
            text, column = judging.plain(row[place]), sheet.table.column(sheet.match.columns.get(place, ""))
            return (text if column and column.role == "key" else judging.said(text))[:40]
    return ""


def _row(
    load: SheetLoad, place: int, row: RowResult, choice: Choice | None, conflicts: Conflicts | None
) -> RowView:
    name = loads.row_name(place, row)
    cells = [_cell(name, row, cell, choice, conflicts) for cell in row.cells]
    in_conflict = any(cell.theirs for cell in cells)
    result = CONFLICT if in_conflict else row.result
    selectable = row.result in {OK, TRAP}
    chosen = row.result == OK if choice is None else name in choice.rows
    sentences = row.sentences
    if in_conflict and conflicts is not None:
        named = [f"{row.line.name}:{cell.cell}" for cell in row.cells if row.line]
        sentences = sentences + [conflicts.found[one][1] for one in named if one in conflicts.found]
    return RowView(
        name=name,
        number=row.number,
        title=row.title,
        key=row.key,
        result=result,
        words=WORDS[result],
        tone=TONES.get(result, "bad"),
        icon=ICONS.get(result, "exclamation-circle"),
        sentences=sentences,
        blocks=row.blocks,
        cells=cells,
        selectable=selectable,
        chosen=selectable and chosen,
        hot=result not in {OK, SAME} or bool(row.blocks or row.emptied),
    )


def _cell(
    row_name: str, row: RowResult, cell: Judged, choice: Choice | None, conflicts: Conflicts | None
) -> CellView:
    name = f"{row_name}-{cell.cell}"
    of_form = f"{row.line.name}:{cell.cell}" if row.line else ""
    clash = conflicts is not None and of_form in conflicts.found
    return CellView(
        id=name,
        label=cell.label,
        now=judging.said(cell.now),
        new=judging.said(cell.text),
        difference=_signed(cell.difference),
        is_figure=cell.is_figure,
        offered="" if cell.offered is None else group(cell.offered),
        word=choice.doubts.get(name, "") if choice else "",
        theirs=judging.said(cell.now) if clash else "",
        is_doubtful=cell.result == TRAP,
    )


def _signed(difference: str) -> str:
    if not difference:
        return ""
    value = int(difference)
    return f"\u200e+{group(value)}" if value > 0 else group(value)


# --- what came back -------------------------------------------------------------------------------------------


def seen_of(sheets: Iterable[Sheet]) -> str:
    """Every cell that may be written with the text that the page shows in it: one hidden field."""
    seen = {
        f"{row.line.name}:{cell.cell}": cell.now
        for sheet in sheets
        for row in sheet.results
        if row.line is not None and row.result in {OK, TRAP}
        for cell in row.cells
    }
    return json.dumps(seen, ensure_ascii=False, separators=(",", ":"))


def choice_of(data: QueryDict) -> Choice:
    try:
        seen = json.loads(data.get("seen", ""))
        seen = {str(name): str(text) for name, text in seen.items()}
    except (ValueError, AttributeError, RecursionError):
        seen = None
    doubts = {
        name.removeprefix("d-"): str(data[name]) for name in data if name.startswith("d-") and data[name]
    }
    # A word about a doubtful cell chooses its row: nobody says «convert» to leave it out.
    chosen = {*data.getlist("row"), *(name.rpartition("-")[0] for name in doubts)}
    return Choice(chosen, doubts, seen)


def matches_of(data: Mapping[str, str], load: SheetLoad, form: Form) -> list[Match]:
    """The columns as the form of the page says them; what is unknown stays as it was."""
    found = []
    allowed = {table.kind for table in TABLES[load.submission.kind]} & set(form.lines)
    for place, stored in enumerate(load.tables or ()):
        match = Match.from_json(stored["match"])
        kind, head = data.get(f"kind-{place}", match.kind), data.get(f"head-{place}", "")
        rows = stored["rows"]
        if kind in allowed and kind != match.kind:
            found.append(loads.find_match(rows, form, kind))
            continue
        if head.isdecimal() and len(head) < 5 and int(head) != match.header_row and int(head) <= len(rows):
            found.append(loads.find_match(rows, form, match.kind, match.start, int(head)))
            continue
        match.columns, match.how = _columns(data, place, match), "person"
        unit = data.get(f"unit-{place}", match.unit)
        match.unit = unit if unit in judging.UNITS_KNOWN else match.unit
        found.append(match)
    return found


def _columns(data: Mapping[str, str], place: int, match: Match) -> dict[int, str]:
    table = BY_KIND[match.kind]
    columns: dict[int, str] = {}
    for at in range(len(match.headers)):
        name = data.get(f"c-{place}-{at}")
        if name is None:
            name = match.columns.get(at, "")
        if name and name not in columns.values() and (name == "title" or table.column(name) is not None):
            columns[at] = name
    return columns


def may_of(user: User, load: SheetLoad) -> dict[str, Any]:
    return {name: loads.can(user, load, name) for name in ("apply", "undo", "drop")}
