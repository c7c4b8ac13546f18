"""The open cut-offs: drafts for all agencies, and submissions in every state, through the verbs."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils import timezone

from accounts.models import Agency, User
from agreements.models import PeriodWindow
from monitoring import checking, entry, opening
from monitoring.evidence import policy
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)
from monitoring.review import decisions
from monitoring.workflow import submissions
from monitoring.workflow.submissions import Return
from reports.demo import courses, ledgers, own, then, visits
from reports.demo.explaining import explain
from reports.demo.ground import Ground
from reports.demo.plan import PERIODS
from reports.demo.register import Service, Work, moment

OPEN = ("1405-Q2", "1404-CLOSING")
EVIDENCE = "برگ دوم صورت‌وضعیت اسکن نشده است؛ پروندهٔ کامل را پیوست کنید."
VOLUME = "حجم فعالیت با سند خدمت نمی‌خواند؛ فهرست خدمت و علت کمی حجم را پیوست کنید."
HOLDING = "1003"  # approved but for one held line
WAITING_VISIT = "1004"  # one of its visits is still to be confirmed by the consolidation group
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


@dataclass(frozen=True)
class Pace:
    """How many working days ago each step of one submission was taken; who is slow shows on the clock."""

    submit: int
    confirm: int
    start: int = 0
    visit: int = 0
    mark: int = 0
    approve: int = 0


def _pace(goal: str, number: int) -> Pace:
    if goal == "submitted":
        return Pace(1 + number % 5, 0)
    if goal == "returned":
        return Pace(7 + number % 3, 5 + number % 3)
    if goal == "confirmed":
        confirm = 1 + number % 5
        return Pace(confirm + 3, confirm)
    if goal == "under_review":
        confirm = 4 + number % 6
        return Pace(confirm + 2, confirm, start=confirm - 2)
    if goal == "reviewed":
        confirm = 6 + number % 7
        return Pace(confirm + 3, confirm, start=confirm - 1, visit=3, mark=1 + number % 2)
    confirm = 13 + number % 5
    approve = confirm - 5 - (number * 3) % 8
    return Pace(confirm + 2, confirm, start=confirm - 1, visit=approve + 2, mark=approve + 1, approve=approve)


def _set_policies(ground: Ground) -> None:
    """Documents are not demanded yet; of those attached, the treasurer opens some before signing."""
    person = ground.people["consolidation"]
    if person.acting is None:
        return
    for kind in ("capital", "expense"):
        policy.set_policy(
            person.acting.organization,
            kind,
            by=person,
            from_period=ground.periods["1404-CLOSING" if kind == "capital" else "1405-Q2"],
            amount=None,
            sample_share=Decimal(30),
            sample_least=1,
            note="نامهٔ گروه تلفیق؛ آزمایش نمونه‌گیری پیش از تعیین حد نصاب",
        )


def write(ground: Ground, works: list[Work], services: list[Service]) -> None:
    _set_policies(ground)
    by_agency = {
        agency.pk: [work for work in works if work.agency == agency] for agency, _ in ground.agencies
    }
    for number, (agency, _) in enumerate(ground.agencies):
        service = next(service for service in services if service.agency == agency)
        goal = STATES[number % len(STATES)]
        if agency.code == own.CODE:
            own.write(ground, agency, by_agency[agency.pk], service)
            continue
        if by_agency[agency.pk]:
            opening.open_submission(agency, ground.periods["1404-CLOSING"], "capital", by=None)
            _carry(ground, agency, "capital", goal, by_agency[agency.pk], service, number)
        _carry(ground, agency, "expense", goal, by_agency[agency.pk], service, number + 1)


def _carry(
    ground: Ground, agency: Agency, kind: str, goal: str, works: list[Work], service: Service, number: int
) -> None:
    period = ground.periods["1405-Q2"]
    submission = opening.open_submission(agency, period, kind, by=None)
    if goal == "empty":
        return
    user = ground.people[f"user{agency.code}"]
    fill(submission, works, service)
    if goal == "filled":
        checking.recheck(submission)
        return
    pace = _pace(goal, number)
    if agency.code == HOLDING and kind == "expense":
        _hold_one(submission, user)
    with _step(submission, pace.submit, 9):
        explain(submission, user)
        submissions.submit(submission.pk, by=user, accept_missing=True)
    _steps(ground, submission, goal, works, pace)


def _hold_one(submission: PerformanceSubmission, user: User) -> None:
    """One line breaks a rule and travels on without its figures (decision 16)."""
    line = ExpenseFinanceLine.objects.filter(submission=submission).order_by("pk").last()
    if line is not None:
        entry.save_cell("expense", line.pk, "spent", str((line.received or 0) + 640), version=None, by=user)
        entry.hold("expense", line.pk, by=user)


def _step(submission: PerformanceSubmission, ago: int, hour: int) -> AbstractContextManager[None]:
    """A step is taken in office hours, not before the window opened, at its own minute."""
    opened = submission.period.cutoff_date + dt.timedelta(days=11)
    return then.at(then.days_ago(ago, hour=hour, minute=submission.pk * 7 % 60, not_before=opened))


def _steps(
    ground: Ground, submission: PerformanceSubmission, goal: str, works: list[Work], pace: Pace
) -> None:
    agency, code = submission.agency, submission.agency.organization.code
    treasurer, expert = ground.people[f"zi{agency.code}"], expert_of(ground, agency)
    consolidation = ground.people["consolidation" if code == "khuzestan" else "consolidation_qom"]
    if goal == "submitted":
        return
    if goal == "returned" and submission.kind == "capital":
        with _step(submission, pace.confirm, 10):
            _return(submission, treasurer, EVIDENCE, works)
        return
    if agency.code == ledgers.SIGNED:
        with _step(submission, pace.confirm, 9):
            ledgers.sign(submission, treasurer)
    with _step(submission, pace.confirm, 10):
        decisions.accept_each(submission, by=treasurer)
        submissions.confirm(submission.pk, by=treasurer)
    if goal == "returned":  # the expert's return stops the service clock
        with _step(submission, pace.confirm - 2, 11):
            submissions.start_review(submission.pk, by=expert)
        with _step(submission, pace.confirm - 3, 12):
            _return(submission, expert, VOLUME, works)
        return
    if goal == "confirmed":
        return
    with _step(submission, pace.start, 11):
        submissions.start_review(submission.pk, by=expert)
    if goal == "under_review":
        return
    with _step(submission, pace.visit, 12):
        _visit_or_excuse(submission, works, expert, consolidation)
    with _step(submission, pace.mark, 13):
        submissions.mark_reviewed(submission.pk, by=expert)
    if goal == "approved":
        with _step(submission, pace.approve, 14):
            submissions.approve(submission.pk, by=consolidation)


def _return(submission: PerformanceSubmission, by: User, reason: str, works: list[Work]) -> None:
    line = Return(
        reason, project_id=_first(works, submission), due_on=timezone.localdate() + dt.timedelta(14)
    )
    if submission.kind == "expense":
        row = ExpenseFinanceLine.objects.filter(submission=submission).order_by("pk").first()
        if row is not None:
            line = replace(line, programme_id=row.programme_id, expense_chapter_id=row.expense_chapter_id)
    submissions.return_to_agency(submission.pk, by=by, lines=[line])


def expert_of(ground: Ground, agency: Agency) -> User:
    """The demo person where there is one for the group, else the colleague."""
    own_people = {("khuzestan", "infrastructure"): "expert", ("qom", "social"): "expert2"}
    key = (agency.organization.code, agency.sector_group.code)
    return ground.people[own_people.get(key, f"expert_{key[0]}_{key[1]}")]


def _first(works: list[Work], submission: PerformanceSubmission) -> int | None:
    return works[0].project.pk if submission.kind == "capital" and works else None


def _visit_or_excuse(
    submission: PerformanceSubmission, works: list[Work], expert: User, confirmer: User
) -> None:
    reason = "به سبب سیلاب و بسته‌بودن راه، بازدید به مقطع بعد موکول شد."
    if submission.kind == "expense":
        submissions.write_no_visit_reason(submission.pk, by=expert, reason=reason)
        return
    day = timezone.localdate()
    for number, work in enumerate(works[:2]):
        waits = submission.agency.code == WAITING_VISIT and number == 0
        visits.now(expert, work, submission.period, day, confirm_by=None if waits else confirmer)
    for work in works[2:]:
        submissions.write_no_visit_reason(submission.pk, by=expert, reason=reason, project_id=work.project.pk)


def fill(submission: PerformanceSubmission, works: list[Work], service: Service) -> None:
    """Figures of the last cut-off of the course, as an import of the agency's own sheet would write them."""
    index = len(PERIODS) - 1
    if submission.kind == "expense":
        _fill_expense(submission, service, index)
        return
    by_project = {work.project.pk: work for work in works}
    lines = list(CapitalFinanceLine.objects.filter(submission=submission).select_related("funding_source"))
    for line in lines:
        money = by_project[line.project_id].course.money[line.funding_source.code]
        line.received_cash, line.spent = money.received[index], money.spent[index]
        line.advances_open, line.commitments_open = (line.received_cash - line.spent) // 3, 0
    CapitalFinanceLine.objects.bulk_update(
        lines, ["received_cash", "spent", "advances_open", "commitments_open"]
    )
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
        row.volume_done = (row.cost / row.activity.unit_cost).quantize(Decimal(1))
        row.save(update_fields=["cost", "volume_done"])
