"""The promise of reliability §1 on the real path: agencies send while the workers are killed.

The workers and the clock are those that the launcher starts and brings back, on this test's database and queue.
"""

from __future__ import annotations

import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psutil
import pytest
from django.conf import settings
from django.db import connection, transaction

from budget_portal import heartbeat, outbox
from budget_portal.celery import app
from budget_portal.local_services import LocalServices
from budget_portal.models import Alert, AuditEntry, OutboxMessage, SentMessage
from budget_portal.supervisor import Supervisor, portal_children
from monitoring.models import SubmissionSnapshot
from monitoring.workflow import submissions
from tests.builders import Case, make_capital_case, make_expense_case
from tests.factories import World
from tests.plugins.services import environment_of_children, kill

COUNT, FIRST, THEN = 100, 40, 20  # so many are sent before the first kill, and so many after each
MANY, KILLS = 1000, 20  # of the drill: kills of the group, and as many of a child
EVENT = "submission.submitted"

pytestmark = pytest.mark.django_db(transaction=True)


def offices(count: int) -> list[Case]:
    """Agencies of one province, each with its own people and a whole submission; every tenth a capital one."""
    home, cases = World(), []
    for number in range(count):
        office = home.next_door()
        if number % 10:
            cases.append(make_expense_case(office, chapters=("1",), activities=False, filled=True))
        else:
            cases.append(make_capital_case(office, projects=1, filled=True))
        assert office.treasurer
    return cases


class Senders(threading.Thread):
    """Presses «ارسال» for one agency after another, as far as `released` lets it."""

    def __init__(self, cases: list[Case]) -> None:
        super().__init__()
        self.work = [(case.submission.pk, case.agency_user) for case in cases]
        self.released, self.acknowledged = threading.Semaphore(0), list[int]()

    def release(self, count: int) -> None:
        self.released.release(count)

    def run(self) -> None:
        try:
            for pk, person in self.work:
                self.released.acquire()
                submissions.submit(pk, by=person)
                self.acknowledged.append(pk)
        finally:
            connection.close()


@contextmanager
def launched() -> Iterator[Supervisor]:
    """Worker and clock as `make run` has them; what the queue lost is sent again sooner than there."""
    app.control.purge()
    environment = environment_of_children() | {"OUTBOX_RESEND_SECONDS": "2"}
    children = [c for c in portal_children(settings.VAR, environment) if c.name in {"worker", "beat"}]
    services = LocalServices(settings.VAR, database=False, queue=False)  # the test run has them
    supervisor = Supervisor(services, children, heartbeat.age)
    supervisor.start()
    try:
        yield supervisor
    finally:
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop(lambda: False)
        app.control.purge()


def wait(supervisor: Supervisor, condition: Callable[[], Any], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain; see {settings.VAR}/worker.log"
        supervisor.tick()
        time.sleep(0.02)


@contextmanager
def stuck_before(model: Any) -> Iterator[Callable[[], bool]]:
    """Whoever writes a row of this table waits; answers whether somebody does."""
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")

        def somebody_waits() -> bool:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = %s::regclass)", [table]
            )
            return bool(cursor.fetchone()[0])

        yield somebody_waits


def carried_out() -> int:
    return OutboxMessage.objects.filter(event=EVENT, done_at__isnull=False).count()


def test_nothing_is_lost_and_nothing_doubled_when_workers_are_killed(figure: Callable[[str], None]) -> None:
    cases = offices(COUNT)
    senders = Senders(cases)
    senders.start()
    with launched() as supervisor:
        worker = supervisor.children[0]
        senders.release(FIRST)
        for model in (Alert, SentMessage):  # before the first effect, and between the two
            with stuck_before(model) as somebody_waits:
                wait(supervisor, somebody_waits)
                kill(worker.process)
            senders.release(THEN)
        before = carried_out()
        wait(supervisor, lambda: carried_out() > before)  # right after one, when it is not acknowledged yet
        kill(worker.process)
        senders.release(THEN)
        wait(supervisor, lambda: carried_out() == COUNT)
    senders.join()
    figure(f"P4: {settled(cases, senders)}, 3 kills of the worker")


@pytest.mark.drill
def test_twenty_kills_of_the_group_and_twenty_of_a_child(figure: Callable[[str], None]) -> None:
    cases, chance = offices(MANY), random.Random(1405)
    senders = Senders(cases)
    senders.start()
    victims = [kill, kill_child] * KILLS
    chance.shuffle(victims)
    with launched() as supervisor:
        worker = supervisor.children[0]
        for victim in victims:
            senders.release(MANY // len(victims))
            if model := chance.choice([Alert, SentMessage, None]):
                with stuck_before(model) as somebody_waits:
                    wait(supervisor, somebody_waits)
                    victim(worker.process)
                continue
            before = carried_out()
            wait(supervisor, lambda before=before: carried_out() > before)  # type: ignore[misc]
            victim(worker.process)
        wait(supervisor, lambda: carried_out() == MANY, seconds=600)
    senders.join()
    figure(f"P4: {settled(cases, senders)}, {KILLS} kills of the worker's group and {KILLS} of a child")


def kill_child(process: subprocess.Popen[bytes] | None) -> None:
    """One process of the pool, in the middle of its work; its parent lives on."""
    assert process is not None
    children = psutil.Process(process.pid).children(recursive=True)
    leaves = [child for child in children if not child.children()]
    if leaves:  # a pool that is only starting has none
        leaves[0].kill()


def settled(cases: list[Case], senders: Senders) -> str:
    """Every sending that was acknowledged has each effect once, and what comes again does nothing."""
    messages = OutboxMessage.objects.filter(event=EVENT)
    for message in messages:
        assert not outbox.deliver(message.pk)
    found = {case.submission.pk: effects(case) for case in cases}
    lost = sum(1 for pk in senders.acknowledged if not all(found[pk]))
    doubled = sum(1 for counts in found.values() if any(count > 1 for count in counts))
    again = sum(1 for message in messages if message.attempts > 1)
    assert sorted(senders.acknowledged) == sorted(found)
    assert set(found.values()) == {(1, 1, 1, 1, 1)}, f"{lost} lost, {doubled} doubled"
    assert Alert.objects.count() == SentMessage.objects.count() == len(cases)
    assert again, "no kill met an effect in the middle"
    return f"{len(cases)} submissions sent ({again} effects begun again): {lost} lost, {doubled} doubled"


def effects(case: Case) -> tuple[int, ...]:
    """How often one sending is in the books: state, snapshot, audit line, the treasurer's alert and mail."""
    submission, message = case.submission, {"outbox__event": EVENT, "outbox__target_id": case.submission.pk}
    return (
        submission.revision if submission.state == "submitted" else 0,
        SubmissionSnapshot.objects.filter(submission=submission, event="submitted").count(),
        AuditEntry.objects.filter(event=EVENT, target_id=submission.pk).count(),
        Alert.objects.filter(person=case.treasurer, **message).count(),
        SentMessage.objects.filter(recipient=case.treasurer.email, **message).count(),
    )
