"""Rows that the agreement in force no longer has: empty ones leave a form that was never sent, typed ones stay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from monitoring.cells import CELLS
from monitoring.models import PerformanceSubmission, ProjectProgress, SubmissionDocument

PREFILLED = frozenset({"status"})
NOT_ASKED = frozenset({"returned", "received_securities"})  # dashes that a new line is opened with


def take_out(submission: PerformanceSubmission, kind: str, rows: Iterable[Any]) -> None:
    """Delete what nobody typed into. A form that was sent keeps every row: it was signed with them."""
    for row in rows:
        if not submission.revision and not is_typed(kind, row):
            row.delete()  # the trigger writes it to the log


def is_typed(kind: str, row: Any) -> bool:
    """Whether a figure, a text, a dash, evidence or a cause of delay of somebody is in this row."""
    filled = any(getattr(row, cell) not in (None, "") for cell in CELLS[kind] if cell not in PREFILLED)
    if filled or row.raw or set(row.not_applicable) - NOT_ASKED or getattr(row, "held", False):
        return True
    return isinstance(row, ProjectProgress) and _has_parts(row)


def _has_parts(row: ProjectProgress) -> bool:
    documents = SubmissionDocument.objects.filter(
        submission=row.submission_id, project=row.project_id, removed_at=None
    )
    operations = any(is_typed("operation", part) for part in row.operations.all())
    return operations or row.delay_causes.exists() or documents.exists()
