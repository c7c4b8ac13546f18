"""A submission is judged by the rules of its cut-off; when those have changed since, it is judged again first (C9)."""

from __future__ import annotations

from accounts.decisions import Allowed, Decision, Denied, require
from accounts.models import User
from budget_portal import audit
from budget_portal.errors import WrongState
from budget_portal.moves import verb
from monitoring import checking, permissions
from monitoring.models import PerformanceSubmission
from monitoring.rulebook import in_force

STALE = (
    "قاعده‌های این مقطع پس از آخرین سنجش پرونده عوض شده است (نسخهٔ {old}؛ اکنون {new}). "
    "پرونده را یک بار دیگر بسنجید و یافته‌های تازه را ببینید."
)
WHO = {
    "submitted": ("treasurer",),
    "treasurer_confirmed": ("budget_expert",),
    "under_review": ("budget_expert",),
    "expert_reviewed": ("consolidation",),
}


def stale(submission: PerformanceSubmission) -> str:
    """Why it must be judged again, or nothing."""
    new = in_force.version_of(submission)
    if not submission.rule_set or submission.rule_set == new:
        return ""
    return STALE.format(old=submission.rule_set, new=new)


def refuse_stale(submission: PerformanceSubmission) -> None:
    if problem := stale(submission):
        raise WrongState(problem)


def can_recheck(user: User, submission: PerformanceSubmission) -> Decision:
    """Whoever has the submission before them: the agency while it writes, then the one whose step is next."""
    if submission.is_editable:
        return permissions.can_fill(user, submission)
    if submission.state == "approved":
        return Denied("پروندهٔ تأیید نهایی‌شده با قاعده‌های زمان خود می‌ماند.", "state")
    if user.role in WHO.get(submission.state, ()):
        return Allowed()
    return Denied("سنجش دوباره با کسی است که پرونده اکنون نزد او است.")


@verb
def recheck(submission_id: int, *, by: User) -> PerformanceSubmission:
    """Judge all of it by the rules that hold now; explanations of unchanged figures stay."""
    submission: PerformanceSubmission = PerformanceSubmission.objects.for_user(by).locked(submission_id)
    require(can_recheck(by, submission))
    before = submission.rule_set
    checking.recheck(submission)
    audit.record(
        "submission.rechecked",
        submission,
        by=by,
        before={"rule_set": before},
        after={"rule_set": submission.rule_set},
    )
    return submission
