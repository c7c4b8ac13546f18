"""What the agency reads before it sends: blocks, warnings, empty cells, held lines, sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from monitoring import completeness, forward
from monitoring.kept_hits import row_name
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    CheckResult,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
    SubmissionDocument,
)
from monitoring.presenters import cells, hits, overview, words

SHOWN = 30
PLACE = {
    "capital": ("project", "funding_source"),
    "expense": ("programme", "expense_chapter", "funding_source"),
}


@dataclass(frozen=True)
class Warned:
    """A warning of the page, with what stands in its field."""

    title: str
    hit: hits.Found
    typed: str


@dataclass(frozen=True)
class Item:
    """One finding with the row it leads to."""

    title: str
    text: str
    url: str


def context(submission: PerformanceSubmission, typed: Mapping[int, str]) -> dict[str, Any]:
    state, period = overview.of(submission), submission.period
    found = CheckResult.objects.filter(submission=submission).select_related(
        "project", "programme", "explained_by"
    )
    missing = completeness.missing_cells(submission)
    titles = {row_name(line): _title(line) for line in _money_lines(submission)}
    return {
        "submission": submission,
        "period": period,
        "kind": submission.kind,
        "kind_name": words.KINDS[submission.kind],
        "period_title": words.period_title(period),
        "period_name": words.period_name(period),
        "agency": submission.agency,
        "overview": state,
        "steps": words.steps(submission),
        "blocks": [_warned(hit, submission, titles, {}) for hit in found if hit.severity == "block"],
        "warnings": [_warned(hit, submission, titles, typed) for hit in found if hit.severity == "warn"],
        "unexplained": hits.count_waiting(found),
        "missing": [_missing(cell, submission) for cell in missing[:SHOWN]],
        "missing_count": len(missing),
        "more_missing": max(0, len(missing) - SHOWN),
        "held": held(submission),
        **_copies(submission),
        "documents": SubmissionDocument.objects.filter(submission=submission, removed_at=None).count(),
        "back": reverse("monitoring:entry", args=[period.code, submission.kind]),
    }


def _copies(submission: PerformanceSubmission) -> dict[str, Any]:
    """Figures of the last cut-off that nobody has answered for yet."""
    found = forward.unconfirmed(submission)
    items = []
    for copies in found[:SHOWN]:
        row = copies.row
        project = getattr(row, "project_id", None) or getattr(
            getattr(row, "progress", None), "project_id", None
        )
        names = "، ".join(cells.CELL_LABELS[cell] for cell in copies.cells)
        items.append(Item(_title(row), f"کپی‌شده از مقطع قبل: {names}", _url(submission, project)))
    return {"copies": items, "copies_count": sum(len(copies.cells) for copies in found)}


def _url(submission: PerformanceSubmission, project: int | None, anchor: str = "") -> str:
    base = reverse("monitoring:entry", args=[submission.period.code, submission.kind])
    return f"{base}?open={project}#p-{project}" if project else f"{base}{anchor}"


def _warned(
    hit: CheckResult, submission: PerformanceSubmission, titles: dict[str, str], typed: Mapping[int, str]
) -> Warned:
    title = titles.get(hit.row) or str(hit.project or hit.programme or "")
    text = typed.get(hit.pk, hit.explanation or hit.suggestion)
    return Warned(title, hits.of(hit, hits.url_of(hit, submission)), text)


def _missing(cell: completeness.MissingCell, submission: PerformanceSubmission) -> Item:
    row: Any = cell.row
    label = cells.CELL_LABELS[cell.cell]
    project, anchor = getattr(row, "project_id", None), ""
    if isinstance(row, OperationProgress):
        project = row.progress.project_id
    elif isinstance(row, ExpenseFinanceLine):
        anchor = f"?open={row.pk}#x-{row.pk}"
    elif project is None:
        anchor = f"#a-{row.pk}"
    return Item(cell.title, f"«{label}» خالی است.", _url(submission, project, anchor))


def held(submission: PerformanceSubmission) -> list[Item]:
    """Lines whose figures stay aside, each with its rules and raw figures."""
    rows = list(_money_lines(submission).filter(held=True))
    rows += ProjectProgress.objects.filter(submission=submission, held=True).select_related("project")
    return [_held(row, submission) for row in rows]


def _money_lines(submission: PerformanceSubmission) -> Any:
    model: Any = CapitalFinanceLine if submission.kind == "capital" else ExpenseFinanceLine
    return model.objects.filter(submission=submission).select_related(*PLACE[submission.kind])


def _title(row: Any) -> str:
    """Project, or programme and chapter, and the source: several lines share all but the last."""
    if isinstance(row, OperationProgress):
        return f"{row.progress.project} – {row.operation.title}"
    if isinstance(row, ActivityPerformance):
        return str(row.activity)
    parts = [getattr(row, name, None) for name in ("project", *PLACE["expense"])]
    return " – ".join(str(part) for part in parts if part)


def _held(row: Any, submission: PerformanceSubmission) -> Item:
    raw = cells.raw_text(row.held_raw)
    figures = f": {raw}" if raw else ""
    project = getattr(row, "project_id", None)
    return Item(_title(row), f"قاعدهٔ {hits.rules_named(row.held_rules)}{figures}", _url(submission, project))
