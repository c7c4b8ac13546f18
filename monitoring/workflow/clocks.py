"""A clock is stopped by hand only for a named reason, for a limited time, once for each reason (domain guide §16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.decisions import Allowed, Decision, Denied, require
from budget_portal import audit
from budget_portal.errors import RuleBroken
from budget_portal.moves import verb
from monitoring.clocks import keeping, terms
from monitoring.models import PauseReason, SubmissionClock
from monitoring.models.clocks import Sort
from monitoring.rules import is_reason

if TYPE_CHECKING:
    from accounts.models import User

# Whose step it is, in which states of the submission; the service's clock stands still with the step's.
STEPS = {
    Sort.EXPERT: ("budget_expert", ("treasurer_confirmed", "under_review")),
    Sort.CONSOLIDATION: ("consolidation", ("expert_reviewed",)),
}
NOT_YOURS = "ساعت را کسی متوقف می‌کند که گام در دست اوست: کارشناس بودجه یا گروه تلفیق."


def can_pause(user: User, clock: SubmissionClock) -> Decision:
    """Whoever has the step in hand, while the clock runs."""
    if not (answer := _has_step(user, clock)):
        return answer
    if clock.pauses.filter(ended_at__isnull=True).exists():
        return Denied("این ساعت هم‌اکنون متوقف است.", "state")
    return Allowed()


def can_resume(user: User, clock: SubmissionClock) -> Decision:
    if not (answer := _has_step(user, clock)):
        return answer
    if not clock.pauses.filter(ended_at__isnull=True).exclude(code=PauseReason.RETURNED).exists():
        return Denied("این ساعت توقفی ندارد که از سر گرفته شود.", "state")
    return Allowed()


def _has_step(user: User, clock: SubmissionClock) -> Decision:
    role, states = STEPS.get(Sort(clock.sort), ("", ()))
    if not role or user.role != role:
        return Denied(NOT_YOURS)
    if clock.stopped_at is not None or clock.submission.state not in states:
        return Denied("این ساعت پایان یافته است.", "state")
    return Allowed()


def open_reasons(clock: SubmissionClock) -> list[terms.Reason]:
    """Reasons that this clock has not had yet; the return to the agency comes with its move alone."""
    taken = {PauseReason.RETURNED, *clock.pauses.values_list("code", flat=True)}
    known = terms.reasons(clock.submission.agency.organization_id)
    return [reason for code, reason in known.items() if code not in taken]


@verb
def pause_clock(clock_id: int, *, by: User, code: str, note: str) -> SubmissionClock:
    clock = _locked(clock_id, by)
    require(can_pause(by, clock))
    reason = next((row for row in open_reasons(clock) if row.code == code), None)
    if reason is None:
        raise RuleBroken("این دلیل برای این ساعت دیگر در دسترس نیست.")
    if not is_reason(note):
        raise RuleBroken("شرح توقف را در دست‌کم ۲۰ نویسه بنویسید.")
    for row in _together(clock):
        keeping.pause(row, reason, by=by, note=note)
    audit.record(
        "clock.paused", clock, by=by, after={"reason": reason.title, "limit": reason.limit}, note=note
    )
    return clock


@verb
def resume_clock(clock_id: int, *, by: User) -> SubmissionClock:
    clock = _locked(clock_id, by)
    require(can_resume(by, clock))
    for row in _together(clock):
        keeping.resume(row, by=by)
    audit.record("clock.resumed", clock, by=by)
    return clock


def _locked(clock_id: int, by: User) -> SubmissionClock:
    clock: SubmissionClock = SubmissionClock.objects.for_user(by).locked(clock_id)
    return clock


def _together(clock: SubmissionClock) -> list[SubmissionClock]:
    """The step's clock and that of the whole service."""
    service = SubmissionClock.objects.running().filter(submission=clock.submission_id, sort=Sort.SERVICE)
    return [clock, *service.select_for_update()]
