"""Who owes figures at a cut-off: credit in force and lines to fill, per agency and kind of credit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Sum

from agreements.models import (
    AgreementProject,
    ExpenseAgreement,
    ProgrammeCredit,
    ProjectCredit,
    ReportingPeriod,
)

Pair = tuple[int, str]  # agency, kind


@dataclass(frozen=True, slots=True)
class Due:
    """Credit in force in million rials, and how many rows its form has (projects, or expense lines)."""

    credit: int
    rows: int


def due_at(
    period: ReportingPeriod, agencies: Collection[int], *, county: int | None = None
) -> dict[Pair, Due]:
    """Agencies whose agreement holds at the cut-off; CLOSING is for capital only (domain guide §9)."""
    found = dict(_capital(period, agencies, county))
    if not period.is_closing:
        found |= _expense(period, agencies, county)
    return found


def _capital(period: ReportingPeriod, agencies: Collection[int], county: int | None) -> dict[Pair, Due]:
    projects = AgreementProject.objects.in_force(period.cutoff_date).filter(
        agreement__agency__in=agencies, agreement__fiscal_year=period.fiscal_year_id
    )
    if county:
        projects = projects.filter(project__county=county)
    rows = ProjectCredit.objects.filter(agreement_project__in=projects).values_list(
        "agreement_project__agreement__agency"
    )
    totals = rows.annotate(Sum("amount"), Count("agreement_project__project", distinct=True)).order_by()
    return {(agency, "capital"): Due(int(credit), count) for agency, credit, count in totals}


def _expense(period: ReportingPeriod, agencies: Collection[int], county: int | None) -> dict[Pair, Due]:
    agreements = ExpenseAgreement.objects.in_force(period.cutoff_date).filter(
        agency__in=agencies, fiscal_year=period.fiscal_year_id
    )
    if county:
        agreements = agreements.filter(agency__county=county)
    rows = ProgrammeCredit.objects.filter(agreement__in=agreements).values_list("agreement__agency")
    totals = rows.annotate(Sum("amount"), Count("pk")).order_by()
    return {(agency, "expense"): Due(int(credit), count) for agency, credit, count in totals}
