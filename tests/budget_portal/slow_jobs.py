"""Handlers for test_worker_deaths.py; the worker under test loads them with `--include`."""

import time

from budget_portal.jobs import Outcome, handler
from budget_portal.models import Alert

STEPS = 20


@handler("test.slow")
def slow(job, progress):
    """Two seconds in twenty steps, then one alert in the transaction that closes the job."""
    for step in range(STEPS):
        progress(step, STEPS, f"گام {step}")
        time.sleep(0.1)
    return Outcome(message="تمام", save=lambda: Alert.objects.create(person=job.requester, text="slow"))
