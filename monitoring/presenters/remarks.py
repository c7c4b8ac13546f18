"""What was said about a submission, as any page shows it (templates/monitoring/_remarks.html)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from accounts.models import Role, User
from monitoring import remarks as verbs
from monitoring.models import PerformanceSubmission, SubmissionRemark
from monitoring.presenters.words import Badge

ICONS = {"comment": "chat-bubble-left", "flag": "flag", "question": "question-mark-circle"}
WHOLE = "همهٔ پرونده"
SHOWN = (("", "باز"), ("all", "همه"), ("question", "پرسش‌ها"), ("flag", "نشان‌شده‌ها"), ("done", "رسیدگی‌شده"))


@dataclass(frozen=True)
class Said:
    """One voice: who, in which role, when, what."""

    pk: int
    who: str
    role: str
    at: Any
    text: str


@dataclass(frozen=True)
class Thread:
    """A remark with its answers and what this person may do with it."""

    pk: int
    sort: str
    title: str
    icon: str
    badge: Badge
    place: str
    cell: str
    url: str  # the place in the form, for those who see the form
    first: Said
    answers: list[Said] = field(default_factory=list)
    settled: str = ""
    settled_at: Any = None
    is_open: bool = True
    may_answer: bool = False
    may_resolve: bool = False
    why_not: str = ""


def threads(
    user: User,
    submission: PerformanceSubmission,
    place: verbs.Place | None = None,
    *,
    shown: str = "all",
) -> list[Thread]:
    """Of the submission, of one line of it, or of one cell; open ones first, each group oldest first. Two queries."""
    place = place or verbs.Place()
    rows = SubmissionRemark.objects.for_user(user).filter(submission=submission, parent=None)
    if place.cell:
        rows = rows.filter(cell=place.cell)
    elif place.project is not None:
        rows = rows.filter(project=place.project)
    elif place.programme is not None:
        rows = rows.filter(programme=place.programme)
        rows = rows.filter(expense_chapter=place.chapter) if place.chapter is not None else rows
    rows = _shown(rows, shown).select_related("author", "resolved_by")
    answers = SubmissionRemark.objects.select_related("author")
    found = list(rows.prefetch_related(Prefetch("answers", queryset=answers)))
    return [
        _thread(user, submission, row) for row in sorted(found, key=lambda row: (not row.is_open, row.pk))
    ]


def _shown(rows: Any, shown: str) -> Any:
    if shown == "":
        return rows.filter(resolved_at=None)
    if shown == "done":
        return rows.filter(resolved_at__isnull=False)
    return rows.filter(sort=shown) if shown in ICONS else rows


def _thread(user: User, submission: PerformanceSubmission, row: SubmissionRemark) -> Thread:
    may_resolve = verbs.can_resolve(user, row)
    settled = f"رسیدگی شد: {row.resolved_by}" if row.resolved_by else ""
    return Thread(
        pk=row.pk,
        sort=row.sort,
        title=str(row.get_sort_display()),
        icon=ICONS[row.sort],
        badge=_badge(row),
        place=row.place or WHOLE,
        cell=row.cell,
        url=_url(user, submission, row),
        first=_said(row),
        answers=[_said(answer) for answer in row.answers.all()],
        settled=settled,
        settled_at=row.resolved_at,
        is_open=row.is_open,
        may_answer=row.is_open and bool(verbs.can_speak(user)),
        may_resolve=bool(may_resolve),
        why_not=may_resolve.reason,
    )


def _badge(row: SubmissionRemark) -> Badge:
    if not row.is_open:
        return Badge("رسیدگی شد", "plain", "check")
    if row.answered_at:
        return Badge("پاسخ داده شد", "info")
    return Badge("در انتظار پاسخ", "warn", "clock") if row.sort == "question" else Badge("باز", "warn")


def _said(row: SubmissionRemark) -> Said:
    return Said(row.pk, str(row.author), str(Role(row.role).label), row.at, row.text)


def _url(user: User, submission: PerformanceSubmission, row: SubmissionRemark) -> str:
    """The line in the agency's form; others find the place by its name."""
    if user.role not in {"agency_user", "agency_head"}:
        return ""
    base = reverse("monitoring:entry", args=[submission.period.code, submission.kind])
    if row.project_id:
        return f"{base}?open={row.project_id}#p-{row.project_id}"
    kind, _, rest = row.cell.partition(":")
    anchor = {"expense": "x-", "activity": "a-"}.get(kind)
    return f"{base}#{anchor}{rest.partition(':')[0]}" if anchor else base
