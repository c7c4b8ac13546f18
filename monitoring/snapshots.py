"""The content of a submission as canonical JSON: what was sent, confirmed or approved, with its digest."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import User
from monitoring import rules
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    ExpenseFinanceLine,
    PerformanceSubmission,
    ProjectProgress,
    SubmissionSnapshot,
)
from monitoring.models.lines import CAPITAL_CELLS, EXPENSE_CELLS

COPIED = ("approved_credit", "credit_in_force", "allocated_cash", "allocated_securities", "collected")


def canonical(value: Any) -> str:
    """One text for one content: sorted keys, no blanks."""
    return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def take(submission: PerformanceSubmission, event: str, *, by: User | None) -> SubmissionSnapshot:
    content = contents(submission)
    return SubmissionSnapshot.objects.create(
        submission=submission,
        revision=submission.revision,
        event=event,
        content=json.loads(canonical(content)),
        digest=hashlib.sha256(canonical(content).encode()).hexdigest(),
        taken_by=by,
    )


def contents(submission: PerformanceSubmission) -> dict[str, Any]:
    return {
        "agency": submission.agency.code,
        "period": submission.period.code,
        "kind": submission.kind,
        "revision": submission.revision,
        "rule_set": rules.RULE_SET_VERSION,
        "lines": _capital(submission) if submission.kind == "capital" else _expense(submission),
        "progress": _progress(submission),
        "activities": _activities(submission),
        "documents": _documents(submission),
    }


def _money(line: Any, cells: tuple[str, ...]) -> dict[str, Any]:
    return {
        "source": line.funding_source.code,
        **{
            name: getattr(line, name)
            for name in (*COPIED, *cells, "not_applicable", "reason", "held", "held_raw")
        },
    }


def _capital(submission: PerformanceSubmission) -> list[dict[str, Any]]:
    lines = CapitalFinanceLine.objects.filter(submission=submission)
    return [
        {
            "project": line.project.code,
            "agreement": line.agreement_project.agreement_id,
            **_money(line, CAPITAL_CELLS),
        }
        for line in lines.select_related("project", "funding_source", "agreement_project").order_by("pk")
    ]


def _expense(submission: PerformanceSubmission) -> list[dict[str, Any]]:
    lines = ExpenseFinanceLine.objects.filter(submission=submission)
    return [
        {
            "programme": line.programme.code,
            "chapter": line.expense_chapter.code,
            "agreement": line.agreement_id,
            **_money(line, EXPENSE_CELLS),
        }
        for line in lines.select_related("programme", "expense_chapter", "funding_source").order_by("pk")
    ]


def _progress(submission: PerformanceSubmission) -> list[dict[str, Any]]:
    rows = ProjectProgress.objects.filter(submission=submission).select_related("project").order_by("pk")
    return [
        {
            "project": row.project.code,
            "operations": {str(part.operation.key): part.quantity_done for part in row.operations.all()},
            "causes": {cause.cause.code: cause.share for cause in row.delay_causes.all()},
            **{
                name: getattr(row, name)
                for name in (
                    "physical_progress",
                    "planned_progress",
                    "status",
                    "forecast_end",
                    "obstacles",
                    "remedy",
                    "workers",
                    "contractor_debts",
                    "reason",
                    "held",
                    "held_raw",
                )
            },
        }
        for row in rows.prefetch_related("operations__operation", "delay_causes__cause")
    ]


def _activities(submission: PerformanceSubmission) -> list[dict[str, Any]]:
    rows = ActivityPerformance.objects.filter(submission=submission).select_related("activity").order_by("pk")
    return [
        {
            "activity": row.activity.key,
            **{
                name: getattr(row, name)
                for name in ("volume_done", "cost", "quality_note", "low_volume_reason")
            },
        }
        for row in rows
    ]


def _documents(submission: PerformanceSubmission) -> list[dict[str, Any]]:
    rows = submission.documents.filter(removed_at__isnull=True).select_related("file").order_by("pk")
    return [{"title": row.title, "sha256": row.file.sha256} for row in rows]
