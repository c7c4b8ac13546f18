"""What a project had cost two cut-offs ago and costs now, in million rials (the second half of V9)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from agreements.models import ReportingPeriod
from monitoring.indicators import cost_to_date
from monitoring.models import CapitalFinanceLine, ProjectProgress

QUARTERS_BACK = 2


def with_costs(rows: Any, period: ReportingPeriod) -> Any:
    """Progress rows with `spent_before` (to the end of last year) and `cost_then` (two cut-offs ago)."""
    return rows.annotate(spent_before=F("agreement_project__spent_before"), cost_then=_cost_then(period))


def in_two_cutoffs(row: ProjectProgress, lines: Iterable[CapitalFinanceLine]) -> int | None:
    """Change of the cost to date; None as soon as a figure of now or then is missing."""
    annotated: Any = row
    now = cost_to_date(
        annotated.spent_before, _spent([line for line in lines if line.project_id == row.project_id])
    )
    return None if now is None or annotated.cost_then is None else now - annotated.cost_then


def _spent(lines: list[CapitalFinanceLine]) -> int | None:
    if not lines or any(line.spent is None and "spent" not in line.not_applicable for line in lines):
        return None
    return sum(line.spent or 0 for line in lines)


def _cost_then(period: ReportingPeriod) -> Any:
    """As approved at that cut-off; two quarters before the second lies the beginning of the year."""
    quarter, year = period.quarter - QUARTERS_BACK, period.fiscal_year.year
    if quarter == 0:
        return F("agreement_project__spent_before")
    if quarter < 0:
        quarter, year = quarter + 4, year - 1
    lines = CapitalFinanceLine.objects.filter(
        project=OuterRef("project"),
        submission__state="approved",
        submission__period__fiscal_year__year=year,
        submission__period__cutoff=f"Q{quarter}",
    )
    missing = Q(spent__isnull=True) & ~Q(not_applicable__contains=["spent"])
    known = lines.order_by().values("project").annotate(missing=Count("pk", filter=missing)).filter(missing=0)
    cost = Max("agreement_project__spent_before") + Coalesce(Sum("spent"), 0)
    return Subquery(known.annotate(cost=cost).values("cost"))
