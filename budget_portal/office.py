"""The calendar of the offices out of its rows, as it is known now or was known at a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from budget_portal.clocks.calendar import OFF, Calendar, Hours, Week
from budget_portal.models import Holiday, WorkingWeek


def office_calendar(known_at: dt.datetime | None = None) -> Calendar:
    """With the moment of its last change as its version."""
    holidays, last = _days(known_at)
    weeks: list[Week] = []
    for row in WorkingWeek.objects.known_at(known_at).order_by("valid_from"):
        hours = Hours(row.opens_at, row.closes_at) if row.opens_at and row.closes_at else None
        weeks.append(Week(row.valid_from, frozenset(row.days_off), hours))
        last = max(filter(None, (last, row.recorded_at)))
    return Calendar(OFF, holidays, tuple(weeks), known_at=last)


def _days(known_at: dt.datetime | None) -> tuple[dict[dt.date, str], dt.datetime | None]:
    """Days off, and the moment of the last change: of a day withdrawn for good too."""
    found: dict[dt.date, str] = {}
    last: dt.datetime | None = None
    for day, title, recorded, withdrawn in Holiday.objects.values_list(
        "day", "title", "recorded_at", "withdrawn_at"
    ):
        if known_at is not None and recorded > known_at:
            continue
        gone = withdrawn is not None and (known_at is None or withdrawn <= known_at)
        last = max(filter(None, (last, recorded, withdrawn if gone else None)))
        if not gone:
            found[day] = title
    return found, last


@dataclass(frozen=True)
class Moved:
    """One deadline that another calendar would move."""

    label: str
    before: dt.date | None
    after: dt.date | None
    url: str = ""


@dataclass(frozen=True)
class Outlook:
    """What a change of the calendar would do: clocks that are open, and of those the dates that move."""

    open: int
    moved: list[Moved]


Look = Callable[[Calendar, Any], Outlook]
_looks: list[Look] = []


def foresees(look: Look) -> Look:
    """Later apps say what a calendar would move for a person's organization: `@office.foresees`."""
    if look not in _looks:
        _looks.append(look)
    return look


def outlook(calendar: Calendar, user: Any) -> Outlook:
    found = [look(calendar, user) for look in _looks]
    return Outlook(sum(part.open for part in found), [moved for part in found for moved in part.moved])
