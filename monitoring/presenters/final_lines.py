"""The lines of a submission and their sums as they are decided on: before and now, plan and visit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from budget_portal.digits import PLUS
from budget_portal.templatetags.portal import percent, pp
from monitoring import indicators
from monitoring.consolidation import HANDED_IN
from monitoring.models import (
    CapitalFinanceLine,
    CheckResult,
    ExpenseFinanceLine,
    FieldVisit,
    PerformanceSubmission,
    ProjectProgress,
)
from monitoring.presenters.cells import Comparison, said
from monitoring.signals import Band, band


@dataclass(frozen=True)
class Flag:
    label: str
    tone: str
    icon: str


@dataclass
class Line:
    """One project, or one programme × chapter: what is decided on, beside what was approved before."""

    key: str
    title: str
    note: str
    credit: int = 0
    allocated: int = 0
    before: int | None = None
    spent: int | None = None
    progress_before: Decimal | None = None
    progress: Decimal | None = None
    planned: Decimal | None = None
    measured: Decimal | None = None
    flags: list[Flag] = field(default_factory=list)

    @property
    def absorption(self) -> Decimal | None:
        return indicators.absorption_rate(self.spent, self.allocated).exact_percent

    @property
    def deviation(self) -> Decimal | None:
        counted = self.measured if self.measured is not None else self.progress
        return indicators.deviation_pp(counted, self.planned)

    @property
    def tone(self) -> str:
        if band(self.deviation) is Band.RED:
            return "bad"
        return "warn" if any(flag.tone == "warn" for flag in self.flags) else ""


def money_of(submission: PerformanceSubmission) -> list[Any]:
    if submission.kind == "capital":
        rows: Any = CapitalFinanceLine.objects.filter(submission=submission).select_related(
            "project__county", "funding_source", "previous"
        )
        return list(rows.order_by("project__code", "funding_source"))
    rows = ExpenseFinanceLine.objects.filter(submission=submission).select_related(
        "programme", "expense_chapter", "funding_source", "previous"
    )
    return list(rows.order_by("programme__code", "expense_chapter__code", "funding_source"))


def lines_of(submission: PerformanceSubmission, money: list[Any], visits: Iterable[FieldVisit]) -> list[Line]:
    found: dict[str, Line] = {}
    for row in money:
        line = found.setdefault(_key(row), line_of(row))
        line.credit += row.credit_in_force
        line.allocated += row.allocated
        line.spent = _plus(line.spent, row.spent)
        line.before = _plus(line.before, row.previous.spent if row.previous else None)
        if row.held:
            line.flags.append(Flag("نگه‌داشته", "neutral", "lock-closed"))
    if submission.kind == "capital":
        _add_progress(submission, found, visits)
    _add_hits(submission, found)
    return list(found.values())


def _key(row: Any) -> str:
    if isinstance(row, CapitalFinanceLine):
        return f"project:{row.project_id}"
    return f"line:{row.programme_id}:{row.expense_chapter_id}"


def line_of(row: Any) -> Line:
    if isinstance(row, CapitalFinanceLine):
        return Line(_key(row), str(row.project), f"{row.project.code} · {row.project.county}")
    return Line(_key(row), str(row.programme), f"فصل {row.expense_chapter}")


def _plus(left: int | None, right: int | None) -> int | None:
    return right if left is None else left + (right or 0)


def _add_progress(
    submission: PerformanceSubmission, found: dict[str, Line], visits: Iterable[FieldVisit]
) -> None:
    measured = {visit.project_id: visit.physical_progress for visit in visits if visit.state in HANDED_IN}
    rows = ProjectProgress.objects.filter(submission=submission).select_related("project__county", "previous")
    for row in rows:
        key = f"project:{row.project_id}"
        line = found.setdefault(
            key, Line(key, str(row.project), f"{row.project.code} · {row.project.county}")
        )
        line.progress, line.planned = row.physical_progress, row.planned_progress
        line.progress_before = row.previous.physical_progress if row.previous else None
        line.measured = measured.get(row.project_id)
        if row.held:
            line.flags.append(Flag("پیشرفت نگه‌داشته", "neutral", "lock-closed"))


def _add_hits(submission: PerformanceSubmission, found: dict[str, Line]) -> None:
    """How many warnings stand on a line; those of an activity on every line of its programme."""
    counts: dict[str, int] = {}
    for hit in CheckResult.objects.filter(submission=submission):
        prefix = f"project:{hit.project_id}" if hit.project_id else f"line:{hit.programme_id}:"
        for key in found:
            if key == prefix or (hit.programme_id and key.startswith(prefix)):
                counts[key] = counts.get(key, 0) + 1
    for key, count in counts.items():
        found[key].flags.append(Flag(f"{count} هشدار", "warn", "exclamation-triangle"))


def totals_of(money: list[Any], lines: list[Line]) -> list[Comparison]:
    """The sums now and at the last approved cut-off of the year, held lines apart; ratios with their terms."""
    now = _sums([row for row in money if not row.held])
    before = _sums([row.previous for row in money if row.previous and not row.previous.held])
    rows = [
        _amount("اعتبار معتبر", before["credit"], now["credit"]),
        _amount("تخصیص", before["allocated"], now["allocated"]),
        _amount("دریافتی", before["received"], now["received"]),
        _amount("عملکرد", before["spent"], now["spent"]),
    ]
    for label, rate, over in (
        ("درصد جذب (عملکرد ÷ تخصیص)", indicators.absorption_rate, "allocated"),
        ("درصد عملکرد (عملکرد ÷ اعتبار)", indicators.execution_rate, "credit"),
    ):
        then, ratio = rate(before["spent"], before[over]), rate(now["spent"], now[over])
        change = indicators.deviation_pp(ratio.exact_percent, then.exact_percent)
        terms = f"{said(ratio.numerator)} ÷ {said(ratio.denominator)}"
        rows.append(
            Comparison(
                label, percent(then.exact_percent), percent(ratio.exact_percent), pp(change), terms=terms
            )
        )
    return rows


def _sums(rows: list[Any]) -> dict[str, int | None]:
    if not rows:
        return dict.fromkeys(("credit", "allocated", "received", "spent"))
    spent = [row.spent for row in rows if row.spent is not None]
    received = [row.received for row in rows if row.received is not None]
    return {
        "credit": sum(row.credit_in_force for row in rows),
        "allocated": sum(row.allocated for row in rows),
        "received": sum(received) if received else None,
        "spent": sum(spent) if spent else None,
    }


def _amount(label: str, before: int | None, now: int | None) -> Comparison:
    change = None if before is None or now is None else now - before
    sign = PLUS if change and change > 0 else ""
    return Comparison(label, said(before), said(now), f"{sign}{said(change)}")
