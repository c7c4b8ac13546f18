"""States of a substitute's letter (decision 21): registered by admin, confirmed by the deputy; ended by either."""

from __future__ import annotations

from typing import Any

from accounts.models import Delegation
from accounts.workflow import delegations as workflow
from tests.accounts.letters import REASON, letter
from tests.cast import Cast
from tests.matrix import Machine


def make(cast: Cast, state: str) -> Delegation:
    row = letter(cast, cast.treasurer, cast.expert)
    if state == "refused":
        return workflow.refuse(row.pk, by=cast.deputy, reason=REASON)
    if state != "registered":
        row = workflow.confirm(row.pk, by=cast.deputy)
    return workflow.end(row.pk, by=cast.admin, reason=REASON) if state == "ended" else row


def _call(name: str) -> Any:
    return lambda row, by: getattr(workflow, name)(row.pk, by=by, reason=REASON)


MACHINE = Machine(
    name="delegation",
    moves=workflow.MOVES,
    states=("registered", "confirmed", "refused", "ended"),
    make=make,
    call={
        "confirm": lambda row, by: workflow.confirm(row.pk, by=by),
        "refuse": _call("refuse"),
        "end": _call("end"),
    },
    expected={
        ("registered", "confirm"): {"budget_deputy"},
        ("registered", "refuse"): {"budget_deputy"},
        ("registered", "end"): {"admin", "budget_deputy"},
        ("confirmed", "end"): {"admin", "budget_deputy"},
    },
)
