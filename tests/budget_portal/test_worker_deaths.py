"""A real worker is killed in the middle of a job. For effects of moves see tests/test_killed_workers.py."""

import time
from contextlib import contextmanager

import pytest

from budget_portal import jobs, outbox
from budget_portal.celery import app
from budget_portal.models import Alert, Job
from tests.plugins.services import celery_process, kill

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
