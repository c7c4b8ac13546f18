"""How far agencies are at a cut-off, step by step: what `monitoring.consolidation` reads, with its sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from accounts.models import Agency
from agreements.models import ReportingPeriod
from monitoring import indicators, ratios
from monitoring.due import Due
from monitoring.models import PerformanceSubmission
from monitoring.progress import group_progress
from monitoring.ratios import Ratio
from monitoring.service_clock import PeriodClocks, ServiceClock

CONFIRMED = frozenset({"treasurer_confirmed", "under_review", "expert_reviewed", "approved"})


@dataclass(frozen=True, slots=True)
class Share:
    """«n of m» of one step."""

    done: int
    total: int

    @property
    def is_whole(self) -> bool:
        return self.total > 0 and self.done == self.total

    def __add__(self, other: Share) -> Share:
        return Share(self.done + other.done, self.total + other.total)


@dataclass(frozen=True, slots=True)
class Measure:
    """Progress of one project once the agency has entered it: what counts, the plan and the weight."""

    progress: Decimal | None
    planned: Decimal | None
    estimate: int


@dataclass
class Standing:
    """One agency and kind of credit: how far, with which figures. Held lines are in no figure."""

    kind: str
    due: Due | None
    submission: PerformanceSubmission | None = None
    rows: int = 0
    complete: int = 0
    held: int = 0
    visits: Share = Share(0, 0)
    allocated: int = 0
    spent: int | None = None  # nothing was entered
    measures: list[Measure] = field(default_factory=list)
    clock: ServiceClock | None = None
    due_on: dt.date | None = None

    @property
    def state(self) -> str:
        return self.submission.state if self.submission else ""

    @property
    def is_late(self) -> bool:
        """The date of the present step has passed, or the ten days are used up; finished ones are never late."""
        if self.state == "approved":
            return False
        overdue = self.clock is not None and self.clock.is_overdue
        return overdue or (self.due_on is not None and self.due_on < timezone.localdate())


@dataclass
class AgencyStanding:
    agency: Agency
    parts: list[Standing]

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)

    @property
    def entered(self) -> Share:
        return Share(sum(part.complete for part in self.parts), self.rows)

    @property
    def confirmed(self) -> Share:
        return self._rows_in(CONFIRMED)

    @property
    def approved(self) -> Share:
        return self._rows_in({"approved"})

    def _rows_in(self, states: Iterable[str]) -> Share:
        return Share(sum(part.rows - part.held for part in self.parts if part.state in states), self.rows)

    @property
    def visits(self) -> Share:
        return sum((part.visits for part in self.parts), Share(0, 0))

    @property
    def is_ready(self) -> bool:
        """A submission waits for final approval now."""
        return any(part.state == "expert_reviewed" for part in self.parts)

    @property
    def is_finished(self) -> bool:
        return bool(self.parts) and all(part.state == "approved" for part in self.parts)

    @property
    def is_late(self) -> bool:
        return any(part.is_late for part in self.parts)

    @property
    def absorption(self) -> Ratio:
        return _absorption(self.parts)

    @property
    def spent(self) -> int | None:
        return _spent(self.parts)

    @property
    def deviation(self) -> Decimal | None:
        return _deviation(self.parts)

    @property
    def held(self) -> int:
        return sum(part.held for part in self.parts)


@dataclass
class Matrix:
    """All agencies that owe figures at the cut-off, in the order of their groups and codes."""

    period: ReportingPeriod
    agencies: list[AgencyStanding]
    clocks: PeriodClocks | None

    @property
    def parts(self) -> list[Standing]:
        return [part for row in self.agencies for part in row.parts]

    @property
    def coverage(self) -> Share:
        return Share(sum(row.is_finished for row in self.agencies), len(self.agencies))

    @property
    def credit_coverage(self) -> Ratio:
        """Credit in force of the approved ÷ credit of all that are due."""
        approved = sum(part.due.credit for part in self.parts if part.due and part.state == "approved")
        return Ratio(approved, sum(part.due.credit for part in self.parts if part.due))

    @property
    def absorption(self) -> Ratio:
        return _absorption(self.parts)

    @property
    def deviation(self) -> Decimal | None:
        return _deviation(self.parts)

    @property
    def rows(self) -> int:
        return sum(row.rows for row in self.agencies)

    @property
    def spent(self) -> int | None:
        return _spent(self.parts)


def _spent(parts: Iterable[Standing]) -> int | None:
    known = [part.spent for part in parts if part.spent is not None]
    return int(sum(known)) if known else None


def _absorption(parts: Iterable[Standing]) -> Ratio:
    """I3 of those who entered something; the others are on neither side."""
    rates = ratios.total(indicators.absorption_rate(part.spent, part.allocated) for part in parts)
    return rates.ratio


def _deviation(parts: Iterable[Standing]) -> Decimal | None:
    """Points between weighted progress and weighted plan, over projects that have both."""
    both = [
        row for part in parts for row in part.measures if row.progress is not None and row.planned is not None
    ]
    actual = group_progress((row.progress, row.estimate) for row in both)
    planned = group_progress((row.planned, row.estimate) for row in both)
    return indicators.deviation_pp(actual.exact_percent, planned.exact_percent)
