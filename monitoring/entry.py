"""Typing figures: one cell at a time, never lost, never silently overwritten (decision 16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Model

from accounts.decisions import require
from accounts.models import User
from budget_portal import audit, jalali
from budget_portal.errors import RuleBroken, StaleVersion, WrongState
from budget_portal.moves import verb
from budget_portal.text import MOST_TYPED, normalise, too_long
from monitoring import checking, kept_hits, permissions, rule_inputs
from monitoring.cells import CELLS, FIGURES, NONE, NOT_APPLICABLE, SIGNED, STATUS, TEXT, read
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    CheckResult,
    DelayCause,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectDelayCause,
    ProjectProgress,
    SubmissionAuthor,
)

ROWS: dict[str, type[Model]] = {
    "capital": CapitalFinanceLine,
    "expense": ExpenseFinanceLine,
    "operation": OperationProgress,
    "project": ProjectProgress,
    "activity": ActivityPerformance,
}
LOADED: dict[str, tuple[str, ...]] = {
    "capital": ("previous", "funding_source"),
    "expense": (),
    "operation": ("operation",),
    "project": (),
    "activity": ("activity",),
}
HELD = "این ردیف نگه داشته شده است. برای تغییر رقم، نخست آن را آزاد کنید."
NOT_HELD = "این ردیف نگه داشته نشده است."
YOURSELF = "خود شما در صفحه یا پنجره‌ای دیگر"
OVERWRITTEN = "این خانه را {who} در همین میان تغییر داده است. کدام مقدار بماند؟"


@dataclass(frozen=True)
class Saved:
    """What a saved cell changed: the row, what could not be read, and (asked anew) the hits around it."""

    row: Any
    submission: PerformanceSubmission
    problem: str | None
    around: checking.Around | checking.AroundProgramme | None = None  # project or programme as it was judged

    @property
    def hits(self) -> list[CheckResult]:
        return hits_of(self.row, self.submission)


@verb
def save_cell(
    kind: str, pk: int, cell: str, text: str, *, version: int | None, by: User, seen: str | None = None
) -> Saved:
    """Save one cell as typed. What cannot be read is kept as raw text and flagged, not refused.

    `version` is the one that the person saw; None writes without asking (imports of one's own file). With
    `seen`, the text that stood in the cell, a newer version matters only if this very cell changed.
    """
    row = _row_to_write(kind, pk, by)
    submission = submission_of(row)
    refuse_held(row)
    if version is not None and version != row.version and seen != cell_text(row, cell):
        raise StaleVersion(overwritten(row, by), mine=text, theirs=shown_value(row, cell))
    problem = put(kind, row, {cell: text}, by)[cell]
    sign(submission, by)
    if isinstance(row, OperationProgress):
        recompute_progress(row.progress)
    if isinstance(row, CapitalFinanceLine):
        return Saved(row, submission, problem, checking.recheck_line(row, submission, cell))
    return Saved(row, submission, problem, _recheck(row, submission))


def put(kind: str, row: Any, texts: Mapping[str, str], by: User) -> dict[str, str | None]:
    """Write texts into cells of one row, for a cell that is typed and for a sheet; what could not be read is told."""
    if any(len(text) > MOST_TYPED for text in texts.values()):
        raise RuleBroken(too_long())
    problems = {cell: _put(row, cell, CELLS[kind][cell], text) for cell, text in texts.items()}
    row.version += 1
    row.updated_by = by
    row.save(update_fields=[*texts, "raw", "not_applicable", "copied", "version", "updated_at", "updated_by"])
    return problems


def overwritten(row: Any, by: User) -> str:
    """Who changed a cell since the page was made."""
    who = YOURSELF if row.updated_by == by else row.updated_by or "شخص دیگری"
    return OVERWRITTEN.format(who=who)


@verb
def save_delay_causes(
    progress_id: int, shares: dict[DelayCause, tuple[Any, str]], *, by: User
) -> ProjectProgress:
    """Replace the causes of a project's delay: cause -> (share in percent, text)."""
    row = _row_to_write("project", progress_id, by)
    submission = submission_of(row)
    replace_causes(row, {cause.pk: value for cause, value in shares.items()})
    sign(submission, by)
    _recheck(row, submission)
    return row


def replace_causes(row: ProjectProgress, shares: Mapping[int, tuple[Any, str]]) -> None:
    """The causes of one project: cause -> (share, text), in place of what was there."""
    kept = [
        ProjectDelayCause(progress=row, cause_id=cause, share=share, text=normalise(text))
        for cause, (share, text) in shares.items()
        if share
    ]
    row.delay_causes.all().delete()
    ProjectDelayCause.objects.bulk_create(kept)


def causes_differ(progress_id: int, shares: dict[DelayCause, tuple[Any, str]], *, by: User) -> bool:
    """Whether these causes are other ones than those that are stored."""
    row = ProjectProgress.objects.for_user(by).get(pk=progress_id)
    stored = {cause.cause: (cause.share, cause.text) for cause in row.delay_causes.select_related("cause")}
    return stored != {cause: value for cause, value in shares.items() if value[0]}


@verb
def hold(kind: str, pk: int, *, by: User) -> Any:
    """Hold a blocked line: its figures leave the cells, stay as raw and travel as missing (decision 16)."""
    row = _row_to_write(kind, pk, by)
    submission = submission_of(row)
    checking.recheck(submission, **part_of(row))
    names = [kept_hits.row_name(row)]
    if isinstance(row, ProjectProgress):
        names += [kept_hits.row_name(part) for part in row.operations.all()]
    blocks = CheckResult.objects.filter(submission=submission, row__in=names, severity="block")
    codes = [] if isinstance(row, ActivityPerformance) else sorted(set(blocks.values_list("rule", flat=True)))
    if not codes:
        raise RuleBroken("تنها ردیفی نگه داشته می‌شود که کنترلی جلوی ارسال آن را گرفته باشد.")
    _set_held(row, kind, codes)
    _finish_hold(row, submission, "line.held", by, codes)
    return row


@verb
def release(kind: str, pk: int, *, by: User) -> Any:
    """Put the figures of a held line back into its cells."""
    row = _row_to_write(kind, pk, by)
    submission = submission_of(row)
    if not row.held:
        raise WrongState(NOT_HELD)
    codes = row.held_rules
    for cell, value in row.held_raw.items():
        if cell.startswith("operation:"):
            row.operations.filter(pk=int(cell.split(":")[1])).update(quantity_done=value)
        elif cell != "raw":
            setattr(row, cell, value)
    row.raw = row.held_raw.get("raw", {})
    row.held, row.held_raw, row.held_rules = False, {}, []
    _finish_hold(row, submission, "line.released", by, codes)
    return row


def recompute_progress(progress: ProjectProgress) -> None:
    """Physical progress is computed from the quantities, never typed (decision 17)."""
    parts = progress.operations.select_related("operation")
    value = rule_inputs.computed_progress(
        (part.operation, part.quantity_done) for part in parts if rule_inputs.counts(part, progress)
    )
    if value != progress.physical_progress:
        progress.physical_progress = value
        progress.save(update_fields=["physical_progress"])


def submission_of(row: Any) -> PerformanceSubmission:
    submission: PerformanceSubmission = (
        row.progress.submission if isinstance(row, OperationProgress) else row.submission
    )
    return submission


def shown_value(row: Any, cell: str) -> Any:
    """What stands in a cell: the figure, or the raw text that could not be read."""
    return row.raw.get(cell, getattr(row, cell))


def cell_text(row: Any, cell: str) -> str:
    """What the input of a cell holds: ASCII digits, «—» for «not applicable», raw text as it was typed."""
    if cell in row.raw:
        return str(row.raw[cell])
    if cell in row.not_applicable:
        return NONE
    value = getattr(row, cell)
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return jalali.format_iso(value)
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def hits_of(row: Any, submission: PerformanceSubmission) -> list[CheckResult]:
    return list(CheckResult.objects.filter(submission=submission, **part_of(row)))


def _row_to_write(kind: str, pk: int, by: User) -> Any:
    """The row with its submission, if this person may write it now. Both are locked, parent before child."""
    row = _locking(kind).for_user(by).get(pk=pk)
    submission = submission_of(row)
    if by.acting and by.acting.agency and by.acting.agency_id == submission.agency_id:
        submission.agency = by.acting.agency  # it is known since the request began
    chapter = row.expense_chapter_id if isinstance(row, ExpenseFinanceLine) else None
    require(permissions.can_edit(by, submission, **part_of(row), chapter=chapter))
    return row


@cache
def _locking(kind: str) -> Any:
    """The query of rows to write, which every saved cell asks: put together once, as long as it is."""
    model: Any = ROWS[kind]
    parent = "progress__submission" if kind == "operation" else "submission"
    rows = model.objects.select_related(*LOADED[kind], f"{parent}__period__fiscal_year")
    if kind == "capital":
        rows = checking.with_agreed(rows, submission=parent)
    return rows.select_for_update(of=(parent, "self")).order_by()


def refuse_held(row: Any) -> None:
    """Figures of a held line are kept aside; typing over them would lose them."""
    parent = row.progress if isinstance(row, OperationProgress) else row
    is_aside = not isinstance(row, ProjectProgress | ActivityPerformance)
    if is_aside and parent.held:
        raise WrongState(HELD)


def part_of(row: Any) -> dict[str, int]:
    """The project or programme that a row belongs to."""
    if isinstance(row, OperationProgress):
        return {"project": row.progress.project_id}
    if isinstance(row, ActivityPerformance):
        return {"programme": row.activity.programme_id}
    if isinstance(row, ExpenseFinanceLine):
        return {"programme": row.programme_id}
    return {"project": row.project_id}


def _recheck(
    row: Any, submission: PerformanceSubmission
) -> checking.Around | checking.AroundProgramme | None:
    return checking.recheck(submission, **part_of(row))


def sign(submission: PerformanceSubmission, by: User) -> None:
    """Whoever writes is an author of the next revision, from the first figure on."""
    author = SubmissionAuthor(submission=submission, revision=submission.revision + 1, person=by)
    SubmissionAuthor.objects.bulk_create([author], ignore_conflicts=True)


def _put(row: Any, cell: str, sort: str, text: str) -> str | None:
    """Write the text into the cell as value, «not applicable» or unreadable raw; returns the problem."""
    row.raw.pop(cell, None)
    row.not_applicable = [name for name in row.not_applicable if name != cell]
    row.copied = [name for name in row.copied if name != cell]  # whoever types it answers for it
    if sort in FIGURES and text.strip() in NOT_APPLICABLE:
        row.not_applicable.append(cell)
        setattr(row, cell, None)
        return None
    value, problem = read(sort, text)
    longest = row._meta.get_field(cell).max_length
    if sort == TEXT and longest and len(value) > longest:
        value, problem = "", too_long(longest)
    if problem:
        row.raw[cell] = text
        value = "" if sort in {TEXT, STATUS} else None
    setattr(row, cell, value)
    return problem


def _set_held(row: Any, kind: str, codes: list[str]) -> None:
    cells = [name for name, sort in CELLS[kind].items() if sort == SIGNED] if kind != "project" else []
    raw: dict[str, Any] = {cell: getattr(row, cell) for cell in cells if getattr(row, cell) is not None}
    if kind == "project":
        for part in row.operations.all():
            if part.quantity_done is not None:
                raw[f"operation:{part.pk}"] = str(part.quantity_done)
        row.operations.update(quantity_done=None)
    if row.raw:
        raw["raw"] = row.raw
    for cell in cells:
        setattr(row, cell, None)
    if kind == "project":
        row.physical_progress = None
    row.raw, row.held, row.held_raw, row.held_rules = {}, True, raw, codes


def _finish_hold(row: Any, submission: PerformanceSubmission, event: str, by: User, codes: list[str]) -> None:
    row.version += 1
    row.updated_by = by
    row.save()
    if isinstance(row, ProjectProgress) and not row.held:
        recompute_progress(row)
    sign(submission, by)
    checking.recheck(submission, **part_of(row))
    audit.record(event, submission, by=by, after={"row": kept_hits.row_name(row), "rules": codes})
