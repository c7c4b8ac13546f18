"""What each source says of the lines of a submission. Another source joins by registering its reading:

@source("treasury_spent")
def booked(submission: PerformanceSubmission) -> Readings: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from accounts.models import User
from agreements.models import ContractStatement
from monitoring.conflicts.judging import PAIRS
from monitoring.lines import LineKey
from monitoring.models import (
    CapitalFinanceLine,
    ExpenseFinanceLine,
    FieldVisit,
    PerformanceSubmission,
    ProjectProgress,
    Reconciliation,
    ReconciliationLine,
)
from monitoring.querysets import CONFIRMED


@dataclass(frozen=True)
class Reading:
    """A figure of a source; with the word of a person who has explained the difference there already."""

    value: Decimal
    word: str = ""
    by: User | None = None


Readings = Mapping[LineKey, Reading]
Source = Callable[[PerformanceSubmission], Readings]
_sources: dict[str, list[Source]] = {code: [] for code in PAIRS}


def source(pair: str) -> Callable[[Source], Source]:
    def register(read: Source) -> Source:
        _sources[pair].append(read)
        return read

    return register


def readings(submission: PerformanceSubmission) -> dict[str, dict[LineKey, Reading]]:
    """Per pair what the other sources say; the last registered source of a pair wins."""
    found: dict[str, dict[LineKey, Reading]] = {}
    for code, reads in _sources.items():
        for read in reads:
            found.setdefault(code, {}).update(read(submission))
    return found


# --- the agency's own ------------------------------------------------------------------------------------------------


def reported(submission: PerformanceSubmission) -> dict[str, dict[LineKey, Decimal]]:
    """The agency's figure of every line, per pair; held lines and empty cells say nothing."""
    money = _money(submission)
    return {
        "visit_progress": _progress(submission),
        "contract_spent": {key: value for key, value in money["spent"].items() if key.project_id},
        **{f"treasury_{measure}": figures for measure, figures in money.items()},
    }


def _progress(submission: PerformanceSubmission) -> dict[LineKey, Decimal]:
    rows = ProjectProgress.objects.filter(
        submission=submission, held=False, physical_progress__isnull=False
    ).values_list("project", "physical_progress")
    return {LineKey(project_id=project): value for project, value in rows}


def _money(submission: PerformanceSubmission) -> dict[str, dict[LineKey, Decimal]]:
    model: Any = CapitalFinanceLine if submission.kind == "capital" else ExpenseFinanceLine
    money: dict[str, dict[LineKey, Decimal]] = {measure: {} for measure in Reconciliation.Measure.values}
    for row in model.objects.filter(submission=submission, held=False):
        key = LineKey.of(row)
        for measure, found in money.items():
            if (value := getattr(row, measure)) is not None:
                found[key] = found.get(key, Decimal(0)) + value
    return money


# --- the others ------------------------------------------------------------------------------------------------------


@source("visit_progress")
def measured(submission: PerformanceSubmission) -> Readings:
    """The last confirmed visit of every project at this cut-off, with the expert's word on a difference."""
    if submission.kind != "capital":
        return {}
    visits = FieldVisit.objects.filter(
        agency=submission.agency_id,
        period=submission.period_id,
        project__isnull=False,
        physical_progress__isnull=False,
        state__in=CONFIRMED,
    ).select_related("expert")
    return {
        LineKey(project_id=row.project_id): Reading(
            row.physical_progress, row.dispute_comment.strip(), row.expert
        )
        for row in visits.order_by("visited_on", "pk")
    }


@source("contract_spent")
def paid(submission: PerformanceSubmission) -> Readings:
    """What was paid of statements over work of the year up to the cut-off, over all contracts of a project."""
    if submission.kind != "capital":
        return {}
    period = submission.period
    rows = ContractStatement.objects.filter(
        contract__project__agency=submission.agency_id,
        worked_from__gte=period.fiscal_year.starts_on,
        stated_on__lte=period.cutoff_date,
    )
    sums: Iterable[tuple[int, int]] = (
        rows.order_by().values_list("contract__project").annotate(Sum("paid", default=0))
    )
    return {LineKey(project_id=project): Reading(Decimal(total)) for project, total in sums if total}


def booked(measure: str) -> Source:
    """The signed sheet of the treasurer's bench, with what was explained there. A line that agrees within the
    bench's own tolerance says nothing, as long as the agency's figure is the one it was signed for."""

    def read(submission: PerformanceSubmission) -> Readings:
        rows = ReconciliationLine.objects.filter(
            reconciliation__submission=submission,
            reconciliation__measure=measure,
            reconciliation__state="signed",
        ).select_related("explained_by")
        found: dict[LineKey, list[ReconciliationLine]] = {}
        for row in rows.order_by("pk"):
            found.setdefault(LineKey.of(row), []).append(row)
        own = _money(submission)[measure]
        return {
            key: Reading(
                Decimal(sum(int(row.ledger) for row in lines)),
                "؛ ".join(row.explanation for row in lines if row.explanation),
                next((row.explained_by for row in lines if row.explained_by), None),
            )
            for key, lines in found.items()
            if not (all(row.agrees for row in lines) and _entered(lines) == own.get(key))
        }

    return read


for _measure in Reconciliation.Measure.values:
    source(f"treasury_{_measure}")(booked(_measure))


def _entered(lines: Iterable[ReconciliationLine]) -> Decimal:
    return Decimal(sum(int(row.entered or 0) for row in lines))
