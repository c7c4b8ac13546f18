"""Past cut-offs, approved: written in bulk along the same edges that the verbs take, with their audit lines."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from budget_portal.models import AuditEntry
from monitoring import rule_inputs, snapshots
from monitoring.clocks import passed
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    DelayCause,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectDelayCause,
    ProjectProgress,
    SubmissionAuthor,
)
from monitoring.workflow.moves import SUBMISSION_MOVES
from reports.demo import courses
from reports.demo.ground import Ground
from reports.demo.plan import PERIODS
from reports.demo.register import Service, Work, moment

STEPS = ("submit", "confirm", "start_review", "mark_reviewed", "approve")
DAYS_AFTER = {"submit": 14, "confirm": 16, "start_review": 17, "mark_reviewed": 22, "approve": 26}
CAUSES = ("allocation", "late-payment", "land", "materials", "price-rise", "weather")
Previous = dict[Any, Any]
# By an extension of its own one agency came after the window's last day: organization, agency, cut-off, kind.
LATE = ("khuzestan", "1001", "1405-Q1", "expense")
LATE_BY = 20  # days


def write(ground: Ground, works: list[Work], services: list[Service], periods: tuple[str, ...]) -> None:
    """Submissions of all agencies at these cut-offs, from figures to final approval."""
    before: Previous = {}
    for code in periods:
        with transaction.atomic():
            index = PERIODS.index(code)
            capital = _submissions(ground, {work.agency for work in works}, code, "capital")
            expense = _submissions(ground, {service.agency for service in services}, code, "expense")
            _capital_figures(ground, works, capital, index, before)
            _expense_figures(ground, services, expense, index, before)
            approve(ground, [*capital.values(), *expense.values()])


def _submissions(ground: Ground, agencies: Any, code: str, kind: str) -> dict[int, PerformanceSubmission]:
    rows = [
        PerformanceSubmission(agency=agency, period=ground.periods[code], kind=kind)
        for agency in sorted(agencies, key=lambda agency: agency.code)
    ]
    return {row.agency_id: row for row in PerformanceSubmission.objects.bulk_create(rows)}


def _capital_figures(
    ground: Ground,
    works: list[Work],
    submissions: dict[int, PerformanceSubmission],
    index: int,
    before: Previous,
) -> None:
    year = int(PERIODS[index][:4])
    lines, progresses = [], []
    for work in works:
        submission, agreed = submissions[work.agency.pk], work.agreed[year]
        for source, money in work.course.money.items():
            lines.append(
                CapitalFinanceLine(
                    submission=submission,
                    project=work.project,
                    agreement_project=agreed,
                    funding_source=ground.sources[source],
                    previous=before.get((year, work.project.pk, source)),
                    approved_credit=money.credit[year],
                    credit_in_force=money.credit[year],
                    allocated_cash=money.allocated[index],
                    not_applicable=["returned", "received_securities"],
                    received_cash=money.received[index],
                    spent=money.spent[index],
                    advances_open=(money.received[index] - money.spent[index]) // 3,
                    commitments_open=max(0, money.credit[year] - money.allocated[index]) // 8,
                )
            )
        progresses.append(_progress(work, submission, year, index, before.get(work.project.pk)))
    for line in CapitalFinanceLine.objects.bulk_create(lines):
        before[year, line.project_id, line.funding_source.code] = line
    _operations(works, ProjectProgress.objects.bulk_create(progresses), year, index, before)


def _progress(
    work: Work, submission: PerformanceSubmission, year: int, index: int, last: Any
) -> ProjectProgress:
    operations = work.operations[year]
    done = courses.quantities(work.course.actual[index], [(o.target_quantity, o.weight) for o in operations])
    behind = work.course.actual[index] - work.course.planned[index] < -5
    return ProjectProgress(
        submission=submission,
        project=work.project,
        agreement_project=work.agreed[year],
        previous=last,
        physical_progress=rule_inputs.computed_progress(zip(operations, done, strict=True)),
        planned_progress=work.course.planned[index],
        status="in_progress",
        workers=12 + work.project.pk % 40,
        obstacles="کمبود تخصیص و دیرکرد پرداخت به پیمانکار." if behind else "",
        remedy="تأمین تخصیص و تسریع در رسیدگی به صورت‌وضعیت." if behind else "",
    )


def _operations(
    works: list[Work], progresses: list[ProjectProgress], year: int, index: int, before: Previous
) -> None:
    causes = {cause.code: cause for cause in DelayCause.objects.all()}
    known = [code for code in CAUSES if code in causes] or list(causes)[:6]
    quantities, shares = [], []
    for work, progress in zip(works, progresses, strict=True):
        before[work.project.pk] = progress
        sizes = [(o.target_quantity, o.weight) for o in work.operations[year]]
        done = courses.quantities(work.course.actual[index], sizes)
        quantities += [
            OperationProgress(progress=progress, operation=operation, quantity_done=quantity)
            for operation, quantity in zip(work.operations[year], done, strict=True)
        ]
        if progress.obstacles:
            first, second = known[work.project.pk % len(known)], known[(work.project.pk + 2) % len(known)]
            shares.append(ProjectDelayCause(progress=progress, cause=causes[first], share=Decimal(60)))
            shares.append(ProjectDelayCause(progress=progress, cause=causes[second], share=Decimal(40)))
    OperationProgress.objects.bulk_create(quantities)
    ProjectDelayCause.objects.bulk_create(shares)


def _expense_figures(
    ground: Ground,
    services: list[Service],
    submissions: dict[int, PerformanceSubmission],
    index: int,
    before: Previous,
) -> None:
    year = int(PERIODS[index][:4])
    lines, activities = [], []
    for service in services:
        submission = submissions[service.agency.pk]
        for (chapter, source), money in service.lines.items():
            lines.append(
                ExpenseFinanceLine(
                    submission=submission,
                    programme=service.programme,
                    expense_chapter=ground.chapters[chapter],
                    funding_source=ground.sources[source],
                    agreement=service.agreements[year],
                    previous=before.get((year, service.agency.pk, chapter, source)),
                    approved_credit=money.credit[year],
                    credit_in_force=money.credit[year],
                    allocated_cash=money.allocated[index],
                    collected=money.allocated[index] if source == "own-revenue" else None,
                    received=money.received[index],
                    spent=money.spent[index],
                    commitments_open=0,
                )
            )
        activities += _activities(service, submission, year, index, before)
    for line in ExpenseFinanceLine.objects.bulk_create(lines):
        key = (year, line.submission.agency_id, line.expense_chapter.code, line.funding_source.code)
        before[key] = line
    for row in ActivityPerformance.objects.bulk_create(activities):
        before[year, "activity", row.submission.agency_id, row.activity.key] = row


def _activities(
    service: Service, submission: PerformanceSubmission, year: int, index: int, before: Previous
) -> list[ActivityPerformance]:
    spent = sum(money.spent[index] for money in service.lines.values())
    rows, left = [], spent
    activities = service.activities[year]
    for number, activity in enumerate(activities):
        cost = left if number == len(activities) - 1 else spent * 6 // 10
        left -= cost
        pace = Decimal(92 + (service.agency.pk * 7 + index * 5 + number) % 15) / 100
        rows.append(
            ActivityPerformance(
                submission=submission,
                activity=activity,
                previous=before.get((year, "activity", service.agency.pk, activity.key)),
                volume_done=(Decimal(cost) / activity.unit_cost * pace).quantize(Decimal(1)),
                cost=cost,
            )
        )
    return rows


def approve(ground: Ground, submissions: list[PerformanceSubmission]) -> None:
    """Take drafts along every edge to final approval: one UPDATE per edge, one audit line per row and edge."""
    SubmissionAuthor.objects.bulk_create(
        SubmissionAuthor(submission=row, revision=1, person=actor(ground, row, "submit"))
        for row in submissions
    )
    for step in STEPS:
        move = SUBMISSION_MOVES[step]
        for row in submissions:
            _take(ground, row, step)
        PerformanceSubmission.objects.bulk_update(submissions, _fields(step))
        AuditEntry.objects.bulk_create(_entry(ground, row, step, move.event) for row in submissions)
    passed.write(submissions)
    snapshots.take_all(submissions, "approved", by={row.pk: row.approved_by for row in submissions})


def _take(ground: Ground, row: PerformanceSubmission, step: str) -> None:
    row.state = SUBMISSION_MOVES[step].target
    row.revision = 1
    name = {
        "submit": "submitted",
        "confirm": "confirmed",
        "mark_reviewed": "reviewed",
        "approve": "approved",
    }.get(step)
    if name:
        setattr(row, f"{name}_at", at(row, step))
        setattr(row, f"{name}_by", actor(ground, row, step))


def _fields(step: str) -> list[str]:
    name = {
        "submit": "submitted",
        "confirm": "confirmed",
        "mark_reviewed": "reviewed",
        "approve": "approved",
    }.get(step)
    return ["state", "revision", *([f"{name}_at", f"{name}_by"] if name else [])]


def at(row: PerformanceSubmission, step: str) -> dt.datetime:
    """When a step was taken: some agencies are slow, so that the service clock has its late cases."""
    slow = row.agency_id % 7 == 0 and step in {"mark_reviewed", "approve"}
    late = LATE_BY if is_late(row) else 0
    return moment(row.period.cutoff_date + dt.timedelta(days=DAYS_AFTER[step] + (9 if slow else 0) + late))


def is_late(row: PerformanceSubmission) -> bool:
    return (row.agency.organization.code, row.agency.code, row.period.code, row.kind) == LATE


def actor(ground: Ground, row: PerformanceSubmission, step: str) -> User:
    code, agency = row.agency.organization.code, row.agency
    people = {
        "submit": f"user{agency.code}",
        "confirm": f"zi{agency.code}",
        "start_review": f"expert_{code}_{agency.sector_group.code}",
        "mark_reviewed": f"expert_{code}_{agency.sector_group.code}",
        "approve": "consolidation" if code == "khuzestan" else "consolidation_qom",
    }
    return ground.people[people[step]]


def _entry(ground: Ground, row: PerformanceSubmission, step: str, event: str) -> AuditEntry:
    person, move = actor(ground, row, step), SUBMISSION_MOVES[step]
    return AuditEntry(
        recorded_at=at(row, step),
        actor=person,
        role=move.roles[0],
        organization_id=row.agency.organization_id,
        event=event,
        target_type=row._meta.label_lower,
        target_id=str(row.pk),
        before={"state": move.sources[0]},
        after={"state": move.target, "revision": 1},
        chain="",
        sequence=0,
        previous_hash="",
        hash="",
    )
