"""Where the agencies of an organization stand at a cut-off: a fixed number of queries, however many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from accounts.models import Agency, User
from agreements.models import PeriodWindow, ReportingPeriod
from agreements.models.projects import FINISHED
from monitoring.clocks import clocks_of
from monitoring.due import Pair, due_at
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    CheckResult,
    ExpenseFinanceLine,
    FieldVisit,
    NoVisitReason,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)
from monitoring.models.lines import CAPITAL_CELLS, EXPENSE_CELLS
from monitoring.querysets import CONFIRMED
from monitoring.service_clock import period_clocks
from monitoring.standing import AgencyStanding, Matrix, Measure, Share, Standing

KINDS = ("capital", "expense")
HANDED_IN = ("submitted", "confirmed", "agency_replied", "closed")
# Until when each state is to be left behind, as dates of the window.
DEADLINES = {
    "draft": "last_day",
    "submitted": "treasurer_due",
    "treasurer_confirmed": "expert_due",
    "under_review": "expert_due",
    "expert_reviewed": "consolidation_due",
}


def matrix(user: User, period: ReportingPeriod, *, agency: Agency | None = None) -> Matrix:
    """The standing of every agency in the person's organization (or of one) at a cut-off."""
    agencies = Agency.objects.for_user(user).filter(is_active=True).select_related("sector_group")
    if agency is not None:
        agencies = agencies.filter(pk=agency.pk)
    found = list(agencies.order_by("sector_group__code", "code"))
    due = due_at(period, [row.pk for row in found])
    submissions = _submissions(user, period, found)
    parts = {
        pair: Standing(
            pair[1], due.get(pair), submissions.get(pair), rows=due[pair].rows if pair in due else 0
        )
        for pair in {**due, **submissions}
    }
    by_submission = {part.submission.pk: part for part in parts.values() if part.submission}
    _read_capital(user, by_submission)
    _read_expense(user, by_submission)
    _read_progress(user, period, by_submission)
    _read_visits(user, period, by_submission)
    _read_clocks(user, period, found, parts)
    rows = [
        AgencyStanding(row, [parts[row.pk, kind] for kind in KINDS if (row.pk, kind) in parts])
        for row in found
    ]
    clocks = period_clocks(part.clock for part in parts.values() if part.clock)
    return Matrix(period, [row for row in rows if row.parts], clocks)


def _submissions(user: User, period: ReportingPeriod, agencies: list[Agency]) -> dict[Pair, Any]:
    rows = PerformanceSubmission.objects.for_user(user).filter(
        agency__in=[row.pk for row in agencies], period=period
    )
    return {(row.agency_id, row.kind): row for row in rows}


By = Mapping[int, Standing]


def _missing(cells: tuple[str, ...], prefix: str = "") -> Q:
    """A cell without figure that is not marked «not applicable»."""
    found = Q()
    for cell in cells:
        found |= Q(**{f"{prefix}{cell}__isnull": True}) & ~Q(**{f"{prefix}not_applicable__contains": [cell]})
    return found


def _sums(user: User, model: Any, ids: list[int]) -> Any:
    """Figures of what was sent; of a draft only how far it is gets known."""
    rows = model.objects.for_user(user).counted().filter(submission__in=ids)
    return (
        rows.order_by()
        .values_list("submission")
        .annotate(
            allocated=Sum("allocated_cash", default=0) + Sum("allocated_securities", default=0),
            figure=Sum("spent"),
        )
    )


def _read_capital(user: User, by: By) -> None:
    """Rows are projects: complete when every cell and quantity is there and nothing blocks or is held."""
    ids = [pk for pk, part in by.items() if part.kind == "capital"]
    for pk, allocated, spent in _sums(user, CapitalFinanceLine, ids):
        by[pk].allocated, by[pk].spent = int(allocated), spent
    lines = CapitalFinanceLine.objects.filter(submission__in=ids)
    progress = ProjectProgress.objects.filter(submission__in=ids)
    rows = _pairs(lines) | _pairs(progress)
    held = _pairs(lines.filter(held=True)) | _pairs(progress.filter(held=True))
    open_quantities = OperationProgress.objects.filter(
        _missing(("quantity_done",)), progress__submission__in=ids, progress__held=False
    )
    missing = _pairs(lines.filter(_missing(CAPITAL_CELLS), held=False))
    missing |= set(open_quantities.values_list("progress__submission", "progress__project").distinct())
    blocked = _pairs(CheckResult.objects.filter(submission__in=ids, severity="block", project__isnull=False))
    _count(by, ids, rows, held, rows - held - missing - blocked)


def _read_expense(user: User, by: By) -> None:
    """Rows are money lines and activities."""
    ids = [pk for pk, part in by.items() if part.kind == "expense"]
    for pk, allocated, spent in _sums(user, ExpenseFinanceLine, ids):
        by[pk].allocated, by[pk].spent = int(allocated), spent
    lines = ExpenseFinanceLine.objects.filter(submission__in=ids)
    activities = ActivityPerformance.objects.filter(submission__in=ids)
    rows = _named(lines) | _named(activities)
    held = _named(lines.filter(held=True))
    missing = _named(lines.filter(_missing(EXPENSE_CELLS), held=False))
    missing |= _named(activities.filter(_missing(("volume_done", "cost"))))
    hits = CheckResult.objects.filter(submission__in=ids, severity="block")
    blocked = set(hits.values_list("submission", "row"))
    _count(by, ids, rows, held, rows - held - missing - blocked)


Row = tuple[int, Any]  # submission, project or name of the row


def _pairs(rows: Any) -> set[Row]:
    return set(rows.order_by().values_list("submission", "project").distinct())


def _named(rows: Any) -> set[Row]:
    name = rows.model._meta.model_name
    return {(submission, f"{name}:{pk}") for submission, pk in rows.values_list("submission", "pk")}


def _count(by: By, ids: list[int], rows: set[Row], held: set[Row], complete: set[Row]) -> None:
    counts: dict[str, dict[int, int]] = {}
    for name, found in (("rows", rows), ("held", held), ("complete", complete)):
        counts[name] = defaultdict(int)
        for submission, _ in found:
            counts[name][submission] += 1
    for pk in ids:
        for name, count in counts.items():
            setattr(by[pk], name, count[pk])


def _read_progress(user: User, period: ReportingPeriod, by: By) -> None:
    measured = measured_progress(user, period)
    sent = ProjectProgress.objects.for_user(user).filter(submission__in=list(by))
    rows = sent.values_list(
        "submission", "project", "physical_progress", "planned_progress", "agreement_project__latest_estimate"
    )
    for submission, project, claimed, planned, estimate in rows:
        counted = None if claimed is None else measured.get(project, claimed)
        by[submission].measures.append(Measure(counted, planned, estimate))


def measured_progress(user: User, period: ReportingPeriod) -> dict[int, Decimal]:
    """Per project the newest measured and confirmed progress, not older than one cut-off (domain guide §1)."""
    visits = FieldVisit.objects.for_user(user).filter(
        period__in=recent_periods(period), state__in=CONFIRMED, physical_progress__isnull=False
    )
    return dict(visits.order_by("visited_on", "pk").values_list("project", "physical_progress"))


def recent_periods(period: ReportingPeriod) -> list[int]:
    """This cut-off and the one before it; the closing one measures nothing and looks back from Q4."""
    rows = ReportingPeriod.objects.filter(fiscal_year__organization=period.fiscal_year.organization_id)
    measured = rows.exclude(cutoff="CLOSING").order_by("-cutoff_date")
    if period.is_closing:
        year_end = measured.filter(cutoff_date__lte=period.fiscal_year.ends_on)
        return [period.pk, *year_end.values_list("pk", flat=True)[:2]]
    return list(measured.filter(cutoff_date__lte=period.cutoff_date).values_list("pk", flat=True)[:2])


def _read_visits(user: User, period: ReportingPeriod, by: By) -> None:
    """Projects (for expense: the agency) with a visit handed in at this cut-off or a written reason."""
    visits = FieldVisit.objects.for_user(user).filter(period=period, state__in=HANDED_IN)
    visited = set(visits.values_list("agency", "project"))
    excused = set(NoVisitReason.objects.filter(submission__in=list(by)).values_list("submission", "project"))
    progress = ProjectProgress.objects.filter(submission__in=list(by)).exclude(project__status__in=FINISHED)
    active: dict[int, list[int]] = defaultdict(list)
    for submission, project in progress.values_list("submission", "project"):
        active[submission].append(project)
    for pk, part in by.items():
        assert part.submission is not None  # noqa: S101 - keyed by submission
        targets: list[int | None] = [None] if part.kind == "expense" else [*active[pk]]
        agency = part.submission.agency_id
        seen = sum((agency, target) in visited or (pk, target) in excused for target in targets)
        part.visits = Share(seen, len(targets))


def _read_clocks(
    user: User, period: ReportingPeriod, agencies: list[Agency], parts: Mapping[Pair, Standing]
) -> None:
    clocks = clocks_of(part.submission for part in parts.values() if part.submission)
    groups = {row.pk: row.sector_group_id for row in agencies}
    windows: dict[tuple[str, int | None], PeriodWindow] = {
        (row.kind, row.sector_group_id): row
        for row in PeriodWindow.objects.for_user(user).filter(
            period=period, organization__in={row.organization_id for row in agencies}
        )
    }
    for (agency, kind), part in parts.items():
        if part.submission:
            part.clock = clocks[part.submission.pk]
        window = windows.get((kind, groups[agency])) or windows.get((kind, None))
        name = DEADLINES.get(part.state or "draft")
        part.due_on = getattr(window, name) if window and name else None


def standing_of(user: User, period: ReportingPeriod, agency: Agency) -> AgencyStanding | None:
    return next(iter(matrix(user, period, agency=agency).agencies), None)
