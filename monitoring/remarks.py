"""Saying something about a submission, a line or a cell, without moving it: comments, flags, questions, answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.decisions import Allowed, Decision, Denied, require
from accounts.models import User
from accounts.scopes import AGENCY
from budget_portal import audit, outbox
from budget_portal.errors import RuleBroken, WrongState
from budget_portal.moves import verb
from budget_portal.text import is_blank, normalise
from monitoring import entry
from monitoring.cells import CELLS
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
    SubmissionRemark,
)
from monitoring.presenters.cells import CELL_LABELS

SPEAKERS = frozenset({"agency_user", "agency_head", "treasurer", "budget_expert", "consolidation"})
MOST = 2000
NOT_YOURS = "یادداشت را دستگاه، ذیحساب، کارشناس بودجه و گروه تلفیق می‌نویسند."
OTHERS = "این یادداشت را نویسندهٔ آن، یا همکار هم‌نقش او، رسیدگی‌شده می‌خواند."
EMPTY = "متن یادداشت را بنویسید."
TOO_LONG = "یادداشت از ۲۰۰۰ نویسه بلندتر است؛ آن را کوتاه کنید."
NOT_THERE = "این جا در پروندهٔ این مقطع نیست."
RESOLVED = "این یادداشت رسیدگی‌شده است. برای ادامه، نخست آن را بازگشایید."
ALREADY = "این یادداشت پیش‌تر رسیدگی‌شده شمرده شده است."
NOT_RESOLVED = "این یادداشت هنوز باز است."
SORTS = ("comment", "flag", "question")


@dataclass(frozen=True)
class Place:
    """What a remark speaks of: a cell (`capital:12:spent`), a line, or with none of them the whole submission."""

    cell: str = ""
    project: int | None = None
    programme: int | None = None
    chapter: int | None = None


def can_speak(user: User) -> Decision:
    """Whoever works on the submission; that they see it at all is the scope's to say."""
    return Allowed() if user.role in SPEAKERS else Denied(NOT_YOURS)


def can_resolve(user: User, remark: SubmissionRemark) -> Decision:
    """Settled for the one who said it, not for the one who was asked."""
    if not (speaks := can_speak(user)):
        return speaks
    same = remark.author_id == user.pk or _side(remark.role) == _side(user.role or "")
    return Allowed() if same else Denied(OTHERS)


@verb
def add(
    submission_id: int, text: str, *, by: User, sort: str = "comment", place: Place | None = None
) -> SubmissionRemark:
    """Say something of a place of the form; a question tells whoever holds the submission now."""
    submission = PerformanceSubmission.objects.for_user(by).filter(_read(by)).locked(submission_id)
    require(can_speak(by))
    if sort not in SORTS:
        raise RuleBroken(NOT_THERE)
    remark = SubmissionRemark.objects.create(
        submission=submission,
        sort=sort,
        text=_clean(text),
        author=by,
        role=by.role,
        **_named(submission, place),
    )
    after = {"remark": remark.pk, "sort": sort, "cell": remark.cell, "place": remark.place}
    audit.record("remark.added", submission, by=by, after=after, note=remark.text)
    if sort == "question":
        outbox.add("remark.asked", submission, remark=remark.pk)
    return remark


@verb
def answer(remark_id: int, text: str, *, by: User) -> SubmissionRemark:
    """Go on with the thread; an answer by somebody else is what its author waits for."""
    remark = _locked(remark_id, by)
    require(can_speak(by))
    if not remark.is_open:
        raise WrongState(RESOLVED)
    line = {
        name: getattr(remark, name) for name in ("project", "programme", "expense_chapter", "cell", "place")
    }
    said = SubmissionRemark.objects.create(
        submission=remark.submission,
        sort="answer",
        parent=remark,
        text=_clean(text),
        author=by,
        role=by.role,
        **line,
    )
    if remark.author_id != by.pk:
        remark.answered_by, remark.answered_at = by, timezone.now()
        remark.save(update_fields=["answered_by", "answered_at"])
        outbox.add("remark.answered", remark.submission, remark=remark.pk)
    audit.record(
        "remark.answered",
        remark.submission,
        by=by,
        after=_facts(remark),
        note=said.text,
    )
    return said


@verb
def resolve(remark_id: int, *, by: User) -> SubmissionRemark:
    """Settled; it stays readable."""
    remark = _locked(remark_id, by)
    require(can_resolve(by, remark))
    if not remark.is_open:
        raise WrongState(ALREADY)
    _settle(remark, by)
    audit.record("remark.resolved", remark.submission, by=by, after=_facts(remark), note=remark.text)
    return remark


@verb
def reopen(remark_id: int, *, by: User) -> SubmissionRemark:
    """Not settled after all."""
    remark = _locked(remark_id, by)
    require(can_resolve(by, remark))
    if remark.is_open:
        raise WrongState(NOT_RESOLVED)
    _settle(remark, None)
    audit.record("remark.unresolved", remark.submission, by=by, after=_facts(remark), note=remark.text)
    return remark


def _settle(remark: SubmissionRemark, by: User | None) -> None:
    remark.resolved_by, remark.resolved_at = by, timezone.now() if by else None
    remark.save(update_fields=["resolved_by", "resolved_at"])


def _facts(remark: SubmissionRemark) -> dict[str, Any]:
    return {"remark": remark.pk, "place": remark.place}


def _locked(remark_id: int, by: User) -> SubmissionRemark:
    rows = SubmissionRemark.objects.for_user(by).filter(parent=None).select_related("submission__agency")
    remark: SubmissionRemark = rows.locked(remark_id)
    return remark


def _read(by: User) -> Q:
    """Figures in the making are the agency's own, and so is the talk about them."""
    return Q() if by.role in AGENCY else Q(revision__gt=0)


def _side(role: str) -> str:
    """People of one agency's entry are one side; every other role is a side of its own."""
    return {"agency_user": "agency", "agency_head": "agency"}.get(role, role)


def _clean(text: str) -> str:
    said = normalise(text, multiline=True).strip()
    if is_blank(said):
        raise RuleBroken(EMPTY)
    if len(said) > MOST:
        raise RuleBroken(TOO_LONG)
    return said


def _named(submission: PerformanceSubmission, place: Place | None) -> dict[str, Any]:
    """The columns of a place, checked against the submission, with its name in words."""
    place = place or Place()
    if place.cell:
        return _named_cell(submission, place.cell)
    if place.project is not None:
        return _named_project(submission, place.project)
    if place.programme is not None:
        return _named_programme(submission, place.programme, place.chapter)
    return {}


def _named_project(submission: PerformanceSubmission, project: int) -> dict[str, Any]:
    """A project of the form; at a closing cut-off there are its money lines alone."""
    for model in (ProjectProgress, CapitalFinanceLine):
        rows: Any = model._default_manager.filter(submission=submission, project=project)
        if found := rows.select_related("project").first():
            return {"project": found.project, "place": str(found.project)[:400]}
    raise RuleBroken(NOT_THERE)


def _named_cell(submission: PerformanceSubmission, cell: str) -> dict[str, Any]:
    kind, _, rest = cell.partition(":")
    pk, _, name = rest.partition(":")
    if name not in CELLS.get(kind, {}) or not pk.isdecimal() or not pk.isascii() or len(pk) > 12:
        raise RuleBroken(NOT_THERE)
    model: Any = entry.ROWS[kind]
    parent = "progress__submission" if kind == "operation" else "submission"
    row = model.objects.filter(pk=int(pk), **{parent: submission}).select_related(*_LINE_OF[kind]).first()
    if row is None:
        raise RuleBroken(NOT_THERE)
    line, title = _line_of(row)
    return {**line, "cell": f"{kind}:{pk}:{name}", "place": f"{title}، {CELL_LABELS[name]}"[:400]}


_LINE_OF = {
    "capital": ("project", "funding_source"),
    "expense": ("programme", "expense_chapter", "funding_source"),
    "operation": ("progress__project", "operation"),
    "project": ("project",),
    "activity": ("activity__programme",),
}


def _line_of(row: Any) -> tuple[dict[str, Any], str]:
    if isinstance(row, CapitalFinanceLine):
        return {"project": row.project}, f"{row.project}، {row.funding_source}"
    if isinstance(row, ProjectProgress):
        return {"project": row.project}, str(row.project)
    if isinstance(row, OperationProgress):
        return {"project": row.progress.project}, f"{row.progress.project}، {row.operation.title}"
    if isinstance(row, ActivityPerformance):
        return {"programme": row.activity.programme}, f"{row.activity.programme}، {row.activity}"
    line = {"programme": row.programme, "expense_chapter": row.expense_chapter}
    return line, f"{row.programme}، {row.expense_chapter}، {row.funding_source}"


def _named_programme(
    submission: PerformanceSubmission, programme: int, chapter: int | None
) -> dict[str, Any]:
    lines = ExpenseFinanceLine.objects.filter(submission=submission, programme=programme)
    if chapter is not None:
        lines = lines.filter(expense_chapter=chapter)
    found = lines.select_related("programme", "expense_chapter").first()
    if found is None:
        raise RuleBroken(NOT_THERE)
    if chapter is None:
        return {"programme": found.programme, "place": str(found.programme)[:400]}
    title = f"{found.programme}، {found.expense_chapter}"
    return {"programme": found.programme, "expense_chapter": found.expense_chapter, "place": title[:400]}
