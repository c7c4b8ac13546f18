"""What the indicators say of a project: bands, flags, and the four signals of divergence.

Pure: no database, no Django. Every judgement takes its `Thresholds`, because tolerances are data of
the organization; the defaults are those of the domain guide. Differences are judged unrounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from monitoring.indicators import deviation_pp
from monitoring.ratios import HUNDRED, Number


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where judgements change; points are percentage points."""

    green_from: Decimal = Decimal(-5)
    amber_from: Decimal = Decimal(-15)
    near_completion_from: Decimal = Decimal(70)
    critical_delay_days: int = 365
    idle_cutoffs: int = 2
    gap_points: Decimal = Decimal(10)


DEFAULTS = Thresholds()


class Band(StrEnum):
    """Band of the deviation I5."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


def band(deviation: Decimal | None, thresholds: Thresholds = DEFAULTS) -> Band | None:
    """d ≥ −5 green, −15 ≤ d < −5 amber, below red; None if the deviation is missing."""
    if deviation is None:
        return None
    if deviation >= thresholds.green_from:
        return Band.GREEN
    return Band.AMBER if deviation >= thresholds.amber_from else Band.RED


def is_on_or_ahead(deviation: Decimal | None) -> bool:
    """On plan or ahead of it: a green project that owes nothing."""
    return deviation is not None and deviation >= 0


def is_unfinished(started: bool, actual: Decimal | None) -> bool:
    """نیمه‌تمام: started and P < 100. A missing P proves nothing."""
    return started and actual is not None and actual < HUNDRED


def is_near_completion(started: bool, actual: Decimal | None, thresholds: Thresholds = DEFAULTS) -> bool:
    """Unfinished and P ≥ 70."""
    return is_unfinished(started, actual) and actual is not None and actual >= thresholds.near_completion_from


@dataclass(frozen=True, slots=True)
class Movement:
    """Where a project stood at one cut-off. The cost counts from the project's begin, since `spent`
    starts again at 0 every year."""

    progress: Decimal | None
    cost_to_date: Number | None


def is_idle(history: Sequence[Movement], thresholds: Thresholds = DEFAULTS) -> bool:
    """راکد: no change of P and of cost over two cut-offs, that is over the last three readings.

    `history` is oldest first. A finished project is not idle; fewer readings or a missing figure
    prove nothing.
    """
    recent = history[-(thresholds.idle_cutoffs + 1) :]
    if len(recent) <= thresholds.idle_cutoffs or not _complete(recent):
        return False
    return len(set(recent)) == 1 and recent[-1].progress != HUNDRED


def _complete(history: Sequence[Movement]) -> bool:
    return all(at.progress is not None and at.cost_to_date is not None for at in history)


def is_critical(
    deviation: Decimal | None,
    delay: int | None,
    has_critical_finding: bool = False,
    thresholds: Thresholds = DEFAULTS,
) -> bool:
    """بحرانی: red, or later than 365 days, or a finding of a visit is critical."""
    late = delay is not None and delay > thresholds.critical_delay_days
    return band(deviation, thresholds) is Band.RED or late or has_critical_finding


class SignalCode(StrEnum):
    PAID_AHEAD = "paid_ahead_of_work"
    WORK_AHEAD = "work_ahead_of_payment"
    BOTH_BEHIND = "both_behind_plan"
    NO_MOVEMENT = "no_movement"


@dataclass(frozen=True, slots=True)
class SignalKind:
    """One pattern of divergence: its sentence, and the role that has to answer it."""

    code: SignalCode
    title: str
    message: str
    owner: str


SIGNALS: dict[SignalCode, SignalKind] = {
    kind.code: kind
    for kind in (
        SignalKind(
            SignalCode.PAID_AHEAD,
            "پرداخت جلوتر از کار",
            "پیشرفت مالی از پیشرفت فیزیکی جلوتر است. ذیحساب صورت‌وضعیت‌ها و پیش‌پرداخت‌ها را بررسی کند.",
            "treasurer",
        ),
        SignalKind(
            SignalCode.WORK_AHEAD,
            "کار جلوتر از پرداخت",
            "پیشرفت فیزیکی از پیشرفت مالی جلوتر است. گروه تلفیق تخصیص و بدهی به پیمانکار را بررسی کند.",
            "consolidation",
        ),
        SignalKind(
            SignalCode.BOTH_BEHIND,
            "کار و پرداخت عقب‌تر از برنامه",
            "پیشرفت فیزیکی و مالی هر دو از برنامهٔ موافقتنامه عقب است. دستگاه علت و راه جبران را بنویسد.",
            "agency_user",
        ),
        SignalKind(
            SignalCode.NO_MOVEMENT,
            "بدون حرکت در دو مقطع",
            "در دو مقطع گذشته نه کار پیش رفته و نه هزینه‌ای ثبت شده است. کارشناس بازدید را جلو بیندازد.",
            "budget_expert",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Signal:
    """A pattern found in one project at one cut-off; `points` is its size where it has one."""

    kind: SignalKind
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Curves:
    """The four curves of a project at one cut-off, in percent, and its movement up to it."""

    planned: Decimal | None
    reported: Decimal | None
    measured: Decimal | None
    financial: Decimal | None
    history: Sequence[Movement] = ()

    @property
    def physical(self) -> Decimal | None:
        """The visit's figure where there is one, else the agency's. The caller leaves out a visit
        older than one cut-off."""
        return self.reported if self.measured is None else self.measured


def divergence(curves: Curves, thresholds: Thresholds = DEFAULTS) -> list[Signal]:
    """The signals of a project, strongest claim first; none where figures are missing.

    Paid ahead and work ahead: |P − I7| > 10 points. Both behind: P and I7 each more than 5 points
    below the planned curve. No movement: `is_idle`.
    """
    found = [_gap_signal(curves, thresholds), _behind_signal(curves, thresholds)]
    if is_idle(curves.history, thresholds):
        found.append(Signal(SIGNALS[SignalCode.NO_MOVEMENT]))
    return [signal for signal in found if signal is not None]


def _gap_signal(curves: Curves, thresholds: Thresholds) -> Signal | None:
    gap = deviation_pp(curves.physical, curves.financial)
    if gap is None or abs(gap) <= thresholds.gap_points:
        return None
    return Signal(SIGNALS[SignalCode.PAID_AHEAD if gap < 0 else SignalCode.WORK_AHEAD], gap)


def _behind_signal(curves: Curves, thresholds: Thresholds) -> Signal | None:
    work = deviation_pp(curves.physical, curves.planned)
    money = deviation_pp(curves.financial, curves.planned)
    if work is None or money is None or max(work, money) >= thresholds.green_from:
        return None
    return Signal(SIGNALS[SignalCode.BOTH_BEHIND], work)
