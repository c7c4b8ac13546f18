"""The queue's promises are settings; a worker that takes a task proves the rest."""

import time

import pytest
from celery import Task

from budget_portal import heartbeat
from budget_portal.celery import VISIBILITY, app


def test_tasks_survive_their_worker() -> None:
    settings = app.conf
    assert settings.task_acks_late
    assert settings.task_reject_on_worker_lost
    assert settings.worker_prefetch_multiplier == 1
    assert settings.task_ignore_result
    assert settings.accept_content == ["json"]
    assert settings.broker_connection_retry_on_startup
    assert settings.task_soft_time_limit < settings.task_time_limit < VISIBILITY
    assert settings.broker_transport_options["visibility_timeout"] == VISIBILITY


def test_every_beat_entry_names_a_task_and_none_waits_in_the_broker() -> None:
    app.loader.import_default_modules()
    for name, entry in app.conf.beat_schedule.items():
        assert isinstance(app.tasks.get(entry["task"]), Task), name
        assert not {"eta", "countdown"} & set(entry.get("options", {})), name


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_heard(celery_worker_process: object) -> None:
    heartbeat.forget()
    app.send_task("budget_portal.tasks.heartbeat")
    deadline = time.monotonic() + 20
    while heartbeat.age() is None:
        assert time.monotonic() < deadline, "no worker took the task"
        time.sleep(0.05)
