"""Long work of performance."""

from __future__ import annotations

from django.urls import reverse

from budget_portal.digits import group
from budget_portal.errors import RuleBroken
from budget_portal.jobs import Outcome, Progress, handler
from budget_portal.models import Job
from budget_portal.tables.outcome import Refused
from budget_portal.tables.reader import UnreadableTable
from monitoring.models import LedgerRow, Reconciliation
from monitoring.sheets import jobs as sheet_jobs  # noqa: F401 - registers its own handlers
from monitoring.workflow import reconciliations


@handler("reconciliation.match")
def match_ledger(job: Job, progress: Progress) -> Outcome:
    """In one transaction: a worker that takes over finds the bench as it was, or matched."""
    bench: Reconciliation = Reconciliation.objects.for_user(job.requester).get(pk=job.params["bench"])
    try:
        with progress.apart("خواندن و تطبیق دفتر") as tick:
            bench = reconciliations.match(bench.pk, by=job.requester, tick=tick)
    except (Refused, UnreadableTable) as refused:
        raise RuleBroken(reconciliations.told(refused)) from refused
    rows = LedgerRow.objects.filter(reconciliation=bench).count()
    url = reverse("monitoring:reconciliation", args=[bench.submission_id])
    return Outcome(url=url, message=f"{group(rows)} سطر دفتر تطبیق یافت.")
