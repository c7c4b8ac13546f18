"""How far a line may be from the ledger unexplained: the consolidation group says it, for cut-offs from one on."""

from __future__ import annotations

from decimal import Decimal

from accounts.decisions import Allowed, Decision, Denied, require
from accounts.models import User
from agreements.models import ReportingPeriod
from budget_portal import audit
from budget_portal.errors import RuleBroken
from budget_portal.moves import verb
from budget_portal.text import normalise
from monitoring.models import ReconciliationTolerance
from monitoring.reconciliation.counting import tolerance_in_force
from monitoring.rules import is_reason

NOT_YOURS = "رواداری تطبیق را گروه تلفیق تعیین می‌کند."
SHORT = "دلیل را در دست‌کم ۲۰ نویسه بنویسید."


def can_set(user: User) -> Decision:
    return Allowed() if user.role == "consolidation" else Denied(NOT_YOURS)


@verb
def set_tolerance(
    *, by: User, amount: int, percent: Decimal, valid_from: ReportingPeriod, reason: str
) -> ReconciliationTolerance:
    """Ledgers that are matched from now on are measured by it; what is signed keeps its own."""
    require(can_set(by))
    if not is_reason(reason):
        raise RuleBroken(SHORT)
    assert by.acting is not None  # noqa: S101 - has the role
    before = tolerance_in_force(by.acting.organization, valid_from.cutoff_date)
    row = ReconciliationTolerance.objects.create(
        organization=by.acting.organization,
        amount=amount,
        percent=percent,
        valid_from=valid_from.cutoff_date,
        reason=normalise(reason),
        set_by=by,
    )
    audit.record(
        "reconciliation.tolerance_set",
        row,
        by=by,
        before={"amount": before.amount, "share": str(before.percent)},
        after={"amount": amount, "share": str(percent), "period": valid_from.code},
        note=row.reason,
    )
    return row
