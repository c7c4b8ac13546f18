"""Real workers on the real queue are killed in the middle of their work: nothing is lost, nothing done twice."""

import os
import signal
import time
from contextlib import contextmanager

import pytest
from django.db import transaction

from budget_portal import jobs, outbox
from budget_portal.celery import app
from budget_portal.models import Alert, Job, OutboxMessage
from tests.plugins.services import celery_process

from . import ground_people, slow_jobs

pytestmark = [pytest.mark.django_db(transaction=True)]
QUICK = {
    "OUTBOX_RESEND_SECONDS": "2",
    "JOB_ABANDONED_SECONDS": "2",
    "JOB_HEARTBEAT_SECONDS": "0.3",
}


@contextmanager
def worker(monkeypatch, number):
    """A worker with two children; the test itself is the beat, so that a kill never takes the clock along."""
    for name, value in QUICK.items():
        monkeypatch.setenv(name, value)
    arguments = ["-Q", "default,pdf", "-c", "2", "-l", "warning", "-I", slow_jobs.__name__]
    with celery_process("worker", "-n", f"death-{number}@localhost", *arguments) as process:
        yield process


def kill(process):
    """The whole group at once, as the machine's power would."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        outbox.relay()
        jobs.reopen_abandoned()
        time.sleep(0.3)


@pytest.fixture(autouse=True)
def quick(settings):
    settings.OUTBOX_RESEND_SECONDS, settings.JOB_ABANDONED_SECONDS = 2, 2
    app.control.purge()
    yield
    app.control.purge()


def test_a_job_whose_worker_was_killed_is_finished_by_another_once(monkeypatch, figure):
    job = jobs.enqueue("test.slow", by=ground_people.person("asker"), title="کار کند")

    def row():
        return Job.objects.get(pk=job.pk)

    with worker(monkeypatch, 1) as first:
        until(lambda: row().state == "running" and row().done >= 5)
        kill(first)
    assert row().state == "running"
    with worker(monkeypatch, 2):
        until(lambda: row().state not in jobs.OPEN)
    assert (row().state, row().message, row().attempts) == ("done", "تمام", 2)
    assert Alert.objects.filter(text="slow").count() == 1
    figure("P4: a job killed in the middle, finished by another worker, 1 effect")


def test_effects_survive_three_kills_of_the_worker(monkeypatch, figure):
    person, count = ground_people.person("asker"), 100
    kills = 0
    for number in range(count):
        with transaction.atomic():
            outbox.add("test.effect", person, person=person.pk, number=number)

    def done():
        return OutboxMessage.objects.filter(done_at__isnull=False).count()

    while kills < 3:
        goal = done() + 20
        with worker(monkeypatch, kills) as process:
            until(lambda goal=goal: done() >= goal)
            kill(process)
        kills += 1
    with worker(monkeypatch, "last"):
        until(lambda: done() == count)
    texts = list(Alert.objects.values_list("text", flat=True))
    lost, doubled = count - len(set(texts)), len(texts) - len(set(texts))
    figure(f"P4: {count} effects, {kills} kills of the worker: {lost} lost, {doubled} doubled")
    assert (lost, doubled) == (0, 0)
