"""What a line copies and never types: credit of the agreement in force, allocation, last approved figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from accounts.models import Agency
from agreements.models import (
    AgreementProject,
    AllocationLine,
    ExpenseAgreement,
    ProgrammeCredit,
    ProjectCredit,
    ReportingPeriod,
)
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    ExpenseFinanceLine,
    LineTransfer,
    ProjectProgress,
)
from monitoring.progress import planned_curve

Key = tuple[int, ...]
CAPITAL_KEY = ("project_id", "funding_source_id")
EXPENSE_KEY = ("programme_id", "expense_chapter_id", "funding_source_id")


@dataclass
class Allocated:
    """Released up to a day, in million rials; `collected` only for own revenue."""

    cash: int = 0
    securities: int = 0
    collected: int | None = None


def allocated(
    agency: Agency, period: ReportingPeriod, kind: str, *, known_at: dt.datetime | None = None
) -> dict[Key, Allocated]:
    """Σ of issued lines of the year that are valid by the cut-off, per line of the form."""
    fields = CAPITAL_KEY if kind == "capital" else EXPENSE_KEY
    lines = AllocationLine.objects.valid_by(period.cutoff_date, known_at=known_at).filter(
        notice__agency=agency, notice__kind=kind, notice__period__fiscal_year=period.fiscal_year_id
    )
    found: dict[Key, Allocated] = {}
    for row in lines.values(*fields, "instrument").annotate(total=Sum("amount")).order_by():
        entry = found.setdefault(tuple(row[field] for field in fields), Allocated())
        setattr(entry, row["instrument"], int(row["total"]))
    own = lines.filter(collected__isnull=False, funding_source__kind="own_revenue")
    newest = own.order_by("notice__valid_from", "pk")
    for row in newest.values(*fields, "collected"):
        found.setdefault(tuple(row[field] for field in fields), Allocated()).collected = row["collected"]
    return found


def agreed_projects(agency: Agency | int, period: ReportingPeriod) -> Any:
    """Projects of the agreements in force at the cut-off, as these versions have them."""
    rows = AgreementProject.objects.in_force(period.cutoff_date)
    return rows.filter(agreement__agency=agency, agreement__fiscal_year=period.fiscal_year_id)


def agreed_expense(agency: Agency | int, period: ReportingPeriod) -> Any:
    """The expense agreement in force at the cut-off: one row or none."""
    own = ExpenseAgreement.objects.filter(agency=agency, fiscal_year=period.fiscal_year_id)
    return own.in_force(period.cutoff_date)


def capital_credits(projects: Iterable[AgreementProject]) -> dict[Key, int]:
    """Credit in force per project × source of the versions given, in million rials."""
    rows = ProjectCredit.objects.filter(agreement_project__in=projects)
    grouped = rows.values("agreement_project__project_id", "funding_source_id").annotate(total=Sum("amount"))
    return {
        (row["agreement_project__project_id"], row["funding_source_id"]): int(row["total"])
        for row in grouped.order_by()
    }


def expense_credits(agreement: Iterable[ExpenseAgreement]) -> dict[Key, int]:
    """Credit in force per programme × chapter × source of one version, in million rials."""
    rows = ProgrammeCredit.objects.filter(agreement__in=agreement).values_list(*EXPENSE_KEY, "amount")
    return {(row[0], row[1], row[2]): int(row[3]) for row in rows}


def first_expense_credits(agency: Agency, period: ReportingPeriod) -> dict[Key, int]:
    """Approved credit per line: of version 1; a line that moved here brings that of where it came from."""
    year = period.fiscal_year_id
    found = expense_credits(ExpenseAgreement.objects.filter(agency=agency, fiscal_year=year, version=1))
    origins = _origins(agency, period)
    if origins:
        rows = ProgrammeCredit.objects.filter(
            agreement__agency__in={source for source, _ in origins},
            agreement__fiscal_year=year,
            agreement__version=1,
            programme__in={programme for _, programme in origins},
        )
        for source, *key, amount in rows.values_list("agreement__agency_id", *EXPENSE_KEY, "amount"):
            if (source, key[0]) in origins:
                found.setdefault(tuple(key), int(amount))
    return found


def _origins(agency: Agency, period: ReportingPeriod) -> set[tuple[int, int]]:
    """(agency, programme) from which lines came here this year, through however many hands."""
    steps = list(_transfers(period).values_list("from_agency_id", "to_agency_id", "programme_id"))
    found: set[tuple[int, int]] = set()
    reached = {(agency.pk, programme) for _, _, programme in steps}
    while new := {(a, p) for a, b, p in steps if (b, p) in reached} - found:
        found |= new
        reached |= new
    return found


def moved_away(agency: Agency, period: ReportingPeriod) -> set[int]:
    """Programmes whose lines left the agency this year and did not come back."""
    last: dict[int, bool] = {}
    for transfer in _transfers(period).filter(Q(from_agency=agency) | Q(to_agency=agency)):
        last[transfer.programme_id] = transfer.from_agency_id == agency.pk
    return {programme for programme, away in last.items() if away}


def _transfers(period: ReportingPeriod) -> Any:
    """Moves of expense lines in the year up to this cut-off, oldest first."""
    return LineTransfer.objects.filter(
        period__fiscal_year=period.fiscal_year_id, period__cutoff_date__lte=period.cutoff_date
    ).order_by("period__cutoff_date", "pk")


def last_capital(agency: Agency, period: ReportingPeriod) -> dict[Key, CapitalFinanceLine]:
    """Per line the last approved one of the year that has figures."""
    return _latest(
        CapitalFinanceLine.objects.filter(_earlier(period), submission__agency=agency), CAPITAL_KEY
    )


def last_expense(agency: Agency, period: ReportingPeriod) -> dict[Key, ExpenseFinanceLine]:
    """As `last_capital`; a line that moved here during the year brings its figure along."""
    own = Q(submission__agency=agency)
    for transfer in _transfers(period).filter(to_agency=agency):
        own |= Q(submission__agency=transfer.from_agency_id, programme=transfer.programme_id)
    return _latest(ExpenseFinanceLine.objects.filter(_earlier(period) & own), EXPENSE_KEY)


def last_progress(agency: Agency, period: ReportingPeriod) -> dict[int, ProjectProgress]:
    """Per project the last approved progress; may be of an earlier year, since progress never starts again."""
    rows = (
        ProjectProgress.objects.filter(
            submission__agency__organization=agency.organization_id,
            submission__state="approved",
            submission__period__cutoff_date__lt=period.cutoff_date,
            project__agency=agency,
            physical_progress__isnull=False,
        )
        .select_related("submission__period")
        .order_by("submission__period__cutoff_date")
    )
    return {row.project_id: row for row in rows}


def last_activities(agency: Agency, period: ReportingPeriod) -> dict[int, ActivityPerformance]:
    rows = ActivityPerformance.objects.filter(_earlier(period, held=False), submission__agency=agency)
    ordered = rows.select_related("activity").order_by("submission__period__cutoff_date")
    return {row.activity.key: row for row in ordered}


def planned_progress(project: AgreementProject, period: ReportingPeriod) -> Decimal | None:
    """Planned cumulative percent of the version at the cut-off; gaps are filled linearly (CA-5)."""
    year = period.fiscal_year.year
    known: dict[int, Any] = {0: project.progress_before}
    for point in project.schedule.all():
        known[(point.year - year) * 4 + point.quarter] = point.planned
    return planned_curve(known, (period.quarter,))[0].planned


def _earlier(period: ReportingPeriod, *, held: bool = True) -> Q:
    earlier = Q(
        submission__state="approved",
        submission__period__fiscal_year=period.fiscal_year_id,
        submission__period__cutoff_date__lt=period.cutoff_date,
    )
    return earlier & Q(held=False) if held else earlier


def _latest(rows: Any, fields: tuple[str, ...]) -> dict[Key, Any]:
    ordered = rows.order_by("submission__period__cutoff_date")
    return {tuple(getattr(row, field) for field in fields): row for row in ordered}
