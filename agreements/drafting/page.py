"""What the page of one form shows: rows of cells with what they said in the version before, sums, sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from agreements import contracts
from agreements.drafting import changes, checks, closed, derived, document, saving, spec, words
from agreements.drafting.document import Agreement, Document
from agreements.drafting.facts import Facts, Problem
from agreements.drafting.lists import Lists
from agreements.drafting.spec import Cell, Form, Path, Section
from agreements.models import AgreementRemark
from budget_portal.digits import to_persian

MARKS = {"complete": "کامل", "empty": "شروع نشده", "begun": "کامل نیست", "mend": "باید اصلاح شود"}


@dataclass
class Desk:
    """A version on the table: its document, the one before, what is wrong with it. Each is read once."""

    agreement: Agreement
    editable: bool
    may_remark: bool = False

    @cached_property
    def lists(self) -> Lists:
        return Lists(self.agreement)

    @cached_property
    def document(self) -> Document:
        return document.read(self.agreement)

    @cached_property
    def before(self) -> Document | None:
        amends: Any = self.agreement.amends
        return document.from_tables(amends) if amends is not None else None

    @property
    def before_name(self) -> str:
        return words.version_name(self.agreement.amends) if self.agreement.amends else ""

    @cached_property
    def facts(self) -> Facts:
        return checks.facts_of(self.agreement)

    @cached_property
    def judged(self) -> checks.Judged:
        return checks.judge(self.document, self.facts, self.lists)

    def locked(self, path: Path) -> str:
        """Why a cell of a quarter that is over is not typed; empty where it is, or no longer says what it said."""
        planned = self.facts.locked.get((path.part, path.row)) if path.form == closed.FORM else None
        wrong = any(problem.path == path for problem in self.judged.problems)
        return "" if planned is None or wrong else closed.sentence(path.row, planned)

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        return spec.forms_of(self.document.kind, amends=bool(self.agreement.amends_id))

    @cached_property
    def changed(self) -> list[changes.Change]:
        return changes.changes(self.before, self.document) if self.before else []

    @cached_property
    def remarks(self) -> dict[str, list[AgreementRemark]]:
        """Path -> what reviewers said of that place, the oldest first."""
        found: dict[str, list[AgreementRemark]] = {}
        people = ("made_by", "answered_by", "resolved_by")
        for remark in self.agreement.remarks.select_related(*people):
            found.setdefault(remark.path, []).append(remark)
        return found

    @cached_property
    def new_rows(self) -> set[tuple[str, str, str]]:
        if self.before is None:
            return set()
        found = changes.rows_changed(self.before, self.document)
        return {(row.form, row.part, row.row) for row in found if row.added}

    @cached_property
    def derived(self) -> derived.Figures:
        return derived.Figures(self.agreement, self.document, self.before, self.lists)


@dataclass
class CellView:
    cell: Cell
    path: Path
    text: str
    shown: str  # in the input
    printed: str  # where nothing is typed
    was: str  # in the version before, where it differs
    label: str
    options: list[tuple[str, str]] = field(default_factory=list)
    tone: str = ""
    focus: bool = False
    locked: str = ""  # why nothing is typed here
    remarks: list[AgreementRemark] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"c-{self.path.form}-{self.path.part}-{self.path.row}-{self.path.cell}"

    @property
    def name(self) -> str:
        return f"{self.path.form}:{self.path.part}/{self.path.row}:{self.path.cell}"

    @property
    def message_id(self) -> str:
        return "e-" + self.name.replace(":", "-")


@dataclass
class RowView:
    key: str
    number: int
    title: str
    cells: list[CellView]
    derived: list[tuple[Any, str]]
    anchor: str
    memory: str
    memory_of: str
    messages: list[tuple[str, str, str]]  # id, tone, sentence
    is_new: bool = False
    removable: bool = False

    @property
    def tone(self) -> str:
        tones = {tone for _, tone, _ in self.messages}
        return "bad" if "bad" in tones else "warn" if "warn" in tones else ""


@dataclass(frozen=True)
class Sum:
    """The foot of one column; `wide` when the version before has a column beside it."""

    label: str
    now: str = ""
    then: str = ""
    wide: bool = False


@dataclass
class SectionView:
    section: Section
    number: int
    rows: list[RowView]
    totals: list[Sum]
    facts: list[tuple[str, str, str]]  # label, value, unit of what is computed for single fields
    chart: Any = None

    @property
    def has_totals(self) -> bool:
        return any(total.now for total in self.totals)

    @property
    def columns(self) -> int:
        """How many columns a sentence under a row spans."""
        return 3 + len(self.totals) + sum(total.wide for total in self.totals)


@dataclass
class FormView:
    form: Form
    part: str
    sections: list[SectionView]
    messages: list[tuple[str, str]]
    table: Any = None
    contracts: Any = None  # CA-7: from the register
    remarks: list[AgreementRemark] = field(default_factory=list)  # on the form as a whole


@dataclass
class Task:
    form: Form
    url: str
    state: str
    note: str
    current: bool
    remarks: int  # not dealt with yet


def build(desk: Desk, form: Form, part: str) -> FormView:
    place = Path(form.code, part, "", "")
    said = [problem for problem in desk.judged.problems if problem.path == place]
    sections = [_section(desk, form, part, number) for number in range(len(form.sections))]
    messages = [(_tone(problem), problem.sentence) for problem in said]
    found = FormView(form, part, sections, messages, desk.derived.table(form))
    whole = {str(Path(form.code, name, "", "")) for name in ("", part)}
    found.remarks = [remark for path in sorted(whole) for remark in desk.remarks.get(path, [])]
    if form.code == "CA-7":
        found.contracts = contracts.of_project(desk.derived.projects()[part])
    return found


def _section(desk: Desk, form: Form, part: str, number: int) -> SectionView:
    section = form.sections[number]
    rows = list(_rows(desk, form, part, section))
    figures = desk.derived
    facts = []
    if section.rows == "single":
        for one in section.derived:
            facts.append((one.label, words.of_derived(one, figures.fact(form, part, one.name)), one.unit))
    return SectionView(
        section,
        number,
        rows,
        _totals(desk, form, part, section),
        facts,
        figures.chart(form, part) if section.rows == "points" else None,
    )


def _rows(desk: Desk, form: Form, part: str, section: Section) -> Iterator[RowView]:
    if section.rows == "single":
        for number, cell in enumerate(section.cells, start=1):
            yield _row(desk, form, part, section, "", number, (cell,), cell.name)
        return
    for number, key in enumerate(_keys(desk, form, part, section), start=1):
        yield _row(desk, form, part, section, key, number, section.cells, key)


def _keys(desk: Desk, form: Form, part: str, section: Section) -> list[str]:
    if section.rows == "chapters":
        return saving.chapter_rows(desk.document, section)
    typed = [key for key, _ in desk.document.rows(form, part, section)]
    fixed = saving.fixed_rows(desk.agreement, section)
    return sorted({*typed, *fixed}, key=document.order) if fixed else typed


def _row(
    desk: Desk,
    form: Form,
    part: str,
    section: Section,
    key: str,
    number: int,
    cells: tuple[Cell, ...],
    name: str,
) -> RowView:
    texts = desk.document.row(form.code, part, key)
    title = words.of_row(section, key, desk.lists)
    where = Path(form.code, part, key, "")
    said = [
        problem
        for problem in desk.judged.problems
        if problem.path[:3] == where[:3] and problem.path.cell in {cell.name for cell in cells}
    ]
    views = [
        _cell(desk, where._replace(cell=cell.name), cell, texts, title or f"ردیف {number}", said)
        for cell in cells
    ]
    known = section.cells if section.rows == "single" else cells
    shown = {cell.name: texts.get(cell.name, "") for cell in known}
    # A blank cell that was never touched says nothing in red; the list at the side counts it.
    messages: list[tuple[str, str, str]] = []
    for problem in said:
        name = "e-" + _name(problem.path).replace(":", "-")
        if not problem.missing and name not in {known_id for known_id, _, _ in messages}:
            messages.append((name, _tone(problem), problem.sentence))
    memory = {"k": form.code, "id": f"{part}/{key}", "v": 0, "c": shown}
    figures = [
        (one, words.of_derived(one, desk.derived.of_row(form, part, key, one.name)))
        for one in section.derived
    ]
    return RowView(
        key=key,
        number=number,
        title=title,
        cells=views,
        derived=figures if section.rows != "single" else [],
        anchor=f"{form.code}-{part}-{name}".replace(".", "_"),
        memory=json.dumps(memory, ensure_ascii=False),
        memory_of=f"{form.code}:{part}/{key}",
        messages=messages,
        is_new=(form.code, part, key) in desk.new_rows and bool(key),
        removable=section.may_grow and key not in saving.fixed_rows(desk.agreement, section),
    )


def _cell(
    desk: Desk, path: Path, cell: Cell, texts: dict[str, str], row: str, said: list[Problem]
) -> CellView:
    text = texts.get(cell.name, "")
    mine = [problem for problem in said if problem.path.cell == cell.name and not problem.missing]
    return CellView(
        cell=cell,
        path=path,
        text=text,
        shown=words.of_input(cell, text),
        printed=words.of_cell(cell, text, desk.lists),
        was=_was(desk, path, cell, text),
        label=f"{cell.label}، {row}" if path.row else cell.label,
        options=_options(desk, cell, text),
        tone=_tone(mine[0]) if mine else "",
        locked=desk.locked(path) if desk.editable else "",
        remarks=desk.remarks.get(str(path), []),
    )


def _was(desk: Desk, path: Path, cell: Cell, text: str) -> str:
    if desk.before is None:
        return ""
    before = desk.before.text(path)
    return "" if before == text else words.of_cell(cell, before, desk.lists)


def _options(desk: Desk, cell: Cell, text: str) -> list[tuple[str, str]]:
    if cell.choices:
        return list(cell.choices)
    if not cell.listed:
        return []
    found = [(entry.code, entry.title) for entry in desk.lists.offered(cell.listed).values()]
    return found if not text or text in dict(found) else [(text, desk.lists.title(cell.listed, text)), *found]


def _totals(desk: Desk, form: Form, part: str, section: Section) -> list[Sum]:
    if section.rows == "single":
        return []
    found = []
    for cell in section.cells:
        now = desk.derived.total(desk.document, form, part, section, cell.name) if cell.summed else ""
        then = ""
        if cell.summed and desk.before:
            then = desk.derived.total(desk.before, form, part, section, cell.name)
        found.append(Sum(cell.label, now, then, wide=cell.figure and desk.before is not None))
    for one in section.derived:
        now = desk.derived.derived_total(form, part, section, one.name) if one.summed else ""
        found.append(Sum(one.label, now))
    return found


def tasks(desk: Desk, current: Form, part: str, base: str) -> list[Task]:
    found = []
    for form in desk.forms:
        url = f"{base}{form.code}/" + (f"?part={part}" if form.per_project and part else "")
        state = desk.judged.states[form.code]
        found.append(
            Task(form, url, state, _note(desk, form, state), form is current, open_remarks(desk, form))
        )
    return found


def open_remarks(desk: Desk, form: Form) -> int:
    """What is left of the remarks for whoever reads: to deal with for the agency, to close for the reviewer."""
    waiting = {"open"} if desk.editable else {"open", "answered"}
    said = [one for path, rows in desk.remarks.items() if path.startswith(f"{form.code}/") for one in rows]
    return sum(one.stage in waiting for one in said)


def _note(desk: Desk, form: Form, state: str) -> str:
    wrong = [problem for problem in desk.judged.of(form) if problem.blocks and not problem.missing]
    missing = [problem for problem in desk.judged.of(form) if problem.blocks and problem.missing]
    if wrong:
        return f"{to_persian(len(wrong))} مورد باید اصلاح شود"
    if form.code == "CA-7":
        return "از شناسنامهٔ پروژه" if state == "complete" else "ثبت نشده (اختیاری)"
    if state == "empty" and any(section.optional for section in form.sections):
        return "شروع نشده (اختیاری)"
    if state == "begun":
        return f"{to_persian(len(missing))} مورد مانده است"
    changed = [change for change in desk.changed if change.path.form == form.code]
    rows = {row for row in desk.new_rows if row[0] == form.code}
    changed = [change for change in changed if change.path[:3] not in rows]
    notes = [f"{to_persian(len(changed))} تغییر"] if changed else []
    notes += [f"{to_persian(len(rows))} ردیف تازه"] if rows else []
    return "، ".join(notes) if notes else MARKS[state]


def _name(path: Path) -> str:
    return f"{path.form}:{path.part}/{path.row}:{path.cell}"


def _tone(problem: Problem) -> str:
    return "bad" if problem.blocks else "warn"
