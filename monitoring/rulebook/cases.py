"""The rows of a sent submission as its rules saw them: what a rule is tried on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from monitoring import checking, rule_inputs
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    ExpenseFinanceLine,
    PerformanceSubmission,
)
from monitoring.rules.base import Scope

Case = tuple[Any, str, Any, Any]  # the row, its title, what was entered, what it is judged against


def of(submission: PerformanceSubmission, scope: Scope) -> Iterator[Case]:
    found = {
        Scope.FINANCE_LINE: _lines,
        Scope.PROJECT: _projects,
        Scope.ACTIVITY: _activities,
        Scope.PROGRAMME: _programmes,
    }
    return found[scope](submission) if scope in found else iter(())


def _money(submission: PerformanceSubmission) -> list[Any]:
    model: Any = CapitalFinanceLine if submission.kind == "capital" else ExpenseFinanceLine
    places = ("project",) if submission.kind == "capital" else ("programme", "expense_chapter")
    rows = model.objects.filter(submission=submission, held=False)
    return list(rows.select_related("funding_source", "previous", *places).order_by("pk"))


def _lines(submission: PerformanceSubmission) -> Iterator[Case]:
    for line in _money(submission):
        parts = [getattr(line, name, None) for name in ("project", "programme", "expense_chapter")]
        title = " – ".join(str(part) for part in (*parts, line.funding_source) if part)
        yield line, title, *rule_inputs.line_case(line, submission, line.credit_in_force)


def _projects(submission: PerformanceSubmission) -> Iterator[Case]:
    if submission.kind != "capital":
        return
    lines = _money(submission)
    for row in checking.whole_progress(submission, {}).select_related("project"):
        if not row.held:
            yield row, str(row.project), *rule_inputs.progress_case(row, submission, lines)


def _activity_rows(submission: PerformanceSubmission) -> list[ActivityPerformance]:
    rows = ActivityPerformance.objects.filter(submission=submission)
    return list(rows.select_related("activity__programme").order_by("pk"))


def _activities(submission: PerformanceSubmission) -> Iterator[Case]:
    for row in _activity_rows(submission):
        yield row, str(row.activity), *rule_inputs.activity_case(row, submission.period.quarter)


def _programmes(submission: PerformanceSubmission) -> Iterator[Case]:
    if submission.kind == "expense":
        for row, totals in rule_inputs.programme_cases(_activity_rows(submission), _money(submission)):
            yield row, str(row.activity.programme), totals, None
