"""Approved figures for everybody: sums over finally approved submissions, never anything else (decision 7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Sum
from django.utils import timezone

from accounts.models import Agency, Organization
from agreements.models import PeriodWindow, ReportingPeriod
from budget_portal.numbers import percent
from monitoring.models import CapitalFinanceLine, ExpenseFinanceLine, PerformanceSubmission, ProjectProgress


@dataclass(frozen=True)
class Figures:
    """Allocated and spent in million rials; who approved no spending at all has none, not zero."""

    allocated: int = 0
    spent: int | None = None

    def __add__(self, other: Figures) -> Figures:
        known = [part.spent for part in (self, other) if part.spent is not None]
        return Figures(self.allocated + other.allocated, sum(known) if known else None)

    @property
    def share(self) -> Decimal | None:
        return percent(self.spent, self.allocated)


@dataclass(frozen=True)
class Sentence:
    """What the front page says of one country organization: one period, one ratio, and how complete it is."""

    organization: Organization
    period: ReportingPeriod
    figures: Figures
    agencies: int
    of_agencies: int
    approved_on: dt.date | None
    is_published: bool


@dataclass(frozen=True)
class AgencyRow:
    agency: Agency
    capital: Figures | None = None
    expense: Figures | None = None

    @property
    def total(self) -> Figures:
        return (self.capital or Figures()) + (self.expense or Figures())


@dataclass
class OpenTable:
    """The approved figures of one organization at one period."""

    period: ReportingPeriod
    rows: list[AgencyRow] = field(default_factory=list)
    of_agencies: int = 0

    @property
    def total(self) -> Figures:
        return sum((row.total for row in self.rows), Figures())


def sentences() -> list[Sentence]:
    """One per national organization that has approved figures, of its latest published (or approved) period."""
    found = []
    for organization in Organization.objects.filter(level="national", is_active=True):
        period, published = latest_period(organization)
        if period is not None:
            found.append(_sentence(organization, period, published))
    return found


def latest_period(organization: Organization) -> tuple[ReportingPeriod | None, bool]:
    """The latest period published somewhere in the country; where nothing is, the latest with an approval."""
    own = ReportingPeriod.objects.filter(fiscal_year__organization=organization).select_related("fiscal_year")
    approved = own.filter(submissions__state="approved").distinct().order_by("-cutoff_date")
    windows = PeriodWindow.objects.filter(state="published", period__in=approved)
    published = approved.filter(pk__in=windows.values("period")).first()
    return (published, True) if published else (approved.first(), False)


def periods(organization: Organization) -> list[ReportingPeriod]:
    """Periods of which this organization has approved figures, the newest first."""
    approved = PerformanceSubmission.objects.approved().filter(agency__organization=organization)
    rows = ReportingPeriod.objects.filter(pk__in=approved.values("period")).select_related("fiscal_year")
    return list(rows.order_by("-cutoff_date"))


def organizations() -> list[Organization]:
    approved = PerformanceSubmission.objects.approved()
    rows = Organization.objects.filter(is_active=True, pk__in=approved.values("agency__organization"))
    return list(rows.select_related("province").order_by("level", "name"))


def table(organization: Organization, period: ReportingPeriod) -> OpenTable:
    agencies = Agency.objects.filter(organization=organization, is_active=True)
    rows: dict[int, AgencyRow] = {}
    for kind, model in (("capital", CapitalFinanceLine), ("expense", ExpenseFinanceLine)):
        for agency_id, figures in _sums(model, period, organization):
            found = rows.get(agency_id) or AgencyRow(Agency(pk=agency_id))
            rows[agency_id] = (
                replace(found, capital=figures) if kind == "capital" else replace(found, expense=figures)
            )
    named = {row.pk: row for row in agencies.filter(pk__in=rows).select_related("county")}
    listed = [replace(row, agency=named[pk]) for pk, row in rows.items() if pk in named]
    listed.sort(key=lambda row: row.agency.name_folded)
    return OpenTable(period, listed, agencies.count())


def projects(organization: Organization, period: ReportingPeriod) -> Any:
    """Projects with their approved progress; the public sees title, agency, county and two percentages."""
    rows = ProjectProgress.objects.filter(
        submission__state="approved",
        submission__period=period,
        submission__agency__organization=organization,
        held=False,
    )
    return rows.select_related("project__agency", "project__county").order_by("project__title_folded")


def _sentence(organization: Organization, period: ReportingPeriod, published: bool) -> Sentence:
    approved = PerformanceSubmission.objects.approved().filter(period=period)
    facts = approved.aggregate(agencies=Count("agency", distinct=True), approved=Max("approved_at"))
    models = (CapitalFinanceLine, ExpenseFinanceLine)
    figures = sum((part for model in models for _, part in _sums(model, period)), Figures())
    country = Agency.objects.filter(is_active=True, organization__in=_country(organization))
    return Sentence(
        organization=organization,
        period=period,
        figures=figures,
        agencies=facts["agencies"],
        of_agencies=country.count(),
        approved_on=timezone.localdate(facts["approved"]) if facts["approved"] else None,
        is_published=published,
    )


def _country(organization: Organization) -> list[int]:
    return [organization.pk, *organization.children.values_list("pk", flat=True)]


def _sums(
    model: type[CapitalFinanceLine] | type[ExpenseFinanceLine],
    period: ReportingPeriod,
    organization: Organization | None = None,
) -> Iterable[tuple[int, Figures]]:
    rows = model.objects.filter(submission__state="approved", submission__period=period).counted()
    if organization is not None:
        rows = rows.filter(submission__agency__organization=organization)
    sums = rows.values_list("submission__agency").annotate(
        allocated=Sum(F("allocated_cash") + F("allocated_securities")), spent=Sum("spent")
    )
    return [(agency, Figures(allocated, spent)) for agency, allocated, spent in sums.order_by()]
