"""Moves of a field visit and of its findings (domain §10, §12; decision 21)."""

from __future__ import annotations

from django.utils import timezone

from accounts.decisions import Allowed, Decision, Denied, has_role, in_state, require
from accounts.models import User
from accounts.standing import persons_of
from budget_portal import audit, outbox
from budget_portal.errors import RuleBroken
from budget_portal.moves import Move, verb
from monitoring.models import FieldVisit, FollowUp, VisitFinding
from monitoring.visits import compute
from monitoring.workflow.moves import FINDING_MOVES, VISIT_MOVES

LEAST_PHOTOS = 2


def can(user: User | None, visit: FieldVisit, name: str) -> Decision:
    """Role, then person (the visit's own expert; never the one who handed it in), then state."""
    move = VISIT_MOVES[name]
    for decision in (has_role(user, move), _right_person(user, visit, name), in_state(visit, move)):
        if not decision:
            return decision
    return Allowed()


def can_follow(user: User | None, finding: VisitFinding, name: str) -> Decision:
    """Findings are answered by the agency once the visit is confirmed, and verified by its expert."""
    move = FINDING_MOVES[name]
    for decision in (has_role(user, move), in_state(finding, move)):
        if not decision:
            return decision
    if finding.visit.state in {"planned", "done", "submitted"}:
        return Denied("یافته پس از تأیید بازدید پیگیری می‌شود.", "state")
    return Allowed()


@verb
def mark_done(visit_id: int, *, by: User) -> FieldVisit:
    """The expert was there; from now on the facts are being completed."""
    visit = _locked(visit_id, by, "mark_done")
    if visit.visited_on is None:
        raise RuleBroken("تاریخ بازدید را وارد کنید.")
    return _move(visit, "mark_done", by)


@verb
def submit(visit_id: int, *, by: User) -> FieldVisit:
    """Hand the visit in: quantities, overall quality and two photos are there.

    A far place only warns and asks its reason (PLACE_FAR); it never keeps a visit back."""
    visit = _locked(visit_id, by, "submit")
    compute(visit)
    problems = _incomplete(visit)
    if problems:
        raise RuleBroken("برای ارسال بازدید چند مورد مانده است.", problems)
    visit.submitted_at, visit.submitted_by = timezone.now(), by
    visit.save()
    return _move(visit, "submit", by)


@verb
def return_to_expert(visit_id: int, *, by: User, reason: str) -> FieldVisit:
    visit = _locked(visit_id, by, "return_to_expert")
    if not reason.strip():
        raise RuleBroken("دلیل برگشت بازدید را بنویسید.")
    visit.submitted_at = visit.submitted_by = None
    return _move(visit, "return_to_expert", by, "submitted_at", "submitted_by", note=reason)


@verb
def confirm(visit_id: int, *, by: User) -> FieldVisit:
    visit = _locked(visit_id, by, "confirm")
    visit.confirmed_at, visit.confirmed_by = timezone.now(), by
    return _move(visit, "confirm", by, "confirmed_at", "confirmed_by")


@verb
def reply(visit_id: int, *, by: User, text: str) -> FieldVisit:
    """The agency's word on the visit; optional."""
    visit = _locked(visit_id, by, "reply")
    if not text.strip():
        raise RuleBroken("متن پاسخ را بنویسید.")
    visit.agency_reply = text
    return _move(visit, "reply", by, "agency_reply", note=text)


@verb
def close(visit_id: int, *, by: User) -> FieldVisit:
    return _move(_locked(visit_id, by, "close"), "close", by)


@verb
def follow_finding(finding_id: int, name: str, *, by: User, text: str) -> VisitFinding:
    """One step of a finding's follow-up, always with a word on it."""
    finding: VisitFinding = VisitFinding.objects.for_user(by).locked(finding_id)
    require(can_follow(by, finding, name))
    if not text.strip():
        raise RuleBroken("شرح اقدام را بنویسید.")
    move, before = FINDING_MOVES[name], finding.state
    finding.state = move.target
    finding.save(update_fields=["state"])
    FollowUp.objects.create(finding=finding, text=text, state=move.target, by=by)
    _log(move, finding, before, by, text)
    return finding


def _right_person(user: User | None, visit: FieldVisit, name: str) -> Decision:
    if user is None:
        return Allowed()
    if name in {"mark_done", "submit"} and visit.expert_id not in user.persons:
        return Denied("این بازدید را تنها کارشناسی که آن را انجام داده است ارسال می‌کند.")
    if name == "confirm" and user.persons & persons_of(visit, "submitted"):
        return Denied("فرستندهٔ بازدید نمی‌تواند آن را تأیید کند.")
    return Allowed()


def _incomplete(visit: FieldVisit) -> list[str]:
    problems = [] if visit.visitors.strip() else ["نام بازدیدکنندگان را بنویسید."]
    if visit.project_id:
        if visit.physical_progress is None:
            problems.append("مقدار اندازه‌گیری‌شدهٔ همهٔ عملیات را وارد کنید.")
        if not visit.quality_overall:
            problems.append("کیفیت کلی اجرا را برگزینید.")
        if visit.photos.count() < LEAST_PHOTOS:
            problems.append("دست‌کم ۲ عکس بگیرید.")
    elif not visit.remarks.strip():
        problems.append("نتیجهٔ بازدید از دستگاه را بنویسید.")
    return problems


def _locked(visit_id: int, by: User, name: str) -> FieldVisit:
    visit: FieldVisit = FieldVisit.objects.for_user(by).locked(visit_id)
    require(can(by, visit, name))
    return visit


def _move(visit: FieldVisit, name: str, by: User, *fields: str, note: str = "") -> FieldVisit:
    move, before = VISIT_MOVES[name], visit.state
    visit.state = move.target
    visit.save(update_fields=["state", *fields])
    _log(move, visit, before, by, note)
    return visit


def _log(move: Move, target: FieldVisit | VisitFinding, before: str, by: User, note: str) -> None:
    audit.record(
        move.event, target, by=by, before={"state": before}, after={"state": target.state}, note=note
    )
    outbox.add(move.event, target, by=by.pk)
