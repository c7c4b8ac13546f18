"""What the queue carries: ids, each task one call. Times, routes and limits stand in celery.py."""

from budget_portal import clock, jobs, outbox
from budget_portal import heartbeat as worker_heartbeat
from budget_portal.celery import app


@app.task
def relay_outbox() -> int:
    return outbox.relay()


@app.task(soft_time_limit=120, time_limit=180)
def deliver(pk: int) -> bool:
    return outbox.deliver(pk)


@app.task
def run_job(pk: int) -> bool:
    return jobs.run(pk)


@app.task
def reopen_abandoned() -> int:
    return jobs.reopen_abandoned()


@app.task
def heartbeat() -> None:
    worker_heartbeat.note()


@app.task
def clock_tick() -> int:
    return clock.tick()
