"""A Celery application with nothing set but its broker."""

import os

from celery import Celery

app = Celery("bare", broker=os.environ.get("BARE_BROKER"))


@app.task
def nothing() -> None:
    pass
