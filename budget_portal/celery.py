"""The queue: limits, routes and the clock, all in code; waiting times live in tables, not in the broker."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "budget_portal.settings")

MINUTE = 60
HARD_LIMIT = 15 * MINUTE
SOFT_LIMIT = HARD_LIMIT - MINUTE
# After this long the broker gives an unacknowledged task to another worker; a living one is stopped before.
VISIBILITY = 2 * HARD_LIMIT

app = Celery("budget_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    # A task ends before it is acknowledged: a killed worker's task is done again by another.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_acks_on_failure_or_timeout=True,
    worker_prefetch_multiplier=1,
    # The Job table is the result.
    task_ignore_result=True,
    result_backend=None,
    # Ids travel, not objects.
    task_serializer="json",
    accept_content=["json"],
    task_time_limit=HARD_LIMIT,
    task_soft_time_limit=SOFT_LIMIT,
    broker_transport_options={
        "visibility_timeout": VISIBILITY,
        "socket_timeout": 30,
        "socket_keepalive": True,
        "retry_on_timeout": True,
    },
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    worker_soft_shutdown_timeout=5,
    worker_max_tasks_per_child=1000,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    task_default_queue="default",
    # Long renderings have a worker of their own; the clock and the outbox never wait behind them.
    task_routes={"budget_portal.tasks.run_job": {"queue": "pdf"}},
    timezone="Asia/Tehran",
    enable_utc=True,
    imports=["budget_portal.tasks"],
)


def _every(seconds: int, task: str, **options: Any) -> dict[str, Any]:
    """A tick that nobody received in time is dropped: the next one does its work."""
    return {
        "task": f"budget_portal.tasks.{task}",
        "schedule": seconds,
        "options": {"expires": max(seconds, 10), **options},
    }


app.conf.beat_schedule = {
    "relay_outbox": _every(1, "relay_outbox"),
    "reopen_abandoned_jobs": _every(5, "reopen_abandoned"),
    "worker_heartbeat": _every(20, "heartbeat"),
    "clock_tick": {"task": "budget_portal.tasks.clock_tick", "schedule": crontab(minute=1)},
}
app.autodiscover_tasks()


def hear_at_once(**_: Any) -> None:
    """Ready as soon as a worker works, not when the clock strikes next."""
    app.send_task("budget_portal.tasks.heartbeat", expires=60)


worker_ready.connect(hear_at_once, weak=False)
