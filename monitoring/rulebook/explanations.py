"""A warning passes only with a written explanation: writing it, and what refuses a submission without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from accounts.decisions import require
from accounts.models import User
from budget_portal import audit
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken, WrongState
from budget_portal.moves import verb
from budget_portal.text import normalise
from monitoring import permissions
from monitoring.models import CheckResult, PerformanceSubmission, SubmissionAuthor
from monitoring.rules import REASON_LENGTH, is_reason

SHORT = "توضیح هر هشدار دست‌کم ۲۰ نویسه است و می‌گوید چرا رقم درست است."
LONG = "توضیح هر هشدار تا ۲٬۰۰۰ نویسه است؛ آن را کوتاه کنید و بلندتر را پیوست کنید."
MOST = 2_000
WAITING = "برای {count} هشدار توضیح نوشته نشده است. هشدار تنها با توضیح نوشته پذیرفته می‌شود."
UNMET = "کنترلی جلوی این گام را گرفته است. ردیف را با دلیل به دستگاه برگشت دهید."
UNEXPLAINED = "هشداری بی‌توضیح مانده است. ردیف را برگشت دهید تا دستگاه توضیح بنویسد."


@verb
def explain(submission_id: int, texts: Mapping[int, str], *, by: User) -> list[CheckResult]:
    """Write the explanation of warnings (key of the hit -> text); an empty text takes one back."""
    submission: PerformanceSubmission = PerformanceSubmission.objects.for_user(by).locked(submission_id)
    hits = {hit.pk: hit for hit in CheckResult.objects.filter(submission=submission, pk__in=texts, asks=True)}
    if len(hits) < len(texts):
        raise ObjectDoesNotExist
    written = {pk: normalise(text) for pk, text in texts.items()}
    for hit in hits.values():
        require(permissions.can_edit(by, submission, project=hit.project_id, programme=hit.programme_id))
    if short := [hits[pk] for pk, text in written.items() if text and not is_reason(text, REASON_LENGTH)]:
        raise RuleBroken(SHORT, short)
    if long := [hits[pk] for pk, text in written.items() if len(text) > MOST]:
        raise RuleBroken(LONG, long)
    changed = [_write(hits[pk], text, by) for pk, text in written.items() if text != hits[pk].explanation]
    if changed:
        author = SubmissionAuthor(submission=submission, revision=submission.revision + 1, person=by)
        SubmissionAuthor.objects.bulk_create([author], ignore_conflicts=True)
    return changed


def _write(hit: CheckResult, text: str, by: User) -> CheckResult:
    before, hit.explanation = hit.explanation, text
    hit.explained_by, hit.explained_at = (by, timezone.now()) if text else (None, None)
    hit.suggestion = "" if text else before
    hit.save(update_fields=["explanation", "explained_by", "explained_at", "suggestion"])
    facts: dict[str, Any] = {"rule": hit.rule, "row": hit.row, "cell": hit.cell}
    audit.record(
        "submission.explained",
        hit.submission,
        by=by,
        before={**facts, "explanation": before},
        after={**facts, "explanation": text, "expected": hit.expected, "actual": hit.actual},
    )
    return hit


def refuse_unexplained(submission: PerformanceSubmission) -> None:
    """What the agency may still explain must be explained before it is sent; a locked line asks at its return."""
    opened = permissions.open_lines(submission)
    hits = [
        hit
        for hit in CheckResult.objects.filter(submission=submission).waiting()
        if opened(hit.project_id, hit.programme_id)
    ]
    if hits:
        raise RuleBroken(WAITING.format(count=to_persian(len(hits))), hits)


def refuse_unfit(submission: PerformanceSubmission) -> None:
    """Nobody signs what a rule blocks, nor a warning that nobody explained."""
    hits = CheckResult.objects.filter(submission=submission)
    if hits.filter(severity="block").exists():
        raise WrongState(UNMET)
    if hits.waiting().exists():
        raise WrongState(UNEXPLAINED)
