"""کارتابل of performance: what each role has to do with submissions and visits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator

from accounts.models import Agency, User
from agreements.models import ExtensionRequest, PeriodWindow
from budget_portal import worklist
from budget_portal.worklist import Share, WorkItem
from monitoring.clocks import DueClock, due_for
from monitoring.models import FieldVisit, PerformanceSubmission, ReturnMark, VisitFinding
from monitoring.presenters import overview, words
from monitoring.risk import risks

MOST = 200
LATELY = 12  # submissions that others have in hand, or that are finished


def _submissions(user: User, *states: str) -> Any:
    rows = PerformanceSubmission.objects.for_user(user).filter(state__in=states)
    return rows.select_related("agency__sector_group", "period__fiscal_year").order_by(
        "-period__cutoff_date", "kind"
    )[:MOST]


def _named(row: PerformanceSubmission) -> str:
    return f"{words.KINDS[row.kind]} – {words.period_name(row.period)}"


def _windows(user: User, **only: Any) -> list[PeriodWindow]:
    rows = PeriodWindow.objects.for_user(user).filter(**only).exclude(state="planned")
    return list(rows.select_related("period__fiscal_year"))


def _window_of(windows: list[PeriodWindow], agency: Agency, row: Any) -> PeriodWindow | None:
    """The window that holds for an agency among those loaded: its group's own first."""
    fitting = [
        window
        for window in windows
        if window.period_id == row.period_id
        and window.kind == row.kind
        and window.organization_id == agency.organization_id
        and window.sector_group_id in {None, agency.sector_group_id}
    ]
    return min(fitting, key=lambda window: window.sector_group_id is None, default=None)


def _due(clock: DueClock | None, window: PeriodWindow | None, date: str) -> dict[str, Any]:
    """By the step's own clock, with the way to its derivation; without one, the date of the window."""
    if clock is not None:
        return {"due": clock.due_on, "due_url": clock.url}
    return {"due": getattr(window, date) if window else None}


# --- agency -------------------------------------------------------------------------------------------------------


@worklist.source("agency_user", "agency_head")
def open_windows(user: User) -> Iterator[WorkItem]:
    """Cut-offs that take figures: not begun, or begun as a draft. The head reads along."""
    agency = user.acting.agency if user.acting else None
    if agency is None:
        return
    windows = _windows(user, state="open")
    rows = PerformanceSubmission.objects.for_user(user).filter(
        period__in=[each.period_id for each in windows]
    )
    begun = {(row.period_id, row.kind): row for row in rows.select_related("period__fiscal_year")}
    seen = set()
    for window in windows:
        key = (window.period_id, window.kind)
        if key in seen or _window_of(windows, agency, window) != window:
            continue
        seen.add(key)
        row = begun.get(key)
        if row is not None and row.state != "draft":
            continue
        yield _entry_item(window, row, "todo" if user.role == "agency_user" else "waiting")


def _entry_item(window: PeriodWindow, row: PerformanceSubmission | None, group: worklist.Group) -> WorkItem:
    title = f"ورود عملکرد {words.KINDS[window.kind]} – {words.period_name(window.period)}"
    url = reverse("monitoring:entry", args=[window.period.code, window.kind])
    due: Any = window.last_day
    if row is None:
        return WorkItem(title, url, "هنوز شروع نشده", "شروع نشده", due=due, group=group)
    return WorkItem(
        title, url, "", "در حال انجام", "info", due=due, group=group, progress=partial(_progress, row)
    )


def _progress(row: PerformanceSubmission) -> Share:
    state = overview.of(row)
    text = state.text + (f" · {state.flagged} مورد نیاز به اصلاح" if state.flagged else "")
    return Share(state.done_share, state.flagged_share, text)


def _marks(user: User) -> Any:
    rows = ReturnMark.objects.for_user(user).filter(closed_at=None)
    return rows.filter(submission__state__in=["returned", "reopened"])[:MOST]


@worklist.source(
    "agency_user", "agency_head", rows=lambda user: [_marks(user)] if user.role == "agency_user" else []
)
def returned_lines(user: User) -> Iterator[WorkItem]:
    """Lines that came back, each with its reason."""
    for mark in _marks(user).select_related(
        "submission__period__fiscal_year", "project", "programme", "expense_chapter"
    ):
        line = mark.project or mark.programme or "همهٔ پرونده"
        base = reverse("monitoring:entry", args=[mark.submission.period.code, mark.submission.kind])
        url = f"{base}?rows=returned" + (
            f"&open={mark.project_id}#p-{mark.project_id}" if mark.project_id else ""
        )
        yield WorkItem(
            f"اصلاح ردیف برگشتی: {line}",
            url,
            f"{mark.get_stage_display()}: «{mark.reason}»",
            "برگشتی",
            "returned",
            "arrow-uturn-right",
            due=mark.due_on,
            since=mark.opened_at,
            group="todo" if user.role == "agency_user" else "waiting",
        )


@worklist.source("agency_user", "agency_head", waiting=True)
def sent_on(user: User) -> Iterator[WorkItem]:
    """What others have in hand, and what is finished."""
    states = ("submitted", "treasurer_confirmed", "under_review", "expert_reviewed", "approved")
    for row in _submissions(user, *states)[:LATELY]:
        badge = words.submission_badge(row)
        url = reverse("monitoring:entry-sent", args=[row.period.code, row.kind])
        since = row.approved_at or row.reviewed_at or row.confirmed_at or row.submitted_at
        yield WorkItem(
            f"عملکرد {_named(row)}",
            url,
            f"رسید {words.receipt_number(row)}",
            badge.label,
            "plain",
            badge.icon if badge.tone == "plain" else "",
            since=since,
            group="waiting",
        )


# --- treasurer ------------------------------------------------------------------------------------------------------


@worklist.source("treasurer", rows=lambda user: [_submissions(user, "submitted")])
def to_confirm(user: User) -> Iterator[WorkItem]:
    rows = list(_submissions(user, "submitted"))
    windows, clocks = _windows(user), due_for(row.pk for row in rows)
    found = risks(rows)
    for row in rows:
        window = _window_of(windows, row.agency, row)
        yield WorkItem(
            f"تأیید عملکرد {_named(row)}",
            reverse("monitoring:review-detail", args=[row.pk]),
            " · ".join([str(row.agency), f"نوبت {row.revision}", *found[row.pk].said]),
            "در انتظار ذیحساب",
            "warn",
            "clock",
            **_due(clocks.get(row.pk), window, "treasurer_due"),
            since=row.submitted_at,
            risk=found[row.pk].score,
        )


@worklist.source("treasurer", waiting=True)
def with_agency(user: User) -> Iterator[WorkItem]:
    for row in _submissions(user, "returned", "reopened", "treasurer_confirmed", "approved")[:LATELY]:
        badge = words.submission_badge(row)
        yield WorkItem(
            f"عملکرد {_named(row)}",
            reverse("monitoring:review-detail", args=[row.pk]),
            str(row.agency),
            badge.label,
            "plain",
            badge.icon if badge.tone == "plain" else "",
            since=row.approved_at or row.confirmed_at or row.submitted_at,
            group="waiting",
        )


# --- expert, consolidation, deputy -------------------------------------------------------------------------------------


def _step(
    user: User,
    states: tuple[str, ...],
    verb: str,
    due: str,
    since: str,
    tone: str = "warn",
    url: Callable[[PerformanceSubmission], str] | None = None,
) -> Iterator[WorkItem]:
    rows = list(_submissions(user, *states))
    windows, clocks = _windows(user), due_for(row.pk for row in rows)
    found = risks(rows)
    for row in rows:
        window = _window_of(windows, row.agency, row)
        badge = words.submission_badge(row)
        yield WorkItem(
            f"{verb}: {row.agency} – {_named(row)}",
            url(row) if url else reverse("monitoring:review-detail", args=[row.pk]),
            " · ".join([str(row.agency.sector_group), *found[row.pk].said]),
            badge.label,
            tone,
            **_due(clocks.get(row.pk), window, due),
            since=getattr(row, since),
            risk=found[row.pk].score,
        )


IN_REVIEW = ("treasurer_confirmed", "under_review")


@worklist.source("budget_expert", rows=lambda user: [_submissions(user, *IN_REVIEW)])
def to_review(user: User) -> Iterator[WorkItem]:
    yield from _step(user, IN_REVIEW, "بررسی و بازدید", "expert_due", "confirmed_at", url=_expert_page)


def _expert_page(row: PerformanceSubmission) -> str:
    return reverse("monitoring:expert-review", args=[row.pk])


def _planned(user: User) -> Any:
    rows = FieldVisit.objects.for_user(user).filter(expert=user, state__in=["planned", "done"])
    return rows.order_by("planned_for")[:MOST]


@worklist.source("budget_expert", rows=lambda user: [_planned(user)])
def planned_visits(user: User) -> Iterator[WorkItem]:
    for visit in _planned(user).select_related("project", "agency"):
        done = visit.state == "done"
        yield WorkItem(
            f"{'ارسال گزارش بازدید' if done else 'بازدید'}: {visit.project or visit.agency}",
            reverse("monitoring:visit", args=[visit.pk]),
            str(visit.agency),
            visit.get_state_display(),
            "info",
            due=visit.planned_for,
        )


def _mended(user: User) -> Any:
    rows = VisitFinding.objects.for_user(user).filter(state="resolved", visit__expert=user)
    return rows.order_by("due_on", "pk")[:MOST]


@worklist.source("budget_expert", rows=lambda user: [_mended(user)])
def findings_to_verify(user: User) -> Iterator[WorkItem]:
    """Findings of one's own visits that the agency says are mended."""
    yield from _findings(_mended(user), "تأیید رفع یافته", "act")


def _to_mend(user: User) -> Any:
    rows = VisitFinding.objects.for_user(user).filter(state__in=["open", "in_progress"])
    return rows.order_by("due_on", "pk")[:MOST]


@worklist.source("agency_user", rows=lambda user: [_to_mend(user)])
def findings_to_mend(user: User) -> Iterator[WorkItem]:
    yield from _findings(_to_mend(user), "رفع یافتهٔ بازدید", "warn")


def _findings(rows: Any, verb: str, tone: str) -> Iterator[WorkItem]:
    for row in rows.select_related("visit__project", "visit__agency"):
        yield WorkItem(
            f"{verb}: {Truncator(row.text).chars(80)}",
            reverse("monitoring:finding", args=[row.pk]),
            str(row.visit.project or row.visit.agency),
            row.get_state_display(),
            tone,
            due=row.due_on,
        )


@worklist.source("consolidation", rows=lambda user: [_submissions(user, "expert_reviewed")])
def to_approve(user: User) -> Iterator[WorkItem]:
    yield from _step(
        user, ("expert_reviewed",), "تأیید نهایی", "consolidation_due", "reviewed_at", url=_final_review
    )


def _final_review(row: PerformanceSubmission) -> str:
    return f"{reverse('monitoring:final-review', args=[row.period.code, row.agency.code])}#{row.kind}"


def _asked_for_time(user: User) -> Any:
    rows = ExtensionRequest.objects.for_user(user).filter(state="requested")
    return rows.select_related("agency", "window__period__fiscal_year").order_by("until")[:MOST]


@worklist.source("consolidation", rows=lambda user: [_asked_for_time(user)])
def extensions_to_decide(user: User) -> Iterator[WorkItem]:
    for row in _asked_for_time(user):
        kind, name = words.KINDS[row.window.kind], words.period_name(row.window.period)
        yield WorkItem(
            f"درخواست تمدید: {row.agency} – {kind} – {name}",
            f"{reverse('monitoring:extensions')}#extension-{row.pk}",
            f"«{Truncator(row.reason).chars(80)}»",
            row.get_state_display(),
            "warn",
            since=row.requested_at,
        )


def _handed_in(user: User) -> Any:
    return FieldVisit.objects.for_user(user).filter(state="submitted").order_by("submitted_at")[:MOST]


@worklist.source("consolidation", rows=lambda user: [_handed_in(user)])
def visits_to_confirm(user: User) -> Iterator[WorkItem]:
    for visit in _handed_in(user).select_related("project", "agency"):
        yield WorkItem(
            f"تأیید بازدید: {visit.project or visit.agency}",
            reverse("monitoring:visit", args=[visit.pk]),
            str(visit.agency),
            visit.get_state_display(),
            "warn",
            since=visit.submitted_at,
        )


def _to_reopen(user: User) -> Any:
    rows = PerformanceSubmission.objects.for_user(user).filter(
        state="approved", reopen_asked_at__isnull=False
    )
    return rows.select_related("agency", "period__fiscal_year").order_by("reopen_asked_at")[:MOST]


@worklist.source("budget_deputy", rows=lambda user: [_to_reopen(user)])
def reopen_requests(user: User) -> Iterator[WorkItem]:
    for row in _to_reopen(user):
        yield WorkItem(
            f"درخواست بازگشایی: {row.agency} – {_named(row)}",
            reverse("monitoring:reopen", args=[row.pk]),
            f"گروه تلفیق: «{row.reopen_reason}»",
            "در انتظار تصمیم شما",
            "warn",
            since=row.reopen_asked_at,
        )
