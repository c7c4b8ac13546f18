"""Several submissions signed by one word: those whose every line is clean, each in a transaction of its own.

What was shown is what is signed: a page carries the digest of each submission, and one that changed since is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.decisions import require
from accounts.models import User
from budget_portal import audit
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken, StaleVersion
from budget_portal.moves import verb
from monitoring import permissions, snapshots
from monitoring.models import PerformanceSubmission, SubmissionDocument
from monitoring.presenters import words
from monitoring.review import decisions
from monitoring.review.lines import ReviewedLine, lines_of
from monitoring.review.page import Sum, total_of
from monitoring.signing import digest_of
from monitoring.workflow import submissions

NOT_CLEAN = "این ردیف‌ها هشدار یا رقم نگه‌داشته دارد و تک‌به‌تک دیده می‌شود: {names}."
GOES_BACK = "{count} ردیف آن آمادهٔ برگشت است؛ نخست دربارهٔ برگشت تصمیم بگیرید."
EMPTY = "ردیفی ندارد."


@dataclass(frozen=True)
class Offered:
    """One submission as its signer reads it before signing; `refusal` says why it is not signed in this way."""

    submission: PerformanceSubmission
    title: str
    sum: Sum
    papers: int
    digest: str
    refusal: str


def waiting(user: User) -> list[PerformanceSubmission]:
    """What waits for the signature of this treasurer, at every cut-off, oldest first."""
    rows = PerformanceSubmission.objects.for_user(user).filter(state="submitted")
    return list(rows.select_related("agency", "period__fiscal_year").order_by("period__cutoff_date", "kind"))


def offer(user: User, rows: Iterable[PerformanceSubmission]) -> list[Offered]:
    return [_offer(user, submission) for submission in rows]


def said(offered: Sequence[Offered]) -> str:
    """«۲ پرونده: ۱۴ ردیف بدون هشدار، جمع عملکرد ۱۲۳٬۴۵۶ میلیون ریال و ۳ سند»: what one word signs."""
    rows = [row for row in offered if not row.refusal]
    total = Sum(sum(row.sum.count for row in rows), sum(row.sum.spent for row in rows))
    papers = to_persian(sum(row.papers for row in rows))
    return f"{to_persian(len(rows))} پرونده: {total.said('ردیف بدون هشدار')} و {papers} سند"


def _offer(user: User, submission: PerformanceSubmission) -> Offered:
    lines = list(lines_of(submission).values())
    allowed = permissions.can(user, submission, "confirm")
    refusal = _unfit(submission, lines) if allowed else allowed.reason
    papers = SubmissionDocument.objects.filter(submission=submission, removed_at=None).count()
    return Offered(submission, title_of(submission), total_of(lines), papers, _digest(submission), refusal)


def title_of(submission: PerformanceSubmission) -> str:
    return f"{words.KINDS[submission.kind]} – {words.period_name(submission.period)}"


def _unfit(submission: PerformanceSubmission, lines: list[ReviewedLine]) -> str:
    if unclean := [line.title for line in lines if not line.is_clean]:
        more = " و …" if len(unclean) > 3 else ""
        return NOT_CLEAN.format(names="، ".join(f"«{title}»" for title in unclean[:3]) + more)
    if going := decisions.prepared(submission, "treasurer"):
        return GOES_BACK.format(count=to_persian(len(going)))
    return "" if lines else EMPTY


def _digest(submission: PerformanceSubmission) -> str:
    """Of all that is signed: figures, explanations, documents."""
    return digest_of(snapshots.contents(submission))


@verb
def sign_clean(submission_id: int, *, by: User, seen: str) -> PerformanceSubmission:
    """Accept every line of a clean submission as it was seen, and confirm it."""
    submission: PerformanceSubmission = PerformanceSubmission.objects.for_user(by).locked(submission_id)
    require(permissions.can(by, submission, "confirm"))
    if seen != _digest(submission):
        raise StaleVersion(decisions.CHANGED)
    lines = list(lines_of(submission).values())
    if problem := _unfit(submission, lines):
        raise RuleBroken(problem)
    decisions.accept_many(submission.pk, {line.key: line.digest for line in lines}, by=by)
    audit.record("submission.signed_with_others", submission, by=by, after={"digest": seen})
    return submissions.confirm(submission.pk, by=by)
