"""Packages of the cut-offs that are over, frozen when they were approved and published."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from accounts.models import Organization
from agreements.models import Contract, ContractStatement, PeriodWindow, ReportingPeriod
from budget_portal import jalali
from monitoring import entry, packages
from monitoring.models import CapitalFinanceLine, ExpenseFinanceLine, PerformanceSubmission
from monitoring.review import decisions
from monitoring.workflow import conflicts
from monitoring.workflow import submissions as moves
from reports.demo import explaining
from reports.demo.current import expert_of
from reports.demo.ground import Ground


@transaction.atomic
def write(ground: Ground) -> None:
    """Cut-off by cut-off, as the chain would have grown."""
    for period in ReportingPeriod.objects.select_related("fiscal_year").order_by("cutoff_date"):
        for organization in ground.organizations.values():
            _submissions(organization, period)
            _windows(organization, period)


CORRECTED = "1005"  # its spring figures were opened again after publication
WORD = "ارقام با دفاتر و بازدیدها سنجیده شد و تأیید می‌شود."
WHY = "تعهد پرداخت‌نشدهٔ یک فصل از قلم افتاده است؛ اصلاح همان ردیف لازم است."
NO_VISIT = "اصلاح تنها در رقم مالی است و بازدید تازه لازم ندارد."


def corrected(ground: Ground) -> None:
    """One submission of a published cut-off is opened, corrected and approved again: two packages to compare."""
    submission = PerformanceSubmission.objects.filter(
        agency__organization=ground.organizations["khuzestan"], agency__code=CORRECTED, kind="expense",
        period=ground.periods["1405-Q1"], state="approved",
    ).first()  # fmt: skip
    line = ExpenseFinanceLine.objects.filter(submission=submission, spent__gt=100).order_by("pk").first()
    if submission is None or line is None:
        return
    people, pk = ground.people, submission.pk
    user, treasurer = people[f"user{CORRECTED}"], people[f"zi{CORRECTED}"]
    expert = expert_of(ground, submission.agency)
    moves.ask_reopen(pk, by=people["consolidation"], reason=WHY)
    moves.reopen(pk, by=people["deputy"])
    entry.save_cell("expense", line.pk, "commitments_open", "120", version=None, by=user)
    explaining.explain(submission, user)
    moves.submit(pk, by=user, accept_missing=True)
    decisions.accept_each(PerformanceSubmission.objects.get(pk=pk), by=treasurer)
    moves.confirm(pk, by=treasurer)
    moves.start_review(pk, by=expert)
    moves.write_no_visit_reason(pk, by=expert, reason=NO_VISIT)
    moves.mark_reviewed(pk, by=expert)
    moves.approve(pk, by=people["consolidation"], assurance=WORD)


def disputed(ground: Ground) -> None:
    """A contract of one project under review was paid more this year than the agency says it spent."""
    submission = (
        PerformanceSubmission.objects.filter(
            agency__organization=ground.organizations["khuzestan"], kind="capital",
            period=ground.periods["1405-Q2"], state__in=["under_review", "expert_reviewed", "treasurer_confirmed"],
        )
        .order_by("agency__code")
        .first()
    )  # fmt: skip
    line = CapitalFinanceLine.objects.filter(submission=submission, spent__gt=0).order_by("pk").first()
    contract = Contract.objects.filter(project=line.project_id, part="contractor").first() if line else None
    if submission is None or line is None or contract is None:
        return
    spent = sum(
        row.spent or 0
        for row in CapitalFinanceLine.objects.filter(submission=submission, project=line.project)
    )
    ContractStatement.objects.create(
        contract=contract, number=5, worked_from=jalali.gregorian(1405, 1, 1),
        worked_to=jalali.gregorian(1405, 1, 31), stated_on=jalali.gregorian(1405, 2, 20),
        gross=spent * 13 // 10, paid=spent * 13 // 10,
    )  # fmt: skip
    conflicts.refresh(submission.pk, by=None)


def _submissions(organization: Organization, period: ReportingPeriod) -> None:
    rows = PerformanceSubmission.objects.filter(
        agency__organization=organization, period=period, state="approved", packages=None
    ).select_related(
        "agency__organization",
        "period__fiscal_year",
        "submitted_by",
        "confirmed_by",
        "reviewed_by",
        "approved_by",
    )
    found = list(rows.order_by("approved_at", "pk"))
    packages.freeze_all(
        found,
        by={row.pk: row.approved_by for row in found},
        at={row.pk: row.approved_at for row in found},
    )


def _windows(organization: Organization, period: ReportingPeriod) -> None:
    windows = PeriodWindow.objects.filter(organization=organization, period=period, state="published")
    for window in windows.select_related(
        "period__fiscal_year", "organization", "published_by", "sector_group"
    ):
        latest = window.packages.aggregate(at=Max("frozen_at"))["at"]
        if latest is None and window.published_by is not None:
            packages.freeze_window(window, by=window.published_by, at=window.published_at)
