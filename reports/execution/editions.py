"""R1 of a run: drafted and reviewed by consolidation, confirmed by the deputy, approved by the head."""

from __future__ import annotations

import time
from typing import Any

from accounts.models import Agency, User
from agreements.models import ReportingPeriod
from budget_portal import jobs, outbox
from budget_portal.errors import RuleBroken
from budget_portal.models import Job, OutboxMessage
from reports.execution.ground import Ground
from reports.models import SupervisionReport
from reports.workflow import reports

PATIENCE = 900


def publish(ground: Ground, period: ReportingPeriod, agency: Agency | None = None) -> SupervisionReport:
    """One edition, its package and its printed file made in this process (or by a worker that was faster)."""
    staff: dict[str, User] = ground.staff
    scope: dict[str, Any] = {"level": "agency", "agency": agency} if agency else {}
    report = reports.draft(period, by=staff["consolidation"], **scope)
    _finish(report.job)
    reports.review(report.pk, by=staff["consolidation"])
    reports.confirm(report.pk, by=staff["budget_deputy"])
    reports.approve(report.pk, by=staff["org_head"])
    message = OutboxMessage.objects.filter(event="report.approved", target_id=str(report.pk)).latest("pk")
    outbox.deliver(message.pk)
    report.refresh_from_db()
    _finish(report.job)
    report.refresh_from_db()
    return report


def _finish(job: Job | None) -> None:
    """Run the job here, unless a worker has it; wait for its end."""
    assert job is not None  # noqa: S101 - the verbs have just made it
    jobs.run(job.pk)
    deadline = time.monotonic() + PATIENCE
    job.refresh_from_db()
    while job.state in jobs.OPEN and time.monotonic() < deadline:
        time.sleep(1)
        job.refresh_from_db()
    if job.state != "done":
        raise RuleBroken(f"{job.title}: {job.get_state_display()} {job.error}")
