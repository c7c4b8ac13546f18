"""The small words that sentences of a report share."""

from collections import Counter
from itertools import pairwise

from monitoring.ratios import Ratio
from monitoring.signals import SIGNALS, SignalCode
from reports.figures import Flow
from reports.package import R1Report
from reports.printing import milliards, number, quantity

PAID_AHEAD = SIGNALS[SignalCode.PAID_AHEAD].title
WORK_AHEAD = SIGNALS[SignalCode.WORK_AHEAD].title
NO_MOVEMENT = SIGNALS[SignalCode.NO_MOVEMENT].title


def money(value: int | None) -> str:
    """Milliards in prose once a figure has more than six digits; the tables keep every million."""
    if value is not None and value >= 1_000_000:
        return f"{milliards(value)} میلیارد ریال"
    return f"{number(value)} میلیون ریال"


def of(ratio: Ratio) -> str:
    """«۲۲۱ از ۲۵۴ … (۸۷٫۰ درصد)» needs its two terms in one place."""
    return f"{quantity(ratio.numerator)} از {quantity(ratio.denominator)}"


def known(*ratios: Ratio | None) -> bool:
    return all(ratio is not None and ratio.value is not None for ratio in ratios)


def some(count: int) -> str:
    """A count before its noun: one is a word."""
    return "یک" if count == 1 else number(count)


def far_behind(count: int, points: int) -> str:
    """«n projects are more than so many points behind», also when there is none."""
    if not count:
        return f"هیچ پروژه‌ای بیش از {number(points)} واحد درصد عقب از برنامه نیست"
    return f"{some(count)} پروژه بیش از {number(points)} واحد درصد عقب از برنامه است"


def words(report: R1Report) -> Counter[str]:
    return Counter(row.word for row in report.deviating if row.word)


def largest_drop(flow: Flow) -> str:
    """The step at which most credit was lost since the step before; empty when nothing was."""
    names = [name for name in ("agreed", "allocated", "received", "spent") if getattr(flow, name) is not None]
    drops = {after: getattr(flow, before) - getattr(flow, after) for before, after in pairwise(names)}
    return max(drops, key=lambda name: drops[name]) if drops and max(drops.values()) > 0 else ""
