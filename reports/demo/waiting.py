"""What lies in the inboxes beside the submissions: visits to come, requests to open again and for more time."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import Agency
from agreements.models import ExtensionRequest, PeriodWindow
from budget_portal import audit
from monitoring import visits
from monitoring.models import PerformanceSubmission
from monitoring.workflow import submissions
from monitoring.workflow import visits as moves
from reports.demo import then
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
    _extensions(ground)


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


REQUESTS = (
    # agency, working days ago, state, reason, word on it
    ("1018", 2, "requested", "سامانهٔ خزانه سه روز در دسترس نبود و گواهی دریافت نرسید.", ""),
    ("1019", 12, "granted", "راه دسترسی به سه کارگاه بسته بود و مقدار کار اندازه‌گیری نشد.", "با تمدید موافقت شد."),
    ("1016", 9, "withdrawn", "گواهی دریافت خزانه هنوز به دستگاه نرسیده بود.", ""),
    ("1010", 11, "refused", "کارشناس ورود اطلاعات در مرخصی بود.", "جانشین در نامهٔ سازمان معرفی شده است."),
)  # fmt: skip


@transaction.atomic
def _extensions(ground: Ground) -> None:
    """One waits for a decision; one was granted, one refused, one taken back."""
    window = PeriodWindow.objects.get(
        organization=ground.organizations["khuzestan"], period=ground.periods["1405-Q2"], kind="expense"
    )
    desk = ground.people["consolidation"]
    for code, ago, state, reason, word in REQUESTS:
        agency = Agency.objects.get(organization=window.organization, code=code)
        person = ground.people[f"user{code}"]
        with then.at(then.days_ago(ago, hour=10, minute=5)):
            row = ExtensionRequest.objects.create(
                window=window,
                agency=agency,
                until=(window.extended_to or window.entry_due) + dt.timedelta(days=3),
                reason=reason,
                requested_by=person,
            )
            audit.record("extension.requested", row, by=person, after={"state": row.state}, note=reason)
        if state == "requested":
            continue
        with then.at(then.days_ago(ago - 1, hour=9, minute=45)):
            mover = person if state == "withdrawn" else desk
            row.state, row.decided_at, row.decision_note = state, timezone.now(), word
            row.decided_by = None if mover == person else desk
            row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
            audit.record(
                f"extension.{state}",
                row,
                by=mover,
                before={"state": "requested"},
                after={"state": state},
                note=word,
            )
