"""What was brought, from its arrival to its writing: pasted text or a workbook becomes tables that are known, columns
may be chosen otherwise, chosen rows are written as one, and one word takes all of it back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.decisions import Allowed, Decision, Denied, require
from accounts.models import User
from budget_portal import audit, files
from budget_portal.errors import RuleBroken, WrongState
from budget_portal.models import StoredFile
from budget_portal.moves import verb
from budget_portal.tables import reader
from budget_portal.tables.reader import Cell, UnreadableTable
from monitoring import permissions
from monitoring.models import PerformanceSubmission, SheetLoad
from monitoring.sheets import block, judging, template, writing
from monitoring.sheets import form as forms
from monitoring.sheets.block import Match
from monitoring.sheets.columns import BY_KIND, Table, tables_of
from monitoring.sheets.form import Form
from monitoring.sheets.judging import Judged, RowResult
from monitoring.sheets.writing import Change, Tick, Written, no_tick

MOST_TEXT = 1_000_000
AT_ONCE = 1_200  # rows of a workbook; longer ones are read and written in the background
NOT_OPEN = "این ورود پیش‌تر ثبت یا کنار گذاشته شده است."
NOT_APPLIED = "چیزی برای واگرد نیست: این ورود ثبت نشده یا پیش‌تر واگرد شده است."
NOTHING_READ = "ردیفی خوانده نشد. جدول را با سرستون یا با ستون کد از اکسل رونوشت کنید."
TOO_MUCH = "بیش از {most} سطر است؛ آن را در چند نوبت بچسبانید یا پرونده را بارگذاری کنید."
NO_FORM_SHEET = "برگ آشنایی در این پرونده نیست. سرستون‌ها را همان‌گونه که در الگو آمده نگه دارید؛ الگو را از همین صفحه بگیرید."
NOTHING_CHOSEN = "ردیفی برای ثبت برگزیده نشده است."
HAS_ERRORS = "{count} ردیف ایراد دارد. پرونده را درست کنید، یا بپذیرید که تنها ردیف‌های درست ثبت شود."


@dataclass
class Sheet:
    """One table of a load: its rows and how they are read."""

    name: str
    rows: list[list[Cell]]
    match: Match
    results: list[RowResult] = field(default_factory=list)

    @property
    def table(self) -> Table:
        return BY_KIND[self.match.kind]

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "rows": self.rows, "match": self.match.as_json()}


@dataclass(frozen=True)
class Choice:
    """What a person chose of a preview: rows «table-row», what to do with doubtful cells, and what was seen."""

    rows: Collection[str]
    doubts: Mapping[str, str]  # «table-row-cell» -> convert, keep
    seen: Mapping[str, str] | None  # name of a cell -> its text on the page; None asks nothing


def can_load(user: User, submission: PerformanceSubmission) -> Decision:
    return permissions.can_fill(user, submission)


def can(user: User, load: SheetLoad, move: str) -> Decision:
    """Whether this person may still write, take back or drop what was brought. Pure but for the state of the form."""
    if move == "undo":
        open_now = load.applied_at is not None and load.undone_at is None
        own = Allowed() if open_now else Denied(NOT_APPLIED, "state")
    else:
        own = Allowed() if load.is_open else Denied(NOT_OPEN, "state")
    if own and move == "drop" and load.made_by_id == user.pk:
        return own  # also when the form is closed: nothing of it is written
    if not own:
        return own
    return permissions.can_fill(user, load.submission)


# --- brought --------------------------------------------------------------------------------------------------


@verb
def paste(submission_id: int, text: str, *, by: User, kind: str = "", start: str = "") -> SheetLoad:
    """A block from the clipboard; which table it is and which column is which is found, and may be corrected."""
    submission = _submission(submission_id, by)
    rows: list[list[Cell]] = [list(row) for row in block.split(text[:MOST_TEXT])]
    if not rows or len(text) > MOST_TEXT or len(rows) > block.MOST_ROWS:
        raise RuleBroken(TOO_MUCH.format(most=block.MOST_ROWS) if rows else NOTHING_READ)
    sheet = Sheet("", rows, find_match(rows, forms.of(submission, by), kind, start))
    _drop_open(submission, by)
    return SheetLoad.objects.create(submission=submission, way="paste", tables=[sheet.as_json()], made_by=by)


@verb
def upload(submission_id: int, stored: StoredFile, *, by: User) -> SheetLoad:
    """A filled template, or any workbook with its heads. It is read here when it is short, else by a job."""
    submission = _submission(submission_id, by)
    _drop_open(submission, by)
    return SheetLoad.objects.create(submission=submission, way="file", file=stored, made_by=by)


def is_long(stored: StoredFile) -> bool:
    heads = reader.read_heads(files.path_of(stored), kind=suffix_of(stored))
    return sum(head.height for head in heads) > AT_ONCE


@verb
def read(load_id: int, *, by: User) -> SheetLoad:
    """Read the sheets of a workbook that belong to the form; a load that was read stays as it is."""
    load = _locked(load_id, by)
    if load.tables is not None or load.file is None:
        return load
    sheets, others = read_sheets(load.file, load.submission)
    if not sheets:
        raise RuleBroken(NO_FORM_SHEET)
    load.tables, load.other_sheets = [sheet.as_json() for sheet in sheets], others
    load.save(update_fields=["tables", "other_sheets"])
    return load


def read_sheets(stored: StoredFile, submission: PerformanceSubmission) -> tuple[list[Sheet], list[str]]:
    """The sheets with heads of the form, and the names of the others, which are the agency's own."""
    path, kind = files.path_of(stored), suffix_of(stored)
    tables = tables_of(submission.kind, is_closing=submission.period.is_closing)
    sheets, others = [], []
    try:
        heads = reader.read_heads(path, kind=kind)
        template.refuse_elsewhere(heads, submission)
        for place, head in enumerate(heads, start=1):
            found = block.table_of(head.rows, tables)
            if found is None:
                others.append(head.name)
                continue
            rows = reader.read_sheet(path, kind=kind, sheet=place, encoding="utf-8", delimiter="").rows
            sheets.append(Sheet(head.name, rows, block.by_heads(rows, *found)))
    except UnreadableTable as refused:
        raise RuleBroken(str(refused)) from refused
    return sheets, others


def suffix_of(stored: StoredFile) -> str:
    return f".{stored.name.rpartition('.')[2].lower()}"


def find_match(
    rows: block.Rows, form: Form, kind: str = "", start: str = "", header_row: int | None = None
) -> Match:
    """Heads first; then a column of codes; then the cell of the grid where the block was laid. `header_row` is what
    a person said of it, 0 that there is none."""
    tables = [table for table in form.tables if table.kind == kind] or list(form.tables)
    if header_row is None and (found := block.table_of(rows, tables)) is not None:
        return block.by_heads(rows, *found)
    head = block.head_row(rows, form.spelt) if header_row is None else header_row
    matches = [_by_codes(rows, table, form, head) for table in tables]
    best = max(matches, key=lambda match: _score(match, rows, form))
    laid = next((table for table in tables if start.startswith(f"{table.kind}:")), None)
    if laid is not None and not _score(best, rows, form):
        return block.from_cell(rows, laid, start, head)
    return best


def _by_codes(rows: block.Rows, table: Table, form: Form, head: int) -> Match:
    def codes(key: str) -> list[str]:
        return form.codes(table, key)

    if head:
        return block.by_heads(rows, table, head, codes)
    lines = form.lines[table.kind]
    asked = [
        column.name
        for column in table.cells
        if column.name != "reason" and any(line.texts[column.name] != "—" for line in lines)
    ]
    return block.by_place(rows, table, codes, asked)


def _score(match: Match, rows: block.Rows, form: Form) -> int:
    """How many rows find their line."""
    if match.place(BY_KIND[match.kind].keys[0].name) is None:
        return 0
    return sum(row.line is not None for row in judging.judge(rows[:200], match, form))


# --- looked at ------------------------------------------------------------------------------------------------


def sheets_of(load: SheetLoad, form: Form) -> list[Sheet]:
    """The tables of a load, judged on what stands in the form now."""
    sheets = [
        Sheet(stored["name"], stored["rows"], Match.from_json(stored["match"]))
        for stored in load.tables or ()
    ]
    for sheet in sheets:
        sheet.results = judging.judge(sheet.rows, sheet.match, form)
    judging.judge_together([sheet.results for sheet in sheets], form)
    return sheets


@verb
def rematch(load_id: int, matches: Sequence[Match], *, by: User) -> SheetLoad:
    """Read the columns as a person says."""
    load = _locked(load_id, by)
    for stored, match in zip(load.tables or (), matches, strict=True):
        stored["match"] = match.as_json()
    load.save(update_fields=["tables"])
    return load


def row_name(place: int, row: RowResult) -> str:
    return f"{place}-{row.number}"


def changes_of(sheets: Sequence[Sheet], choice: Choice) -> list[Change]:
    """The cells of the chosen rows; a doubtful one only with a word about it."""
    found = []
    for place, sheet in enumerate(sheets):
        for row in sheet.results:
            name = row_name(place, row)
            if name not in choice.rows or row.line is None or row.result in judging.BAD - {judging.TRAP}:
                continue
            for cell in row.cells:
                text = _decided(cell, choice.doubts.get(f"{name}-{cell.cell}", ""))
                if text is None:
                    continue
                seen = cell.now
                if choice.seen is not None:
                    seen = choice.seen.get(f"{row.line.name}:{cell.cell}", cell.now)
                found.append(Change(row.line.kind, row.line.pk, cell.cell, text, seen))
    return found


def _decided(cell: Judged, word: str) -> str | None:
    if cell.result == judging.OK:
        return cell.text
    if cell.result == judging.TRAP and word == "convert":
        return str(cell.offered)
    return cell.text if cell.result == judging.TRAP and word == "keep" else None


def every_good(sheets: Sequence[Sheet], choice: Choice | None = None) -> Choice:
    """All rows that say something and are right, and doubtful ones of which somebody said what is meant."""
    rows = {
        row_name(place, row)
        for place, sheet in enumerate(sheets)
        for row in sheet.results
        if row.result == judging.OK
    }
    if choice is None:
        return Choice(rows, {}, None)
    return Choice(rows | {name.rpartition("-")[0] for name in choice.doubts}, choice.doubts, choice.seen)


def bad_rows(sheets: Sequence[Sheet], choice: Choice | None = None) -> int:
    """Rows that cannot be written as they are; a doubtful one is settled by a word about each of its cells."""
    doubts = choice.doubts if choice else {}
    return sum(
        row.result in judging.BAD and not _settled(row_name(place, row), row, doubts)
        for place, sheet in enumerate(sheets)
        for row in sheet.results
    )


def _settled(name: str, row: RowResult, doubts: Mapping[str, str]) -> bool:
    if row.result != judging.TRAP:
        return False
    return all(
        doubts.get(f"{name}-{cell.cell}") in {"convert", "keep"}
        for cell in row.cells
        if cell.result == judging.TRAP
    )


# --- written, taken back --------------------------------------------------------------------------------------


@verb
def apply(
    load_id: int, choice: Choice | None, *, by: User, partly: bool = True, tick: Tick = no_tick
) -> tuple[SheetLoad, Written]:
    """Write the chosen rows, or all good ones (`choice` None), as one. Without `partly` a file with errors is refused
    as a whole. What stands in the form is judged anew under the lock."""
    load = _locked(load_id, by)
    if load.tables is None:
        raise WrongState(NOTHING_READ)
    sheets = sheets_of(load, forms.of(load.submission, by))
    if choice is None or load.way == "file":
        choice = every_good(sheets, choice)
    bad = bad_rows(sheets, choice)
    if bad and not partly:
        raise RuleBroken(HAS_ERRORS.format(count=bad))
    changes = changes_of(sheets, choice)
    if not changes:
        raise RuleBroken(NOTHING_CHOSEN)
    written = writing.write(load.submission_id, changes, by=by, tick=tick)
    load.written, load.left_out = written.cells, bad if load.way == "file" else 0
    load.applied_by, load.applied_at = by, timezone.now()
    load.save(update_fields=["written", "left_out", "applied_by", "applied_at"])
    facts: dict[str, Any] = {"cells": len(written.cells), "rows": written.rows, "left_out": load.left_out}
    if load.file is not None:
        facts |= {"file": load.file.name, "sha256": load.file.sha256}
    audit.record("sheet.written", load.submission, by=by, after=facts)
    return load, written


@verb
def undo(load_id: int, *, by: User) -> tuple[SheetLoad, Written]:
    """Take back the whole block. Cells that were changed since stay, and each is named."""
    load = _found(load_id, by)
    require(can(by, load, "undo"))
    written, left = writing.take_back(load.submission_id, load.written, by=by)
    load.undone_by, load.undone_at, load.kept = by, timezone.now(), left
    load.save(update_fields=["undone_by", "undone_at", "kept"])
    facts = {"cells": len(written.cells), "kept": len(left)}
    audit.record("sheet.taken_back", load.submission, by=by, after=facts)
    return load, written


@verb
def drop(load_id: int, *, by: User) -> SheetLoad:
    """Put aside what was brought; nothing of it was written."""
    load = _locked(load_id, by, "drop")
    load.dropped_at, load.tables = timezone.now(), None
    load.save(update_fields=["dropped_at", "tables"])
    audit.record("sheet.dropped", load.submission, by=by)
    return load


def _submission(pk: int, by: User) -> PerformanceSubmission:
    rows = PerformanceSubmission.objects.for_user(by).select_related("agency", "period__fiscal_year")
    submission: PerformanceSubmission = rows.get(pk=pk)
    require(can_load(by, submission))
    return submission


def _drop_open(submission: PerformanceSubmission, by: User) -> None:
    """One block at a time: what the same person brought before and left is put aside."""
    left = SheetLoad.objects.for_user(by).filter(
        submission=submission, made_by=by, applied_at=None, dropped_at=None
    )
    left.update(dropped_at=timezone.now(), tables=None)


def _found(pk: int, by: User) -> SheetLoad:
    rows = SheetLoad.objects.for_user(by).select_for_update(of=("self",))
    load: SheetLoad = rows.select_related(
        "submission__agency__organization", "submission__period__fiscal_year", "file"
    ).get(pk=pk)
    return load


def _locked(pk: int, by: User, move: str = "apply") -> SheetLoad:
    load = _found(pk, by)
    require(can(by, load, move))
    return load
