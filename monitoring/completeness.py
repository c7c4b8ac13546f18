"""How complete a submission is: missing cells (zero and «not applicable» are not missing), rows done of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)
from monitoring.models.lines import CAPITAL_CELLS, EXPENSE_CELLS


@dataclass(frozen=True)
class MissingCell:
    """A cell without figure; `sentence` is what the person reads."""

    row: Model
    cell: str
    title: str

    @property
    def sentence(self) -> str:
        return f"{self.title}: خانهٔ خالی"


def missing_cells(submission: PerformanceSubmission) -> list[MissingCell]:
    """Every empty cell of the form; held lines are left out, they travel as missing on purpose."""
    if submission.kind == "capital":
        return _of_lines(CapitalFinanceLine, submission, CAPITAL_CELLS, "project") + _of_operations(
            submission
        )
    return _of_lines(ExpenseFinanceLine, submission, EXPENSE_CELLS, "programme") + _of_activities(submission)


def is_missing(row: Any, cell: str) -> bool:
    return getattr(row, cell) is None and cell not in row.not_applicable


def _of_lines(
    model: Any, submission: PerformanceSubmission, cells: tuple[str, ...], title: str
) -> list[MissingCell]:
    rows = model.objects.filter(submission=submission, held=False).select_related(title, "funding_source")
    return [
        MissingCell(row, cell, f"{getattr(row, title)} – {row.funding_source}")
        for row in rows
        for cell in cells
        if is_missing(row, cell)
    ]


def _of_operations(submission: PerformanceSubmission) -> list[MissingCell]:
    held = ProjectProgress.objects.filter(submission=submission, held=True)
    rows = OperationProgress.objects.filter(progress__submission=submission, quantity_done=None).exclude(
        progress__in=held
    )
    return [
        MissingCell(row, "quantity_done", f"{row.progress.project} – {row.operation}")
        for row in rows.select_related("progress__project", "operation")
        if is_missing(row, "quantity_done")
    ]


def _of_activities(submission: PerformanceSubmission) -> list[MissingCell]:
    rows = ActivityPerformance.objects.filter(submission=submission).select_related("activity")
    return [
        MissingCell(row, cell, str(row.activity))
        for row in rows
        for cell in ("volume_done", "cost")
        if is_missing(row, cell)
    ]
