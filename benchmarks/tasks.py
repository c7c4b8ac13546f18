"""A task that does nothing, loaded into our worker with `--include`."""

from budget_portal.celery import app


@app.task
def nothing() -> None:
    pass
