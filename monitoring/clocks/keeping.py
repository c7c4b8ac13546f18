"""Starting, stopping, pausing and resuming the clocks of a submission, in the transaction of the move that does it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from agreements.models import ExtensionRequest, PeriodWindow
from budget_portal import audit
from budget_portal.clocks.calendar import Calendar, next_working_day
from budget_portal.clocks.counting import Pause
from budget_portal.clocks.hours import day_zero, local_day
from budget_portal.office import office_calendar
from monitoring.clocks import deriving, terms
from monitoring.models import ClockPause, PerformanceSubmission, SubmissionClock
from monitoring.models.clocks import Basis, Sort

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accounts.models import User

# Which step's clock runs in a state; the service's own runs from the first confirmation to the approval.
RUNS: dict[str, Sort] = {
    "draft": Sort.ENTRY,
    "submitted": Sort.TREASURER,
    "treasurer_confirmed": Sort.EXPERT,
    "under_review": Sort.EXPERT,
    "expert_reviewed": Sort.CONSOLIDATION,
    "returned": Sort.CORRECTION,
    "reopened": Sort.CORRECTION,
}
DATE_OF = {
    Sort.TREASURER: "treasurer_due",
    Sort.EXPERT: "expert_due",
    Sort.CONSOLIDATION: "consolidation_due",
}


def follow(submission: PerformanceSubmission, *, by: User | None) -> None:
    """Called after every move: what has ended stops, what begins starts."""
    calendar, now = office_calendar(), timezone.now()
    running = {clock.sort: clock for clock in SubmissionClock.objects.running().filter(submission=submission)}
    wanted = RUNS.get(submission.state)
    for sort, clock in running.items():
        if sort not in {wanted, Sort.SERVICE}:
            _stop(clock, now, calendar)
    if wanted and wanted not in running:
        _start(submission, wanted, now, calendar)
    _follow_service(submission, running.get(Sort.SERVICE), now, calendar, by)


def _follow_service(
    submission: PerformanceSubmission,
    clock: SubmissionClock | None,
    now: dt.datetime,
    calendar: Calendar,
    by: User | None,
) -> None:
    if clock is None:
        if submission.state == "treasurer_confirmed":
            _start(submission, Sort.SERVICE, now, calendar)
    elif submission.state == "treasurer_confirmed":
        _resume(clock, now, calendar, by)
    elif submission.state == "returned":
        if clock.pauses.filter(ended_at__isnull=True, code=terms.RETURNED.code).exists():
            return  # a second return in a pause changes nothing
        reason = terms.reasons(submission.agency.organization_id)[terms.RETURNED.code]
        _resume(clock, now, calendar, by)
        pause(clock, reason, by=by, now=now, calendar=calendar)
    elif submission.state == "approved":
        _stop(clock, now, calendar)


def start_entry(submission: PerformanceSubmission) -> None:
    """A draft was opened: its agency has until the last day of the window, or of its own extension."""
    if not SubmissionClock.objects.filter(submission=submission).exists():
        _start(submission, Sort.ENTRY, timezone.now(), office_calendar())


def pause(
    clock: SubmissionClock,
    reason: terms.Reason,
    *,
    by: User | None,
    note: str = "",
    now: dt.datetime | None = None,
    calendar: Calendar | None = None,
) -> ClockPause:
    now, calendar = now or timezone.now(), calendar or office_calendar()
    row = ClockPause.objects.create(
        clock=clock,
        code=reason.code,
        title=reason.title,
        limit_days=reason.limit,
        note=note,
        began_at=now,
        begins_on=max(local_day(now), clock.started_on),
        begun_by=by,
    )
    _derive(clock, calendar)
    return row


def resume(clock: SubmissionClock, *, by: User | None) -> None:
    _resume(clock, timezone.now(), office_calendar(), by)


def _resume(clock: SubmissionClock, now: dt.datetime, calendar: Calendar, by: User | None) -> None:
    """The running pause ends today, or ended when its limit was used up."""
    row = clock.pauses.filter(ended_at__isnull=True).first()
    if row is None:
        return
    last = row.span.last_day(calendar)
    today = max(day_zero(now, calendar), row.begins_on)
    row.ended_at, row.ended_by, row.ends_on = now, by, min(filter(None, (last, today)))
    row.save(update_fields=["ended_at", "ended_by", "ends_on"])
    _derive(clock, calendar)


def _start(submission: PerformanceSubmission, sort: Sort, now: dt.datetime, calendar: Calendar) -> None:
    step = terms.step(submission.agency.organization_id, sort)
    before = SubmissionClock.objects.filter(submission=submission, sort=sort).count()
    clock = begun(submission, sort, now, calendar, step, fixed_dates(submission, sort, calendar))
    clock.round = before + 1
    clock.save()


def begun(
    submission: PerformanceSubmission,
    sort: Sort,
    now: dt.datetime,
    calendar: Calendar,
    step: terms.Step,
    fixed: dict[str, Any],
) -> SubmissionClock:
    """A clock that starts now by the terms of its step, not yet stored. `fixed`: the dates that bind it, or none."""
    basis = step.basis if "fixed_on" in fixed else Basis.DAYS
    if sort in {Sort.ENTRY, Sort.CORRECTION} and "fixed_on" in fixed:
        basis = Basis.WINDOW  # a date that somebody set for these very figures
    clock = SubmissionClock(
        submission=submission,
        sort=sort,
        started_at=now,
        started_on=day_zero(now, calendar),
        basis=basis,
        limit_days=step.days,
        minimum_days=step.minimum,
        **fixed,
    )
    deriving.store(clock, (), calendar)
    return clock


def fixed_dates(
    submission: PerformanceSubmission, sort: Sort, calendar: Calendar, window: PeriodWindow | None = None
) -> dict[str, Any]:
    """The date that the calendar of the cut-off, an extension or a return mark sets. `window`: where it is known."""
    if sort is Sort.CORRECTION:
        due = [mark.due_on for mark in submission.return_marks.filter(closed_at=None) if mark.due_on]
        return {"fixed_on": min(due)} if due else {}
    if sort is Sort.SERVICE:
        return {}
    window = window or window_of(submission)
    if window is None:
        return {}
    if sort is Sort.ENTRY:
        return entry_dates(submission, window, calendar)
    return {"fixed_on": getattr(window, DATE_OF[sort])}


def entry_dates(
    submission: PerformanceSubmission, window: PeriodWindow, calendar: Calendar
) -> dict[str, Any]:
    """Until when entry is in time, and until when it is still open: an extension of the agency goes further."""
    on_time = next_working_day(window.last_day, calendar)
    granted = ExtensionRequest.objects.granted(window, submission.agency_id)
    extension = granted.order_by("until").last()
    if extension is None or extension.until <= window.last_day:
        return {"fixed_on": window.last_day, "on_time_until": on_time, "late_reason": ""}
    return {"fixed_on": extension.until, "on_time_until": on_time, "late_reason": extension.reason}


def window_of(submission: PerformanceSubmission) -> PeriodWindow | None:
    windows = PeriodWindow.objects.for_agency(submission.agency, submission.kind)
    found: PeriodWindow | None = windows.filter(period=submission.period_id).first()
    return found


def _stop(clock: SubmissionClock, now: dt.datetime, calendar: Calendar) -> None:
    """From now on the row stays as it is."""
    _resume(clock, now, calendar, None)
    end(clock, spans(clock), now, calendar)
    clock.save()


def end(clock: SubmissionClock, pauses: Sequence[Pause], now: dt.datetime, calendar: Calendar) -> None:
    deriving.store(clock, pauses, calendar)
    clock.stopped_at, clock.stopped_on = now, max(local_day(now), clock.started_on)
    clock.used_days = deriving.used(clock, pauses, calendar, clock.stopped_on)
    clock.late_days = deriving.late(clock, clock.stopped_on, calendar)


def _derive(clock: SubmissionClock, calendar: Calendar) -> None:
    clock.save(update_fields=deriving.store(clock, spans(clock), calendar))


def spans(clock: SubmissionClock) -> list[Pause]:
    return [row.span for row in clock.pauses.all()]


def recompute(
    clocks: Iterable[SubmissionClock], *, cause: str, by: User | None, calendar: Calendar | None = None
) -> int:
    """Derive open clocks anew; a line in the log for each whose date moves. The caller holds a transaction."""
    calendar, moved = calendar or office_calendar(), 0
    for clock in clocks:
        before = clock.due_on
        if clock.sort == Sort.ENTRY and (window := window_of(clock.submission)):
            for name, value in entry_dates(clock.submission, window, calendar).items():
                setattr(clock, name, value)
        deriving.store(clock, spans(clock), calendar)
        clock.save()
        if clock.due_on != before:
            moved += 1
            audit.record(
                "clock.recomputed",
                clock,
                by=by,
                before={"due_on": before},
                after={"due_on": clock.due_on},
                note=cause,
            )
    return moved
