"""Lines that another agency reported before: a move during the year, with the last approved figure."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.models import Organization, User
from agreements.models import ReportingPeriod
from budget_portal import audit
from budget_portal.moves import verb
from monitoring.copied import EXPENSE_KEY, Key
from monitoring.models import ExpenseFinanceLine, LineTransfer


def record_transfers(
    period: ReportingPeriod,
    organization: Organization,
    lines: set[tuple[int, Key]],
    people: Mapping[int, User],
) -> int:
    """Record the moves that a complete file of a cut-off shows; the number of lines that moved.

    A line moved when an earlier cut-off has it at another agency, which does not report it any more.
    """
    holders = _holders(period, organization)
    moved: dict[tuple[int, int, int], int] = {}
    for agency_id, key in sorted(lines):
        before = holders.get(key)
        if before and before != agency_id and (before, key) not in lines and agency_id in people:
            step = (key[0], before, agency_id)
            moved[step] = moved.get(step, 0) + 1
    known = set(
        LineTransfer.objects.filter(period=period).values_list(
            "programme_id", "from_agency_id", "to_agency_id"
        )
    )
    for programme_id, before, agency_id in sorted(set(moved) - known):
        transfer_line(period, programme_id, before, agency_id, by=people[agency_id])
    return sum(moved.values())


@verb
def transfer_line(
    period: ReportingPeriod, programme_id: int, before: int, agency_id: int, *, by: User
) -> LineTransfer:
    row = LineTransfer.objects.create(
        period=period, programme_id=programme_id, from_agency_id=before, to_agency_id=agency_id
    )
    facts = {"programme": programme_id, "from": before, "to": agency_id, "period": str(period)}
    audit.record("line.transferred", row, by=by, after=facts)
    return row


def _holders(period: ReportingPeriod, organization: Organization) -> dict[Key, int]:
    """Who reported each line last in this year, before this cut-off."""
    rows = ExpenseFinanceLine.objects.filter(
        submission__agency__organization=organization,
        submission__period__fiscal_year=period.fiscal_year_id,
        submission__period__cutoff_date__lt=period.cutoff_date,
    ).order_by("submission__period__cutoff_date")
    return {tuple(key): agency for agency, *key in rows.values_list("submission__agency_id", *EXPENSE_KEY)}
