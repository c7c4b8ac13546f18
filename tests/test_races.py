"""Two people (or one, pressing twice) make the same move at the same moment: one wins, the other is told the state.

Driven by the tables of moves (tests/states/*.py). Both verbs are let run until they wait for the row, which the
test holds; only then it lets go. A verb that looks before it locks would do its work twice.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from budget_portal import outbox
from budget_portal.errors import WrongState
from budget_portal.models import AuditEntry, OutboxMessage
from tests.factories import World
from tests.matrix import Machine, collect

MACHINES: dict[str, Machine] = {machine.name: machine for _, machine in collect("states", "MACHINE")}
PATIENCE = 30.0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(MACHINES))
def test_of_two_at_once_one_wins(name: str, figure: Callable[[str], None]) -> None:
    machine, wrong = MACHINES[name], []
    # A move that ends where it began may be made twice: an extension or a second draft of an answer.
    moves = [move for move in machine.moves.values() if move.target not in move.sources]
    for move in moves:
        role = sorted(machine.expected[move.sources[0], move.name])[0]
        if problem := race(machine, move, role):
            wrong.append(f"{move.sources[0]} × {move.name} × {role}: {problem}")
    assert not wrong, "\n".join(wrong)
    figure(f"P3: {name}: {len(moves)} moves made twice at once, each counted once")


def race(machine: Machine, move: Any, role: str) -> str:
    world = World()
    row, by = machine.make(world, move.sources[0]), machine.person(world, role)
    machine.make_ready(move.name, row, by)
    before = lines(move, row), messages(row)
    outcome = sorted(at_once(row, lambda: machine.call[move.name](row, by)))
    if outcome != ["WrongState", "done"]:
        return " and ".join(outcome)
    row.refresh_from_db()
    if row.state != move.target:
        return f"ended in {row.state}"
    if (count := lines(move, row) - before[0]) != 1:
        return f"{count} lines in the log"
    effects = messages(row) - before[1]
    if any(count > 1 for count in effects.values()):
        return f"doubled effects: {effects}"
    if outbox.consumers(move.event) and not effects[move.event]:
        return "the effect is missing"
    return ""


def lines(move: Any, row: Any) -> int:
    return AuditEntry.objects.filter(event=move.event, target_id=str(row.pk)).count()


def messages(row: Any) -> Counter[str]:
    rows = OutboxMessage.objects.filter(target_type=row._meta.label_lower, target_id=str(row.pk))
    return Counter(rows.values_list("event", flat=True))


def at_once(row: Any, call: Callable[[], Any]) -> list[str]:
    """Twice on connections of their own, meeting at the lock of the row."""
    outcome: list[str] = []
    backends: list[int] = []

    def attempt() -> None:
        try:
            connection.ensure_connection()
            backends.append(connection.connection.info.backend_pid)
            call()
            outcome.append("done")
        except WrongState:
            outcome.append("WrongState")
        except Exception as error:
            outcome.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    with transaction.atomic():
        type(row)._default_manager.select_for_update().get(pk=row.pk)
        for thread in threads:
            thread.start()
        met = both_wait(backends, outcome)
    for thread in threads:
        thread.join()
    return outcome if met else [*outcome, "did not meet at the row"]


def both_wait(backends: list[int], outcome: list[str]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not outcome and time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid = ANY(%s)", [backends]
            )
            if cursor.fetchone()[0] == 2:
                return True
        time.sleep(0.005)
    return False
