"""What is promised, and how it was kept, measured over the last twelve months and only where there is enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from django.utils import timezone

from budget_portal.clocks import counting
from budget_portal.numbers import percent
from budget_portal.office import office_calendar
from complaints import deadlines
from complaints.models import Complaint, ComplaintEvent
from monitoring.models import PerformanceSubmission

FEWEST = 5  # smaller counts could point at somebody
YEAR = dt.timedelta(days=365)
GOAL_ANSWER, GOAL_REVIEW = 95, 90


@dataclass(frozen=True)
class Kept:
    """How many of how many were in time, with median and worst in working days."""

    in_time: int
    of: int
    median: Decimal
    worst: int
    goal: int

    @property
    def share(self) -> Decimal | None:
        return percent(self.in_time, self.of)

    @property
    def is_met(self) -> bool:
        return 100 * self.in_time >= self.goal * self.of


def answers() -> Kept | None:
    """First answers of the last year against their own due date (an extension with notice counts as in time)."""
    since = timezone.now() - YEAR
    ended = ComplaintEvent.objects.filter(code__in=["answered", "rejected", "forwarded"], at__gte=since)
    firsts: dict[int, dt.datetime] = {}
    for pk, at in ended.order_by("at").values_list("complaint", "at"):
        firsts.setdefault(pk, at)
    rows = Complaint.objects.filter(pk__in=firsts, objected_at__isnull=True)
    calendar = office_calendar()
    days: list[tuple[int, bool]] = []
    for pk, registered_at, due_on, extended_to in rows.values_list(
        "pk", "registered_at", "due_on", "extended_to"
    ):
        ended_on = deadlines.day_of(firsts[pk])
        used = counting.working_days_between(deadlines.day_of(registered_at), ended_on, calendar)
        days.append((used, ended_on <= (extended_to or due_on)))
    return _kept(days, GOAL_ANSWER)


def reviews() -> Kept | None:
    """Working days from the treasurer's confirmation to the final approval, returns included as they lie."""
    since = timezone.now() - YEAR
    rows = PerformanceSubmission.objects.approved().filter(approved_at__gte=since, confirmed_at__isnull=False)
    calendar = office_calendar()
    days = [
        counting.working_days_between(
            deadlines.day_of(confirmed),
            max(deadlines.day_of(confirmed), deadlines.day_of(approved)),
            calendar,
        )
        for confirmed, approved in rows.values_list("confirmed_at", "approved_at")
    ]
    return _kept([(day, day <= 10) for day in days], GOAL_REVIEW)


def _kept(days: Iterable[tuple[int, bool]], goal: int) -> Kept | None:
    counted = list(days)
    if len(counted) < FEWEST:
        return None
    used = sorted(day for day, _ in counted)
    in_time = sum(kept for _, kept in counted)
    return Kept(in_time, len(counted), Decimal(str(median(used))), used[-1], goal)
