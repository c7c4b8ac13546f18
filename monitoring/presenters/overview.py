"""How far a submission is: the state of every row, sums and «n of m», from a handful of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from monitoring.models import ActivityPerformance, CheckResult, ExpenseFinanceLine, PerformanceSubmission
from monitoring.models.lines import CAPITAL_CELLS, EXPENSE_CELLS
from monitoring.presenters.words import Badge


@dataclass
class RowState:
    """What is filled, missing and wrong in one row of the grid (a project, an expense line, an activity)."""

    filled: int = 0
    missing: int = 0
    blocked: int = 0
    warned: int = 0
    held: int = 0
    parts: int = 0

    @property
    def is_complete(self) -> bool:
        return not self.missing and not self.blocked and not self.held

    @property
    def group(self) -> str:
        """Which filter shows it."""
        if self.blocked:
            return "fix"
        return "missing" if self.missing else "done"

    @property
    def badge(self) -> Badge:
        if self.blocked:
            return Badge("نیاز به اصلاح", "bad", "bad")
        if self.held and self.held == self.parts:
            return Badge("نگه‌داشته", "neutral", "lock")
        if not self.filled and self.missing:
            return Badge("ثبت نشده", "neutral")
        if self.missing:
            return Badge("ناتمام", "info")
        if self.held:
            return Badge("بخشی نگه‌داشته", "neutral", "lock")
        if self.warned:
            return Badge("کامل، با هشدار", "warn", "warn")
        return Badge("کامل", "plain", "check")

    def add(self, values: Iterable[Any], cells: Iterable[str], not_applicable: list[str]) -> None:
        for cell, value in zip(cells, values, strict=True):
            if value is not None:
                self.filled += 1
            elif cell not in not_applicable:
                self.missing += 1


@dataclass
class Overview:
    """States by key: a project's id for capital, (`line` | `activity`, id) for expense."""

    states: dict[Any, RowState] = field(default_factory=dict)
    sums: dict[str, int] = field(default_factory=dict)
    changed_at: dt.datetime | None = None

    def state(self, key: Any) -> RowState:
        return self.states.setdefault(key, RowState())

    @property
    def total(self) -> int:
        return len(self.states)

    @property
    def complete(self) -> int:
        return sum(state.is_complete for state in self.states.values())

    @property
    def flagged(self) -> int:
        return sum(bool(state.blocked) for state in self.states.values())

    @property
    def missing(self) -> int:
        return sum(state.group == "missing" for state in self.states.values())

    @property
    def held(self) -> int:
        return sum(bool(state.held) for state in self.states.values())

    @property
    def received(self) -> int:
        """Cash and securities; expense lines have one column for both."""
        parts = ("received", "received_cash", "received_securities")
        return sum(self.sums.get(name, 0) for name in parts)

    @property
    def allocated(self) -> int:
        return self.sums.get("allocated_cash", 0) + self.sums.get("allocated_securities", 0)

    @property
    def text(self) -> str:
        return f"{self.complete} از {self.total} ردیف کامل"

    @property
    def done_share(self) -> int:
        return 100 * self.complete // self.total if self.total else 0

    @property
    def flagged_share(self) -> int:
        return 100 * self.flagged // self.total if self.total else 0

    def note_change(self, by: int | None, at: dt.datetime) -> None:
        """When a money figure was last typed by somebody."""
        if by is not None and (self.changed_at is None or at > self.changed_at):
            self.changed_at = at

    def add_sums(self, names: Iterable[str], values: Iterable[int | None]) -> None:
        for name, value in zip(names, values, strict=True):
            self.sums[name] = self.sums.get(name, 0) + (value or 0)


COPIED = ("credit_in_force", "allocated_cash", "allocated_securities")


def of(submission: PerformanceSubmission) -> Overview:
    return _capital(submission) if submission.kind == "capital" else _expense(submission)


# Asked at every saved cell: one question instead of four.
CAPITAL = f"""
SELECT 'line', project_id, held, not_applicable, updated_by_id, updated_at, ARRAY[{", ".join(CAPITAL_CELLS)}],
  ARRAY[{", ".join(COPIED)}]
FROM monitoring_capitalfinanceline WHERE submission_id = %(pk)s
UNION ALL SELECT 'progress', project_id, held, NULL, NULL, NULL, NULL, NULL
FROM monitoring_projectprogress WHERE submission_id = %(pk)s
UNION ALL SELECT 'operation', p.project_id, false, o.not_applicable, NULL, NULL,
  ARRAY[CASE WHEN o.quantity_done IS NOT NULL THEN 1 END], NULL
FROM monitoring_operationprogress o JOIN monitoring_projectprogress p ON p.id = o.progress_id
WHERE p.submission_id = %(pk)s AND NOT p.held
UNION ALL SELECT severity, project_id, false, NULL, NULL, NULL, NULL, NULL
FROM monitoring_checkresult WHERE submission_id = %(pk)s
"""  # noqa: S608 - names of columns from the model


def _capital(submission: PerformanceSubmission) -> Overview:
    found = Overview()
    with connection.cursor() as cursor:
        cursor.execute(CAPITAL, {"pk": submission.pk})
        rows = cursor.fetchall()
    for sort, project, held, absent, by, at, cells, copied in rows:
        state = found.state(project)
        if sort in {"line", "progress"}:
            state.parts += 1
            state.held += held
        if sort == "line":
            found.note_change(by, at)
            found.add_sums((*CAPITAL_CELLS, *COPIED), (*cells, *copied))
        if sort == "operation":
            state.add(cells, ("quantity_done",), absent)
        elif sort == "line" and not held:
            state.add(cells, CAPITAL_CELLS, absent)
        elif sort in {"block", "warn"}:
            _count(state, sort)
    return found


def _expense(submission: PerformanceSubmission) -> Overview:
    found = Overview()
    lines = ExpenseFinanceLine.objects.filter(submission=submission).order_by()
    for pk, held, absent, by, at, *values in lines.values_list(
        "pk", "held", "not_applicable", "updated_by_id", "updated_at", *EXPENSE_CELLS, *COPIED
    ):
        found.note_change(by, at)
        state = found.state(("line", pk))
        state.parts, state.held = 1, int(held)
        if not held:
            state.add(values[: len(EXPENSE_CELLS)], EXPENSE_CELLS, absent)
        found.add_sums((*EXPENSE_CELLS, *COPIED), values)
    cells = ("volume_done", "cost")
    rows = ActivityPerformance.objects.filter(submission=submission).order_by()
    for pk, absent, *values in rows.values_list("pk", "not_applicable", *cells):
        found.state(("activity", pk)).add(values, cells, absent)
    names = {"expensefinanceline": "line", "activityperformance": "activity"}
    hits = CheckResult.objects.filter(submission=submission).order_by()
    for row, severity in hits.values_list("row", "severity"):
        model, _, pk = row.partition(":")
        if (key := (names.get(model), int(pk))) in found.states:
            _count(found.states[key], severity)
    return found


def _count(state: RowState, severity: str) -> None:
    if severity == "block":
        state.blocked += 1
    else:
        state.warned += 1
