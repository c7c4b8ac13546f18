"""Which days offices work, as known at a moment: the working week holds from a date on, holidays are single days."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple

THURSDAY, FRIDAY = 3, 4  # date.weekday()
OFF = frozenset({THURSDAY, FRIDAY})


class Hours(NamedTuple):
    """Office hours of a working day."""

    opens: dt.time
    closes: dt.time


@dataclass(frozen=True, slots=True)
class Week:
    """The working week as it holds from a day on; without hours a day has no end of office."""

    valid_from: dt.date
    weekend: frozenset[int] = OFF
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """`weekend` and `hours` hold before the first of `weeks`; `holidays` maps a date to its occasion."""

    weekend: frozenset[int] = OFF
    holidays: Mapping[dt.date, str] = field(default_factory=lambda: MappingProxyType({}))
    weeks: tuple[Week, ...] = ()
    hours: Hours | None = None
    known_at: dt.datetime | None = None  # what was known then; the version that a page names

    def __post_init__(self) -> None:
        if any(not frozenset(range(7)) - weekend for weekend in (self.weekend, *self._weekends())):
            raise ValueError("A week without a working day has no clock.")
        if any(hours.closes <= hours.opens for hours in self._all_hours()):
            raise ValueError("An office closes after it has opened.")
        if list(self.weeks) != sorted(self.weeks, key=lambda week: week.valid_from):
            raise ValueError("Weeks come in the order in which they hold.")

    def week_on(self, day: dt.date) -> Week:
        position = bisect_right(self.weeks, day, key=lambda week: week.valid_from)
        return self.weeks[position - 1] if position else Week(dt.date.min, self.weekend, self.hours)

    def kind(self, day: dt.date) -> Literal["working", "weekend", "holiday"]:
        """A holiday on a weekend is shown as the holiday it is."""
        if day in self.holidays:
            return "holiday"
        weekend = self.week_on(day).weekend if self.weeks else self.weekend
        return "weekend" if day.weekday() in weekend else "working"

    def is_working(self, day: dt.date) -> bool:
        return self.kind(day) == "working"

    def _weekends(self) -> list[frozenset[int]]:
        return [week.weekend for week in self.weeks]

    def _all_hours(self) -> list[Hours]:
        return [hours for hours in (self.hours, *(week.hours for week in self.weeks)) if hours]


def next_working_day(day: dt.date, calendar: Calendar) -> dt.date:
    """The day itself when offices work, else the next on which they do: a deadline moves there."""
    while not calendar.is_working(day):
        day += dt.timedelta(days=1)
    return day
