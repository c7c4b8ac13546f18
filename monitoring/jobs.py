"""Long work of performance."""

from __future__ import annotations

from django.urls import reverse

from accounts.decisions import require
from budget_portal.digits import group
from budget_portal.errors import RuleBroken
from budget_portal.jobs import Outcome, Progress, handler
from budget_portal.models import Job
from budget_portal.tables.outcome import Refused
from budget_portal.tables.reader import UnreadableTable
from monitoring.models import LedgerRow, Reconciliation, RuleVersion
from monitoring.presenters.reconciliation import url_of
from monitoring.rulebook import lab, rights
from monitoring.sheets import jobs as sheet_jobs  # noqa: F401 - registers its own handlers
from monitoring.workflow import reconciliations, rules


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
    url = url_of(bench.submission_id, bench.measure)
    return Outcome(url=url, message=f"{group(rows)} سطر دفتر تطبیق یافت.")


@handler("rule.trial")
def try_rule(job: Job, progress: Progress) -> Outcome:
    """What a draft would have found; it counts as tried only when the trial ends and nobody rewrote it meanwhile."""
    row: RuleVersion = RuleVersion.objects.for_user(job.requester).get(pk=job.params["rule"])
    require(rights.can(job.requester, row, "try"))
    tried = rules.digest(row)
    found = lab.run(row, job.params["periods"], progress)
    figures = found["figures"]
    return Outcome(
        url=reverse("monitoring:rule", args=[row.code]),
        message=f"{group(figures['hits'])} یافته در {group(figures['submissions'])} پرونده",
        save=lambda: rules.record_trial(row.pk, found, tried=tried, by=job.requester),
    )
