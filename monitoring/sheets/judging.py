"""What every row of a sheet would do to the form: matched, doubtful in its unit, unreadable, without a line, locked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agreements.models.projects import STATUSES
from budget_portal import jalali
from budget_portal.digits import drop_marks, group, to_persian
from budget_portal.numbers import read_amount, read_quantity, unit_trap
from budget_portal.tables.grammar import UNITS, read_day, shown, written
from budget_portal.tables.reader import Cell
from budget_portal.text import fold, normalise
from monitoring import cells, rule_inputs
from monitoring.cells import AMOUNT, DATE, NOT_APPLICABLE, SIGNED, STATUS, TEXT
from monitoring.progress import Operation, physical_progress
from monitoring.ratios import as_percent
from monitoring.rules import Scope
from monitoring.sheets import block, causes
from monitoring.sheets.block import Match, Rows
from monitoring.sheets.columns import BY_KIND, Table
from monitoring.sheets.form import Form, Line

OK, TRAP, UNREADABLE, UNMATCHED, TOTAL = "ok", "trap", "unreadable", "unmatched", "total"
LOCKED, SAME, TWICE, CONFLICT, UNFIT = "locked", "same", "twice", "conflict", "unfit"
WORDS = {
    OK: "مطابق",
    TRAP: "واحد مشکوک",
    UNREADABLE: "خوانا نیست",
    UNMATCHED: "ردیف متناظر ندارد",
    TOTAL: "ردیف متناظر ندارد؛ نادیده گرفته می‌شود",
    LOCKED: "قفل",
    SAME: "بدون تغییر",
    TWICE: "دو بار آمده است",
    CONFLICT: "در همین میان تغییر کرده است",
    UNFIT: "ناسازگار",
}
# Rows that keep a file from being written as a whole; sums and unchanged rows do not.
BAD = frozenset({TRAP, UNREADABLE, UNMATCHED, LOCKED, TWICE, CONFLICT, UNFIT})
NO_LINE = "«{code}» در فرم این مقطع نیست."
NO_KEY = "کد این ردیف خالی است."
MANY_LINES = "این کد {count} ردیف دارد؛ «{column}» را هم بنویسید."
REPEATED = "سطر {row} نیز همین ردیف را دارد؛ یکی را بردارید."
COMPLETED = STATUSES["completed"]
EARLY = "وضعیت «خاتمه‌یافته» پیشرفت ۱۰۰ درصد می‌خواهد؛ با این مقادیر {progress} درصد است."
TOO_FAR = "بیش از ردیف‌های فرم است."
NOT_CLEARED = "{cells} در اکسل خالی است؛ آنچه ثبت است می‌ماند. برای پاک کردن، خانه را در جدول خالی کنید."
BLOCKS = "پس از ثبت، جلوی ارسال این ردیف گرفته می‌شود: {sentence}"
UNITS_KNOWN = ("million-rials", "thousand-rials", "toman", "rial")


@dataclass
class Judged:
    """One cell: what stands there, what the sheet says, and the text that would be written."""

    cell: str
    label: str
    now: str
    text: str
    result: str = OK
    problem: str = ""
    offered: int | None = None
    is_figure: bool = True
    theirs: str | None = None  # what somebody else wrote since the page was made

    @property
    def difference(self) -> str:
        try:
            known = self.is_figure and self.result in {OK, CONFLICT}
            return f"{int(self.text) - int(self.now):+d}" if known else ""
        except ValueError:
            return ""


@dataclass
class RowResult:
    """One row of the sheet; `number` as the spreadsheet counts."""

    number: int
    result: str
    title: str = ""
    key: str = ""
    sentence: str = ""
    line: Line | None = None
    cells: list[Judged] = field(default_factory=list)
    emptied: list[str] = field(
        default_factory=list
    )  # titles of cells that are filled, and empty in the sheet
    blocks: list[str] = field(default_factory=list)  # what would keep the line from leaving the agency

    @property
    def words(self) -> str:
        return WORDS[self.result]

    @property
    def sentences(self) -> list[str]:
        own = [self.sentence] if self.sentence else []
        own += [f"{cell.label}: {cell.problem}" for cell in self.cells if cell.problem]
        return own + ([NOT_CLEARED.format(cells=_quoted(self.emptied))] if self.emptied else [])

    @property
    def writes(self) -> list[Judged]:
        return [cell for cell in self.cells if cell.result in {OK, CONFLICT}]


def judge(rows: Rows, found: Match, form: Form) -> list[RowResult]:
    """Every row below the heads, in the order of the sheet."""
    table = BY_KIND[found.kind]
    ordered = form.after(found.start) if found.start else []
    results: list[RowResult] = []
    for number, row in enumerate(rows, start=1):
        if number <= found.header_row or block.is_empty(row):
            continue
        result = (
            _started(number, ordered, len(results)) if found.start else _matched(number, row, found, form)
        )
        if result.line is not None:
            _fill(result, row, found, table, form)
        results.append(result)
    _tell_repeated(results)
    return results


def _started(number: int, ordered: Sequence[Line], place: int) -> RowResult:
    if place >= len(ordered):
        return RowResult(number, UNMATCHED, sentence=TOO_FAR)
    line = ordered[place]
    return RowResult(number, OK, line.title, line.keys[0], line=line)


def _matched(number: int, row: Sequence[Cell], found: Match, form: Form) -> RowResult:
    table = BY_KIND[found.kind]
    given = {column.name: _text(row, found.place(column.name)) for column in table.keys}
    title = _text(row, found.place("title"))
    first = table.keys[0]
    if label := block.total_label(row):
        lines = form.find(table, given) if given[first.name] else []
        if not lines:
            return RowResult(number, TOTAL, label)
    if given[first.name]:
        lines, named = form.find(table, given), given[first.name]
    else:
        lines, named = (form.by_title(table, title) if title else []), title
    if len(lines) == 1:
        return RowResult(number, OK, lines[0].title, lines[0].keys[0], line=lines[0])
    key = " / ".join(text for text in given.values() if text)
    if not named:
        return RowResult(number, UNMATCHED, title, key, NO_KEY)
    if not lines:
        return RowResult(number, UNMATCHED, title, key, NO_LINE.format(code=key or named))
    missing = next((column for column in table.keys if not given[column.name]), first)
    sentence = MANY_LINES.format(count=to_persian(len(lines)), column=missing.title)
    return RowResult(number, UNMATCHED, lines[0].title, key, sentence)


def _fill(result: RowResult, row: Sequence[Cell], found: Match, table: Table, form: Form) -> None:
    line = result.line
    assert line is not None  # noqa: S101 - asked by the caller
    for place, name in found.columns.items():
        column = table.column(name)
        if column is None or column.role != "cell":
            continue
        raw = row[place] if place < len(row) else None
        if block.is_empty((raw,)):
            result.emptied += [column.title] if line.texts[column.name] else []
        elif (judged := _cell(line, column.name, column.title, raw, found.unit, form)) is not None:
            result.cells.append(judged)
    kinds = {cell.result for cell in result.cells}
    if not result.cells:
        result.result = SAME
    elif line.locked:
        result.result, result.sentence = LOCKED, line.locked
    else:
        result.result = next(kind for kind in (UNREADABLE, TRAP, OK) if kind in kinds)
        result.blocks = _blocks(line, result.cells, form)


def _blocks(line: Line, cells: Sequence[Judged], form: Form) -> list[str]:
    """What the rules in force would say of a money line with these cells, where it keeps the line back."""
    if line.row is None:
        return []
    figures, context = rule_inputs.line_case(line.row, form.submission, line.row.credit_in_force)
    texts = {cell.cell: cell.text if cell.offered is None else str(cell.offered) for cell in cells}
    unread = {cell.cell for cell in cells if cell.result == UNREADABLE}
    money = {name: text for name, text in texts.items() if name in figures.MONEY and name not in unread}
    dashed = {name for name, text in money.items() if text == "—"}
    given = replace(
        figures,
        reason=texts.get("reason", figures.reason),
        not_applicable=figures.not_applicable - money.keys() | dashed,
        **{name: None if name in dashed else int(text) for name, text in money.items()},
    )
    hits = form.book.judge(Scope.FINANCE_LINE, given, context)
    return [BLOCKS.format(sentence=hit.sentence) for hit in hits if hit.blocks]


def _cell(line: Line, name: str, label: str, raw: Cell, unit: str, form: Form) -> Judged | None:
    """None when the cell says what stands there already."""
    now = line.texts[name]
    sort = "causes" if name == causes.CELL else cells.CELLS[line.kind][name]
    text, problem, value = _read(sort, raw, unit, form)
    is_figure = sort in cells.FIGURES
    if problem:
        if text == now:  # the raw text that the cell keeps already
            return None
        return Judged(name, label, now, text, UNREADABLE, problem, is_figure=is_figure)
    if _same(sort, text, now):
        return None
    judged = Judged(name, label, now, text, is_figure=is_figure)
    if sort in {SIGNED, AMOUNT} and value is not None:
        trap = unit_trap(value, line.last.get(name), line.ceiling)
        if trap is not None:
            judged.result, judged.problem, judged.offered = TRAP, trap.message, trap.offered
    return judged


def _same(sort: str, text: str, now: str) -> bool:
    if sort == TEXT:
        return " ".join(text.split()) == " ".join(now.split())
    return text == now


def _read(sort: str, raw: Cell, unit: str, form: Form) -> tuple[str, str | None, int | None]:
    """The text to write (as a cell of the grid holds it), or why it cannot be read; an amount's value beside it."""
    text = drop_marks(plain(raw)).strip()
    if sort in cells.FIGURES and text in NOT_APPLICABLE:
        return "—", None, None
    if sort in {SIGNED, AMOUNT}:
        factor = int(UNITS[unit])
        given = raw if isinstance(raw, int | float) and not isinstance(raw, bool) else text
        amount = read_amount(given, factor, allow_negative=sort == SIGNED)
        if amount.problem or amount.value is None:
            return text[:200], amount.problem or cells.UNREADABLE.format(raw=text[:60]), None
        return str(amount.value), None, amount.value
    if sort == "causes":
        shares, problem = causes.read(text, form.causes)
        if problem:
            return text[:200], problem, None
        return _causes_text(shares, form), None, None
    if sort == STATUS:
        by_label = {fold(label): label for label in STATUSES.values()} | {
            fold(key): label for key, label in STATUSES.items()
        }
        label = by_label.get(fold(text), "")
        return (label, None, None) if label else (text[:60], cells.NO_STATUS, None)
    if sort == DATE:
        return _day(raw, text)
    value, problem = cells.read(sort, text)
    if problem:
        return text[:200], problem, None
    return (text_of(value) if sort != TEXT else str(value)), None, None


def plain(raw: Cell) -> str:
    """The text of a cell; a number with as many digits as a spreadsheet holds."""
    if isinstance(raw, float) and not raw.is_integer():
        return f"{raw:.15g}"
    return written(raw) if isinstance(raw, int | float) else str(raw or "")


def _day(raw: Cell, text: str) -> tuple[str, str | None, int | None]:
    day, problem = read_day(raw)
    return (text[:60], problem, None) if day is None else (jalali.format_iso(day), None, None)


def text_of(value: Any) -> str:
    """A figure as the input of a cell holds it."""
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def _causes_text(shares: causes.Shares, form: Form) -> str:
    """In the words and order of what is stored, so that equal causes are equal texts."""

    @dataclass
    class One:
        cause: Any
        share: Any
        text: str

    return causes.written(One(form.causes[pk], share, text) for pk, (share, text) in shares.items())


def _tell_repeated(results: list[RowResult]) -> None:
    """Two rows of one line write the same cell: nobody knows which is meant."""
    seen: dict[tuple[str, str], RowResult] = {}
    for row in results:
        if row.line is None:
            continue
        for cell in row.cells:
            first = seen.setdefault((row.line.name, cell.cell), row)
            if first is not row:
                for one, other in ((row, first), (first, row)):
                    one.result = TWICE
                    one.sentence = REPEATED.format(row=to_persian(other.number))


def judge_together(sheets: Sequence[Sequence[RowResult]], form: Form) -> None:
    """What single rows cannot tell: a finished project has a progress of 100 percent, from all its sheets."""
    written = {
        (row.line.name, cell.cell): cell.text
        for rows in sheets
        for row in rows
        if row.line is not None and row.result == OK
        for cell in row.cells
    }
    parts: dict[str, list[Operation]] = {}
    for line in form.lines.get("operation", ()):
        text = written.get((line.name, "quantity_done"), line.texts["quantity_done"])
        quantity = read_quantity(text).value
        operation = Operation(line.shown["target"], line.shown["weight"], quantity)
        if not line.locked:
            parts.setdefault(line.keys[0], []).append(operation)
    states = {
        line.keys[0]: written.get((line.name, "status"), line.texts["status"])
        for line in form.lines.get("project", ())
    }
    for rows in sheets:
        for row in rows:
            if row.line is None or row.result != OK or row.line.kind not in {"operation", "project"}:
                continue
            key = row.line.keys[0]
            progress = as_percent(physical_progress(parts.get(key, ())))
            if states.get(key) == COMPLETED and progress not in (None, 100):
                _refuse_early(row, progress)


def _refuse_early(row: RowResult, progress: Any) -> None:
    for cell in row.cells:
        if cell.cell in {"status", "quantity_done"}:
            cell.result, cell.problem = UNREADABLE, EARLY.format(progress=group(progress.normalize()))
            row.result = UNFIT


def _quoted(titles: Sequence[str]) -> str:
    return "، ".join(f"«{title}»" for title in titles)


def _text(row: Sequence[Cell], place: int | None) -> str:
    if place is None or place >= len(row):
        return ""
    return normalise(drop_marks(shown(row[place])))


def counts(results: Sequence[RowResult]) -> dict[str, int]:
    found = dict.fromkeys(WORDS, 0)
    for row in results:
        found[row.result] += 1
    return found


def said(text: str) -> str:
    """A figure of a cell as people read it."""
    digits = text.removeprefix("-")
    return group(int(text)) if digits.isdecimal() and digits.isascii() else text
