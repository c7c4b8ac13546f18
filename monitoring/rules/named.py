"""The figures of a row by name: what a condition of an organization may speak of, with its Persian label."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from monitoring.indicators import deviation_pp
from monitoring.ratios import as_percent
from monitoring.rules.base import Breach, Scope
from monitoring.rules.expression import Condition, Number, Values, value_or_none
from monitoring.rules.lines import LABELS, Context, Figures
from monitoring.rules.physical import ProgressFigures, ProjectContext

MONEY, PERCENT, POINTS, QUANTITY, COUNT = "میلیون ریال", "٪", "واحد درصد", "واحد فعالیت", "شمار"


@dataclass(frozen=True)
class Named:
    """One figure: `cell` is the input that a hit may point at."""

    label: str
    unit: str
    read: Callable[[Any, Any], Any]
    cell: str = ""
    kinds: tuple[str, ...] = ("capital", "expense")


def _cell(name: str) -> Callable[[Figures, Context], int | None]:
    def read(line: Figures, context: Context) -> int | None:
        if name in line.not_applicable:
            return 0  # a cell that does not apply counts as nothing
        found: int | None = getattr(line, name, None)
        return found

    return read


def _last(name: str) -> Callable[[Figures, Context], int | None]:
    return lambda line, context: context.last.value(name) if context.last else None


def _last_received(line: Figures, context: Context) -> int | None:
    return context.last.sum_complete(context.last.RECEIVED) if context.last else None


CAPITAL = ("capital",)
_LINE = {
    "received": Named(
        "دریافتی", MONEY, lambda line, context: line.sum_complete(line.RECEIVED), cell="received"
    ),
    "received_cash": Named(LABELS["received_cash"], MONEY, _cell("received_cash"), "received_cash", CAPITAL),
    "received_securities": Named(
        LABELS["received_securities"], MONEY, _cell("received_securities"), "received_securities", CAPITAL
    ),
    "spent": Named(LABELS["spent"], MONEY, _cell("spent"), "spent"),
    "advances_open": Named(LABELS["advances_open"], MONEY, _cell("advances_open"), "advances_open", CAPITAL),
    "commitments_open": Named(
        LABELS["commitments_open"], MONEY, _cell("commitments_open"), "commitments_open"
    ),
    "returned": Named(LABELS["returned"], MONEY, _cell("returned"), "returned", CAPITAL),
    "credit_in_force": Named("اعتبار معتبر", MONEY, lambda line, context: context.credit_in_force),
    "allocated": Named("تخصیص ابلاغ‌شده", MONEY, lambda line, context: context.allocated),
    "allocated_cash": Named("تخصیص نقدی", MONEY, lambda line, context: context.allocated_cash),
    "allocated_securities": Named("تخصیص اوراق", MONEY, lambda line, context: context.allocated_securities),
    "collected": Named("درآمد اختصاصی وصول‌شده", MONEY, lambda line, context: context.collected),
    "last_spent": Named("عملکرد آخرین مقطع تأییدشده", MONEY, _last("spent")),
    "last_received": Named("دریافتی آخرین مقطع تأییدشده", MONEY, _last_received),
    "quarter": Named("شمارهٔ فصل سال", COUNT, lambda line, context: context.quarter),
}


def _rise(project: ProgressFigures, context: ProjectContext) -> Decimal | None:
    progress, last = as_percent(project.progress), as_percent(context.last_approved)
    return None if progress is None or last is None else progress - last


_PROJECT = {
    "progress": Named("پیشرفت فیزیکی", PERCENT, lambda row, context: as_percent(row.progress), "progress"),
    "planned": Named("پیشرفت برنامه", PERCENT, lambda row, context: context.planned),
    "last_progress": Named("آخرین پیشرفت تأییدشده", PERCENT, lambda row, context: context.last_approved),
    "rise": Named("رشد از آخرین مقطع تأییدشده", POINTS, _rise),
    "deviation": Named(
        "انحراف از برنامه", POINTS, lambda row, context: deviation_pp(row.progress, context.planned)
    ),
    "visit_measured": Named("اندازه‌گیری بازدید", PERCENT, lambda row, context: context.visit_measured),
    "quarters_since_last": Named(
        "فصل از آخرین مقطع تأییدشده", COUNT, lambda row, context: context.quarters_since_last
    ),
    "last_statement_amount": Named(
        "مبلغ آخرین صورت‌وضعیت", MONEY, lambda row, context: row.statement, "last_statement_amount"
    ),
    "contractor_debts": Named("بدهی به پیمانکار", MONEY, lambda row, context: row.debts, "contractor_debts"),
    "contract_amount": Named("مبلغ پیمان‌های پروژه", MONEY, lambda row, context: context.contract_amount),
}
_ACTIVITY = {
    "volume": Named("حجم انجام‌شده", QUANTITY, lambda row, context: row.volume, "volume"),
    "cost": Named("هزینهٔ فعالیت", MONEY, lambda row, context: row.cost, "cost"),
    "target": Named("هدف سال", QUANTITY, lambda row, context: context.target_volume),
    "pro_rata_target": Named("هدف تا این مقطع", QUANTITY, lambda row, context: context.pro_rata_target),
    "unit_cost": Named("بهای واحد موافقتنامه", MONEY, lambda row, context: context.unit_cost),
    "quarter": Named("شمارهٔ فصل سال", COUNT, lambda row, context: context.quarter),
}


def _whole(parts: tuple[int | None, ...]) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known and len(known) == len(parts) else None


_PROGRAMME = {
    "costs": Named("جمع هزینهٔ فعالیت‌ها", MONEY, lambda row, context: _whole(row.activity_costs), "cost"),
    "spent": Named("جمع عملکرد برنامه", MONEY, lambda row, context: _whole(row.spent)),
}
NAMES: dict[Scope, Mapping[str, Named]] = {
    Scope.FINANCE_LINE: _LINE,
    Scope.PROJECT: _PROJECT,
    Scope.PROGRAMME: _PROGRAMME,
    Scope.ACTIVITY: _ACTIVITY,
}


def figures_of(condition: Condition, scope: Scope) -> Callable[[Any, Any], Values]:
    readers = {name: NAMES[scope][name].read for name in condition.names}
    return lambda given, setting: {
        name: value_or_none(read(given, setting)) for name, read in readers.items()
    }


def checks(condition: Condition, scope: Scope, cell: str) -> Callable[..., Iterator[Breach]]:
    """The check of a condition: reads the figures that it names, and no others."""
    figures = figures_of(condition, scope)

    def check(given: Any, setting: Any) -> Iterator[Breach]:
        verdict = condition.judge(figures(given, setting))
        if verdict.holds:
            yield Breach(_input(cell, given), shown(verdict.expected), shown(verdict.actual))

    return check


def _input(cell: str, given: Any) -> str:
    """«received» of a capital line is typed in two cells; the link goes to the first."""
    return given.RECEIVED[0] if cell == "received" and isinstance(given, Figures) else cell


def shown(value: Number) -> int | Decimal | None:
    """Whole numbers as such, others with two places: what is kept of a hit and compared at the next check."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else as_percent(value)
