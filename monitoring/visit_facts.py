"""What stands beside the findings of a visit: the agreement's activities and what the agency last sent.

Figures in the making are the agency's own, so the expert is shown the last snapshot and never the form.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from agreements.models import Activity, ExpenseAgreement
from monitoring.models import ExpenseFinanceLine, FieldVisit, SubmissionSnapshot


def activities_of(visit: FieldVisit) -> list[Activity]:
    """What an expense visit may check: the activities of the agreement in force at the cut-off."""
    if visit.project_id:
        return []
    agreements = ExpenseAgreement.objects.in_force(visit.period.cutoff_date)
    agreement = agreements.filter(agency=visit.agency_id, fiscal_year=visit.period.fiscal_year_id).first()
    rows = Activity.objects.filter(agreement=agreement) if agreement else Activity.objects.none()
    return list(rows.select_related("programme"))


def claimed_progress(visit: FieldVisit) -> Decimal | None:
    """What the agency says of the project at this cut-off."""
    return _number(_project(visit).get("physical_progress"))


def claimed_quantities(visit: FieldVisit) -> dict[int, Decimal | None]:
    """Operation key -> quantity that the agency sent for this cut-off."""
    return {int(key): _number(done) for key, done in _project(visit).get("operations", {}).items()}


def claimed_volumes(visit: FieldVisit) -> dict[int, Decimal | None]:
    """Activity key -> volume that the agency sent for this cut-off."""
    return {row["activity"]: _number(row["volume_done"]) for row in _sent(visit, "expense")["activities"]}


def expense_lines(visit: FieldVisit) -> dict[str, list[dict[str, Any]]]:
    """Programme -> money lines as the agency sent them for this cut-off."""
    lines = _sent(visit, "expense")["lines"]
    rows = ExpenseFinanceLine.objects.filter(
        submission__agency=visit.agency_id, submission__period=visit.period_id
    )
    titles = dict(rows.values_list("programme__code", "programme__title")) if lines else {}
    found: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        found.setdefault(titles.get(line["programme"], line["programme"]), []).append(line)
    return found


def _project(visit: FieldVisit) -> dict[str, Any]:
    if visit.project is None:
        return {}
    rows: list[dict[str, Any]] = _sent(visit, "capital")["progress"]
    return next((row for row in rows if row["project"] == visit.project.code), {})


def _sent(visit: FieldVisit, kind: str) -> dict[str, Any]:
    snapshots = SubmissionSnapshot.objects.filter(
        submission__agency=visit.agency_id, submission__period=visit.period_id, submission__kind=kind
    )
    content: dict[str, Any] | None = snapshots.order_by("-pk").values_list("content", flat=True).first()
    return content or {"lines": [], "progress": [], "activities": []}


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
