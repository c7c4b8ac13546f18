"""Eight people press at once on one submission: two approve, two return, two type, two come in the wrong step.

Whatever meets first, there is one decision, and a figure that was acknowledged is there (reliability guide, P2).
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.models import User
from budget_portal.errors import DomainError
from budget_portal.models import AuditEntry
from monitoring import entry
from monitoring.workflow import submissions
from monitoring.workflow.submissions import Return
from tests.builders import REASON, Case, make_expense_case
from tests.factories import World, make_person
from tests.states.submission import MACHINE

DECISIONS = ("submission.approved", "submission.returned")
TRIES = 40  # a clerk types until the line opens or the case is closed

pytestmark = pytest.mark.django_db(transaction=True)


def everybody(case: Case, clerk: User, approver: User) -> list[tuple[str, Callable[[], Any]]]:
    """(what is attempted, the attempt) of eight people."""
    row, whole, lines = case.submission, [Return(REASON)], case.lines
    verb = submissions.return_to_agency
    return [
        ("approve", lambda: MACHINE.call["approve"](row, case.consolidation)),
        ("approve", lambda: MACHINE.call["approve"](row, approver)),
        ("return", lambda: verb(row.pk, by=case.consolidation, lines=whole)),
        ("return", lambda: verb(row.pk, by=approver, lines=whole)),
        ("edit", lambda: patiently(lambda: type_in(lines[0], 41, case.agency_user))),
        ("edit", lambda: patiently(lambda: type_in(lines[1], 42, clerk))),
        ("late", lambda: MACHINE.call["confirm"](row, case.treasurer)),
        ("late", lambda: verb(row.pk, by=case.expert, lines=whole)),
    ]


def type_in(line: Any, figure: int, by: User) -> None:
    entry.save_cell("expense", line.pk, "commitments_open", str(figure), version=line.version, by=by)


def patiently(attempt: Callable[[], None]) -> None:
    for tries in range(TRIES):
        try:
            return attempt()
        except DomainError:
            if tries == TRIES - 1:
                raise
            time.sleep(0.005)
    return None


def at_once(attempts: list[tuple[str, Callable[[], Any]]]) -> Counter[tuple[str, str]]:
    """How often each kind of attempt was done or refused."""
    outcome: Counter[tuple[str, str]] = Counter()
    start = threading.Barrier(len(attempts))

    def run(name: str, attempt: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            attempt()
            outcome[name, "done"] += 1
        except (DomainError, PermissionDenied):
            outcome[name, "refused"] += 1
        except Exception as error:
            outcome[name, repr(error)] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=attempt) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


def judge(case: Case, outcome: Counter[tuple[str, str]], before: int) -> str:
    """What is wrong after the eight have pressed; empty when nothing is."""
    state, typed = case.submission.state, [line.commitments_open for line in case.lines]
    decided = AuditEntry.objects.filter(
        event__in=DECISIONS, target_id=str(case.submission.pk), pk__gt=before
    ).count()
    done = {name: outcome[name, "done"] for name in ("approve", "return", "edit", "late")}
    wanted = {
        "approved": {"approve": 1, "return": 0, "edit": 0, "late": 0},
        "returned": {"approve": 0, "return": 1, "edit": 2, "late": 0},
    }.get(state)
    if decided != 1 or done != wanted or sum(outcome.values()) != 8:
        return f"{state}: {decided} decisions, {dict(outcome)}"
    if state == "returned" and typed != [41, 42]:
        return f"lost: {typed}"
    if state == "approved" and set(typed) & {41, 42}:
        return f"written after the approval: {typed}"
    return ""


def races(count: int) -> str:
    home, wrong, ends = World(), [], Counter[str]()
    approver = make_person("consolidation", home.organization)
    for _ in range(count):
        office = home.next_door()
        clerk = make_person("agency_user", office.agency)
        case = make_expense_case(office, chapters=("1", "2"), activities=False, filled=True)
        case.at("expert_reviewed")
        before = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[0]
        if problem := judge(case, at_once(everybody(case, clerk, approver)), before):
            wrong.append(problem)
        ends[case.submission.state] += 1
    assert not wrong, "\n".join(wrong)
    return (
        f"P2: {count} submissions × 8 people at once: one decision each ({ends['approved']} approved, "
        f"{ends['returned']} returned), 0 lost edits"
    )


def test_of_eight_at_once_one_decides(figure: Callable[[str], None]) -> None:
    figure(races(5))


@pytest.mark.drill
def test_of_eight_at_once_one_decides_many_times(figure: Callable[[str], None]) -> None:
    figure(races(200))
