"""A batch whose worker is killed while it writes, and one that a person stops: on real workers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from agreements.models import BudgetNotification, NotificationLine
from agreements.workflow import imports
from budget_portal import jobs, outbox
from budget_portal.celery import app
from budget_portal.models import AuditEntry, ImportBatch
from tests.agreements.importing import make_batch, mapping
from tests.cast import Cast
from tests.plugins.services import celery_process, kill

pytestmark = pytest.mark.django_db(transaction=True)
QUICK = {"OUTBOX_RESEND_SECONDS": "2", "JOB_ABANDONED_SECONDS": "2", "JOB_HEARTBEAT_SECONDS": "0.3"}


@pytest.fixture(autouse=True)
def quick(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in QUICK.items():
        monkeypatch.setenv(name, value)
    settings.OUTBOX_RESEND_SECONDS, settings.JOB_ABANDONED_SECONDS = 2, 2
    app.control.purge()
    yield
    app.control.purge()


@contextmanager
def worker(number: int) -> Iterator[Any]:
    name = f"import-{number}@localhost"
    with celery_process("worker", "-n", name, "-Q", "default,pdf", "-c", "1", "-l", "warning") as process:
        yield process


@contextmanager
def stuck_before_lines() -> Iterator[Callable[[], bool]]:
    """Whoever writes a line of a letter waits; answers whether somebody does. The lock has a connection of its own,
    since the test goes on as the clock meanwhile."""
    table = NotificationLine._meta.db_table
    held, ended = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
            held.set()
            ended.wait(60)
        connection.close()

    def somebody_waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = %s::regclass)", [table]
            )
            return bool(cursor.fetchone()[0])

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(30)
        yield somebody_waits
    finally:
        ended.set()
        holder.join()


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """The test itself is the clock."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        outbox.relay()
        jobs.reopen_abandoned()
        time.sleep(0.1)


def now(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.select_related("job").get(pk=batch.pk)


def test_a_batch_whose_worker_is_killed_is_written_once_and_one_that_is_stopped_not_at_all(
    figure: Callable[[str], None],
) -> None:
    cast = Cast()
    killed = make_batch(cast, "applying")
    with stuck_before_lines() as somebody_waits:  # its letter is written, its lines are not
        with worker(1) as process:
            until(somebody_waits)
            kill(process)
        assert not BudgetNotification.objects.exists()
    with worker(2):
        until(lambda: now(killed).job.state not in jobs.OPEN)
        done = now(killed)
        assert (done.state, done.job.state, done.job.attempts) == ("applied", "done", 2)
        assert list(BudgetNotification.objects.values_list("state", flat=True)) == ["issued"]
        assert NotificationLine.objects.count() == 2
        for event in ("import.applied", "budgetnotification.issued"):
            assert AuditEntry.objects.filter(event=event).count() == 1

        told = mapping(cast, values={"letter_number": "۱۳/۴"})
        stopped = make_batch(cast, "applying", (cast.agency.code, "103", 7), told=told)
        with stuck_before_lines() as somebody_waits:
            until(somebody_waits)
            imports.stop(stopped.pk, by=cast.consolidation)
            time.sleep(1)  # the job hears it while the database keeps it waiting
        until(lambda: now(stopped).job.state not in jobs.OPEN)
        ended = now(stopped)
        assert (ended.state, ended.job.state) == ("previewed", "cancelled")
        assert BudgetNotification.objects.count() == 1
    figure(
        "P4: an import killed while it wrote: taken up again, written once; one that was stopped: nothing written"
    )
