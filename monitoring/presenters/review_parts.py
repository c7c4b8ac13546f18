"""What stands below a reviewed line: its sources, operations and activities, a table each."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.urls import reverse

from budget_portal.digits import group
from monitoring.models import ActivityPerformance, OperationProgress, PerformanceSubmission, ProjectProgress
from monitoring.presenters.cells import KIND_OF, said


@dataclass(frozen=True)
class Part:
    """A source, an operation or an activity of the open line."""

    title: str
    values: list[str]
    history: str = ""  # address of the history of its figure
    cells: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Parts:
    caption: str
    columns: list[str]
    rows: list[Part]

    def __post_init__(self) -> None:
        for row in self.rows:
            row.cells.extend(zip(self.columns, row.values, strict=True))


def of_project(lines: list[Any], progress: ProjectProgress | None) -> list[Parts]:
    """Sources and operations of a project."""
    return _sources(lines) + ([_operations(progress)] if progress else [])


def of_programme(submission: PerformanceSubmission, lines: list[Any]) -> list[Parts]:
    """Sources of a programme's chapter and the activities of the programme."""
    return _sources(lines) + _activities(submission, lines[0].programme_id)


def _sources(lines: list[Any]) -> list[Parts]:
    """Only where there is more than one."""
    if len(lines) == 1:
        return []
    rows = [
        Part(
            str(row.funding_source),
            [
                said(row.credit_in_force),
                said(row.allocated),
                said(row.received),
                said(row.previous.spent if row.previous else None),
                said(row.spent),
            ],
            reverse("monitoring:history", args=[KIND_OF[type(row)], row.pk, "spent"]),
        )
        for row in lines
    ]
    return [Parts("منابع اعتبار (میلیون ریال)", ["اعتبار", "تخصیص", "دریافتی", "عملکرد قبل", "عملکرد"], rows)]


def _operations(progress: ProjectProgress) -> Parts:
    old = OperationProgress.objects.filter(progress=progress.previous_id).values_list(
        "operation__key", "quantity_done"
    )
    before = dict(old)
    parts = OperationProgress.objects.filter(progress=progress).select_related("operation")
    rows = [
        Part(
            part.operation.title,
            [
                f"{_plain(part.operation.target_quantity)} {part.operation.unit}",
                _plain(before.get(part.operation.key)),
                _plain(part.quantity_done),
                f"{_plain(part.operation.weight)}٪",
            ],
            reverse("monitoring:history", args=["operation", part.pk, "quantity_done"]),
        )
        for part in parts
    ]
    return Parts("مقدار عملیات", ["هدف", "مقطع قبل", "این مقطع", "وزن"], rows)


def _activities(submission: PerformanceSubmission, programme: int) -> list[Parts]:
    activities = ActivityPerformance.objects.filter(
        submission=submission, activity__programme=programme
    ).select_related("activity", "previous")
    rows = [
        Part(
            f"{row.activity.title} ({row.activity.unit})",
            [
                _plain(row.activity.target_volume),
                _plain(row.previous.volume_done if row.previous else None),
                _plain(row.volume_done),
                said(row.cost),
                row.low_volume_reason or row.quality_note or "—",
            ],
            reverse("monitoring:history", args=["activity", row.pk, "volume_done"]),
        )
        for row in activities
    ]
    columns = ["هدف سال", "حجم قبل", "حجم", "هزینه (میلیون ریال)", "توضیح"]
    return [Parts("فعالیت‌های برنامه", columns, rows)] if rows else []


def _plain(value: Decimal | None) -> str:
    return "—" if value is None else group(value.normalize() if value % 1 else value.quantize(Decimal(1)))
