"""Who is told before and after a due date: found by the beat, written once for each clock, role and distance."""

from __future__ import annotations

import datetime as dt

from budget_portal import audit, jalali, outbox
from budget_portal.clocks import counting
from budget_portal.clocks.calendar import Calendar
from budget_portal.moves import verb
from budget_portal.office import office_calendar
from monitoring.clocks import keeping, terms
from monitoring.models import ClockNotice, ClockPause, SubmissionClock

FAR = dt.timedelta(days=120)  # what is due later than this, or was due before it, is told nobody


def escalate(now: dt.datetime) -> None:
    """On working days: nothing is sent on a day on which nobody could act."""
    calendar, today = office_calendar(), jalali.local(now).date()
    if not calendar.is_working(today):
        return
    rows = SubmissionClock.objects.running().filter(due_on__range=(today - FAR, today + FAR))
    known: dict[int, dict[str, list[tuple[int, str]]]] = {}
    for clock in rows.select_related("submission__agency").prefetch_related("notices"):
        organization = clock.submission.agency.organization_id
        if organization not in known:
            known[organization] = terms.escalations(organization)
        told = {(notice.days, notice.role) for notice in clock.notices.all()}
        for days, role in known[organization][clock.sort]:
            if (days, role) not in told and is_reached(clock.due_on, today, days, calendar):
                _tell(clock.pk, role, days, by=None)


def is_reached(due: dt.date | None, today: dt.date, days: int, calendar: Calendar) -> bool:
    """Whether today lies at most so many working days before the due date, or at least so many after it."""
    if due is None:
        return False
    if days > 0:
        return today > due and counting.working_days_between(due, today, calendar) >= days
    return today <= due and counting.working_days_between(today, due, calendar) <= -days


@verb
def _tell(clock_id: int, role: str, days: int, *, by: None) -> None:
    """Decided on the locked row: the step may have been taken in this very moment."""
    clock: SubmissionClock = SubmissionClock.objects.locked(clock_id)
    if clock.stopped_at is not None or clock.due_on is None:
        return
    facts = {"due_on": clock.due_on}
    notice, fresh = ClockNotice.objects.get_or_create(clock=clock, role=role, days=days, defaults=facts)
    if fresh:
        outbox.add("clock.escalated", notice)


def resume_spent_pauses(now: dt.datetime) -> None:
    """A pause that has used up its limit is over; the row says so."""
    calendar, today = office_calendar(), jalali.local(now).date()
    rows = ClockPause.objects.filter(ended_at__isnull=True, limit_days__isnull=False)
    for pause in rows:
        last = pause.span.last_day(calendar)
        if last is not None and last < today:
            _resume(pause.clock_id, by=None)


@verb
def _resume(clock_id: int, *, by: None) -> None:
    clock: SubmissionClock = SubmissionClock.objects.locked(clock_id)
    keeping.resume(clock, by=by)
    audit.record("clock.resumed", clock, by=by, note="سقف توقف به پایان رسید.")
