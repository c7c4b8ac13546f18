"""What the queue carries: ids, each task one call. Times, routes and limits stand in celery.py."""

from celery import shared_task

from budget_portal import clock, jobs, outbox
from budget_portal import heartbeat as worker_heartbeat


@shared_task
def relay_outbox() -> int:
    return outbox.relay()


@shared_task(soft_time_limit=120, time_limit=180)
def deliver(pk: int) -> bool:
    return outbox.deliver(pk)


@shared_task
def run_job(pk: int) -> bool:
    return jobs.run(pk)


@shared_task
def reopen_abandoned() -> int:
    return jobs.reopen_abandoned()


@shared_task
def heartbeat() -> None:
    worker_heartbeat.note()


@shared_task
def clock_tick() -> int:
    return clock.tick()
