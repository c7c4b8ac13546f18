"""The content of a submission as canonical JSON: what was sent, confirmed or approved, with its digest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from accounts.models import User
from monitoring import rules
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    CheckResult,
    ExpenseFinanceLine,
    PerformanceSubmission,
    ProjectProgress,
    Reconciliation,
    SubmissionDocument,
    SubmissionSnapshot,
)
from monitoring.models.lines import CAPITAL_CELLS, EXPENSE_CELLS
from monitoring.signing.statement import canonical, digest_of

COPIED = ("approved_credit", "credit_in_force", "allocated_cash", "allocated_securities", "collected")


def take(submission: PerformanceSubmission, event: str, *, by: User | None) -> SubmissionSnapshot:
    return take_all([submission], event, by={submission.pk: by})[0]


def take_all(
    submissions: Sequence[PerformanceSubmission], event: str, *, by: Mapping[int, User | None]
) -> list[SubmissionSnapshot]:
    """One snapshot each, read together."""
    found = contents_of(submissions)
    return SubmissionSnapshot.objects.bulk_create(
        _snapshot(row, found[row.pk], event, by.get(row.pk)) for row in submissions
    )


def _snapshot(
    submission: PerformanceSubmission, content: dict[str, Any], event: str, by: User | None
) -> SubmissionSnapshot:
    return SubmissionSnapshot(
        submission=submission,
        revision=submission.revision,
        event=event,
        content=json.loads(canonical(content)),
        digest=digest_of(content),
        taken_by=by,
    )


def contents(submission: PerformanceSubmission) -> dict[str, Any]:
    return contents_of([submission])[submission.pk]


def contents_of(submissions: Sequence[PerformanceSubmission]) -> dict[int, dict[str, Any]]:
    """What each of them holds, in a fixed number of queries."""
    ids = [row.pk for row in submissions]
    lines, progress = {**_capital(ids), **_expense(ids)}, _progress(ids)
    activities, documents, explained = _activities(ids), _documents(ids), _explanations(ids)
    sheets = _sheets(ids)
    return {
        row.pk: {
            "agency": row.agency.code,
            "period": row.period.code,
            "kind": row.kind,
            "revision": row.revision,
            "rule_set": row.rule_set or rules.RULE_SET_VERSION,
            "lines": lines.get(row.pk, []),
            "progress": progress.get(row.pk, []),
            "activities": activities.get(row.pk, []),
            "documents": documents.get(row.pk, []),
            "explanations": explained.get(row.pk, []),
            **sheets.get(row.pk, {}),
        }
        for row in submissions
    }


SHEETS = {"spent": "treasury_sheet", "received": "treasury_sheet_received"}


def _sheets(ids: list[int]) -> dict[int, dict[str, str]]:
    """The digests of the signed sheets of the treasurer's bench: who confirms signs for them as well."""
    rows = Reconciliation.objects.filter(submission__in=ids, state="signed").order_by()
    found: dict[int, dict[str, str]] = {}
    for submission, measure, digest in rows.values_list("submission", "measure", "digest"):
        found.setdefault(submission, {})[SHEETS[measure]] = digest
    return found


Parts = dict[int, list[dict[str, Any]]]


def _by_submission(rows: Iterable[Any], content: Callable[[Any], dict[str, Any]]) -> Parts:
    found: Parts = {}
    for row in rows:
        found.setdefault(row.submission_id, []).append(content(row))
    return found


def _money(line: Any, cells: tuple[str, ...]) -> dict[str, Any]:
    return {
        "source": line.funding_source.code,
        **{
            name: getattr(line, name)
            for name in (*COPIED, *cells, "not_applicable", "reason", "held", "held_raw")
        },
    }


def _capital(ids: list[int]) -> Parts:
    lines = CapitalFinanceLine.objects.filter(submission__in=ids).order_by("pk")
    return _by_submission(
        lines.select_related("project", "funding_source", "agreement_project"),
        lambda line: {
            "project": line.project.code,
            "agreement": line.agreement_project.agreement_id,
            **_money(line, CAPITAL_CELLS),
        },
    )


def _expense(ids: list[int]) -> Parts:
    lines = ExpenseFinanceLine.objects.filter(submission__in=ids).order_by("pk")
    return _by_submission(
        lines.select_related("programme", "expense_chapter", "funding_source"),
        lambda line: {
            "programme": line.programme.code,
            "chapter": line.expense_chapter.code,
            "agreement": line.agreement_id,
            **_money(line, EXPENSE_CELLS),
        },
    )


PHYSICAL = (
    "physical_progress", "planned_progress", "status", "forecast_end", "obstacles", "remedy", "workers",
    "contractor_debts", "reason", "held", "held_raw",
)  # fmt: skip


def _progress(ids: list[int]) -> Parts:
    rows = ProjectProgress.objects.filter(submission__in=ids).select_related("project").order_by("pk")
    return _by_submission(
        rows.prefetch_related("operations__operation", "delay_causes__cause"),
        lambda row: {
            "project": row.project.code,
            "operations": {str(part.operation.key): part.quantity_done for part in row.operations.all()},
            "causes": {cause.cause.code: cause.share for cause in row.delay_causes.all()},
            **{name: getattr(row, name) for name in PHYSICAL},
        },
    )


def _activities(ids: list[int]) -> Parts:
    rows = (
        ActivityPerformance.objects.filter(submission__in=ids)
        .select_related("activity__programme")
        .order_by("pk")
    )
    names = ("volume_done", "cost", "quality_note", "low_volume_reason")
    return _by_submission(
        rows,
        lambda row: {
            "activity": row.activity.key,
            "programme": row.activity.programme.code,
            **{name: getattr(row, name) for name in names},
        },
    )


def _explanations(ids: list[int]) -> Parts:
    """What the agency wrote to each warning: the treasurer signs it with the figures."""
    rows = CheckResult.objects.filter(submission__in=ids).exclude(explanation="")
    names = ("rule", "row", "cell", "sentence", "expected", "actual", "explanation", "explained_at")
    return _by_submission(
        rows.select_related("explained_by").order_by("row", "rule", "cell"),
        lambda row: {"by": row.explained_by.username, **{name: getattr(row, name) for name in names}},
    )


def _documents(ids: list[int]) -> Parts:
    rows = SubmissionDocument.objects.filter(submission__in=ids, removed_at__isnull=True)
    return _by_submission(
        rows.select_related("file", "project", "programme").order_by("pk"),
        lambda row: {
            "document": row.pk,
            "project": row.project.code if row.project else None,
            "programme": row.programme.code if row.programme else None,
            "title": row.title,
            "sha256": row.file.sha256,
        },
    )


# --- the parts of a content: what a decision on a line and a signature hold on to ------------------------------


def line_digests(content: dict[str, Any]) -> dict[str, str]:
    """One digest per line: `project:<code>` or `line:<programme>:<chapter>`, with what belongs to it: sources,
    progress, activities of the programme, documents. Any change of one of these changes it."""
    found: dict[str, list[Any]] = {}
    for row in (*content["lines"], *content["progress"]):
        found.setdefault(name_of(row), []).append(row)
    for row in (*content["activities"], *content["documents"]):
        for name, parts in found.items():
            if _belongs(row, name):
                parts.append(row)
    return {name: digest_of(parts) for name, parts in found.items()}


def file_digests(content: dict[str, Any]) -> dict[str, str]:
    """sha256 of every document, by its number."""
    return {str(row.get("document", row["title"])): row["sha256"] for row in content["documents"]}


def name_of(row: dict[str, Any]) -> str:
    """The name of the line to which a row of money or progress belongs."""
    return f"project:{row['project']}" if "project" in row else f"line:{row['programme']}:{row['chapter']}"


def _belongs(row: dict[str, Any], name: str) -> bool:
    """A document or activity to a line; what belongs to the whole belongs to no line."""
    if row.get("project"):
        return name == f"project:{row['project']}"
    return bool(row.get("programme")) and name.startswith(f"line:{row['programme']}:")
