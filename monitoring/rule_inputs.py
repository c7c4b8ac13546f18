"""What the rules are asked about: the figures of a row and what stands around it, from rows that are read already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from agreements.models import WorkOperation
from monitoring import rules, spending
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)
from monitoring.progress import Operation, physical_progress
from monitoring.ratios import as_percent


def computed_progress(operations: Iterable[tuple[WorkOperation, Decimal | None]]) -> Decimal | None:
    """P of one project from the quantities done, percent with two places."""
    return as_percent(physical_progress(_operations(operations)))


def counts(part: OperationProgress, row: ProjectProgress) -> bool:
    """Whether an operation is one of the version that the project is measured against."""
    return part.operation.agreement_project_id == row.agreement_project_id


def _operations(operations: Iterable[tuple[WorkOperation, Decimal | None]]) -> tuple[Operation, ...]:
    return tuple(Operation(target=o.target_quantity, weight=o.weight, done=done) for o, done in operations)


def activity_case(
    row: ActivityPerformance, quarter: int
) -> tuple[rules.ActivityFigures, rules.ActivityContext]:
    figures = rules.ActivityFigures(volume=row.volume_done, cost=row.cost, reason=row.low_volume_reason)
    return figures, rules.ActivityContext(
        target_volume=row.activity.target_volume, unit_cost=row.activity.unit_cost, quarter=quarter
    )


def programme_cases(
    activities: list[ActivityPerformance], lines: list[Any]
) -> Iterator[tuple[ActivityPerformance, rules.ProgrammeFigures]]:
    """The sums of each programme, at its first activity."""
    for key in {row.activity.programme_id for row in activities}:
        mine = [row for row in activities if row.activity.programme_id == key]
        yield (
            mine[0],
            rules.ProgrammeFigures(
                activity_costs=tuple(row.cost for row in mine),
                spent=tuple(line.spent for line in lines if line.programme_id == key and not line.held),
            ),
        )


def line_case(
    line: Any, submission: PerformanceSubmission, agreed: int
) -> tuple[rules.Figures, rules.Context]:
    context = rules.Context(
        credit_in_force=agreed,
        allocated_cash=line.allocated_cash,
        allocated_securities=line.allocated_securities,
        collected=line.collected,
        is_own_revenue=line.funding_source.kind == "own_revenue",
        is_closing=submission.period.is_closing,
        quarter=submission.period.quarter,
        last=figures_of(line.previous) if line.previous else None,
    )
    return figures_of(line), context


def figures_of(line: Any) -> rules.Figures:
    cls = rules.CapitalFigures if isinstance(line, CapitalFinanceLine) else rules.ExpenseFigures
    return cls(
        credit_in_force=line.credit_in_force,
        not_applicable=frozenset(line.not_applicable),
        reason=line.reason,
        **{cell: getattr(line, cell) for cell in cls.MONEY},
    )


def progress_case(
    row: ProjectProgress, submission: PerformanceSubmission, lines: Iterable[CapitalFinanceLine]
) -> tuple[rules.ProgressFigures, rules.ProjectContext]:
    operations = [(part.operation, part.quantity_done) for part in row.operations.all() if counts(part, row)]
    figures = rules.ProgressFigures(
        operations=_operations(operations),
        status=row.status,
        causes={cause.cause.code: cause.share for cause in row.delay_causes.all()},
        reason=row.reason,
        statement=row.last_statement_amount,
        debts=row.contractor_debts,
    )
    return figures, project_context(row, submission, lines)


def project_context(
    row: ProjectProgress, submission: PerformanceSubmission, lines: Iterable[CapitalFinanceLine]
) -> rules.ProjectContext:
    before = row.previous
    return rules.ProjectContext(
        last_approved=before.physical_progress if before else None,
        quarters_since_last=_quarters_between(before, submission),
        planned=row.planned_progress,
        visit_measured=getattr(row, "measured", None),
        contract_amount=getattr(row, "contracted", None),
        spent_in_two_cutoffs=spending.in_two_cutoffs(row, lines),
    )


def _quarters_between(before: ProjectProgress | None, submission: PerformanceSubmission) -> int:
    if before is None:
        return 1
    then, now = before.submission.period.cutoff_date, submission.period.cutoff_date
    return max(1, round((now - then).days / 91))
