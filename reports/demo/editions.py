"""Published editions of R1 in the demo: built from its own figures, signed by its people; the worker prints them."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import User
from budget_portal.models import Job
from reports.builders import r01_periodic
from reports.demo import then
from reports.demo.ground import Ground
from reports.jobs import STEPS
from reports.models import SupervisionReport
from reports.workflow import reports

EDITIONS = (("khuzestan", "1404-Q4"), ("khuzestan", "1405-Q1"), ("qom", "1405-Q1"))
AFTER_CUTOFF = 44  # days: the figures are approved and the window is published by then


def write(ground: Ground) -> None:
    for code, period in EDITIONS:
        publish(ground, code, period)


def publish(ground: Ground, code: str, period: str) -> SupervisionReport:
    """Drafted, built, reviewed, confirmed and approved, each on its own day by its own person."""
    suffix = "" if code == "khuzestan" else f"_{code}"
    desk, deputy, head = (ground.people[f"{name}{suffix}"] for name in ("consolidation", "deputy", "head"))
    first = ground.periods[period].cutoff_date + dt.timedelta(days=AFTER_CUTOFF)
    with then.at(then.working_days_after(first, 1, hour=9)):
        report = reports.draft(ground.periods[period], by=desk)
        _build(report, desk)
    for days, (move, person) in enumerate(
        ((reports.review, desk), (reports.confirm, deputy), (reports.approve, head)), start=2
    ):
        with then.at(then.working_days_after(first, days, hour=8 + days)):
            move(report.pk, by=person)
    report.refresh_from_db()
    return report


def _build(report: SupervisionReport, by: User) -> None:
    """What the worker would have done with the job of the draft, without printing it."""
    now = timezone.now()
    package, _ = r01_periodic.build(report, by=by, known_at=now)
    report.package, report.digest, report.known_at = package.to_plain(), package.digest, now
    report.save(update_fields=["package", "digest", "known_at"])
    Job.objects.filter(pk=report.job_id or 0).update(
        state=Job.State.DONE,
        done=STEPS,
        total=STEPS,
        message="گزارش ساخته شد.",
        started_at=now,
        finished_at=now,
        result_url=f"/reports/{report.pk}/",
    )
