"""The service clock of one submission (domain guide §16) as it is shown: ten working days to final approval.

Pure: no database, no Django. `monitoring.clocks` reads it from the stored clock of the submission.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from budget_portal.clocks import counting
from budget_portal.clocks.counting import Pause

LIMIT = 10


class State(StrEnum):
    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class ServiceClock:
    """Day `day` of `limit`. `due_on` is unknown before the start, and while a pause runs in which the
    limit is not yet used up."""

    state: State
    limit: int
    day: int = 0
    started_on: dt.date | None = None
    stopped_on: dt.date | None = None
    due_on: dt.date | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def is_paused(self) -> bool:
        return self.state is State.PAUSED

    @property
    def is_overdue(self) -> bool:
        """More working days used than the limit; an approved submission keeps the mark."""
        return self.day > self.limit

    @property
    def is_warning(self) -> bool:
        """Still open, not overdue, and 70 % of the time used."""
        is_open = self.state in {State.RUNNING, State.PAUSED}
        return is_open and not self.is_overdue and counting.is_warning(self.day, self.limit)


@dataclass(frozen=True, slots=True)
class PeriodClocks:
    """What a period page says of its clocks: median and worst, never one day number for all."""

    counted: int
    median: Decimal
    worst: int
    overdue: int


def period_clocks(clocks: Iterable[ServiceClock]) -> PeriodClocks | None:
    """Over the clocks that have started; None if none has."""
    started = [clock for clock in clocks if clock.state is not State.NOT_STARTED]
    if not started:
        return None
    days = sorted(clock.day for clock in started)
    return PeriodClocks(len(days), _median(days), days[-1], sum(clock.is_overdue for clock in started))


def _median(days: Sequence[int]) -> Decimal:
    middle = len(days) // 2
    return Decimal(days[middle] + days[-1 - middle]) / 2
