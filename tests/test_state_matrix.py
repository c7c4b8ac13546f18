"""State × move × role for every machine (tests/states/*.py): what the table allows happens, all else changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import connection, transaction
from django.http import Http404

from accounts.models import Role
from budget_portal.errors import DomainError
from budget_portal.models import AuditEntry, OutboxMessage
from tests.cast import Cast
from tests.matrix import CLOCK, Machine, collect

pytestmark = pytest.mark.django_db

MACHINES: dict[str, Machine] = {machine.name: machine for _, machine in collect("states", "MACHINE")}
ROLES = (*Role.values, CLOCK)
REFUSALS = (DomainError, PermissionDenied, Http404, ObjectDoesNotExist)


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_moves_are_those_of_the_guide(name: str) -> None:
    """The code's table of moves and the hand-written expectation say the same."""
    machine = MACHINES[name]
    coded = {
        (source, move.name): frozenset(move.roles) | ({CLOCK} if move.also else frozenset())
        for move in machine.moves.values()
        for source in move.sources
    }
    assert coded == {key: frozenset(roles) for key, roles in machine.expected.items()}
    assert all(move.roles or move.also for move in machine.moves.values())
    assert set(machine.call) == set(machine.moves)
    assert {move.target for move in machine.moves.values()} <= set(machine.states)


@pytest.mark.parametrize(
    ("name", "state"), [(name, state) for name in sorted(MACHINES) for state in MACHINES[name].states]
)
def test_state(troupe: Cast, name: str, state: str) -> None:
    """The row is made once; each attempt is taken back before the next."""
    machine = MACHINES[name]
    wrong = []
    with troupe.undone():
        made = machine.make(troupe, state)
        for move in sorted(machine.moves):
            for role in ROLES:
                if problem := _try(troupe, machine, made, state, move, role):
                    wrong.append(f"{state} × {move} × {role}: {problem}")
    assert not wrong, "\n".join(wrong)


def _try(cast: Cast, machine: Machine, made: Any, state: str, move: str, role: str) -> str:
    with cast.undone():
        row = type(made).objects.get(pk=made.pk)
        return _outcome(machine, row, state, move, role, machine.person(cast, role))


def _outcome(machine: Machine, row: Any, state: str, move: str, role: str, by: Any) -> str:
    before, log, outbox = _fields(row), AuditEntry.objects.count(), OutboxMessage.objects.count()
    wanted = role in machine.expected.get((state, move), ())
    try:
        with transaction.atomic():
            machine.make_ready(move, row, by)
            machine.call[move](row, by)
            _check_deferred_constraints()
    except REFUSALS as refusal:
        if wanted:
            return f"was refused: {refusal!r}"
        return _untouched(row, before, log, outbox)
    if not wanted:
        return "was done, and must not be"
    row.refresh_from_db()
    table = machine.moves[move]
    if row.state != table.target:
        return f"ended in {row.state}"
    if not AuditEntry.objects.filter(event=table.event, target_id=str(row.pk), actor=by).exists():
        return f"left no {table.event} in the log"
    return ""


def _untouched(row: Any, before: dict[str, Any], log: int, outbox: int) -> str:
    row.refresh_from_db()
    if (now := _fields(row)) != before:
        return f"refused, but changed {[key for key in before if before[key] != now[key]]}"
    if AuditEntry.objects.count() != log:
        return "refused, but wrote to the log"
    if OutboxMessage.objects.count() != outbox:
        return "refused, but left an effect in the outbox"
    return ""


def _fields(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _check_deferred_constraints() -> None:
    """What the commit would check, now; then deferred again."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
