"""Physical progress: from quantities done, and as the agreement planned it.

Pure: no database, no Django. Progress is a percent from 0 to 100, unrounded; `ratios.as_percent`
rounds it where it is stored or printed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from monitoring.ratios import HUNDRED, Number, Ratio, RatioTotal, total

ONE = Decimal(1)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of form CA-4 with its quantity done, cumulative since the project began, in its own unit."""

    target: Number
    weight: Number
    done: Number | None

    @property
    def share_done(self) -> Decimal | None:
        """done ÷ target, at most 1: more than the target is shown elsewhere but earns nothing.

        None if the quantity is missing or the target is not positive.
        """
        if self.done is None or self.target <= 0:
            return None
        return max(ZERO, min(Decimal(self.done) / Decimal(self.target), ONE))


def physical_progress(operations: Iterable[Operation]) -> Decimal | None:
    """P = Σ weight × min(done ÷ target, 1), in percent.

    Source: quantities of the progress entry or of a visit, targets and weights of the agreement in
    force (form CA-4). None if there is no operation, or if an operation with a weight has no
    quantity: a gap is not zero work. Weights are taken as they are; that they make 100 is a rule.
    """
    rows = [operation for operation in operations if operation.weight != 0]
    shares = [operation.share_done for operation in rows]
    if not rows or any(share is None for share in shares):
        return None
    return sum(
        (Decimal(row.weight) * share for row, share in zip(rows, shares, strict=True) if share is not None),
        ZERO,
    )


@dataclass(frozen=True, slots=True)
class PlannedPoint:
    """Planned cumulative percent at one position of the curve; `interpolated` is printed with it."""

    position: int
    planned: Decimal | None
    interpolated: bool = False


def planned_curve(
    known: Mapping[int, Number | None], positions: Iterable[int] = (1, 2, 3, 4)
) -> tuple[PlannedPoint, ...]:
    """The planned curve of form CA-5 at the asked positions, gaps filled linearly and flagged.

    A position counts quarters: 0 is the end of last year, 1–4 are Q1–Q4, 8 is the end of next year.
    A gap needs a known point on both sides; before the first and after the last point the plan
    says nothing and the point stays None.
    """
    points = {position: Decimal(value) for position, value in known.items() if value is not None}
    return tuple(_planned_point(points, position) for position in positions)


def _planned_point(points: Mapping[int, Decimal], position: int) -> PlannedPoint:
    if position in points:
        return PlannedPoint(position, points[position])
    before = max((known for known in points if known < position), default=None)
    after = min((known for known in points if known > position), default=None)
    if before is None or after is None:
        return PlannedPoint(position, None)
    rise = (points[after] - points[before]) * (position - before) / (after - before)
    return PlannedPoint(position, points[before] + rise, interpolated=True)


def group_progress(members: Iterable[tuple[Number | None, Number | None]]) -> RatioTotal:
    """Group progress = Σ(P × latest estimate) ÷ Σ(latest estimate), for (P in percent, estimate in m).

    The numerator is the earned value of the group in million rials. Projects without a progress or
    an estimate are left out and counted in `skipped`, which reports print. None if no estimate.
    """
    return total(_weighted(progress, estimate) for progress, estimate in members)


def _weighted(progress: Number | None, estimate: Number | None) -> Ratio:
    if progress is None or estimate is None:
        return Ratio(None, None)
    return Ratio(Decimal(progress) * estimate / HUNDRED, estimate)
