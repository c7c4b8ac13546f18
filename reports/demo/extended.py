"""Requests for more time, in every state; one of them was granted in the spring, and its figures came late."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import Agency
from agreements.models import ExtensionRequest, PeriodWindow
from budget_portal import audit
from reports.demo import history, then
from reports.demo.ground import Ground
from reports.demo.register import moment

REQUESTS = (
    # agency, working days ago, state, reason, word on it
    ("1018", 2, "requested", "سامانهٔ خزانه سه روز در دسترس نبود و گواهی دریافت نرسید.", ""),
    ("1019", 12, "granted", "راه دسترسی به سه کارگاه بسته بود و مقدار کار اندازه‌گیری نشد.", "با تمدید موافقت شد."),
    ("1016", 9, "withdrawn", "گواهی دریافت خزانه هنوز به دستگاه نرسیده بود.", ""),
    ("1010", 11, "refused", "کارشناس ورود اطلاعات در مرخصی بود.", "جانشین در نامهٔ سازمان معرفی شده است."),
)  # fmt: skip
FLOOD = "بایگانی سندها در آب‌گرفتگی بهار آسیب دید و اسناد هزینه باید دوباره گرفته می‌شد."
AGREED = "با نامهٔ مدیریت بحران موافقت شد."


@transaction.atomic
def write(ground: Ground) -> None:
    """One waits for a decision; one was granted, one refused, one taken back."""
    window = _window(ground, "1405-Q2")
    for code, ago, state, reason, word in REQUESTS:
        asked, decided = then.days_ago(ago, hour=10, minute=5), then.days_ago(ago - 1, hour=9, minute=45)
        row = _ask(ground, window, code, window.last_day + dt.timedelta(days=3), reason, asked)
        if state != "requested":
            _decide(ground, row, state, word, decided)


@transaction.atomic
def late(ground: Ground) -> None:
    """Granted before the last day, before the figures came: their clock says how late, and the report prints it."""
    _, agency, code, _ = history.LATE
    window, day = _window(ground, code), dt.timedelta(days=1)
    until = window.period.cutoff_date + (history.DAYS_AFTER["submit"] + history.LATE_BY + 1) * day
    row = _ask(ground, window, agency, until, FLOOD, moment(window.entry_due - 5 * day))
    _decide(ground, row, "granted", AGREED, moment(window.entry_due - 3 * day))


def _window(ground: Ground, code: str) -> PeriodWindow:
    return PeriodWindow.objects.get(
        organization=ground.organizations["khuzestan"], period=ground.periods[code], kind="expense"
    )


def _ask(
    ground: Ground, window: PeriodWindow, code: str, until: dt.date, reason: str, when: dt.datetime
) -> ExtensionRequest:
    agency = Agency.objects.get(organization=window.organization, code=code)
    person = ground.people[f"user{code}"]
    with then.at(when):
        row = ExtensionRequest.objects.create(
            window=window, agency=agency, until=until, reason=reason, requested_by=person
        )
        audit.record("extension.requested", row, by=person, after={"state": row.state}, note=reason)
    return row


def _decide(ground: Ground, row: ExtensionRequest, state: str, word: str, when: dt.datetime) -> None:
    desk = ground.people["consolidation"]
    mover = row.requested_by if state == "withdrawn" else desk
    with then.at(when):
        row.state, row.decided_at, row.decision_note = state, timezone.now(), word
        row.decided_by = None if state == "withdrawn" else desk
        row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
        audit.record(
            f"extension.{state}",
            row,
            by=mover,
            before={"state": "requested"},
            after={"state": state},
            note=word,
        )
