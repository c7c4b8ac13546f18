"""Moves of a performance submission: lock, decide on the locked row, save, audit, outbox (domain §12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.decisions import Denied, require
from accounts.models import User
from agreements.models import Project
from agreements.models.projects import FINISHED
from budget_portal import audit, outbox
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken, StaleVersion, WrongState
from budget_portal.moves import verb
from budget_portal.text import normalise
from monitoring import checking, opening, packages, permissions, snapshots
from monitoring.clocks import keeping
from monitoring.completeness import missing_cells
from monitoring.evidence import openings
from monitoring.indicators import deviation_pp
from monitoring.lines import LineKey
from monitoring.models import (
    CapitalFinanceLine,
    CheckResult,
    ExpenseFinanceLine,
    FieldVisit,
    NoVisitReason,
    PerformanceSubmission,
    ProjectProgress,
    ReturnMark,
    ReturnReason,
    SubmissionAuthor,
)
from monitoring.review import decisions
from monitoring.rulebook import explanations, in_force, standing
from monitoring.rules import REASON_LENGTH, is_reason
from monitoring.signing.submissions import sign_submission
from monitoring.workflow import conflicts
from monitoring.workflow.moves import SUBMISSION_MOVES as MOVES

REPLACED = "دستگاه در این میان پرونده را دوباره فرستاده است. صفحه را دوباره باز کنید و ارقام تازه را ببینید."
UNACCEPTED = "{count} ردیف هنوز تأیید نشده است: {names}. هر ردیف را ببینید و تأیید کنید یا برگردانید."
UNOPENED = "{count} سند از نمونهٔ تصادفی هنوز باز نشده است: {names}. پیش از امضا آن‌ها را باز کنید."
ASSURANCE_MOST = 2000
LONG_ASSURANCE = "یادداشت اطمینان بیش از ۲٬۰۰۰ نویسه است؛ آن را کوتاه کنید."
STEPS = ("submitted", "confirmed", "reviewed", "approved")
HANDED_IN = ("submitted", "confirmed", "agency_replied", "closed")  # states of a visit


@dataclass(frozen=True)
class Return:
    """One line sent back: a project, or an expense line, or (nothing named) the whole submission."""

    reason: str
    reason_code: ReturnReason | None = None
    project_id: int | None = None
    programme_id: int | None = None
    expense_chapter_id: int | None = None
    due_on: dt.date | None = None


@verb
def submit(submission_id: int, *, by: User, accept_missing: bool = False) -> PerformanceSubmission:
    """The agency sends the whole to its treasurer. Blocked or unreadable lines must be mended or held."""
    submission = _locked(submission_id, by, "submit")
    standing.refuse_stale(submission)
    opening.refresh(submission)
    checking.recheck(submission)
    _refuse_blocked(submission)
    explanations.refuse_unexplained(submission)
    missing = missing_cells(submission)
    if missing and not accept_missing:
        raise RuleBroken(
            "خانه‌هایی خالی مانده است. آن‌ها را پر کنید یا ارسال با خانهٔ خالی را بپذیرید.", missing
        )
    SubmissionAuthor.objects.get_or_create(
        submission=submission, revision=submission.revision + 1, person=by, on_behalf_of=by.on_behalf_of
    )
    submission.revision += 1
    submission.submitted_at, submission.submitted_by = timezone.now(), by
    _move(submission, "submit", by, "revision", "submitted_at", "submitted_by")
    submission.return_marks.filter(closed_at__isnull=True).update(closed_at=timezone.now())
    conflicts.recompute(submission, by=by)
    snapshots.take(submission, "submitted", by=by)
    return submission


@verb
def confirm(submission_id: int, *, by: User, revision: int | None = None) -> PerformanceSubmission:
    """The treasurer confirms the revision that was read; the ten-day service clock starts (domain §16)."""
    submission = _locked(submission_id, by, "confirm")
    _refuse_older(submission, revision)
    standing.refuse_stale(submission)
    explanations.refuse_unfit(submission)
    _refuse_unseen(submission, by)
    submission.confirmed_at, submission.confirmed_by = timezone.now(), by
    _move(submission, "confirm", by, "confirmed_at", "confirmed_by")
    snapshot = snapshots.take(submission, "treasurer_confirmed", by=by)
    sign_submission(submission, "treasurer_confirmed", by=by, snapshot=snapshot)
    return submission


@verb
def return_by_treasurer(submission_id: int, *, by: User, lines: Sequence[Return]) -> PerformanceSubmission:
    return _return(submission_id, "return_by_treasurer", by, lines)


@verb
def return_by_expert(submission_id: int, *, by: User, lines: Sequence[Return]) -> PerformanceSubmission:
    return _return(submission_id, "return_by_expert", by, lines)


@verb
def return_by_consolidation(
    submission_id: int, *, by: User, lines: Sequence[Return]
) -> PerformanceSubmission:
    return _return(submission_id, "return_by_consolidation", by, lines)


def return_to_agency(submission_id: int, *, by: User, lines: Sequence[Return]) -> PerformanceSubmission:
    """Where one address serves all three: by the move that belongs to the role of the person."""
    verbs = {"budget_expert": return_by_expert, "consolidation": return_by_consolidation}
    return verbs.get(by.role, return_by_treasurer)(submission_id, by=by, lines=lines)


def _return(submission_id: int, move: str, by: User, lines: Sequence[Return]) -> PerformanceSubmission:
    """Lines go back with reasons; only those open for the agency."""
    submission = _locked(submission_id, by, move)
    _refuse_short_reasons(lines)
    _refuse_unfit_dates(lines)
    _refuse_foreign_lines(submission, lines)
    for line in lines:
        ReturnMark.objects.create(
            submission=submission,
            revision=submission.revision,
            stage={"treasurer": "treasurer", "budget_expert": "expert"}.get(by.role, "consolidation"),
            opened_by=by,
            **vars(line),
        )
    decisions.end_prepared(submission)
    decisions.end_covered(submission, [LineKey.of(line) for line in lines])
    _forget_signatures(submission)
    _move(submission, move, by, *_signature_fields(), note="؛ ".join(line.reason for line in lines))
    return submission


@verb
def start_review(submission_id: int, *, by: User) -> PerformanceSubmission:
    submission = _locked(submission_id, by, "start_review")
    _move(submission, "start_review", by)
    return submission


@verb
def mark_reviewed(submission_id: int, *, by: User, revision: int | None = None) -> PerformanceSubmission:
    """The expert ends the review: every project has a visit handed in, or a written «no visit» reason, and
    wherever the agency claims far more than was measured (V10) stands the expert's word."""
    submission = _locked(submission_id, by, "mark_reviewed")
    _refuse_older(submission, revision)
    standing.refuse_stale(submission)
    if problem := not_reviewable(submission):
        raise WrongState(problem)
    conflicts.recompute(submission, by=by)
    submission.reviewed_at, submission.reviewed_by = timezone.now(), by
    _move(submission, "mark_reviewed", by, "reviewed_at", "reviewed_by")
    sign_submission(submission, "expert_reviewed", by=by)
    return submission


@verb
def approve(
    submission_id: int, *, by: User, revision: int | None = None, assurance: str = ""
) -> PerformanceSubmission:
    """Final approval by the consolidation group; stops the service clock and freezes the package.

    Visits must be confirmed. `assurance` is the signer's word, published with the data."""
    submission = _locked(submission_id, by, "approve")
    _refuse_older(submission, revision)
    word = normalise(assurance, multiline=True).strip()
    if len(word) > ASSURANCE_MOST:
        raise RuleBroken(LONG_ASSURANCE)
    standing.refuse_stale(submission)
    if problem := _said_unvisited(unvisited(submission, HANDED_IN[1:])) or conflicts.unexplained(submission):
        raise WrongState(problem)
    conflicts.recompute(submission, by=by)
    submission.approved_at, submission.approved_by = timezone.now(), by
    _move(submission, "approve", by, "approved_at", "approved_by")
    snapshot = snapshots.take(submission, "approved", by=by)
    sign_submission(submission, "approved", by=by, snapshot=snapshot)
    packages.freeze(submission, by=by, assurance=word)
    return submission


@verb
def ask_reopen(submission_id: int, *, by: User, reason: str) -> PerformanceSubmission:
    """Consolidation asks the deputy to reopen an approved submission (decision 21)."""
    submission = PerformanceSubmission.objects.for_user(by).locked(submission_id)
    require(permissions.can_ask_reopen(by, submission))
    _refuse_short_reasons([Return(reason)])
    submission.reopen_asked_at, submission.reopen_asked_by = timezone.now(), by
    submission.reopen_reason = reason
    submission.save(update_fields=["reopen_asked_at", "reopen_asked_by", "reopen_reason"])
    audit.record("submission.reopen_asked", submission, by=by, note=reason)
    outbox.add("submission.reopen_asked", submission)
    return submission


@verb
def reopen(submission_id: int, *, by: User, lines: Sequence[Return] = ()) -> PerformanceSubmission:
    """The deputy reopens what consolidation asked for; without named lines the whole submission opens."""
    submission = _asked_to_reopen(submission_id, by)
    _refuse_unfit_dates(lines)
    _refuse_foreign_lines(submission, lines)
    for line in lines or [Return(submission.reopen_reason)]:
        ReturnMark.objects.create(
            submission=submission, revision=submission.revision, stage="reopening", opened_by=by, **vars(line)
        )
    sign_submission(submission, "reopened", by=by)
    decisions.end_covered(submission, [LineKey.of(line) for line in lines or [Return("")]])
    _forget_signatures(submission)
    reason, submission.reopen_asked_at, submission.reopen_asked_by = submission.reopen_reason, None, None
    _move(submission, "reopen", by, "reopen_asked_at", "reopen_asked_by", *_signature_fields(), note=reason)
    return submission


@verb
def decline_reopening(submission_id: int, *, by: User, reason: str) -> PerformanceSubmission:
    """The deputy leaves the submission approved and says why; consolidation may ask again with another reason."""
    submission = _asked_to_reopen(submission_id, by)
    _refuse_short_reasons([Return(reason)])
    asked = {"reason": submission.reopen_reason}
    submission.reopen_asked_at, submission.reopen_asked_by, submission.reopen_reason = None, None, ""
    submission.save(update_fields=["reopen_asked_at", "reopen_asked_by", "reopen_reason"])
    audit.record("submission.reopen_declined", submission, by=by, before=asked, note=reason)
    outbox.add("submission.reopen_declined", submission, reason=reason)
    return submission


def _asked_to_reopen(submission_id: int, by: User) -> PerformanceSubmission:
    submission = PerformanceSubmission.objects.for_user(by).locked(submission_id)
    require(permissions.can_answer_reopening(by, submission))
    return submission


@verb
def write_no_visit_reason(
    submission_id: int, *, by: User, reason: str, project_id: int | None = None
) -> NoVisitReason:
    """Why a project (for expense: the agency) was not visited; replaces an earlier reason while under review."""
    submission = PerformanceSubmission.objects.for_user(by).locked(submission_id)
    if by.role != "budget_expert":
        require(Denied("دلیل نرفتن به بازدید را کارشناس بودجه می‌نویسد."))
    if submission.state not in {"treasurer_confirmed", "under_review"}:
        raise WrongState("دلیل نرفتن به بازدید تنها در زمان بررسی کارشناس نوشته می‌شود.")
    _refuse_short_reasons([Return(reason)])
    project = Project.objects.for_user(by).get(pk=project_id) if project_id else None
    row, _ = NoVisitReason.objects.update_or_create(
        submission=submission, project=project, defaults={"reason": reason, "written_by": by}
    )
    audit.record("submission.no_visit_reason", submission, by=by, after={"project": project_id}, note=reason)
    return row


def unvisited(submission: PerformanceSubmission, handed_in: Sequence[str]) -> list[Any]:
    """Projects (or, for expense, the agency) with neither a visit in one of these states nor a reason."""
    visits = FieldVisit.objects.filter(
        agency=submission.agency_id, period=submission.period_id, state__in=handed_in
    )
    excused = set(submission.no_visit_reasons.values_list("project_id", flat=True))
    if submission.kind == "expense":
        return [] if None in excused or visits.filter(project=None).exists() else [submission.agency]
    seen = excused | set(visits.values_list("project_id", flat=True))
    rows = ProjectProgress.objects.filter(submission=submission).select_related("project")
    return [row.project for row in rows if row.project_id not in seen and row.project.status not in FINISHED]


def undiscussed(submission: PerformanceSubmission) -> list[Any]:
    """Projects whose claim lies far above what the last visit measured (V10), without the expert's word."""
    if submission.kind != "capital":
        return []
    visits = FieldVisit.objects.filter(
        agency=submission.agency_id,
        period=submission.period_id,
        state__in=HANDED_IN,
        project__isnull=False,
        physical_progress__isnull=False,
    )
    limit = in_force.dispute_points(in_force.book_of(submission))
    latest = {row.project_id: row for row in visits.select_related("project").order_by("visited_on", "pk")}
    claims = ProjectProgress.objects.filter(submission=submission, project__in=latest)
    found = []
    for project, claim in claims.values_list("project", "physical_progress"):
        visit = latest[project]
        gap = deviation_pp(claim, visit.physical_progress)
        if gap is not None and gap > limit and not visit.dispute_comment.strip():
            found.append(visit.project)
    return found


def not_reviewable(submission: PerformanceSubmission) -> str:
    """What keeps a review from its end, in one sentence; empty when nothing does."""
    if problem := _said_unvisited(unvisited(submission, HANDED_IN)):
        return problem
    if rows := undiscussed(submission):
        return f"اعلام دستگاه برای {_names(rows)} بسیار بالاتر از اندازه‌گیری بازدید است. نظر خود را بنویسید."
    return ""


def _locked(submission_id: int, by: User, move: str) -> PerformanceSubmission:
    submission: PerformanceSubmission = PerformanceSubmission.objects.for_user(by).locked(submission_id)
    require(permissions.can(by, submission, move))
    return submission


def _refuse_older(submission: PerformanceSubmission, revision: int | None) -> None:
    """Nobody signs figures that another sending has replaced since the page was made."""
    if revision is not None and revision != submission.revision:
        raise StaleVersion(REPLACED)


def _move(submission: PerformanceSubmission, name: str, by: User, *fields: str, note: str = "") -> None:
    move, before = MOVES[name], submission.state
    submission.state = move.target
    submission.save(update_fields=["state", *fields])
    audit.record(
        move.event,
        submission,
        by=by,
        before={"state": before},
        after={"state": submission.state, "revision": submission.revision},
        note=note,
    )
    outbox.add(move.event, submission, by=by.pk)
    keeping.follow(submission, by=by)


def _signature_fields() -> list[str]:
    return [f"{step}_{part}" for step in STEPS[1:] for part in ("at", "by")]


def _forget_signatures(submission: PerformanceSubmission) -> None:
    """Figures open again, so no confirmation of them stands; snapshots and the log keep who signed what."""
    for field in _signature_fields():
        setattr(submission, field, None)


def _refuse_short_reasons(lines: Sequence[Return]) -> None:
    if not lines:
        raise RuleBroken("دست‌کم یک ردیف و دلیل برگشت آن را مشخص کنید.")
    if any(not is_reason(line.reason) for line in lines):
        raise RuleBroken(f"دلیل را در دست‌کم {REASON_LENGTH} نویسه بنویسید.".replace("20", "۲۰"))


def _refuse_unfit_dates(lines: Sequence[Return]) -> None:
    if any(not decisions.is_fit_date(line.due_on) for line in lines):
        raise RuleBroken(decisions.UNFIT_DATE)


def _refuse_foreign_lines(submission: PerformanceSubmission, lines: Sequence[Return]) -> None:
    """A mark names a line of this submission; a mark elsewhere would open nothing."""
    capital = CapitalFinanceLine.objects.filter(submission=submission)
    expense = ExpenseFinanceLine.objects.filter(submission=submission)
    projects = {*capital.values_list("project_id", flat=True)}
    projects |= {*ProjectProgress.objects.filter(submission=submission).values_list("project_id", flat=True)}
    chapters = {*expense.values_list("programme_id", "expense_chapter_id")}
    known = {(project, None, None) for project in projects} | {(None, *key) for key in chapters}
    known |= {(None, programme, None) for programme, _ in chapters} | {(None, None, None)}
    if any((line.project_id, line.programme_id, line.expense_chapter_id) not in known for line in lines):
        raise RuleBroken("ردیف برگشتی در این پرونده نیست.")


def _refuse_blocked(submission: PerformanceSubmission) -> None:
    hits = list(CheckResult.objects.filter(submission=submission, severity="block"))
    if hits:
        raise RuleBroken("ردیف‌هایی نیاز به اصلاح دارد. آن‌ها را اصلاح کنید یا نگه دارید.", hits)


def _refuse_unseen(submission: PerformanceSubmission, by: User) -> None:
    """Nobody signs lines that he has not accepted, or documents of the sample that he has not opened."""
    if rows := decisions.left(submission, "treasurer"):
        raise WrongState(
            UNACCEPTED.format(count=to_persian(len(rows)), names=_names([row.title for row in rows]))
        )
    if papers := openings.unopened(submission, by):
        raise WrongState(UNOPENED.format(count=to_persian(len(papers)), names=_names(papers)))


def _said_unvisited(left: Sequence[Any]) -> str:
    if not left:
        return ""
    return f"برای {_names(left)} نه بازدید ثبت شده است و نه دلیل نرفتن به بازدید. یکی از این دو را ثبت کنید."


def _names(rows: Sequence[Any]) -> str:
    return "، ".join(str(row) for row in rows[:3]) + (" و …" if len(rows) > 3 else "")
