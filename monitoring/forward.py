"""Bringing slow figures along from the last cut-off: into empty cells only, marked until somebody answers for them.

`row.copied` names the cells that were brought and not yet typed over or confirmed; a stale figure is told by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.decisions import require
from accounts.models import User
from budget_portal import audit
from budget_portal.errors import WrongState
from budget_portal.moves import verb
from monitoring import checking, entry, permissions
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)

# What often stays as it was from one cut-off to the next. Money received and spent is always typed anew.
SLOW: dict[type[Any], tuple[str, ...]] = {
    CapitalFinanceLine: ("advances_open", "commitments_open"),
    ExpenseFinanceLine: ("commitments_open",),
    OperationProgress: ("quantity_done",),
    ProjectProgress: (
        "status",
        "forecast_end",
        "workers",
        "last_statement_number",
        "last_statement_on",
        "last_statement_amount",
        "contractor_debts",
        "obstacles",
        "remedy",
        "next_activity",
    ),
    ActivityPerformance: ("quality_note",),
}
NOTHING = "خانهٔ خالی‌ای نیست که در مقطع قبل رقمی داشته باشد."
NOTHING_LEFT = "رقم کپی‌شدهٔ تأییدنشده‌ای نمانده است."


@dataclass(frozen=True)
class Copies:
    """Of one row: which cells wait to be confirmed."""

    row: Any
    cells: list[str]


@verb
def copy(submission_id: int, *, by: User, project: int | None = None, programme: int | None = None) -> int:
    """Fill empty slow cells of a project, a programme or the whole; returns how many."""
    submission = _locked(submission_id, by)
    opened, count = permissions.open_lines(submission), 0
    for model, rows in _rows(submission, project, programme).items():
        brought = {row: cells for row in rows if _is_open(opened, row) and (cells := _bring(row, by))}
        count += sum(map(len, brought.values()))
        model.objects.bulk_update(
            brought, [*SLOW[model], "copied", "version", "updated_at", "updated_by"], batch_size=200
        )
    if not count:
        raise WrongState(NOTHING)
    _judge(submission, by, project, programme)
    audit.record("line.copied", submission, by=by, after=_said(count, project, programme))
    return count


@verb
def confirm(submission_id: int, *, by: User, project: int | None = None, programme: int | None = None) -> int:
    """«I have seen these figures and they still hold»: the person answers for them as if typed."""
    submission = _locked(submission_id, by)
    opened, count = permissions.open_lines(submission), 0
    for model, rows in _rows(submission, project, programme).items():
        waiting = [row for row in rows if row.copied and _is_open(opened, row)]
        for row in waiting:
            count += len(row.copied)
            row.copied, row.updated_by = [], by
        model.objects.bulk_update(waiting, ["copied", "updated_by"], batch_size=200)
    if not count:
        raise WrongState(NOTHING_LEFT)
    entry.sign(submission, by)
    audit.record("line.copies_confirmed", submission, by=by, after=_said(count, project, programme))
    return count


def unconfirmed(submission: PerformanceSubmission) -> list[Copies]:
    """Every row with cells that nobody has confirmed."""
    found = []
    for model in _models(submission):
        rows = model.objects.filter(**_of(model, submission)).exclude(copied=[])
        found += [Copies(row, list(row.copied)) for row in rows.select_related(*_NAMED[model])]
    return found


def copies_by_project(submission: PerformanceSubmission) -> dict[int, int]:
    """How many cells of each project wait to be confirmed."""
    found: dict[int, int] = {}
    for model in _models(submission):
        rows = model.objects.filter(**_of(model, submission)).exclude(copied=[]).order_by()
        name = "progress__project_id" if model is OperationProgress else "project_id"
        for project, cells in rows.values_list(name, "copied"):
            found[project] = found.get(project, 0) + len(cells)
    return found


def can_copy(
    rows: Iterable[Any],
    progress: ProjectProgress | None = None,
    operations: dict[int, list[Any]] | None = None,
) -> bool:
    """Whether an empty cell has a figure at the last cut-off; of operations, whether one is empty at all."""
    whole = [*rows, *([progress] if progress else [])]
    if any(next(_fillable(row, row.previous), None) for row in whole if row.previous):
        return True
    parts = (operations or {}).get(progress.pk, []) if progress and progress.previous_id else []
    return any(_is_empty(part, "quantity_done") for part in parts)


def copies_of(rows: Iterable[Any], progress: ProjectProgress | None, operations: dict[int, list[Any]]) -> int:
    whole = [*rows, *([progress, *operations.get(progress.pk, [])] if progress else [])]
    return sum(len(row.copied) for row in whole)


# --- rows ------------------------------------------------------------------------------------------------------

_NAMED: dict[type[Any], tuple[str, ...]] = {
    CapitalFinanceLine: ("project", "funding_source"),
    ProjectProgress: ("project",),
    OperationProgress: ("progress__project", "operation"),
    ExpenseFinanceLine: ("programme", "expense_chapter"),
    ActivityPerformance: ("activity__programme",),
}


def _models(submission: PerformanceSubmission) -> tuple[Any, ...]:
    if submission.kind == "capital":
        return (CapitalFinanceLine, ProjectProgress, OperationProgress)
    return (ExpenseFinanceLine, ActivityPerformance)


def _of(
    model: type[Any],
    submission: PerformanceSubmission,
    project: int | None = None,
    programme: int | None = None,
) -> dict[str, Any]:
    if model is OperationProgress:
        only = {"progress__project": project} if project else {}
        return {"progress__submission": submission, **only}
    name = "activity__programme" if model is ActivityPerformance else "programme"
    part = {"project": project} if project else {name: programme} if programme else {}
    return {"submission": submission, **part}


def _rows(
    submission: PerformanceSubmission, project: int | None, programme: int | None
) -> dict[Any, list[Any]]:
    """All rows of the part, locked in the order of their keys, each with its last one."""
    found: dict[Any, list[Any]] = {}
    for model in _models(submission):
        rows = model.objects.filter(**_of(model, submission, project, programme)).order_by("pk")
        list(rows.select_for_update(of=("self",)).values_list("pk"))
        related = "operation" if model is OperationProgress else "previous"
        more = {OperationProgress: ("progress",), ActivityPerformance: ("activity",)}.get(model, ())
        found[model] = list(rows.select_related(related, *more))
        for row in found[model] if model is not OperationProgress else []:
            row.last = row.previous
    _give_operations_their_last(found.get(OperationProgress, []))
    return found


def _give_operations_their_last(parts: list[Any]) -> None:
    before = {part.progress.previous_id for part in parts} - {None}
    old = OperationProgress.objects.filter(progress__in=before).select_related("operation")
    known = {(row.progress_id, row.operation.key): row for row in old}
    for part in parts:
        part.last = known.get((part.progress.previous_id, part.operation.key))


def _is_open(opened: Callable[..., bool], row: Any) -> bool:
    part = entry.part_of(row)
    chapter = row.expense_chapter_id if isinstance(row, ExpenseFinanceLine) else None
    parent = row.progress if isinstance(row, OperationProgress) else row
    return bool(opened(part.get("project"), part.get("programme"), chapter)) and not getattr(
        parent, "held", False
    )


def _bring(row: Any, by: User) -> list[str]:
    """Fill the empty cells of a row from its last one; which they were."""
    cells = list(_fillable(row, row.last)) if row.last is not None else []
    for cell in cells:
        setattr(row, cell, getattr(row.last, cell))
    if cells:
        row.copied += cells
        row.version += 1
        row.updated_by, row.updated_at = by, timezone.now()
    return cells


def _fillable(row: Any, last: Any) -> Iterator[str]:
    for cell in SLOW[type(row)]:
        if _is_empty(row, cell) and getattr(last, cell) not in (None, ""):
            yield cell


def _is_empty(row: Any, cell: str) -> bool:
    return getattr(row, cell) in (None, "") and cell not in row.not_applicable and cell not in row.raw


def _locked(submission_id: int, by: User) -> PerformanceSubmission:
    submission: PerformanceSubmission = PerformanceSubmission.objects.for_user(by).locked(submission_id)
    require(permissions.can_fill(by, submission))
    return submission


def _judge(submission: PerformanceSubmission, by: User, project: int | None, programme: int | None) -> None:
    entry.sign(submission, by)
    if submission.kind == "capital":
        only = {"project": project} if project else {}
        for row in ProjectProgress.objects.filter(submission=submission, held=False, **only):
            entry.recompute_progress(row)
    checking.recheck(submission, project=project, programme=programme)


def _said(count: int, project: int | None, programme: int | None) -> dict[str, Any]:
    part = {"project": project} if project else {"programme": programme} if programme else {}
    return {"cells": count, **part}
