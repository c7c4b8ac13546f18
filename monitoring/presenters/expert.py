"""The expert's review: the queue of submissions, and beside each line of one its visits or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from agreements.models import PeriodWindow
from agreements.models.projects import FINISHED
from budget_portal.keyset import slice_of
from monitoring import permissions
from monitoring.clocks import DueClock, due_for
from monitoring.indicators import deviation_pp
from monitoring.lines import LineKey
from monitoring.models import FieldVisit, NoVisitReason, PerformanceSubmission, ProjectProgress
from monitoring.presenters import deadlines, review, words
from monitoring.presenters.visit_list import PAGE, Tab
from monitoring.presenters.words import Badge, Due
from monitoring.rulebook import in_force
from monitoring.workflow import submissions
from monitoring.workflow.submissions import HANDED_IN

VISITED = Badge("بازدید شد", "plain", "check")
WRITTEN = Badge("بازدید ناتمام", "info", "pencil-square")
EXCUSED = Badge("دلیل نبود بازدید", "neutral", "document-text")
MISSING = Badge("بی‌بازدید", "bad", "map-pin")
NOT_ASKED = Badge("بازدید نمی‌خواهد", "plain")

TABS = (
    ("todo", "در نوبت بررسی", ("treasurer_confirmed", "under_review")),
    ("returned", "برگشتی به دستگاه", ("returned", "reopened")),
    ("done", "بررسی‌شده", ("expert_reviewed", "approved")),
)


# --- the queue ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QueueRow:
    submission: PerformanceSubmission
    title: str
    note: str
    badge: Badge
    url: str
    due: Due | None
    covered: int
    asked: int

    @property
    def is_covered(self) -> bool:
        return self.covered >= self.asked


@dataclass(frozen=True)
class Queue:
    rows: list[QueueRow]
    tabs: list[Tab]
    tab: str
    older: int | None
    first: bool


def queue(user: User, request: HttpRequest) -> Queue:
    keys = {key: states for key, _, states in TABS}
    chosen = request.GET.get("tab", "todo")
    chosen = chosen if chosen in keys else "todo"
    rows = PerformanceSubmission.objects.for_user(user).filter(revision__gt=0)
    counts = rows.aggregate(**{key: Count("pk", filter=Q(state__in=states)) for key, states in keys.items()})
    tabs = [Tab(key, label, f"?tab={key}", counts[key], key == chosen) for key, label, _ in TABS]
    found = rows.filter(state__in=keys[chosen]).select_related("agency", "period__fiscal_year")
    part = slice_of(found, request, PAGE)
    covered, windows = coverage(user, part.rows), _windows(user, part.rows)
    clocks = due_for(row.pk for row in part.rows)
    shown = [_row(row, covered[row.pk], windows, clocks.get(row.pk)) for row in part.rows]
    return Queue(shown, tabs, chosen, part.older, part.is_first)


def _row(row: Any, covered: tuple[int, int], windows: list[PeriodWindow], clock: DueClock | None) -> QueueRow:
    window = next((w for w in windows if _holds(w, row)), None)
    waits = row.state in {"treasurer_confirmed", "under_review"}
    return QueueRow(
        submission=row,
        title=str(row.agency),
        note=f"{words.KINDS[row.kind]} – {words.period_name(row.period)}",
        badge=words.submission_badge(row),
        url=reverse("monitoring:expert-review", args=[row.pk]),
        due=deadlines.clock_due(clock, "مهلت بررسی", window.expert_due) if window and waits else None,
        covered=covered[0],
        asked=covered[1],
    )


def _windows(user: User, rows: Iterable[PerformanceSubmission]) -> list[PeriodWindow]:
    """Windows of these cut-offs, those of single groups first."""
    periods = {row.period_id for row in rows}
    found = list(PeriodWindow.objects.for_user(user).filter(period__in=periods).exclude(state="planned"))
    return sorted(found, key=lambda window: window.sector_group_id is None)


def _holds(window: PeriodWindow, row: PerformanceSubmission) -> bool:
    return (
        window.period_id == row.period_id
        and window.kind == row.kind
        and window.organization_id == row.agency.organization_id
        and window.sector_group_id in {None, row.agency.sector_group_id}
    )


def coverage(user: User, rows: Iterable[PerformanceSubmission]) -> dict[int, tuple[int, int]]:
    """Per submission how many projects (for expense: the agency) have a visit or a reason, of how many."""
    found = list(rows)
    visits = FieldVisit.objects.for_user(user).filter(state__in=HANDED_IN)
    visited = set(
        visits.filter(agency__in={row.agency_id for row in found}).values_list("agency", "period", "project")
    )
    reasons = NoVisitReason.objects.for_user(user).filter(submission__in=found)
    excused = set(reasons.values_list("submission", "project"))
    asked = _asked(user, found)
    return {
        row.pk: (
            sum(
                (row.agency_id, row.period_id, project) in visited or (row.pk, project) in excused
                for project in asked[row.pk]
            ),
            len(asked[row.pk]),
        )
        for row in found
    }


def _asked(user: User, rows: list[PerformanceSubmission]) -> dict[int, list[int | None]]:
    """What must be visited: the unfinished projects, or the agency itself (None)."""
    asked: dict[int, list[int | None]] = {row.pk: [None] if row.kind == "expense" else [] for row in rows}
    lines = ProjectProgress.objects.for_user(user).filter(submission__in=rows)
    for submission, project in lines.exclude(project__status__in=FINISHED).values_list(
        "submission", "project"
    ):
        asked[submission].append(project)
    return asked


# --- one submission -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VisitRow:
    visit: FieldVisit
    title: str
    claimed: Decimal | None
    limit: Decimal

    @property
    def gap(self) -> Decimal | None:
        """How far the claim lies above this visit's figure, when that asks the expert's word (V10)."""
        gap = deviation_pp(self.claimed, self.visit.physical_progress)
        handed_in = self.visit.state in HANDED_IN
        return gap if handed_in and gap is not None and gap > self.limit else None


@dataclass
class Visited:
    """Visits of one project (or of the agency) at the cut-off, and the reason where there is none."""

    project_id: int | None
    badge: Badge
    new_url: str
    visits: list[VisitRow] = field(default_factory=list)
    reason: NoVisitReason | None = None

    @property
    def needs_reason(self) -> bool:
        return self.badge in {MISSING, WRITTEN, EXCUSED}


@dataclass
class Evidence:
    """Visits and reasons of a whole submission, loaded once."""

    submission: PerformanceSubmission
    visits: dict[int | None, list[FieldVisit]] = field(default_factory=dict)
    reasons: dict[int | None, NoVisitReason] = field(default_factory=dict)
    finished: set[int] = field(default_factory=set)

    def badge(self, project: int | None) -> Badge:
        rows = self.visits.get(project, [])
        if any(row.state in HANDED_IN for row in rows):
            return VISITED
        if project in self.reasons:
            return EXCUSED
        if rows:
            return WRITTEN
        return NOT_ASKED if project in self.finished else MISSING


def evidence(user: User, submission: PerformanceSubmission) -> Evidence:
    found = Evidence(submission)
    rows = FieldVisit.objects.for_user(user).filter(agency=submission.agency_id, period=submission.period_id)
    for row in rows.filter(project__isnull=submission.kind == "expense").select_related("expert"):
        found.visits.setdefault(row.project_id, []).append(row)
    for reason in (
        NoVisitReason.objects.for_user(user).filter(submission=submission).select_related("written_by")
    ):
        found.reasons[reason.project_id] = reason
    done = ProjectProgress.objects.for_user(user).filter(submission=submission, project__status__in=FINISHED)
    found.finished = set(done.values_list("project_id", flat=True))
    return found


def visited(found: Evidence, pack: review.Pack, line: review.Line | None) -> Visited:
    """What stands beside the open line; an expense submission has one visit for all its lines."""
    submission = found.submission
    is_capital = submission.kind == "capital"
    project = line.project_id if line and is_capital else None
    limit = in_force.dispute_points(in_force.book_of(submission)) if is_capital else Decimal(0)
    progress = pack.progress.get(line.key) if line else None
    claimed = progress.physical_progress if progress else None
    where = f"project={line.project_code}" if is_capital and line else f"agency={submission.agency.code}"
    return Visited(
        project_id=project,
        badge=found.badge(project),
        new_url=f"{reverse('monitoring:visit-new')}?{where}&period={submission.period_id}",
        visits=[VisitRow(row, _title(row), claimed, limit) for row in found.visits.get(project, [])],
        reason=found.reasons.get(project),
    )


def _title(visit: FieldVisit) -> str:
    return f"بازدید {visit.pk}، {visit.expert.full_name}"


def flags(found: Evidence, key: str) -> list[Badge]:
    """The state of visits beside a line of the list; an expense submission has one visit for all its lines."""
    project = LineKey.parse(key).project_id
    return [] if project is None else [found.badge(project)]


def decisions(user: User, submission: PerformanceSubmission) -> dict[str, dict[str, Any]]:
    """The three moves of the expert: each a button, or the reason why not."""
    found = {}
    for name, move in (
        ("start", "start_review"),
        ("done", "mark_reviewed"),
        ("give_back", "return_by_expert"),
    ):
        decision = permissions.can(user, submission, move)
        found[name] = {"may": bool(decision), "reason": decision.reason}
    if found["done"]["may"] and (problem := submissions.not_reviewable(submission)):
        found["done"] = {"may": False, "reason": problem}
    return found
