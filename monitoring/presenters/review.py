"""What the treasurer (and every later reviewer) reads: the queue of lines, and one line before and now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.urls import reverse

from budget_portal.digits import PLUS, group
from budget_portal.templatetags.portal import percent_text
from monitoring.indicators import absorption_rate
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    CheckResult,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
    ReturnMark,
    SubmissionDocument,
)
from monitoring.models.lines import CAPITAL_CELLS, EXPENSE_CELLS
from monitoring.presenters.cells import CELL_LABELS, said
from monitoring.presenters.words import Badge
from monitoring.ratios import as_percent


@dataclass(frozen=True)
class QueueItem:
    """One line in the list beside the open one."""

    key: str
    title: str
    note: str
    flags: list[Badge]
    url: str
    open: bool
    warned: bool


@dataclass(frozen=True)
class Comparison:
    """One row «before, now, change, control»."""

    label: str
    before: str
    now: str
    change: str
    control: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Part:
    """A source, an operation or an activity of the open line."""

    title: str
    values: list[str]
    cells: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Parts:
    caption: str
    columns: list[str]
    rows: list[Part]

    def __post_init__(self) -> None:
        for row in self.rows:
            row.cells.extend(zip(self.columns, row.values, strict=True))


@dataclass
class Line:
    key: str
    title: str
    code: str
    project_code: str
    comparisons: list[Comparison]
    parts: list[Parts]
    hits: list[CheckResult]
    causes: list[str]
    texts: list[tuple[str, str]]
    held: list[str]
    marks: list[ReturnMark]
    project_id: int | None = None
    programme_id: int | None = None
    chapter_id: int | None = None
    writers: list[str] = field(default_factory=list)


@dataclass
class Pack:
    """All lines of a submission, loaded once."""

    submission: PerformanceSubmission
    groups: dict[str, list[Any]] = field(default_factory=dict)
    progress: dict[str, ProjectProgress] = field(default_factory=dict)
    hits: dict[str, list[CheckResult]] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)
    mended: set[str] = field(default_factory=set)

    @property
    def is_capital(self) -> bool:
        return self.submission.kind == "capital"


def load(submission: PerformanceSubmission) -> Pack:
    pack = Pack(submission)
    if pack.is_capital:
        _load_capital(pack)
    else:
        lines = ExpenseFinanceLine.objects.filter(submission=submission).select_related(
            "programme", "expense_chapter", "funding_source", "previous", "updated_by"
        )
        for line in lines.order_by("programme__code", "expense_chapter__code", "funding_source"):
            pack.groups.setdefault(f"line:{line.programme_id}:{line.expense_chapter_id}", []).append(line)
    names = {line.pk: key for key, lines in pack.groups.items() for line in lines}
    for hit in CheckResult.objects.filter(submission=submission):
        pack.hits.setdefault(_key_of(hit, names, pack), []).append(hit)
    for mark in ReturnMark.objects.filter(
        submission=submission, closed_at__isnull=False, revision=submission.revision - 1
    ):
        pack.mended |= {key for key in pack.groups if _covers(mark, key)}
    _count_documents(pack)
    return pack


def _load_capital(pack: Pack) -> None:
    lines = CapitalFinanceLine.objects.filter(submission=pack.submission).select_related(
        "project", "funding_source", "previous", "updated_by"
    )
    for line in lines.order_by("project__plan__code", "project__code", "funding_source"):
        pack.groups.setdefault(f"project:{line.project_id}", []).append(line)
    for row in ProjectProgress.objects.filter(submission=pack.submission).select_related(
        "project", "previous"
    ):
        pack.progress[f"project:{row.project_id}"] = row
        pack.groups.setdefault(f"project:{row.project_id}", [])


def _key_of(hit: CheckResult, names: dict[int, str], pack: Pack) -> str:
    if pack.is_capital:
        return f"project:{hit.project_id}"
    model, _, pk = hit.row.partition(":")
    if model == "expensefinanceline":
        return names.get(int(pk), "")
    return next((key for key in pack.groups if key.startswith(f"line:{hit.programme_id}:")), "")


def _covers(mark: ReturnMark, key: str) -> bool:
    kind, *ids = key.split(":")
    if mark.project_id is None and mark.programme_id is None:
        return True
    if kind == "project":
        return str(mark.project_id) == ids[0]
    same = mark.expense_chapter_id is None or str(mark.expense_chapter_id) == ids[1]
    return str(mark.programme_id) == ids[0] and same


def _count_documents(pack: Pack) -> None:
    rows = SubmissionDocument.objects.filter(submission=pack.submission, removed_at=None)
    name = "project" if pack.is_capital else "programme"
    found = dict(rows.values_list(name).annotate(Count("pk")).order_by())
    for key in pack.groups:
        pack.documents[key] = found.get(int(key.split(":")[1]), 0)


# --- the list ----------------------------------------------------------------------------------------------------


def queue(pack: Pack, opened: str) -> list[QueueItem]:
    return [_item(pack, key, key == opened) for key in pack.groups]


def _item(pack: Pack, key: str, is_open: bool) -> QueueItem:
    hits = pack.hits.get(key, [])
    url = reverse("monitoring:review-detail", args=[pack.submission.pk])
    return QueueItem(
        key=key,
        title=title_of(pack, key),
        note=_note(pack, key),
        flags=_flags(pack, key, hits),
        url=f"{url}?line={key}#line",
        open=is_open,
        warned=bool(hits),
    )


def title_of(pack: Pack, key: str) -> str:
    if key in pack.progress:
        return str(pack.progress[key].project)
    line = pack.groups[key][0]
    return str(line.project) if pack.is_capital else f"{line.programme} – {line.expense_chapter}"


def _note(pack: Pack, key: str) -> str:
    spent = _sum(pack.groups[key], "spent")
    note = f"عملکرد {said(spent)}"
    if key in pack.progress:
        note += f" · فیزیکی {percent_text(pack.progress[key].physical_progress)}"
    return note


def _flags(pack: Pack, key: str, hits: list[CheckResult]) -> list[Badge]:
    flags = []
    if key in pack.mended:
        flags.append(Badge("اصلاح‌شده پس از برگشت", "returned", "arrow-uturn-right"))
    if any(line.held for line in pack.groups[key]) or (key in pack.progress and pack.progress[key].held):
        flags.append(Badge("نگه‌داشته", "neutral", "lock-closed"))
    if hits:
        flags.append(Badge(f"{len(hits)} هشدار", "warn", "exclamation-triangle"))
    if pack.documents[key]:
        flags.append(Badge(f"{pack.documents[key]} سند", "info", "document-text"))
    else:
        flags.append(Badge("سند ندارد", "neutral", "document"))
    return flags


# --- the open line -------------------------------------------------------------------------------------------------


def line(pack: Pack, key: str) -> Line:
    lines = pack.groups[key]
    progress = pack.progress.get(key)
    kind, *ids = key.split(":")
    project = progress.project if progress else lines[0].project if pack.is_capital else None
    return Line(
        key=key,
        title=title_of(pack, key),
        code=project.code if project else lines[0].programme.code,
        project_code=project.code if project else "",
        comparisons=_comparisons(pack, lines, progress),
        parts=_capital_parts(pack, lines, progress) if pack.is_capital else _expense_parts(pack, lines),
        hits=pack.hits.get(key, []),
        causes=_causes(progress),
        texts=_texts(lines, progress),
        held=_held(lines, progress),
        marks=[
            mark
            for mark in ReturnMark.objects.filter(submission=pack.submission)
            .select_related("opened_by", "reason_code")
            .order_by("-pk")
            if _covers(mark, key)
        ],
        project_id=int(ids[0]) if kind == "project" else None,
        programme_id=int(ids[0]) if kind == "line" else None,
        chapter_id=int(ids[1]) if kind == "line" else None,
        writers=sorted({str(row.updated_by) for row in lines if row.updated_by_id}),
    )


def _comparisons(pack: Pack, lines: list[Any], progress: ProjectProgress | None) -> list[Comparison]:
    before = [row.previous for row in lines if row.previous]
    credit, allocated = (
        _total(lines, lambda row: row.credit_in_force),
        _total(lines, lambda row: row.allocated),
    )
    spent = _sum(lines, "spent")
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
    for cell in CAPITAL_CELLS if pack.is_capital else EXPENSE_CELLS:
        if cell == "returned" and not pack.submission.period.is_closing:
            continue
        now = _sum(lines, cell)
        if (
            cell == "received_securities"
            and now is None
            and not any(row.allocated_securities for row in lines)
        ):
            continue
        rows.append(
            _money(
                CELL_LABELS[cell],
                _sum(before, cell),
                now,
                _control(cell, spent, allocated),
                _gap(lines, cell),
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


def _money(label: str, before: int | None, now: int | None, control: str, tone: str = "") -> Comparison:
    return Comparison(label, said(before), said(now), change(before, now), control, tone)


def change(before: int | None, now: int | None) -> str:
    """«+۶٬۲۵۰ (۲۹٪)»; nothing is said where one side is missing."""
    if before is None or now is None:
        return "—"
    if before == now:
        return "بدون تغییر"
    sign = PLUS if now > before else ""
    share = f" ({percent_text(Decimal(abs(now - before) * 100) / before)})" if before else ""
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


def _capital_parts(pack: Pack, lines: list[Any], progress: ProjectProgress | None) -> list[Parts]:
    found = []
    if len(lines) > 1:
        columns = ["اعتبار", "تخصیص", "دریافتی", "عملکرد قبل", "عملکرد"]
        rows = [
            Part(
                str(row.funding_source),
                [
                    said(v)
                    for v in (
                        row.credit_in_force,
                        row.allocated,
                        row.received,
                        row.previous and row.previous.spent,
                        row.spent,
                    )
                ],
            )
            for row in lines
        ]
        found.append(Parts("منابع اعتبار (میلیون ریال)", columns, rows))
    if progress:
        found.append(_operations(progress))
    return found


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
        )
        for part in parts
    ]
    return Parts("مقدار عملیات", ["هدف", "مقطع قبل", "این مقطع", "وزن"], rows)


def _expense_parts(pack: Pack, lines: list[Any]) -> list[Parts]:
    found = []
    if len(lines) > 1:
        columns = ["اعتبار", "تخصیص", "دریافتی", "عملکرد قبل", "عملکرد"]
        rows = [
            Part(
                str(r.funding_source),
                [
                    said(v)
                    for v in (
                        r.credit_in_force,
                        r.allocated,
                        r.received,
                        r.previous and r.previous.spent,
                        r.spent,
                    )
                ],
            )
            for r in lines
        ]
        found.append(Parts("منابع اعتبار (میلیون ریال)", columns, rows))
    activities = ActivityPerformance.objects.filter(
        submission=pack.submission, activity__programme=lines[0].programme_id
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
        )
        for row in activities
    ]
    if rows:
        found.append(
            Parts("فعالیت‌های برنامه", ["هدف سال", "حجم قبل", "حجم", "هزینه (میلیون ریال)", "توضیح"], rows)
        )
    return found


def _causes(progress: ProjectProgress | None) -> list[str]:
    if progress is None:
        return []
    rows = progress.delay_causes.select_related("cause")
    return [f"{row.cause} {percent_text(row.share)}{f' ({row.text})' if row.text else ''}" for row in rows]


def _texts(lines: list[Any], progress: ProjectProgress | None) -> list[tuple[str, str]]:
    found = [("علت کاهش رقم", row.reason) for row in lines if row.reason]
    if progress:
        names = ("obstacles", "remedy", "next_activity")
        found += [(CELL_LABELS[name], getattr(progress, name)) for name in names if getattr(progress, name)]
        if progress.reason:
            found.append(("علت کاهش پیشرفت", progress.reason))
    return found


def _held(lines: list[Any], progress: ProjectProgress | None) -> list[str]:
    found = []
    for row in lines:
        if row.held:
            raw = "، ".join(
                f"{CELL_LABELS[c]} {said(v)}" for c, v in row.held_raw.items() if c in CELL_LABELS
            )
            found.append(
                f"«{row.funding_source}» نگه داشته شده است (قاعدهٔ {'، '.join(row.held_rules)}): {raw}"
            )
    if progress and progress.held:
        found.append(f"پیشرفت فیزیکی نگه داشته شده است (قاعدهٔ {'، '.join(progress.held_rules)})")
    return found


def _sum(rows: list[Any], cell: str) -> int | None:
    known = [value for row in rows if (value := getattr(row, cell)) is not None]
    return sum(known) if known else None


def _total(rows: list[Any], value: Callable[[Any], int]) -> int | None:
    return sum(value(row) for row in rows) if rows else None


def _plain(value: Decimal | None) -> str:
    return "—" if value is None else group(value.normalize() if value % 1 else value.quantize(Decimal(1)))
