"""The page of one version: the chain that it belongs to, what may be done now, what reviewers said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.http import urlencode

from accounts.decisions import Decision
from agreements import agreement_rights as rights
from agreements.drafting import cells, changes, document, spec, words
from agreements.drafting.document import Document
from agreements.drafting.facts import Problem
from agreements.drafting.lists import Lists
from agreements.drafting.page import Desk
from agreements.drafting.spec import Path
from agreements.models import AgreementRemark
from agreements.workflow.moves import AGREEMENT_MOVES
from agreements.workflow.versions import MODELS, SYSTEMS

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from budget_portal.models import StoredFile


@dataclass(frozen=True)
class VersionRow:
    version: Any
    name: str
    url: str
    changes_url: str  # empty for the first version
    current: bool

    @property
    def system(self) -> str:
        return SYSTEMS.get(self.version.external_system, "")


@dataclass(frozen=True)
class Action:
    label: str
    url: str
    decision: Decision
    primary: bool = False


@dataclass(frozen=True)
class Grounds:
    reason: str
    effective: dt.date | None
    document: StoredFile | None


@dataclass(frozen=True)
class RemarkRow:
    remark: AgreementRemark
    place: str
    form_url: str
    may_resolve: bool


@dataclass(frozen=True)
class ChangeRow:
    place: str
    before: str
    after: str
    form_url: str


@dataclass(frozen=True)
class ProblemRow:
    place: str
    sentence: str
    form_url: str


def chain(user: User, kind: str, agreement: Any) -> list[VersionRow]:
    """All versions of the plan's or agency's year that the person sees, the newest first."""
    links = {"agency": agreement.agency_id, "fiscal_year": agreement.fiscal_year_id}
    if kind == "capital":
        links["plan"] = agreement.plan_id
    rows = MODELS[kind].objects.for_user(user).filter(**links).order_by("-version")
    return [
        VersionRow(
            row,
            words.version_name(row),
            reverse("agreements:agreement", args=[kind, row.pk]),
            reverse("agreements:agreement-changes", args=[kind, row.pk]) if row.amends_id else "",
            row.pk == agreement.pk,
        )
        for row in rows
    ]


def actions(user: User, kind: str, agreement: Any) -> list[Action]:
    """The moves that lead on from this state for a role that has any; the first is the usual one."""
    found = []
    for move in AGREEMENT_MOVES.values():
        if move.name != "supersede" and move.allows_state(agreement.state) and user.role in move.roles:
            url = reverse("agreements:agreement-move", args=[kind, agreement.pk, move.name])
            decision = rights.can(user, agreement, move.name)
            found.append(Action(move.label, url, decision, primary=move.name != "return"))
    if agreement.state == "exchanged" and user.role in rights.WRITERS:
        url = reverse("agreements:agreement-amend", args=[kind, agreement.pk])
        found.append(Action("تنظیم اصلاحیه", url, rights.can_amend(user, agreement), primary=True))
    return found


def grounds(kind: str, desk: Desk) -> Grounds | None:
    """Why, from when and on which document an amendment stands, as it is written now."""
    agreement = desk.agreement
    if agreement.version == 1:
        return None
    form = spec.amendment_form(kind)
    typed = desk.document.row(form.code, "", "")
    effective = agreement.valid_from
    if agreement.state == "draft":
        effective, _ = cells.read(cells.DATE, typed.get("valid_from", ""))
    reason = typed.get("reason", "") or agreement.reason
    return Grounds(reason, effective, agreement.document)


def remarks(user: User, kind: str, agreement: Any) -> list[RemarkRow]:
    may = bool(rights.can_remark(user, agreement))
    rows = agreement.remarks.select_related("made_by", "answered_by", "resolved_by")
    return [
        RemarkRow(
            row,
            place_name(kind, path := Path.parse(row.path)),
            place_url(kind, agreement, path) if path else "",
            may and row.resolved_at is None,
        )
        for row in rows
    ]


def changed(kind: str, agreement: Any) -> list[ChangeRow]:
    """Before and after of every field, against the version that this one amends."""
    before: Document = document.from_tables(agreement.amends)
    after = document.read(agreement)
    lists = Lists(agreement)
    return [
        ChangeRow(
            place_name(kind, change.path),
            _text(kind, change.path, change.before, lists),
            _text(kind, change.path, change.after, lists),
            _form_url(kind, agreement, change.path),
        )
        for change in changes.changes(before, after)
    ]


def problem_rows(kind: str, agreement: Any, problems: list[Problem]) -> list[ProblemRow]:
    return [
        ProblemRow(
            place_name(kind, problem.path._replace(row="", cell="")),
            problem.sentence,
            _form_url(kind, agreement, problem.path),
        )
        for problem in problems
    ]


def place_name(kind: str, path: Path | None) -> str:
    """«CA-4 عملیات · ۱۵۰۳۰۰۲۱۱۴ · ردیف ۲ · وزن»."""
    if path is None:
        return "—"
    form = spec.form_of(kind, path.form)
    parts = [f"{form.name} {form.title}" if form else path.form, path.part]
    if path.row:
        parts.append(f"ردیف {path.row}")
    if path.cell:
        parts.append(changes.label_of(kind, path))
    return " · ".join(filter(None, parts))


def standing_text(kind: str, agreement: Any, path: Path) -> str:
    """What stands in the cell of a remark."""
    return _text(kind, path, document.read(agreement).text(path), Lists(agreement)) if path.cell else ""


def place_url(kind: str, agreement: Any, path: Path) -> str:
    """The page of its form, at the cell."""
    anchor = f"#n-{path.form}-{path.part}-{path.row}-{path.cell}" if path.cell else "#remarks"
    return _form_url(kind, agreement, path) + anchor


def _text(kind: str, path: Path, text: str, lists: Lists) -> str:
    form = spec.form_of(kind, path.form)
    section = form.section_of(path.row) if form else None
    cell = section.cell(path.cell) if section else None
    return words.of_cell(cell, text, lists) if cell else text


def _form_url(kind: str, agreement: Any, path: Path | None) -> str:
    if path is None:
        return ""
    url = reverse("agreements:draft-form", args=[kind, agreement.pk, path.form])
    return f"{url}?{urlencode({'part': path.part})}" if path.part else url
