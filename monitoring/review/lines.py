"""The lines of a submission with what a decision holds on to: content, figures, warnings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Sum

from agreements.models import ExpenseChapter, Programme, Project
from monitoring import snapshots
from monitoring.lines import LineKey
from monitoring.models import (
    CapitalFinanceLine,
    CheckResult,
    ExpenseFinanceLine,
    PerformanceSubmission,
    ProjectProgress,
)

_HELD = {"is_held": BoolOr("held")}


@dataclass(frozen=True)
class ReviewedLine:
    """One line as a decision sees it."""

    key: LineKey
    name: str  # of the part of the snapshot: project:<code> or line:<programme>:<chapter>
    title: str
    digest: str
    spent: int | None
    warned: bool
    held: bool

    @property
    def is_clean(self) -> bool:
        """May be accepted together with others."""
        return not self.warned and not self.held


def lines_of(submission: PerformanceSubmission) -> dict[LineKey, ReviewedLine]:
    """All lines, in a fixed number of queries."""
    digests = snapshots.line_digests(snapshots.contents(submission))
    warned = _warned(submission)
    found = {}
    for row in _rows(submission):
        key, name = row["key"], row["name"]
        found[key] = ReviewedLine(
            key=key,
            name=name,
            title=row["title"],
            digest=digests.get(name, ""),
            spent=row["spent"],
            warned=any(mark.covers(key) for mark in warned),
            held=bool(row["held"]),
        )
    return found


def _rows(submission: PerformanceSubmission) -> list[dict[str, Any]]:
    if submission.kind == "capital":
        return _capital(submission)
    money = ExpenseFinanceLine.objects.filter(submission=submission).order_by()
    sums = money.values("programme", "expense_chapter").annotate(total=Sum("spent"), **_HELD)
    programmes = Programme.objects.in_bulk({row["programme"] for row in sums})
    chapters = ExpenseChapter.objects.in_bulk({row["expense_chapter"] for row in sums})
    return [
        {
            "key": LineKey(programme_id=row["programme"], expense_chapter_id=row["expense_chapter"]),
            "name": f"line:{programmes[row['programme']].code}:{chapters[row['expense_chapter']].code}",
            "title": f"{programmes[row['programme']]} – {chapters[row['expense_chapter']]}",
            "spent": row["total"],
            "held": row["is_held"],
        }
        for row in sums
    ]


def _capital(submission: PerformanceSubmission) -> list[dict[str, Any]]:
    money = CapitalFinanceLine.objects.filter(submission=submission).order_by()
    sums = {row["project"]: row for row in money.values("project").annotate(total=Sum("spent"), **_HELD)}
    progress = dict(ProjectProgress.objects.filter(submission=submission).values_list("project", "held"))
    projects = Project.objects.in_bulk({*sums, *progress})
    return [
        {
            "key": LineKey(project_id=pk),
            "name": f"project:{project.code}",
            "title": str(project),
            "spent": sums[pk]["total"] if pk in sums else None,
            "held": (pk in sums and sums[pk]["is_held"]) or progress.get(pk, False),
        }
        for pk, project in projects.items()
    ]


def _warned(submission: PerformanceSubmission) -> set[LineKey]:
    """Lines (or programmes) that some rule hit; an explained warning is still read one by one."""
    hits = CheckResult.objects.filter(submission=submission).values_list("project", "programme", "row")
    expense = {row.pk: LineKey.of(row) for row in _hit_rows(hits)}
    found = set()
    for project, programme, row in hits:
        model, _, pk = row.partition(":")
        exact = expense.get(int(pk)) if model == "expensefinanceline" and pk.isdecimal() else None
        found.add(exact or LineKey(project_id=project, programme_id=None if project else programme))
    return found


def _hit_rows(hits: Any) -> list[Any]:
    names = [row.partition(":")[2] for _, _, row in hits if row.startswith("expensefinanceline:")]
    if not names:
        return []
    rows = ExpenseFinanceLine.objects.filter(pk__in=[int(name) for name in names if name.isdecimal()])
    return list(rows.only("programme", "expense_chapter"))
