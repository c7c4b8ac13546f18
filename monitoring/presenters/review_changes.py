"""A reviewed line before and now: money, progress and state, with what each is held against."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.urls import reverse

from budget_portal.digits import PLUS, group
from budget_portal.templatetags.portal import percent_text
from monitoring.indicators import absorption_rate
from monitoring.models import PerformanceSubmission, ProjectProgress
from monitoring.models.lines import CAPITAL_CELLS, EXPENSE_CELLS
from monitoring.presenters.cells import CELL_LABELS, KIND_OF, Comparison, known_sum, said
from monitoring.ratios import as_percent


def comparisons(
    submission: PerformanceSubmission, lines: list[Any], progress: ProjectProgress | None
) -> list[Comparison]:
    before = [row.previous for row in lines if row.previous]
    credit, allocated = (
        _total(lines, lambda row: row.credit_in_force),
        _total(lines, lambda row: row.allocated),
    )
    spent = known_sum(lines, "spent")
    rows = [
        _money(
            "اعتبار در اجرا", _total(before, lambda row: row.credit_in_force), credit, "از موافقتنامهٔ معتبر"
        ),
        _money(
            "تخصیص ابلاغ‌شده",
            _total(before, lambda row: row.allocated),
            allocated,
            f"سقف اعتبار {said(credit)}",
        ),
    ]
    for cell in CAPITAL_CELLS if submission.kind == "capital" else EXPENSE_CELLS:
        if cell == "returned" and not submission.period.is_closing:
            continue
        now = known_sum(lines, cell)
        if (
            cell == "received_securities"
            and now is None
            and not any(row.allocated_securities for row in lines)
        ):
            continue
        rows.append(
            _money(
                CELL_LABELS[cell],
                known_sum(before, cell),
                now,
                _control(cell, spent, allocated),
                _gap(lines, cell),
                _history(lines, cell),
            )
        )
    if progress:
        rows.append(_physical(progress))
        then = progress.previous.get_status_display() if progress.previous else ""
        status = progress.get_status_display()
        rows.append(Comparison("وضعیت پروژه", then or "—", status or "—", "" if then == status else "تازه"))
    return rows


def _control(cell: str, spent: int | None, allocated: int | None) -> str:
    if cell == "spent":
        rate = as_percent(absorption_rate(spent, allocated).exact_percent)
        return f"جذب {percent_text(rate)} از تخصیص {said(allocated)}"
    return f"سقف تخصیص {said(allocated)}" if cell.startswith("received") else ""


def _gap(lines: list[Any], cell: str) -> str:
    missing = [row for row in lines if getattr(row, cell) is None and cell not in row.not_applicable]
    return "warn" if missing else ""


def _history(lines: list[Any], cell: str) -> str:
    """Of a line with one source; several have one history each."""
    if len(lines) != 1:
        return ""
    return reverse("monitoring:history", args=[KIND_OF[type(lines[0])], lines[0].pk, cell])


def _money(
    label: str, before: int | None, now: int | None, control: str, tone: str = "", history: str = ""
) -> Comparison:
    return Comparison(label, said(before), said(now), change(before, now), control, tone, history=history)


def change(before: int | None, now: int | None) -> str:
    """«+۶٬۲۵۰ (۲۹٪)»; nothing is said where one side is missing."""
    if before is None or now is None:
        return "—"
    if before == now:
        return "بدون تغییر"
    sign = PLUS if now > before else ""
    # The sign of a fall stands left of its number; a mark of direction keeps the share from following it there.
    share = f" \u200f({percent_text(Decimal(abs(now - before) * 100) / before)})" if before else ""
    return f"{sign}{group(now - before)}{share}"


def _physical(progress: ProjectProgress) -> Comparison:
    before = progress.previous.physical_progress if progress.previous else None
    now, planned = progress.physical_progress, progress.planned_progress
    control, tone = f"برنامه {percent_text(planned)}", ""
    if now is not None and planned is not None and now < planned:
        control += f" · {percent_text(planned - now).removesuffix('٪')} واحد عقب‌تر"
        tone = "warn" if planned - now > 5 else ""
    moved = (
        "—"
        if now is None or before is None
        else f"{PLUS if now > before else ''}{group((now - before).normalize())}"
    )
    return Comparison("پیشرفت فیزیکی (٪)", percent_text(before), percent_text(now), moved, control, tone)


def _total(rows: list[Any], value: Callable[[Any], int]) -> int | None:
    return sum(value(row) for row in rows) if rows else None
