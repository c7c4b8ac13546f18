"""States of a conflict between two sources: the owner explains, consolidation accepts, figures do the rest."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from monitoring.models import SourceConflict
from monitoring.workflow import conflicts
from monitoring.workflow.moves import CONFLICT_MOVES
from tests.builders import REASON
from tests.cast import Cast
from tests.matrix import Machine
from tests.monitoring.making import make_submission


def make(cast: Cast, state: str) -> SourceConflict:
    """A contract that was paid more than the agency spent: the agency's people explain it."""
    row = SourceConflict.objects.create(
        submission=make_submission(cast, "expert_reviewed"),
        pair="contract_spent", reported=10, other=20, tolerance=10, unit="percent",
        found_at=timezone.now(), changed_at=timezone.now(),
    )  # fmt: skip
    if state in {"explained", "resolved"}:
        conflicts.explain(row.pk, by=cast.treasurer, text=REASON)
    if state == "resolved":
        conflicts.resolve(row.pk, by=cast.consolidation)
    if state == "agreed":
        conflicts.settle(row.pk, "agree", by=None)
    row.refresh_from_db()
    return row


def own(name: str) -> Any:
    """What figures do by themselves is nobody's move."""

    def call(row: SourceConflict, by: Any) -> None:
        if by is not None:
            from accounts.decisions import require

            require(conflicts.can(by, row, name))
        conflicts.settle(row.pk, name, by=None)

    return call


MACHINE = Machine(
    name="conflict",
    moves=CONFLICT_MOVES,
    states=("open", "explained", "resolved", "agreed"),
    make=make,
    call={
        "explain": lambda row, by: conflicts.explain(row.pk, by=by, text=REASON),
        "resolve": lambda row, by: conflicts.resolve(row.pk, by=by),
        "dispute": lambda row, by: conflicts.dispute(row.pk, by=by, text=REASON),
        "renew": own("renew"),
        "agree": own("agree"),
    },
    expected={
        ("open", "explain"): {"agency_user", "treasurer", "budget_expert"},
        ("explained", "resolve"): {"consolidation"},
        ("explained", "dispute"): {"consolidation"},
        ("explained", "renew"): {"clock"},
        ("resolved", "renew"): {"clock"},
        ("agreed", "renew"): {"clock"},
        ("open", "agree"): {"clock"},
        ("explained", "agree"): {"clock"},
        ("resolved", "agree"): {"clock"},
    },
)
