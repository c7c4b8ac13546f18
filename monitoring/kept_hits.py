"""The hits of rules beside the rows (`CheckResult`): what a row is called, and replacing what was asked anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from monitoring.models import ActivityPerformance, CheckResult, OperationProgress, PerformanceSubmission
from monitoring.rules import Hit


def store(
    submission: PerformanceSubmission,
    found: list[tuple[Any, Hit]],
    asked: Iterable[CheckResult],
    rule_set: str,
) -> list[CheckResult]:
    """Replace the hits that were asked anew; an explanation of the same rule, row, cell and figures stays."""
    old = {(r.rule, r.row, r.cell): r for r in asked}
    stand, write = [], []
    for row, hit in found:
        values = _values(row, hit, rule_set)
        kept = old.pop((hit.code, values["row"], hit.cell), None)
        if kept is not None and all(getattr(kept, name) == value for name, value in values.items()):
            stand.append(kept)
        else:
            written = _explanation(kept, values) if kept is not None else {}
            write.append(
                CheckResult(submission=submission, rule=hit.code, cell=hit.cell, **values, **written)
            )
    if write:
        CheckResult.objects.bulk_create(
            write,
            update_conflicts=True,
            unique_fields=["submission", "rule", "row", "cell"],
            update_fields=[
                "rule_set", "severity", "asks", "project", "programme", "sentence", "expected", "actual",
                "difference", "explanation", "explained_by", "explained_at", "suggestion",
            ],
        )  # fmt: skip
    if old:
        CheckResult.objects.filter(pk__in=[row.pk for row in old.values()]).delete()
    return stand + write


def _explanation(kept: CheckResult, values: dict[str, Any]) -> dict[str, Any]:
    """What was written stands as long as the figures do; then it is asked anew, with the old text to start from."""
    if (kept.expected, kept.actual) == (values["expected"], values["actual"]):
        names = ("explanation", "explained_by_id", "explained_at", "suggestion")
        return {name: getattr(kept, name) for name in names}
    return {"suggestion": kept.explanation or kept.suggestion}


def row_name(row: Any) -> str:
    """How a hit names its row: `capitalfinanceline:12`."""
    return f"{row._meta.model_name}:{row.pk}"


def _values(row: Any, hit: Hit, rule_set: str) -> dict[str, Any]:
    programme = getattr(row, "programme_id", None)
    project = getattr(row, "project_id", None)
    if isinstance(row, ActivityPerformance):
        programme = row.activity.programme_id
    if isinstance(row, OperationProgress):
        project = row.progress.project_id
    return {
        "row": row_name(row),
        "rule_set": rule_set,
        "severity": str(hit.severity),
        "asks": hit.asks,
        "project_id": project,
        "programme_id": programme,
        "sentence": hit.sentence,
        "expected": "" if hit.expected is None else str(hit.expected),
        "actual": "" if hit.actual is None else str(hit.actual),
        "difference": "" if hit.difference is None else str(hit.difference),
    }
