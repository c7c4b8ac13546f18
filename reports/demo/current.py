"""The open cut-offs: drafts for all agencies, and submissions in every state, through the verbs."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.models import Agency
from agreements.models import PeriodWindow
from budget_portal import jalali
from monitoring import checking, entry, opening
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)
from monitoring.workflow import submissions
from monitoring.workflow.submissions import Return
from reports.demo import courses, visits
from reports.demo.ground import Ground
from reports.demo.plan import PERIODS
from reports.demo.register import Service, Work, moment

OPEN = ("1405-Q2", "1404-CLOSING")
# How far the agencies of each organization have come, in the order of their codes; the first waits for its user.
STATES = (
    "empty",
    "submitted",
    "approved",
    "reviewed",
    "under_review",
    "confirmed",
    "returned",
    "filled",
    "empty",
)


def open_windows(ground: Ground) -> None:
    """Past windows were opened, closed and published; those of the open cut-offs are open now."""
    for window in PeriodWindow.objects.select_related("period__fiscal_year", "organization"):
        _window(ground, window)


def _window(ground: Ground, window: PeriodWindow) -> None:
    code = window.period.code
    if window.period.cutoff_date > timezone.localdate() or code.startswith("1403"):
        return
    window.state, window.opened_at = "open", moment(window.opens_on)
    window.save(update_fields=["state", "opened_at"])
    if code not in OPEN:
        deputy = "consolidation" if window.organization.code == "khuzestan" else "consolidation_qom"
        window.state, window.closed_at = "closed", moment(window.consolidation_due)
        window.save(update_fields=["state", "closed_at"])
        window.state, window.published_at = "published", moment(window.publication_on)
        window.published_by = ground.people[deputy]
        window.save(update_fields=["state", "published_at", "published_by"])


def write(ground: Ground, works: list[Work], services: list[Service]) -> None:
    by_agency = {
        agency.pk: [work for work in works if work.agency == agency] for agency, _ in ground.agencies
    }
    for number, (agency, _) in enumerate(ground.agencies):
        service = next(service for service in services if service.agency == agency)
        goal = STATES[number % len(STATES)]
        if by_agency[agency.pk]:
            opening.open_submission(agency, ground.periods["1404-CLOSING"], "capital", by=None)
            _carry(ground, agency, "capital", goal, by_agency[agency.pk], service)
        _carry(ground, agency, "expense", goal, by_agency[agency.pk], service)


def _carry(ground: Ground, agency: Agency, kind: str, goal: str, works: list[Work], service: Service) -> None:
    period = ground.periods["1405-Q2"]
    submission = opening.open_submission(agency, period, kind, by=None)
    if goal == "empty":
        return
    user = ground.people[f"user{agency.code}"]
    _fill(submission, works, service)
    if goal == "filled":
        checking.recheck(submission)
        return
    submissions.submit(submission.pk, by=user, accept_missing=True)
    _steps(ground, submission, goal, works)


def _steps(ground: Ground, submission: PerformanceSubmission, goal: str, works: list[Work]) -> None:
    agency, code = submission.agency, submission.agency.organization.code
    treasurer = ground.people[f"zi{agency.code}"]
    expert = ground.people[f"expert_{code}_{agency.sector_group.code}"]
    consolidation = ground.people["consolidation" if code == "khuzestan" else "consolidation_qom"]
    if goal == "returned":
        line = Return(
            "برگ دوم صورت‌وضعیت اسکن نشده است؛ پروندهٔ کامل را پیوست کنید.",
            project_id=_first(works, submission),
        )
        submissions.return_to_agency(submission.pk, by=treasurer, lines=[line])
        return
    if goal == "submitted":
        return
    submissions.confirm(submission.pk, by=treasurer)
    if goal == "confirmed":
        return
    submissions.start_review(submission.pk, by=expert)
    if goal == "under_review":
        return
    _visit_or_excuse(submission, works, expert, consolidation)
    submissions.mark_reviewed(submission.pk, by=expert)
    if goal == "approved":
        submissions.approve(submission.pk, by=consolidation)


def _first(works: list[Work], submission: PerformanceSubmission) -> int | None:
    return works[0].project.pk if submission.kind == "capital" and works else None


def _visit_or_excuse(
    submission: PerformanceSubmission, works: list[Work], expert: Any, confirmer: Any
) -> None:
    reason = "به سبب سیلاب و بسته‌بودن راه، بازدید به مقطع بعد موکول شد."
    if submission.kind == "expense":
        submissions.write_no_visit_reason(submission.pk, by=expert, reason=reason)
        return
    day = min(timezone.localdate(), jalali.gregorian(1405, 8, 10))
    for work in works[:2]:
        visits.now(expert, work, submission.period, day, confirm_by=confirmer)
    for work in works[2:]:
        submissions.write_no_visit_reason(submission.pk, by=expert, reason=reason, project_id=work.project.pk)


def _fill(submission: PerformanceSubmission, works: list[Work], service: Service) -> None:
    """Figures of the last cut-off of the course, as an import of the agency's own sheet would write them."""
    index = len(PERIODS) - 1
    if submission.kind == "expense":
        _fill_expense(submission, service, index)
        return
    by_project = {work.project.pk: work for work in works}
    for line in CapitalFinanceLine.objects.filter(submission=submission).select_related("funding_source"):
        money = by_project[line.project_id].course.money[line.funding_source.code]
        line.received_cash, line.spent = money.received[index], money.spent[index]
        line.advances_open, line.commitments_open = (line.received_cash - line.spent) // 3, 0
        line.save(update_fields=["received_cash", "spent", "advances_open", "commitments_open"])
    for row in ProjectProgress.objects.filter(submission=submission):
        _fill_operations(row, by_project[row.project_id], index)


def _fill_operations(row: ProjectProgress, work: Work, index: int) -> None:
    parts = list(row.operations.select_related("operation").order_by("operation__key"))
    sizes = [(part.operation.target_quantity, part.operation.weight) for part in parts]
    for part, done in zip(parts, courses.quantities(work.course.actual[index], sizes), strict=True):
        part.quantity_done = done
    OperationProgress.objects.bulk_update(parts, ["quantity_done"])
    entry.recompute_progress(row)


def _fill_expense(submission: PerformanceSubmission, service: Service, index: int) -> None:
    lines = ExpenseFinanceLine.objects.filter(submission=submission)
    for line in lines.select_related("funding_source", "expense_chapter"):
        money = service.lines[line.expense_chapter.code, line.funding_source.code]
        line.received, line.spent, line.commitments_open = money.received[index], money.spent[index], 0
        line.save(update_fields=["received", "spent", "commitments_open"])
    rows = list(ActivityPerformance.objects.filter(submission=submission).select_related("activity"))
    left = sum(money.spent[index] for money in service.lines.values())
    for number, row in enumerate(rows):
        row.cost = left if number == len(rows) - 1 else left * 6 // 10
        left -= row.cost
        row.volume_done = (row.cost / row.activity.unit_cost).quantize(row.activity.target_volume)
        row.save(update_fields=["cost", "volume_done"])
