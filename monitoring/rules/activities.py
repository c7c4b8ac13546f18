"""Rules of expense activities and of their programme (form 3 of the expense agreement)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from monitoring.indicators import volume_achievement
from monitoring.ratios import DQ_ZERO_BASE, Number
from monitoring.rules.base import (
    Breach,
    Example,
    Hit,
    Parameter,
    Rule,
    Scope,
    Severity,
    is_reason,
)

LOW_VOLUME = Decimal("0.9")  # of the pro-rata target

QUARTERS_IN_A_YEAR = 4


@dataclass(frozen=True, kw_only=True)
class ActivityFigures:
    """One activity at one cut-off, cumulative in its own unit."""

    volume: Number | None = None
    cost: int | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ActivityContext:
    """The year's target of the agreement in force, and how many quarters of it have passed."""

    target_volume: Number | None = None
    unit_cost: Number | None = None
    quarter: int = 4

    @property
    def pro_rata_target(self) -> Decimal | None:
        if self.target_volume is None:
            return None
        return Decimal(self.target_volume) * self.quarter / QUARTERS_IN_A_YEAR


@dataclass(frozen=True, kw_only=True)
class ProgrammeFigures:
    """One programme at one cut-off: the costs of its activities and what its lines spent, m."""

    activity_costs: tuple[int | None, ...] = ()
    spent: tuple[int | None, ...] = ()


Activity = Example[ActivityFigures, ActivityContext]
Programme = Example[ProgrammeFigures, None]


def _volume_in_pace(
    activity: ActivityFigures, context: ActivityContext, *, share: Decimal = LOW_VOLUME * 100
) -> Iterator[Breach]:
    target = context.pro_rata_target
    if activity.volume is not None and target is not None and activity.volume < share * target / 100:
        explained = is_reason(activity.reason)
        yield Breach("volume", target, activity.volume, "explained" if explained else "", explained)


def _volume_over_nothing(activity: ActivityFigures, context: ActivityContext) -> Iterator[Breach]:
    if DQ_ZERO_BASE in volume_achievement(activity.volume, context.target_volume).flags:
        yield Breach("volume", 0, activity.volume)


def _costs_as_spent(
    programme: ProgrammeFigures, context: None, *, tolerance: Decimal = Decimal(0)
) -> Iterator[Breach]:
    costs = [cost for cost in programme.activity_costs if cost is not None]
    spent = [amount for amount in programme.spent if amount is not None]
    complete = len(costs) == len(programme.activity_costs) and len(spent) == len(programme.spent)
    if costs and spent and complete and abs(sum(costs) - sum(spent)) > tolerance:
        yield Breach("cost", sum(spent), sum(costs))


VOLUME_LOW = Rule(
    code="VOLUME_LOW",
    version=1,
    severity=Severity.WARN,
    scope=Scope.ACTIVITY,
    title="حجم فعالیت کمتر از ۹۰٪ هدف تا این مقطع نیست، مگر با نوشتن علت.",
    messages={
        "": "حجم انجام‌شده ({actual}) کمتر از ۹۰٪ هدف تا این مقطع ({expected}) است. "
        "رقم را بررسی کنید یا علت را در دست‌کم ۲۰ نویسه بنویسید.",
        "explained": "حجم انجام‌شده ({actual}) کمتر از ۹۰٪ هدف تا این مقطع ({expected}) است. "
        "علت نوشته شده است؛ آن را بررسی کنید.",
    },
    check=_volume_in_pace,
    asks_reason=True,
    kinds=("expense",),
    law="موافقتنامهٔ هزینه‌ای، فرم ۳",
    parameters={
        "share": Parameter("کمترین سهم از هدف تا این مقطع", LOW_VOLUME * 100, Decimal(1), Decimal(100), "٪")
    },
    must_pass=(
        Activity(ActivityFigures(volume=11_400), ActivityContext(target_volume=12_000)),
        Activity(ActivityFigures(volume=2_700), ActivityContext(target_volume=12_000, quarter=1)),
        Activity(ActivityFigures(), ActivityContext(target_volume=12_000)),
        Activity(ActivityFigures(volume=1), ActivityContext()),
    ),
    must_fail=(
        Activity(ActivityFigures(volume=2_400), ActivityContext(target_volume=3_000)),
        Activity(ActivityFigures(volume=2_699), ActivityContext(target_volume=12_000, quarter=1)),
        Activity(
            ActivityFigures(volume=0, reason="مناقصهٔ خرید خدمت در تیر تجدید شد."),
            ActivityContext(target_volume=3_000),
        ),
    ),
)

ZERO_TARGET = Rule(
    code="DQ_ZERO_TARGET",
    version=1,
    severity=Severity.WARN,
    scope=Scope.ACTIVITY,
    title="حجمی روی هدف صفر ثبت نشده است.",
    messages={"": "حجم {actual} ثبت شده ولی هدف این فعالیت صفر است. هدف موافقتنامه یا حجم را بررسی کنید."},
    check=_volume_over_nothing,
    flag=DQ_ZERO_BASE,
    kinds=("expense",),
    law="موافقتنامهٔ هزینه‌ای، فرم ۳",
    must_pass=(
        Activity(ActivityFigures(volume=0), ActivityContext(target_volume=0)),
        Activity(ActivityFigures(volume=5), ActivityContext(target_volume=9)),
        Activity(ActivityFigures(volume=5), ActivityContext()),
    ),
    must_fail=(Activity(ActivityFigures(volume=5), ActivityContext(target_volume=0)),),
)

COST_SPENT = Rule(
    code="COST_SPENT",
    version=1,
    severity=Severity.WARN,
    scope=Scope.PROGRAMME,
    title="جمع هزینهٔ فعالیت‌ها برابر عملکرد برنامه است.",
    messages={
        "": "جمع هزینهٔ فعالیت‌ها ({actual}) با جمع عملکرد برنامه ({expected}) برابر نیست. "
        "تفاوت ({difference}) را میان فعالیت‌ها اصلاح کنید.",
    },
    check=_costs_as_spent,
    kinds=("expense",),
    law="موافقتنامهٔ هزینه‌ای، فرم ۳: جمع فعالیت‌ها برابر برنامه است",
    parameters={
        "tolerance": Parameter("اختلاف پذیرفته", Decimal(0), Decimal(0), Decimal(100_000), "میلیون ریال")
    },
    must_pass=(
        Programme(
            ProgrammeFigures(activity_costs=(76_950, 18_450), spent=(68_900, 17_500, 5_500, 3_500)), None
        ),
        Programme(ProgrammeFigures(activity_costs=(5, None), spent=(9,)), None),
        Programme(ProgrammeFigures(activity_costs=(5,), spent=(9, None)), None),
        Programme(ProgrammeFigures(spent=(9,)), None),
        Programme(ProgrammeFigures(activity_costs=(5,)), None),
    ),
    must_fail=(Programme(ProgrammeFigures(activity_costs=(76_950, 18_451), spent=(95_400,)), None),),
)

ACTIVITY_RULES: tuple[Rule[ActivityFigures, ActivityContext], ...] = (VOLUME_LOW, ZERO_TARGET)
PROGRAMME_RULES: tuple[Rule[ProgrammeFigures, None], ...] = (COST_SPENT,)


def check_activity(activity: ActivityFigures, context: ActivityContext) -> list[Hit]:
    """Every rule of an activity, in the order of the table."""
    return [hit for rule in ACTIVITY_RULES for hit in rule.judge(activity, context)]


def check_programme(programme: ProgrammeFigures) -> list[Hit]:
    """Every rule of a programme, in the order of the table."""
    return [hit for rule in PROGRAMME_RULES for hit in rule.judge(programme, None)]
