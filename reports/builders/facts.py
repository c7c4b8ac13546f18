"""What R1 is built from, read once: submissions, lines, progress, visits of the scope (few queries)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from accounts.models import Agency, User
from agreements.models import NotificationLine, ReportingPeriod
from monitoring.consolidation import recent_periods
from monitoring.due import Pair, due_at
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    ExpenseFinanceLine,
    FieldVisit,
    PerformanceSubmission,
    ProjectProgress,
)
from monitoring.querysets import CONFIRMED
from reports.figures import Flow
from reports.models import SupervisionReport


@dataclass
class Facts:
    """Rows of the scope. Only lines of approved submissions count in totals; the rest is named as absent."""

    report: SupervisionReport
    agencies: list[Agency] = field(default_factory=list)
    submissions: dict[Pair, PerformanceSubmission] = field(default_factory=dict)
    credit: dict[Pair, int] = field(default_factory=dict)  # in force at the cut-off, of all that are due
    notified: dict[Pair, int] = field(default_factory=dict)
    capital: list[CapitalFinanceLine] = field(default_factory=list)
    expense: list[ExpenseFinanceLine] = field(default_factory=list)
    progress: list[ProjectProgress] = field(default_factory=list)
    activities: list[ActivityPerformance] = field(default_factory=list)
    visits: list[FieldVisit] = field(default_factory=list)

    @property
    def period(self) -> ReportingPeriod:
        return self.report.period

    @property
    def approved(self) -> set[Pair]:
        return {
            pair for pair, row in self.submissions.items() if row.state == "approved" and pair in self.credit
        }

    def latest_visit(self, project_id: int) -> FieldVisit | None:
        """The newest visit with a measured progress, not older than one cut-off (domain §1)."""
        found = [v for v in self.visits if v.project_id == project_id and v.physical_progress is not None]
        return max(found, key=lambda visit: (visit.visited_on, visit.pk), default=None)

    def name_of(self, agency: Agency) -> str:
        """An agency inside its own province: the mark of invented data and the province's name go without saying."""
        name = agency.name.removesuffix(" (نمونه)")
        province = self.report.organization.province
        return name.removesuffix(f" استان {province.name}") if province else name

    def progress_of(self, row: ProjectProgress) -> tuple[Decimal | None, str]:
        """The figure that counts and its origin: the visit's, else the agency's."""
        visit = self.latest_visit(row.project_id)
        if visit is not None:
            return visit.physical_progress, "بازدید"
        return row.physical_progress, "دستگاه"


def gather(report: SupervisionReport, *, by: User) -> Facts:
    facts = Facts(report)
    facts.agencies = list(_agencies(report, by))
    ids = [agency.pk for agency in facts.agencies]
    submissions = PerformanceSubmission.objects.for_user(by).filter(agency__in=ids, period=report.period)
    facts.submissions = {
        (row.agency_id, row.kind): row for row in submissions.select_related("period__fiscal_year", "agency")
    }
    _credits(facts, ids)
    _lines(facts, by)
    _visits(facts, by, ids)
    return facts


def _agencies(report: SupervisionReport, by: User) -> Any:
    rows = Agency.objects.for_user(by).filter(organization=report.organization_id, is_active=True)
    if report.level == "agency":
        rows = rows.filter(pk=report.agency_id)
    if report.level == "sector_group":
        rows = rows.filter(sector_group=report.sector_group_id)
    return rows.select_related("sector_group", "county").order_by("sector_group__code", "code")


def _credits(facts: Facts, ids: list[int]) -> None:
    """Credit in force at the cut-off per agency and kind: who is due, with how much."""
    county = facts.report.county_id if facts.report.level == "county" else None
    facts.credit = {pair: due.credit for pair, due in due_at(facts.period, ids, county=county).items()}
    if not county:
        _notified(facts, ids)


def _notified(facts: Facts, ids: list[int]) -> None:
    period = facts.period
    letters = NotificationLine.objects.filter(
        notification__agency__in=ids,
        notification__fiscal_year=period.fiscal_year_id,
        notification__state="issued",
        notification__valid_from__lte=period.cutoff_date,
    ).values("notification__agency", "notification__kind")
    for row in letters.annotate(total=Sum("amount")).order_by():
        facts.notified[row["notification__agency"], row["notification__kind"]] = int(row["total"])


def _lines(facts: Facts, by: User) -> None:
    approved = [facts.submissions[pair].pk for pair in facts.approved]
    county = {"project__county": facts.report.county_id} if facts.report.level == "county" else {}
    facts.capital = list(
        CapitalFinanceLine.objects.for_user(by)
        .filter(submission__in=approved, **county)
        .select_related("submission", "project__county", "funding_source", "agreement_project")
        .order_by("pk")
    )
    facts.expense = list(
        ExpenseFinanceLine.objects.for_user(by)
        .filter(submission__in=approved)
        .select_related("submission__agency__county", "programme", "expense_chapter", "funding_source")
        .order_by("pk")
    )
    facts.activities = list(
        ActivityPerformance.objects.for_user(by)
        .filter(submission__in=approved)
        .select_related("submission__agency", "activity__programme")
        .order_by("pk")
    )
    facts.progress = list(
        ProjectProgress.objects.for_user(by)
        .filter(submission__in=_progress_submissions(facts, approved), **county)
        .select_related("submission__agency", "project__county", "agreement_project", "project__agency")
        .prefetch_related("delay_causes__cause", "operations__operation")
        .order_by("pk")
    )


def _progress_submissions(facts: Facts, approved: list[int]) -> Any:
    """CLOSING is money only: its physical figures are those of Q4."""
    if not facts.period.is_closing:
        return approved
    return PerformanceSubmission.objects.filter(
        agency__in=[agency.pk for agency in facts.agencies],
        kind="capital",
        state="approved",
        period__fiscal_year=facts.period.fiscal_year_id,
        period__cutoff="Q4",
    ).values("pk")


def _visits(facts: Facts, by: User, ids: list[int]) -> None:
    """Only what the consolidation group has confirmed."""
    periods = recent_periods(facts.period)
    facts.visits = list(
        FieldVisit.objects.for_user(by)
        .filter(agency__in=ids, period__in=periods, state__in=CONFIRMED)
        .annotate(photo_count=Count("photos"))
        .select_related("project", "period")
        .order_by("pk")
    )


def flow_of(line: CapitalFinanceLine | ExpenseFinanceLine) -> Flow:
    """The money of one line; what is held is in no total, it is listed by itself."""
    if not line.is_counted:
        return Flow()
    received = line.received
    return Flow(
        agreed=line.credit_in_force,
        allocated=line.allocated,
        received=received,
        spent=line.spent,
        allocated_securities=line.allocated_securities or None,
        received_securities=getattr(line, "received_securities", None) or None,
        collected=line.collected,
    )
