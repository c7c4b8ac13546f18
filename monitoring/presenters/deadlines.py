"""Deadlines for showing: the box of a step with the way to its derivation, and «in time» beside «still open»."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.urls import reverse
from django.utils import timezone

from agreements.models import ExtensionRequest, PeriodWindow
from budget_portal import jalali
from monitoring.clocks.reading import DueClock, due_of
from monitoring.models import PerformanceSubmission, ReturnMark, SubmissionClock
from monitoring.models.clocks import Sort
from monitoring.presenters.words import Due, days_left


def step_due(submission: PerformanceSubmission, what: str, fallback: dt.date | None) -> Due | None:
    """The due date of the step that is now, by its clock; without a clock, that of the window."""
    return clock_due(due_of(submission), what, fallback)


def clock_due(clock: DueClock | None, what: str, fallback: dt.date | None) -> Due | None:
    """The same for lists, whose clocks were read together (`due_for`)."""
    if clock is None:
        return days_left(fallback, what=what) if fallback else None
    if clock.due_on is None:
        return Due("ساعت ایستاده است", "تا از سر گرفته نشود مهلت دانسته نیست", "calm", url=clock.url)
    return replace(days_left(clock.due_on, what=what), url=clock.url)


def entry_due(
    submission: PerformanceSubmission, window: PeriodWindow | None, marks: list[ReturnMark]
) -> Due | None:
    """Until when figures are taken: return marks, an extension of the agency, or the window."""
    if submission.state in {"returned", "reopened"}:
        days = [mark.due_on for mark in marks if mark.due_on]
        return step_due(submission, "مهلت اصلاح", min(days, default=None))
    if window is None or submission.state != "draft":
        return None
    clock = due_of(submission) if submission.pk else None
    url = clock.url if clock else reverse("monitoring:clock-window", args=[window.pk])
    granted = ExtensionRequest.objects.granted(window, submission.agency_id).running()
    until = granted.values_list("until", flat=True).order_by("until").last()
    line = one_line(
        window.last_day,
        until,
        window.entry_due if window.extended_to else None,
        window.is_open,
        timezone.localdate(),
    )
    ask = reverse("monitoring:entry-extension")
    if window.is_open or until:
        last = max(filter(None, (window.last_day if window.is_open else None, until)))
        due = days_left(last, extended=bool(until) or window.extended_to is not None)
        return replace(due, url=url, line=line, ask_url="" if until else ask)
    ended = jalali.format_date(window.last_day, "deadline")
    return Due("مهلت این مقطع پایان یافته است", ended, "bad", url=url, line=line, ask_url=ask)


def one_line(
    on_time: dt.date, extension: dt.date | None, was: dt.date | None, is_open: bool, today: dt.date
) -> str:
    """«In time» and «still open» are two things; one line says both (feature B3)."""
    day, later = _day(on_time), _day(extension)
    if extension and extension > on_time:
        if today > on_time:
            return f"مهلت ثبت به‌موقع {day} گذشت؛ تا {later} با تمدید می‌توانید ثبت کنید و در گزارش «با تأخیر» می‌آید."
        return f"تا {day} به‌موقع است؛ پس از آن تا {later} با تمدید باز است و در گزارش «با تأخیر» می‌آید."
    if not is_open:
        return (
            f"مهلت ثبت به‌موقع {day} گذشت؛ ثبت تنها با تمدیدی ممکن است که بپذیرند و در گزارش «با تأخیر» می‌آید."
        )
    if was and was < on_time:
        return f"مهلت نخست {_day(was)} بود و برای همه تمدید شد؛ تا {day} به‌موقع است."
    return f"تا {day} به‌موقع است؛ پس از آن تنها با تمدید، و در گزارش «با تأخیر»."


def _day(day: dt.date | None) -> str:
    """«۳۰ آبان»: the year stands in the box above."""
    return jalali.format_date(day, "text").rpartition(" ")[0] if day else ""


def service_url(submission: PerformanceSubmission) -> str:
    """The page that shows the service clock day by day."""
    rows = SubmissionClock.objects.filter(submission=submission, sort=Sort.SERVICE).order_by("-round")
    pk = rows.values_list("pk", flat=True).first()
    return reverse("monitoring:clock", args=[pk]) if pk else ""
