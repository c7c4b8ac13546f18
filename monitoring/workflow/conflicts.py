"""Conflicts between sources: found and forgotten by the figures themselves, explained and accepted by people."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.decisions import Allowed, Decision, Denied, has_role, in_state, require
from accounts.models import User
from agreements.models import ReportingPeriod
from budget_portal import audit, outbox
from budget_portal.errors import RuleBroken, WrongState
from budget_portal.moves import verb
from monitoring.conflicts import judging, sources, tolerances
from monitoring.conflicts.judging import PAIRS
from monitoring.lines import LineKey
from monitoring.models import PerformanceSubmission, SourceConflict, Tolerance
from monitoring.rules import REASON_LENGTH, is_reason
from monitoring.workflow.moves import CONFLICT_MOVES as MOVES

SHORT = "متن را در دست‌کم ۲۰ نویسه بنویسید."
NOT_SAME = "توضیح‌دهنده، توضیح خود را نمی‌پذیرد."
FINAL = "پرونده تأیید نهایی شده است؛ مغایرت آن با بازگشایی تغییر می‌کند."
OPEN = "{count} مغایرت این پرونده هنوز توضیح ندارد ({names}). نخست مسئول آن توضیح دهد یا رقم اصلاح شود."
NOT_CONSOLIDATION = "رواداری را گروه تلفیق می‌نویسد."


@dataclass(frozen=True)
class Found:
    """A difference beyond its tolerance, before it is a row."""

    pair: str
    line: LineKey
    reported: Decimal
    reading: sources.Reading
    allowed: judging.Allowed


def judge(submission: PerformanceSubmission) -> list[Found]:
    """What is beyond its tolerance now; writes nothing."""
    allowed = tolerances.in_force(submission.agency.organization_id, submission.period)
    own, found = sources.reported(submission), []
    for code, readings in sources.readings(submission).items():
        pair = PAIRS[code]
        for line, reading in readings.items():
            value = own[code].get(line)
            if value is not None and judging.is_conflict(pair, value, reading.value, allowed[code]):
                found.append(Found(code, line, value, reading, allowed[code]))
    return found


def unexplained(submission: PerformanceSubmission) -> str:
    """Why this submission may not be approved for its conflicts, in one sentence; empty when nothing is open.

    Judged anew on the figures as they are: an explanation holds for the two figures that it was given for."""
    rows = {_key(row): row for row in SourceConflict.objects.filter(submission=submission)}
    left = []
    for one in judge(submission):
        row = rows.get((one.pair, one.line))
        known = row is not None and _same(row, one) and row.state in {"explained", "resolved"}
        if not known and not one.reading.word:
            left.append(one)
    if not left:
        return ""
    names = "، ".join(dict.fromkeys(PAIRS[one.pair].title for one in left))
    return OPEN.format(count=len(left), names=names)


@verb
def refresh(submission_id: int, *, by: User | None) -> None:
    """Judge anew and write it down: before a decision, after a visit, after another tolerance."""
    rows = PerformanceSubmission.objects.for_user(by) if by else PerformanceSubmission.objects.all()
    submission: PerformanceSubmission = rows.locked(submission_id)
    if submission.state != "approved":
        recompute(submission, by=by)


def recompute(submission: PerformanceSubmission, *, by: User | None) -> None:
    """On a locked submission: new conflicts begin, changed ones open again, those within tolerance end."""
    rows = {_key(row): row for row in SourceConflict.objects.filter(submission=submission)}
    for one in judge(submission):
        row = rows.pop((one.pair, one.line), None)
        if row is None:
            row = _begin(submission, one, by)
        elif not _same(row, one):
            _again(row, one, by)
        elif row.state == "agreed":
            _move(row, "renew", by)
        if row.state == "open" and one.reading.word and one.reading.by:
            _explain(row, one.reading.word, one.reading.by, by)
    for row in rows.values():
        if row.state != "agreed":
            _move(row, "agree", by)


def _key(row: SourceConflict) -> tuple[str, LineKey]:
    return row.pair, LineKey.of(row)


def _same(row: SourceConflict, one: Found) -> bool:
    return (row.reported, row.other) == (one.reported, one.reading.value)


def _values(one: Found) -> dict[str, Any]:
    return {
        "reported": one.reported,
        "other": one.reading.value,
        "tolerance": one.allowed.amount,
        "unit": one.allowed.unit,
    }


def _begin(submission: PerformanceSubmission, one: Found, by: User | None) -> SourceConflict:
    now = timezone.now()
    row = SourceConflict.objects.create(
        submission=submission, pair=one.pair, found_at=now, changed_at=now, **one.line.columns, **_values(one)
    )
    audit.record("conflict.found", row, by=by, after=_values(one))
    outbox.add("conflict.found", row)
    return row


def _again(row: SourceConflict, one: Found, by: User | None) -> None:
    """Other figures: whatever was said of the old ones is in the log, and asked again."""
    for name, value in _values(one).items():
        setattr(row, name, value)
    row.save(update_fields=list(_values(one)))
    if row.state != "open":
        _move(row, "renew", by, after=_values(one))


# --- people ----------------------------------------------------------------------------------------------------------


def can(user: User | None, row: SourceConflict, name: str) -> Decision:
    move = MOVES[name]
    if not (answer := has_role(user, move)):
        return answer
    if user is not None and not (answer := _right_person(user, row, name)):
        return answer
    if row.submission.state == "approved" and name != "agree":
        return Denied(FINAL, "state")
    return in_state(row, move)


def _right_person(user: User, row: SourceConflict, name: str) -> Decision:
    """The owner of the pair is told and named; whoever of the three knows the reason may write it."""
    if name == "resolve" and user.pk == row.explained_by_id:
        return Denied(NOT_SAME)
    return Allowed()


def owners_of(pair: str) -> str:
    from accounts.models import Role

    return " یا ".join(str(Role(role).label) for role in PAIRS[pair].owners)


@verb
def explain(conflict_id: int, *, by: User, text: str) -> SourceConflict:
    """Why the two figures differ, by who can know."""
    row = _locked(conflict_id, by, "explain")
    _refuse_short(text)
    _explain(row, text.strip(), by, by)
    return row


def _explain(row: SourceConflict, text: str, person: User, by: User | None) -> None:
    row.explanation, row.explained_by, row.explained_at = text, person, timezone.now()
    _move(row, "explain", by, "explanation", "explained_by", "explained_at", note=text)


@verb
def resolve(conflict_id: int, *, by: User, text: str = "") -> SourceConflict:
    """Consolidation accepts the explanation."""
    row = _locked(conflict_id, by, "resolve")
    row.decision, row.decided_by = text.strip(), by
    _move(row, "resolve", by, "decision", "decided_by", note=text)
    return row


@verb
def dispute(conflict_id: int, *, by: User, text: str) -> SourceConflict:
    """Consolidation does not accept it, and says why."""
    row = _locked(conflict_id, by, "dispute")
    _refuse_short(text)
    row.decision, row.decided_by = text.strip(), by
    _move(row, "dispute", by, "decision", "decided_by", note=text)
    return row


@verb
def settle(conflict_id: int, name: str, *, by: None) -> SourceConflict:
    """What the figures themselves do: `renew` or `agree`."""
    row: SourceConflict = SourceConflict.objects.locked(conflict_id)
    require(can(by, row, name))
    _move(row, name, by)
    return row


def _locked(conflict_id: int, by: User, name: str) -> SourceConflict:
    row: SourceConflict = SourceConflict.objects.for_user(by).locked(conflict_id)
    require(can(by, row, name))
    return row


def _refuse_short(text: str) -> None:
    if not is_reason(text):
        assert REASON_LENGTH == 20  # noqa: S101 - the sentence names it
        raise RuleBroken(SHORT)


def _move(
    row: SourceConflict,
    name: str,
    by: User | None,
    *fields: str,
    note: str = "",
    after: dict[str, Any] | None = None,
) -> None:
    move, before = MOVES[name], row.state
    if not move.allows_state(before):
        raise WrongState(f"وضعیت کنونی «{row.get_state_display()}» است.")
    row.state, row.changed_at = move.target, timezone.now()
    row.save(update_fields=["state", "changed_at", *fields])
    audit.record(
        move.event,
        row,
        by=by,
        before={"state": before},
        after={"state": row.state, **(after or {})},
        note=note,
    )
    outbox.add(move.event, row)


# --- how far apart they may be ---------------------------------------------------------------------------------------


def can_set_tolerance(user: User) -> Decision:
    return Allowed() if user.role == "consolidation" else Denied(NOT_CONSOLIDATION)


@verb
def set_tolerance(
    pair: str, *, by: User, amount: Decimal, valid_from: ReportingPeriod, reason: str
) -> Tolerance:
    """Another tolerance from a cut-off on; open submissions from there are judged anew."""
    require(can_set_tolerance(by))
    _refuse_short(reason)
    assert by.acting is not None  # noqa: S101 - has the role
    before = tolerances.in_force(by.acting.organization_id, valid_from)[pair]
    row = Tolerance.objects.create(
        organization_id=by.acting.organization_id,
        pair=pair,
        unit=PAIRS[pair].unit,
        amount=amount,
        valid_from=valid_from,
        reason=reason.strip(),
        set_by=by,
        set_at=timezone.now(),
    )
    audit.record(
        "tolerance.set", row, by=by, before={"amount": before.amount}, after={"pair": pair, "amount": amount}, note=reason
    )  # fmt: skip
    outbox.add("tolerance.set", row)
    return row
