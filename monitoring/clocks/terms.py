"""The terms by which an organization's clocks run: its own rows, or what the portal takes as long as it has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monitoring.models import EscalationTerms, PauseReason, StepTerms
from monitoring.models.clocks import Basis, Sort
from monitoring.service_clock import LIMIT


@dataclass(frozen=True, slots=True)
class Step:
    """Working days of a clock, what is left at least after a resuming, and from what the due date is reckoned."""

    days: int
    minimum: int = 0
    basis: str = Basis.DAYS


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    title: str
    limit: int | None


# The ten days of the service (domain guide §16) are shared out between its two steps; the treasurer has the date of
# the cut-off's calendar, and three days when the figures came late.
STEPS: dict[str, Step] = {
    Sort.SERVICE: Step(LIMIT, 2),
    Sort.ENTRY: Step(1, 0, Basis.WINDOW),
    Sort.CORRECTION: Step(3),
    Sort.TREASURER: Step(3, 1, Basis.LATER),
    Sort.EXPERT: Step(6, 2),
    Sort.CONSOLIDATION: Step(4, 1),
}
RETURNED = Reason(PauseReason.RETURNED, "برگشت به دستگاه", None)
REASONS = (
    RETURNED,
    Reason("treasury", "انتظار برای سند خزانه", 5),
    Reason("weather", "بازدید ناممکن از وضع جوی یا راه", 5),
)
# (days from the due date, role)
ESCALATIONS: dict[str, tuple[tuple[int, str], ...]] = {
    Sort.SERVICE: ((-3, "budget_expert"), (-3, "consolidation"), (1, "budget_deputy"), (5, "org_head")),
    Sort.ENTRY: ((-3, "agency_user"), (-1, "agency_head"), (1, "agency_head"), (3, "consolidation")),
    Sort.CORRECTION: ((-1, "agency_user"), (1, "agency_head")),
    Sort.TREASURER: ((-1, "treasurer"), (1, "agency_head"), (3, "consolidation")),
    Sort.EXPERT: ((-2, "budget_expert"), (1, "consolidation"), (3, "budget_deputy")),
    Sort.CONSOLIDATION: ((-1, "consolidation"), (1, "budget_deputy")),
}


def step(organization_id: int, sort: str) -> Step:
    return steps(organization_id)[sort]


def steps(organization_id: int) -> dict[str, Step]:
    own = {
        row.sort: Step(row.days, row.minimum_days, row.basis)
        for row in StepTerms.objects.current().filter(organization=organization_id)
    }
    return {sort: own.get(sort, taken) for sort, taken in STEPS.items()}


def reasons(organization_id: int) -> dict[str, Reason]:
    """By code; the return to the agency is always among them."""
    rows = _rows(PauseReason, organization_id)
    if rows is None:
        return {reason.code: reason for reason in REASONS}
    own = {row.code: Reason(row.code, row.title, row.limit_days) for row in rows}
    return {RETURNED.code: RETURNED, **own}


def escalations(organization_id: int) -> dict[str, list[tuple[int, str]]]:
    rows = _rows(EscalationTerms, organization_id)
    if rows is None:
        return {sort: list(pairs) for sort, pairs in ESCALATIONS.items()}
    found: dict[str, list[tuple[int, str]]] = {sort: [] for sort in Sort.values}
    for row in rows:
        found[row.sort].append((row.days, row.role))
    return found


def _rows(model: Any, organization_id: int) -> list[Any] | None:
    """What holds now; None where the organization never laid anything down."""
    rows = model.objects.filter(organization=organization_id)
    known = list(rows.current().order_by("pk"))
    return known if known or rows.exists() else None
