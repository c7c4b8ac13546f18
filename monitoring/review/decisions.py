"""Decisions on single lines before a reviewer signs the whole or sends lines back.

An acceptance holds for the content that was seen: a changed figure, progress, activity or document voids it.
Returns are collected with their reasons and sent in one move (`monitoring.workflow.submissions`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.decisions import Decision, Denied, require
from accounts.models import User
from budget_portal import audit
from budget_portal.errors import RuleBroken, StaleVersion
from budget_portal.moves import verb
from monitoring import permissions
from monitoring.lines import LineKey
from monitoring.models import LineDecision, PerformanceSubmission, ReturnReason
from monitoring.review.lines import ReviewedLine, lines_of
from monitoring.rules import is_reason

# Who decides on lines, at which stage, while which move is theirs.
SEEN = 16  # digits of a digest that a form carries
STAGES = {"treasurer": "treasurer", "budget_expert": "expert", "consolidation": "consolidation"}
RETURNS = {
    "treasurer": "return_by_treasurer",
    "expert": "return_by_expert",
    "consolidation": "return_by_consolidation",
}
NOT_THEIRS = "تصمیم دربارهٔ ردیف با ذیحساب، کارشناس بودجه و گروه تلفیق است."
CHANGED = "رقم یا سند این ردیف پس از بازشدن صفحه تغییر کرده است؛ دوباره آن را ببینید."
WARNED = "هشدار دارد؛ تک‌به‌تک دیده و تأیید می‌شود."
HELD = "رقم نگه‌داشته دارد؛ تک‌به‌تک دیده و تأیید می‌شود."
UNKNOWN = "در این پرونده نیست."
UNFIT_DATE = "مهلت اصلاح از امروز تا یک سال بعد است؛ تاریخ را درست کنید یا خالی بگذارید."


@dataclass(frozen=True)
class Outcome:
    """What became of one line of a batch."""

    line: LineKey
    title: str
    accepted: bool
    reason: str = ""


def stage_of(user: User) -> str:
    """The stage at which a role decides; the treasurer's for everybody who only reads."""
    return STAGES.get(user.role, "treasurer")


def may_decide(user: User, submission: PerformanceSubmission) -> Decision:
    """Whether a person may decide on lines now: as whoever may return them, and a stranger to the other stages."""
    stage = STAGES.get(user.role)
    if stage is None:
        return Denied(NOT_THEIRS)
    decision = permissions.can(user, submission, RETURNS[stage])
    if not decision:
        return decision
    return permissions.four_people(user, submission, stage)


# --- reading ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """The decision on one line; `void` when the line changed since."""

    decision: LineDecision
    void: bool

    @property
    def is_accepted(self) -> bool:
        return self.decision.verdict == "accepted" and not self.void

    @property
    def is_return(self) -> bool:
        return self.decision.verdict == "return"


def standing(
    submission: PerformanceSubmission, stage: str, lines: Mapping[LineKey, ReviewedLine]
) -> dict[LineKey, Standing]:
    """What was decided at a stage, line by line; void too when the one who decided wrote a figure since."""
    rows = LineDecision.objects.filter(submission=submission, stage=stage, ended_at=None)
    rows = rows.select_related(
        "by", "on_behalf_of__membership__user", "reason_code", "project", "programme", "expense_chapter"
    )
    found, authors = {}, permissions.authors_of(submission)
    for row in rows:
        key = LineKey.of(row)
        now = lines.get(key)
        found[key] = Standing(
            row, void=now is None or now.digest != row.digest or bool(row.deciders & authors)
        )
    return found


def left(submission: PerformanceSubmission, stage: str) -> list[ReviewedLine]:
    """Lines that nobody has accepted as they stand now."""
    lines = lines_of(submission)
    decided = standing(submission, stage, lines)
    return [line for key, line in lines.items() if key not in decided or not decided[key].is_accepted]


# --- deciding ---------------------------------------------------------------------------------------------------


@verb
def accept(
    submission_id: int, line: LineKey, *, by: User, seen: str | None = None, revision: int | None = None
) -> LineDecision:
    """Accept one line as it was seen (`seen`: how the digest of its content begins; None asks nothing)."""
    submission, lines = _begun(submission_id, by, revision)
    found = _line(lines, line)
    if seen is not None and not _is_seen(found, seen):
        raise StaleVersion(CHANGED)
    row = _write(submission, found, by, verdict="accepted")
    audit.record("line.accepted", submission, by=by, after=_facts(row))
    return row


@verb
def accept_many(
    submission_id: int, seen: Mapping[LineKey, str], *, by: User, revision: int | None = None
) -> list[Outcome]:
    """Accept the lines that are clean and still as they were seen; say of every other one why not."""
    submission, lines = _begun(submission_id, by, revision)
    decided = standing(submission, stage_of(by), lines)
    found = [_judged(lines.get(key), key, digest) for key, digest in seen.items()]
    accepted = [outcome.line for outcome in found if outcome.accepted]
    for key in accepted:
        if key not in decided or not decided[key].is_accepted:
            _write(submission, lines[key], by, verdict="accepted", in_batch=True)
    if accepted:
        audit.record(
            "line.accepted_together", submission, by=by, after={"lines": [str(key) for key in accepted]}
        )
    return found


def _is_seen(line: ReviewedLine, seen: str) -> bool:
    return len(seen) >= SEEN and line.digest.startswith(seen)


def _judged(line: ReviewedLine | None, key: LineKey, seen: str) -> Outcome:
    if line is None:
        return Outcome(key, str(key), False, UNKNOWN)
    if not _is_seen(line, seen):
        return Outcome(key, line.title, False, CHANGED)
    if line.warned:
        return Outcome(key, line.title, False, WARNED)
    if line.held:
        return Outcome(key, line.title, False, HELD)
    return Outcome(key, line.title, True)


@verb
def prepare_return(
    submission_id: int,
    line: LineKey,
    *,
    by: User,
    reason: str,
    reason_code: ReturnReason | None = None,
    due_on: dt.date | None = None,
    revision: int | None = None,
) -> LineDecision:
    """Put one line beside the others that go back; nothing leaves the desk yet."""
    submission, lines = _begun(submission_id, by, revision)
    if not is_reason(reason):
        raise RuleBroken("دلیل را در دست‌کم ۲۰ نویسه بنویسید.")
    if not is_fit_date(due_on):
        raise RuleBroken(UNFIT_DATE)
    facts: dict[str, Any] = {"reason": reason, "reason_code": reason_code, "due_on": due_on}
    row = _write(submission, _line(lines, line), by, verdict="return", **facts)
    audit.record("line.return_prepared", submission, by=by, after=_facts(row), note=reason)
    return row


@verb
def take_back(submission_id: int, line: LineKey, *, by: User) -> None:
    """Undo a decision on a line while the submission is still on the reviewer's desk."""
    submission, _ = _begun(submission_id, by, None)
    rows = LineDecision.objects.filter(
        submission=submission, stage=stage_of(by), line=str(line), ended_at=None
    )
    if rows.update(ended_at=timezone.now()):
        audit.record("line.decision_taken_back", submission, by=by, before={"line": str(line)})


def accept_each(submission: PerformanceSubmission, *, by: User) -> None:
    """Every line that is left, as somebody who has seen them all: the clean ones together, the others one by one."""
    rows = left(submission, stage_of(by))
    clean = {row.key: row.digest for row in rows if row.is_clean}
    if clean:
        accept_many(submission.pk, clean, by=by)
    for row in rows:
        if not row.is_clean:
            accept(submission.pk, row.key, by=by, seen=row.digest)


def prepared(submission: PerformanceSubmission, stage: str) -> list[LineDecision]:
    """Returns that wait to be sent, in order."""
    rows = LineDecision.objects.filter(submission=submission, stage=stage, verdict="return", ended_at=None)
    return list(rows.select_related("project", "programme", "expense_chapter", "reason_code", "by"))


def end_prepared(submission: PerformanceSubmission) -> None:
    """They were sent, or the submission left the desk in another way."""
    LineDecision.objects.filter(submission=submission, verdict="return", ended_at=None).update(
        ended_at=timezone.now()
    )


def end_covered(submission: PerformanceSubmission, marks: Sequence[LineKey]) -> None:
    """A line that went back was not accepted, at whatever stage: it is seen anew when it comes again."""
    rows = LineDecision.objects.filter(submission=submission, ended_at=None)
    gone = [row.pk for row in rows if any(mark.covers(LineKey.of(row)) for mark in marks)]
    LineDecision.objects.filter(pk__in=gone).update(ended_at=timezone.now())


# --- parts ------------------------------------------------------------------------------------------------------


def _begun(
    submission_id: int, by: User, revision: int | None
) -> tuple[PerformanceSubmission, dict[LineKey, ReviewedLine]]:
    submission: PerformanceSubmission = PerformanceSubmission.objects.for_user(by).locked(submission_id)
    require(may_decide(by, submission))
    if revision is not None and revision != submission.revision:
        raise StaleVersion(CHANGED)
    return submission, lines_of(submission)


def _line(lines: Mapping[LineKey, ReviewedLine], key: LineKey) -> ReviewedLine:
    if key not in lines:
        raise RuleBroken("این ردیف در این پرونده نیست.")
    return lines[key]


def _write(submission: PerformanceSubmission, line: ReviewedLine, by: User, **facts: Any) -> LineDecision:
    stage = stage_of(by)
    LineDecision.objects.filter(submission=submission, stage=stage, line=str(line.key), ended_at=None).update(
        ended_at=timezone.now()
    )
    return LineDecision.objects.create(
        submission=submission,
        revision=submission.revision,
        stage=stage,
        line=str(line.key),
        **line.key.columns,
        digest=line.digest,
        by=by,
        **facts,
    )


def is_fit_date(due_on: dt.date | None) -> bool:
    """A date until which a line is to be mended: none, or within a year from today."""
    today = timezone.localdate()
    return due_on is None or today <= due_on <= today + dt.timedelta(days=366)


def _facts(row: LineDecision) -> dict[str, object]:
    return {"line": row.line, "stage": row.stage, "revision": row.revision, "digest": row.digest}
