"""Working days and the service clock (domain guide §16). Pure: weekend and holidays come in as data.

Day 0 is the day of the start itself; day n is the n-th working day after it. A pause runs from the day of the
return to the day of the next confirmation: the first still counts, the days after it up to and including the
second do not, for that one is a new day 0. So the days of a paused clock are the sum of its running parts.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple

THURSDAY, FRIDAY = 3, 4  # date.weekday()
WARN_AT_PERCENT = 70

Kind = Literal["start", "working", "weekend", "holiday", "paused"]
Pause = tuple[dt.date, dt.date | None]  # (returned, confirmed again); None: not yet


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days offices work; `holidays` maps a date to its occasion."""

    weekend: frozenset[int] = frozenset({THURSDAY, FRIDAY})
    holidays: Mapping[dt.date, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if not frozenset(range(7)) - self.weekend:
            raise ValueError("A week without a working day has no clock.")

    def kind(self, day: dt.date) -> Literal["working", "weekend", "holiday"]:
        """A holiday on a weekend is shown as the holiday it is."""
        if day in self.holidays:
            return "holiday"
        return "weekend" if day.weekday() in self.weekend else "working"

    def is_working(self, day: dt.date) -> bool:
        return self.kind(day) == "working"


class Step(NamedTuple):
    """One day of a derivation: what it was, its number when it counted, and the holiday's occasion."""

    date: dt.date
    kind: Kind
    number: int | None
    occasion: str = ""


def next_working_day(day: dt.date, calendar: Calendar) -> dt.date:
    """The day itself when offices work, else the next on which they do: a deadline moves there."""
    while not calendar.is_working(day):
        day += dt.timedelta(days=1)
    return day


def add_working_days(start: dt.date, count: int, calendar: Calendar) -> dt.date:
    """The `count`-th working day after `start`; `start` itself for 0."""
    return derivation(start, count, calendar)[-1].date


def working_days_between(start: dt.date, stop: dt.date, calendar: Calendar) -> int:
    """How many working days lie after `start`, up to and including `stop`."""
    return used_days(start, stop, (), calendar)


def used_days(start: dt.date, stop: dt.date, pauses: Iterable[Pause], calendar: Calendar) -> int:
    """Working days that the clock has counted from `start` (day 0) to `stop`, its pauses left out."""
    if stop < start:
        raise ValueError("A clock does not stop before it starts.")
    stopped = tuple(pauses)
    days = (start + dt.timedelta(days=number) for number in range(1, (stop - start).days + 1))
    return sum(calendar.is_working(day) and not _is_paused(day, stopped) for day in days)


def due_date(start: dt.date, limit: int, pauses: Iterable[Pause], calendar: Calendar) -> dt.date | None:
    """The day on which the limit is used up; None while a pause without an end stands before it."""
    steps = derivation(start, limit, calendar, pauses)
    return None if steps[-1].kind == "paused" else steps[-1].date


def is_warning(used: int, limit: int) -> bool:
    """Whether 70 % of the time is used."""
    return 100 * used >= WARN_AT_PERCENT * limit


def derivation(start: dt.date, count: int, calendar: Calendar, pauses: Iterable[Pause] = ()) -> list[Step]:
    """Every day from `start` to the `count`-th counted one, for showing how a due date came about.

    It ends early, with a step of kind `paused`, where a pause has no end yet.
    """
    if count < 0:
        raise ValueError("A clock does not run backwards.")
    stopped = tuple(pauses)
    steps = [Step(start, "start", 0)]
    counted = 0
    day = start
    while counted < count:
        day += dt.timedelta(days=1)
        if _is_paused(day, stopped):
            steps.append(Step(day, "paused", None))
            if any(ends is None and day > begins for begins, ends in stopped):
                break
            continue
        kind = calendar.kind(day)
        counted += kind == "working"
        steps.append(Step(day, kind, counted if kind == "working" else None, calendar.holidays.get(day, "")))
    return steps


def _is_paused(day: dt.date, pauses: tuple[Pause, ...]) -> bool:
    return any(begins < day and (ends is None or day <= ends) for begins, ends in pauses)
