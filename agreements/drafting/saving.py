"""Typing into a draft: one cell, one row at a time, never silently over what somebody else wrote meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accounts.decisions import require
from agreements.drafting import access, cells, checks, closed, document, spec
from agreements.drafting.document import PROJECTS, Document
from agreements.drafting.spec import POSITION, Cell, Form, Path, Section
from budget_portal import audit
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken, StaleVersion, WrongState
from budget_portal.moves import verb
from budget_portal.text import MOST_TYPED, too_long

if TYPE_CHECKING:
    from accounts.models import User
    from agreements.models.versions import AgreementVersion

CHANGED = "این خانه را کس دیگری در همین میان تغییر داده است. کدام مقدار بماند؟"
ROW_CHANGED = "این ردیف را کس دیگری در همین میان تغییر داده است؛ برداشته نشد."
ROW_GONE = "این ردیف را کس دیگری در همین میان برداشته است."
FULL = "بیش از {most} {noun} پذیرفته نیست."


class NoSuchPlace(LookupError):
    """A path that no form of this version has: the address is wrong, nobody typed it."""


@dataclass(frozen=True)
class Saved:
    agreement: AgreementVersion
    document: Document
    text: str


@verb
def save_cell(kind: str, pk: int, path: Path, text: str, *, seen: str | None, by: User) -> Saved:
    """Keep what was typed into one cell; `seen` is the text that stood there when the person began to type."""
    agreement = _locked(kind, pk, by)
    found = document.read(agreement)
    cell = _cell(agreement, found, path)
    before, after = found.text(path), _kept_text(cell, text)
    if before == after:
        return Saved(agreement, found, after)
    _refuse_stale(cell, before, seen, text)
    _refuse_closed(agreement, path, cell, after)
    found.put(path, after)
    _keep(agreement, found)
    name = str(path)
    audit.record("agreement.cell_saved", agreement, by=by, before={name: before}, after={name: after})
    return Saved(agreement, found, after)


@verb
def add_row(kind: str, pk: int, code: str, part: str, number: int, *, by: User) -> str:
    """A new empty row in the numbered section of a form; returns its key."""
    agreement = _locked(kind, pk, by)
    found = document.read(agreement)
    form, section = _section(agreement, found, code, part, number)
    key = _new_row(agreement, found, form, part, section)
    _keep(agreement, found)
    audit.record("agreement.row_added", agreement, by=by, after={"row": f"{form.code}/{part}/{key}"})
    return key


@verb
def remove_row(
    kind: str, pk: int, code: str, part: str, row: str, *, seen: dict[str, str] | None, by: User
) -> None:
    """Take a row away, if it still says what the person saw."""
    agreement = _locked(kind, pk, by)
    found = document.read(agreement)
    form = _form(agreement, found, code, part)
    section = form.section_of(row)
    now = found.row(form.code, part, row)
    if section is None or not section.may_grow or row in fixed_rows(agreement, section):
        raise NoSuchPlace(row)
    if row not in dict(found.rows(form, part, section)):
        raise WrongState(ROW_GONE)
    typed = {name: text for name, text in now.items() if name != POSITION}
    if seen is not None and typed != {name: text for name, text in seen.items() if text}:
        raise StaleVersion(ROW_CHANGED, mine=seen, theirs=now)
    found.remove_row(form.code, part, row)
    _keep(agreement, found)
    name = f"{form.code}/{part}/{row}"
    audit.record("agreement.row_removed", agreement, by=by, before={"row": name, **now})


@verb
def move_row(kind: str, pk: int, code: str, part: str, row: str, *, up: bool, by: User) -> None:
    """One place up or down, in a section where the order of rows has meaning; its key stays."""
    agreement = _locked(kind, pk, by)
    found = document.read(agreement)
    form = _form(agreement, found, code, part)
    section = form.section_of(row)
    if section is None or not section.ordered:
        raise NoSuchPlace(row)
    keys = [key for key, _ in found.rows(form, part, section)]
    if row not in keys:
        raise WrongState(ROW_GONE)
    at = keys.index(row)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(keys):
        return
    keys[at], keys[to] = keys[to], keys[at]
    for number, key in enumerate(keys, start=1):
        found.put(Path(form.code, part, key, POSITION), str(number))
    _keep(agreement, found)
    name = f"{form.code}/{part}/{row}"
    before, after = {"row": name, "place": at + 1}, {"row": name, "place": to + 1}
    audit.record("agreement.row_moved", agreement, by=by, before=before, after=after)


@dataclass(frozen=True)
class Laid:
    """One row of a pasted table: what it writes, and what stood there in the preview. No key: a new row."""

    row: str
    texts: dict[str, str]
    seen: dict[str, str]


@verb
def lay_rows(kind: str, pk: int, code: str, part: str, number: int, rows: Sequence[Laid], *, by: User) -> int:
    """Write a pasted table into a section, whole or not at all; returns the number of changed rows."""
    agreement = _locked(kind, pk, by)
    found = document.read(agreement)
    form, section = _section(agreement, found, code, part, number)
    before = found.copy()
    for laid in rows:
        key = laid.row or _new_row(agreement, found, form, part, section)
        for name, text in laid.texts.items():
            path = Path(form.code, part, key, name)
            cell = _cell(agreement, found, path)
            after = _kept_text(cell, text)
            if found.text(path) != after:
                _refuse_stale(cell, found.text(path), laid.seen.get(name, ""), text)
                found.put(path, after)
    _keep(agreement, found)
    facts = {"form": form.code, "part": part, "rows": len(rows)}
    if found.content != before.content:
        audit.record("agreement.rows_laid", agreement, by=by, after=facts)
    return len(rows)


@verb
def attach_document(kind: str, pk: int, document_id: int, *, by: User) -> None:
    """The letter of an amendment, already checked and kept; one that was attached before stays in the log."""
    agreement = _locked(kind, pk, by)
    if agreement.amends_id is None:
        raise NoSuchPlace("document")
    before, agreement.document_id = agreement.document_id, document_id
    agreement.ready = checks.is_ready(agreement)
    agreement.save(update_fields=["document", "ready"])
    audit.record(
        "agreement.document_attached",
        agreement,
        by=by,
        before={"document": before},
        after={"document": document_id},
    )


@verb
def add_project(pk: int, code: str, *, by: User) -> None:
    """A project of the plan joins the version."""
    agreement = _locked("capital", pk, by)
    found = document.read(agreement)
    if not agreement.plan.projects.filter(agency=agreement.agency_id, code=code).exists():
        raise NoSuchPlace(code)
    if code in found.projects:
        return
    found.content.setdefault(PROJECTS, {})[code] = {}
    _keep(agreement, found)
    audit.record("agreement.project_added", agreement, by=by, after={"project": code})


@verb
def remove_project(pk: int, code: str, *, by: User) -> None:
    """A project leaves the version with everything that was typed for it."""
    agreement = _locked("capital", pk, by)
    found = document.read(agreement)
    if code not in found.projects:
        raise WrongState(ROW_GONE)
    gone = {form: parts.pop(code) for form, parts in found.content.items() if code in parts}
    found.content = {form: parts for form, parts in found.content.items() if parts or form == PROJECTS}
    _keep(agreement, found)
    audit.record(
        "agreement.project_removed", agreement, by=by, before={"project": code, "forms": sorted(gone)}
    )


# --- what the verbs share --------------------------------------------------------------------------------------


def _locked(kind: str, pk: int, by: User) -> Any:
    agreement = access.versions(kind, by).select_for_update(of=("self",)).get(pk=pk)
    require(access.can_write(by, agreement))
    return agreement


def _kept_text(cell: Cell, text: str) -> str:
    """What the document keeps. No text is cut: one that is too long stays with the person who typed it."""
    kept = cells.tidy(cell.sort, text)
    if len(kept) > MOST_TYPED:
        raise RuleBroken(too_long())
    return kept


def _keep(agreement: Any, found: Document) -> None:
    agreement.draft = found.content
    agreement.ready = checks.is_ready(agreement)
    agreement.save(update_fields=["draft", "ready"])


def _form(agreement: Any, found: Document, code: str, part: str) -> Form:
    forms = spec.forms_of(found.kind, amends=bool(agreement.amends_id))
    form = next((form for form in forms if form.code == code), None)
    if form is None or part not in found.parts(form):
        raise NoSuchPlace(code)
    return form


def _section(agreement: Any, found: Document, code: str, part: str, number: int) -> tuple[Form, Section]:
    form = _form(agreement, found, code, part)
    if not 0 <= number < len(form.sections) or not form.sections[number].may_grow:
        raise NoSuchPlace(code)
    return form, form.sections[number]


def _cell(agreement: Any, found: Document, path: Path) -> Cell:
    form = _form(agreement, found, path.form, path.part)
    section = form.section_of(path.row)
    cell = section.cell(path.cell) if section else None
    if section is None or cell is None:
        raise NoSuchPlace(str(path))
    rows = dict(found.rows(form, path.part, section))
    if section.rows == "chapters":
        if path.row not in chapter_rows(found, section):
            raise WrongState(ROW_GONE)
    elif section.rows != "single" and path.row not in rows and path.row not in fixed_rows(agreement, section):
        raise WrongState(ROW_GONE)
    return cell


def chapter_rows(found: Document, section: Section) -> list[str]:
    """One row per chapter that form 2-a names."""
    form = spec.form_of(found.kind, "2-a")
    assert form is not None  # noqa: S101 - an expense agreement has it
    rows = found.rows(form, "", form.sections[0])
    codes = {row.get("expense_chapter", "") for _, row in rows}
    return [section.prefix + code for code in sorted(codes) if code]


def fixed_rows(agreement: Any, section: Section) -> list[str]:
    """Rows that are always there: the quarters of the year."""
    year = agreement.fiscal_year.year
    return (
        [f"{section.prefix}{year}-{quarter}" for quarter in (1, 2, 3, 4)] if section.rows == "points" else []
    )


def _new_row(agreement: Any, found: Document, form: Form, part: str, section: Section) -> str:
    rows = [key for key, _ in found.rows(form, part, section)]
    if len({*rows, *fixed_rows(agreement, section)}) >= section.most:
        raise RuleBroken(FULL.format(most=to_persian(section.most), noun=section.noun))
    earlier: list[str] = []
    if agreement.amends is not None and section.rows == "free":
        earlier = [key for key, _ in document.from_tables(agreement.amends).rows(form, part, section)]
    key = _new_key(agreement, section, rows, earlier)
    last = max((document.place(row) for _, row in found.rows(form, part, section)), default=0)
    found.add_row(form.code, part, key)
    if last:
        found.put(Path(form.code, part, key, POSITION), str(last + 1))
    return key


def _new_key(agreement: Any, section: Section, rows: list[str], earlier: list[str]) -> str:
    if section.rows == "free":
        # A key names the same row in every version: the next one is above all of this and of the one before.
        used = [int(key[len(section.prefix) :]) for key in [*rows, *earlier]]
        return f"{section.prefix}{max(used, default=0) + 1}"
    if section.rows == "natural":
        used = [int(key.rpartition("~")[2]) for key in rows if "~" in key]
        return f"{section.prefix}~{max(used, default=0) + 1}"
    years = [int(key[len(section.prefix) :].partition("-")[0]) for key in rows]
    year = max([*years, agreement.fiscal_year.year]) + 1
    return f"{section.prefix}{year}-4" if section.rows == "points" else f"{section.prefix}{year}"


def _refuse_stale(cell: Cell, now: str, seen: str | None, mine: str) -> None:
    if seen is not None and cells.tidy(cell.sort, seen) != now:
        raise StaleVersion(CHANGED, mine=mine, theirs=now)


def _refuse_closed(agreement: Any, path: Path, cell: Cell, after: str) -> None:
    """A quarter that is over takes no other plan than the version before gave it."""
    if path.form != closed.FORM:
        return
    planned = closed.locked(agreement).get((path.part, path.row))
    if planned is not None and cells.read(cell.sort, after)[0] != planned:
        raise RuleBroken(closed.sentence(path.row, planned))
