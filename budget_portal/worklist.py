"""What waits for a person. Each app adds its own in `<app>/worklist.py`; /inbox/ shows them, most urgent first.

    @worklist.source("treasurer")
    def to_confirm(user: User) -> Iterator[WorkItem]: ...

A source asks the database a fixed number of times, however many items it finds; `progress` is asked only by the
page that shows it. The header of every page asks only how many: a source that names its `rows` is counted without
making the items, all such sources in one query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from django.utils import timezone

from budget_portal import jalali

Group = Literal["todo", "waiting"]
Source = Callable[[Any], Iterable["WorkItem"]]
Rows = Callable[[Any], Iterable[Any]]  # the querysets of the things to do, one item for each row
S = TypeVar("S", bound=Source)
ANYBODY = "*"

_sources: dict[str, list[Source]] = {}
_of_others: set[Source] = set()
_rows: dict[Source, Rows] = {}


@dataclass(frozen=True)
class Share:
    """How far the work is, in hundredths, and in words."""

    done: int
    flagged: int
    text: str


@dataclass(frozen=True)
class WorkItem:
    """One thing to do (`todo`), or one that others have in hand (`waiting`)."""

    title: str
    url: str
    note: str = ""
    badge_label: str = ""
    badge_tone: str = "neutral"
    badge_icon: str = ""
    due: dt.date | None = None
    due_url: str = ""  # how it came about, day by day
    since: dt.datetime | None = None
    group: Group = "todo"
    progress: Callable[[], Share] | None = None
    risk: int = 0  # among equals in deadline the riskier comes first

    @property
    def urgency(self) -> tuple[dt.date, int, float, str]:
        """Deadline, then risk, then age: what waits longest first."""
        waits = self.since.timestamp() if self.since else float("inf")
        return (self.due or dt.date.max, -self.risk, waits, self.title)

    @property
    def age(self) -> str:
        """How long until the deadline, else since when it waits."""
        if self.due:
            left = (self.due - timezone.localdate()).days
            if left < 0:
                return f"{-left} روز گذشته"
            return "امروز" if left == 0 else f"{left} روز مانده"
        return jalali.relative(jalali.local(self.since).date(), timezone.localdate()) if self.since else ""

    @property
    def age_tone(self) -> str:
        if not self.due or self.group == "waiting":
            return ""
        left = (self.due - timezone.localdate()).days
        return "bad" if left <= 0 else "warn" if left <= 3 else ""


def source(*roles: str, waiting: bool = False, rows: Rows | None = None) -> Callable[[S], S]:
    """Register a function that finds the items of these roles; `waiting`: nothing in it is theirs to do."""

    def register(function: S) -> S:
        if rows is not None:
            _rows[function] = rows
        if waiting:
            _of_others.add(function)
        for role in roles or (ANYBODY,):
            if function not in _sources.setdefault(role, []):
                _sources[role].append(function)
        return function

    return register


def items(user: Any, *, only_todo: bool = False) -> Iterator[WorkItem]:
    """Everything of the role through which the person acts."""
    for function in _of(user):
        if not only_todo or function not in _of_others:
            yield from function(user)


def _of(user: Any) -> tuple[Source, ...]:
    return (*_sources.get(user.role, ()), *_sources.get(ANYBODY, ())) if user.role else ()


def todo(user: Any) -> list[WorkItem]:
    """What is this person's turn, most urgent first."""
    found = (item for item in items(user, only_todo=True) if item.group == "todo")
    return sorted(found, key=lambda item: item.urgency)


def keep_count(user: Any, known: int) -> None:
    """The page has made the items itself; its header need not ask again."""
    user.todo_count = known


def count(user: Any) -> int:
    """For the header: how much waits for this person."""
    known: int | None = getattr(user, "todo_count", None)
    if known is not None:
        return known
    mine = [function for function in _of(user) if function not in _of_others]
    made = sum(item.group == "todo" for each in mine if each not in _rows for item in each(user))
    rows = [found.values("pk") for each in mine if each in _rows for found in _rows[each](user)]
    return made + (rows[0].union(*rows[1:], all=True).count() if rows else 0)
