"""What a cut-off came to: entered, held with the rule, approved; printed at the end of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from agreements.models import ReportingPeriod
from budget_portal.digits import group, to_persian
from budget_portal.tables.outcome import Outcome
from monitoring.models import ExpenseFinanceLine, PerformanceSubmission

BLOCKS = ("V1", "V2", "V3", "V4")


@dataclass(frozen=True)
class HeldLine:
    agency: str
    programme: str
    rules: tuple[str, ...]
    spent: int

    @property
    def is_blocked(self) -> bool:
        """By V1–V4, which no reason lifts."""
        return any(rule in BLOCKS for rule in self.rules)


@dataclass(frozen=True)
class Summary:
    period: str
    agencies: int
    lines: int
    missing: int
    entered: int
    approved: int
    credit: int
    allocated: int
    from_file: int
    held: tuple[HeldLine, ...] = field(default=())

    @property
    def blocked(self) -> tuple[HeldLine, ...]:
        return tuple(line for line in self.held if line.is_blocked)

    @property
    def waiting(self) -> tuple[HeldLine, ...]:
        return tuple(line for line in self.held if not line.is_blocked)

    @property
    def adds_up(self) -> bool:
        """Approved is entered less held; entered is what the file says."""
        held = sum(line.spent for line in self.held)
        return self.approved == self.entered - held and self.entered == self.from_file


def summarise(period: ReportingPeriod, outcome: Outcome) -> Summary:
    approved = PerformanceSubmission.objects.filter(period=period, kind="expense", state="approved")
    rows = ExpenseFinanceLine.objects.filter(submission__in=approved).select_related(
        "submission__agency", "programme"
    )
    lines = list(rows.order_by("submission__agency__code", "programme__code"))
    held = tuple(
        HeldLine(
            agency=line.submission.agency.name,
            programme=line.programme.code,
            rules=tuple(line.held_rules),
            spent=int(line.held_raw.get("spent") or 0),
        )
        for line in lines
        if line.held
    )
    counted = sum(int(line.spent or 0) for line in lines)
    return Summary(
        period=period.code,
        agencies=len(approved),
        lines=len(lines),
        missing=sum(line.spent is None and not line.held for line in lines),
        entered=counted + sum(line.spent for line in held),
        approved=counted,
        credit=sum(int(line.credit_in_force) for line in lines),
        allocated=sum(line.allocated for line in lines),
        from_file=outcome.totals.get("spent", 0),
        held=held,
    )


HEAD = (
    "مقطع",
    "دستگاه",
    "ردیف",
    "اعتبار",
    "تخصیص",
    "واردشده",
    "V1–V4",
    "تنها V5",
    "رقم نگه‌داشته",
    "تأییدشده",
    "تراز",
)


def table(found: Sequence[Summary]) -> list[str]:
    """The table of the cut-offs and the list of held lines, in million rials."""
    rows = [HEAD, *(_row(summary) for summary in found)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    lines = [" | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    for summary in found:
        rules = Counter(rule for line in summary.held for rule in line.rules)
        counts = "، ".join(f"{rule}: {group(count)}" for rule, count in sorted(rules.items()))
        lines.append(f"{to_persian(summary.period)} – ردیف‌های نگه‌داشته {group(len(summary.held))} ({counts})")
        lines += [
            f"    {line.programme} | {'، '.join(line.rules)} | {group(line.spent)} | {line.agency}"
            for line in summary.held
        ]
    return lines


def _row(summary: Summary) -> tuple[str, ...]:
    held = sum(line.spent for line in summary.held)
    counts = (summary.agencies, summary.lines, summary.credit, summary.allocated, summary.entered)
    return (
        to_persian(summary.period),
        *map(group, counts),
        group(len(summary.blocked)),
        group(len(summary.waiting)),
        group(held),
        group(summary.approved),
        "✓" if summary.adds_up else "نه!",
    )
