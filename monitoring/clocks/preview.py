"""What another calendar would move: looked at before holidays or the working week are changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from budget_portal import office
from budget_portal.clocks.calendar import Calendar
from budget_portal.office import Moved, Outlook
from monitoring.clocks import deriving, keeping
from monitoring.models import SubmissionClock
from monitoring.presenters import words

if TYPE_CHECKING:
    from accounts.models import User


@office.foresees
def clocks_that_move(calendar: Calendar, user: User) -> Outlook:
    """Open clocks of the person's own organization, and of its provinces."""
    if user.acting is None:
        return Outlook(0, [])
    place = user.acting.organization
    rows = running().filter(
        submission__agency__organization__in=[place.pk, *place.children.values_list("pk", flat=True)]
    )
    found = list(rows)
    moved = [
        _moved(clock, result.due_on)
        for clock in found
        if (result := deriving.derive(clock, keeping.spans(clock), calendar)).due_on != clock.due_on
    ]
    return Outlook(len(found), moved)


def running() -> Any:
    return (
        SubmissionClock.objects.running()
        .select_related("submission__agency", "submission__period__fiscal_year")
        .prefetch_related("pauses")
        .order_by("submission__agency__code", "sort")
    )


def named(clock: SubmissionClock) -> str:
    row = clock.submission
    kind = words.KINDS[row.kind]
    return f"{clock.get_sort_display()} – {row.agency} – {kind} {words.period_name(row.period)}"


def _moved(clock: SubmissionClock, after: Any) -> Moved:
    return Moved(named(clock), clock.due_on, after, reverse("monitoring:clock", args=[clock.pk]))
