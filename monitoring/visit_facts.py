"""What stands beside the findings of a visit: the agreement's activities and the agency's own figures."""

from __future__ import annotations

from decimal import Decimal

from agreements.models import Activity, ExpenseAgreement
from monitoring.models import ActivityPerformance, ExpenseFinanceLine, FieldVisit, OperationProgress


def activities_of(visit: FieldVisit) -> list[Activity]:
    """What an expense visit may check: the activities of the agreement in force at the cut-off."""
    if visit.project_id:
        return []
    agreements = ExpenseAgreement.objects.in_force(visit.period.cutoff_date)
    agreement = agreements.filter(agency=visit.agency_id, fiscal_year=visit.period.fiscal_year_id).first()
    rows = Activity.objects.filter(agreement=agreement) if agreement else Activity.objects.none()
    return list(rows.select_related("programme"))


def claimed_quantities(visit: FieldVisit) -> dict[int, Decimal | None]:
    """Operation key -> quantity that the agency entered for this cut-off."""
    rows = OperationProgress.objects.filter(
        progress__project=visit.project_id,
        progress__submission__period=visit.period_id,
        progress__submission__agency=visit.agency_id,
    )
    return dict(rows.values_list("operation__key", "quantity_done"))


def claimed_volumes(visit: FieldVisit) -> dict[int, Decimal | None]:
    """Activity key -> volume that the agency entered for this cut-off."""
    rows = ActivityPerformance.objects.filter(
        submission__agency=visit.agency_id, submission__period=visit.period_id
    )
    return dict(rows.values_list("activity__key", "volume_done"))


def expense_lines(visit: FieldVisit) -> dict[str, list[ExpenseFinanceLine]]:
    """Programme -> money lines as the agency entered them for this cut-off."""
    rows = ExpenseFinanceLine.objects.filter(
        submission__agency=visit.agency_id, submission__period=visit.period_id
    ).select_related("programme")
    found: dict[str, list[ExpenseFinanceLine]] = {}
    for line in rows:
        found.setdefault(str(line.programme), []).append(line)
    return found
