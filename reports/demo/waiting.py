"""What lies in the inboxes beside the submissions: visits to come, requests to open again and for more time."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import Agency
from monitoring import visits
from monitoring.closing import absences
from monitoring.models import PerformanceSubmission, SubmissionClock
from monitoring.workflow import clocks, submissions
from monitoring.workflow import visits as moves
from reports.demo import extended, then
from reports.demo.current import expert_of
from reports.demo.ground import Ground
from reports.demo.register import Work

REOPEN = "رقم عملکرد فصل ۶ پس از تأیید با سند اصلاحی خزانه تغییر کرد؛ اصلاح یک ردیف لازم است."
TO_VISIT = (
    "1006",
    "1002",
)  # of the group of the demo's expert: confirmed by the treasurer, or on the way there


def write(ground: Ground, works: list[Work]) -> None:
    _visits(ground, works)
    _reopening(ground)
    _pause(ground)
    _absence(ground)
    extended.write(ground)


def _visits(ground: Ground, works: list[Work]) -> None:
    """Two are planned for the next days, one was made and is still to be handed in."""
    expert, period = ground.people["expert"], ground.periods["1405-Q2"]
    mine = [work for work in works if work.agency.code in TO_VISIT][:3]
    today = timezone.localdate()
    with then.at(then.days_ago(2, hour=9)):
        planned = [
            visits.plan_visit(
                work.agency,
                period,
                by=expert,
                project=work.project,
                planned_for=today + dt.timedelta(days=1 + 2 * number),
            )
            for number, work in enumerate(mine)
        ]
    done = planned[-1]
    with then.at(then.days_ago(1, hour=13)):
        facts = {
            "visited_on": timezone.localdate(),
            "visitors": "کارشناس گروه و نمایندهٔ دستگاه",
            "weather": "ابری",
            "site_state": "semi_active",
            "workers": 12,
            "obstacles": "ماشین‌آلات خاکی از کارگاه رفته است.",
        }
        visits.write_visit(done.pk, by=expert, facts=facts, quantities={})
        moves.mark_done(done.pk, by=expert)


def _reopening(ground: Ground) -> None:
    """One approved submission is asked back; the deputy decides."""
    row = (
        PerformanceSubmission.objects.filter(
            period=ground.periods["1405-Q2"],
            agency__organization=ground.organizations["khuzestan"],
            state="approved",
            kind="expense",
        )
        .order_by("agency__code")
        .last()
    )
    if row is not None:
        with then.at(then.days_ago(0, hour=8, minute=15)):
            submissions.ask_reopen(row.pk, by=ground.people["consolidation"], reason=REOPEN)


TREASURY = "گواهی خزانه برای دو سند شهریور هنوز نرسیده است و بی آن رقم دریافتی سنجیده نمی‌شود."
STRIKE = "ذیحساب دستگاه تا پایان آذر تغییر می‌کند و متمم سال در این مقطع بسته نمی‌شود."
ABSENT = "1010"


def _pause(ground: Ground) -> None:
    """The clock of one review stands still until the treasury answers."""
    clock = (
        SubmissionClock.objects.running()
        .filter(sort="expert", submission__state="under_review", submission__kind="capital")
        .filter(submission__agency__organization=ground.organizations["khuzestan"])
        .order_by("submission__agency__code")
        .first()
    )
    if clock is not None:
        with then.at(then.days_ago(1, hour=11, minute=20)):
            expert = expert_of(ground, clock.submission.agency)
            clocks.pause_clock(clock.pk, by=expert, code="treasury", note=TREASURY)


def _absence(ground: Ground) -> None:
    """One agency is left out of the closing of last year, on record."""
    agency = Agency.objects.get(organization=ground.organizations["khuzestan"], code=ABSENT)
    with then.at(then.days_ago(3, hour=13)):
        period, desk = ground.periods["1404-CLOSING"], ground.people["consolidation"]
        absences.record(agency.pk, period, "capital", by=desk, reason=STRIKE)
