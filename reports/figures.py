"""The figures a report is made of: money on its way and weighted progress, which add up before they divide.

Ratios are those of `monitoring.ratios`; nothing here is rounded before it is printed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from monitoring import indicators
from monitoring.ratios import Number, Ratio


def half_up(value: Number, places: int) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def add(left: int | None, right: int | None) -> int | None:
    """Missing stays missing only where nothing is known: a sum counts what there is."""
    if left is None or right is None:
        return right if left is None else left
    return left + right


@dataclass(frozen=True, slots=True)
class Flow:
    """Credit on its way from notification to spending; million rials, cumulative from 1 Farvardin."""

    notified: int | None = None
    agreed: int | None = None
    allocated: int | None = None
    received: int | None = None
    spent: int | None = None
    allocated_securities: int | None = None
    received_securities: int | None = None
    collected: int | None = None

    def __add__(self, other: "Flow") -> "Flow":
        return Flow(
            notified=add(self.notified, other.notified),
            agreed=add(self.agreed, other.agreed),
            allocated=add(self.allocated, other.allocated),
            received=add(self.received, other.received),
            spent=add(self.spent, other.spent),
            allocated_securities=add(self.allocated_securities, other.allocated_securities),
            received_securities=add(self.received_securities, other.received_securities),
            collected=add(self.collected, other.collected),
        )

    @property
    def allocation(self) -> Ratio:  # I1
        return indicators.allocation_rate(self.allocated, self.agreed)

    @property
    def receipt(self) -> Ratio:  # I2
        return indicators.receipt_rate(self.received, self.allocated)

    @property
    def absorption(self) -> Ratio:  # I3
        return indicators.absorption_rate(self.spent, self.allocated)

    @property
    def execution(self) -> Ratio:  # I4
        return indicators.execution_rate(self.spent, self.agreed)


def total(flows: Iterable[Flow | None]) -> Flow | None:
    """None when no part exists, so that a kind of credit nobody has vanishes instead of showing zeros."""
    known = [flow for flow in flows if flow is not None]
    return sum(known[1:], known[0]) if known else None


@dataclass(frozen=True, slots=True)
class Physical:
    """Progress weighted with the latest estimate, over the projects that have both figures.

    `earned` = Σ progress × estimate ÷ 100 and `planned` = Σ plan × estimate ÷ 100, so that groups add up.
    `missing` counts active projects without progress or plan; they are in no weight.
    """

    earned: Decimal
    planned: Decimal
    estimate: int
    green: int = 0
    amber: int = 0
    red: int = 0
    missing: int = 0

    def __add__(self, other: "Physical") -> "Physical":
        return Physical(
            self.earned + other.earned,
            self.planned + other.planned,
            self.estimate + other.estimate,
            self.green + other.green,
            self.amber + other.amber,
            self.red + other.red,
            self.missing + other.missing,
        )

    @property
    def projects(self) -> int:
        return self.green + self.amber + self.red + self.missing

    @property
    def progress(self) -> Ratio:
        return Ratio(self.earned, self.estimate)

    @property
    def plan(self) -> Ratio:
        return Ratio(self.planned, self.estimate)

    @property
    def deviation(self) -> Decimal | None:  # I5
        return indicators.deviation_pp(self.progress.exact_percent, self.plan.exact_percent)


def total_physical(parts: Iterable[Physical | None]) -> Physical | None:
    known = [part for part in parts if part is not None]
    return sum(known[1:], known[0]) if known else None
