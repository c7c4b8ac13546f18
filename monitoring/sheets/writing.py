"""Many cells of one submission in one transaction: the columns, locks, versions, authors, rules and log of
`entry.save_cell`, with the rules asked once at the end; and taking such a block back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts.decisions import require
from accounts.models import User
from agreements.models.projects import STATUSES
from budget_portal.errors import RuleBroken, StaleVersion, WrongState
from budget_portal.moves import verb
from monitoring import checking, entry, permissions
from monitoring.models import DelayCause, OperationProgress, PerformanceSubmission, ProjectProgress
from monitoring.presenters.cells import CELL_LABELS
from monitoring.sheets import causes

ORDER = (
    "operation",
    "project",
    "capital",
    "expense",
    "activity",
)  # progress is computed before a status is judged
LOADED = {
    "capital": ("project", "funding_source"),
    "expense": ("programme", "expense_chapter", "funding_source"),
    "operation": ("operation", "progress__project"),
    "project": ("project",),
    "activity": ("activity",),
}
BY_LABEL = {label: key for key, label in STATUSES.items()}
GONE = "ردیفی که نوشته می‌شد دیگر در فرم نیست."
CONFLICTS = "{count} خانه در همین میان تغییر کرده است؛ هر دو مقدار را ببینید و دوباره ثبت کنید."
NOT_COMPLETE = "«{project}»: وضعیت «خاتمه‌یافته» پیشرفت ۱۰۰ درصد می‌خواهد."


Tick = Callable[[int, int], None]


def no_tick(done: int, total: int) -> None:
    """Nobody asks how far it is."""


@dataclass(frozen=True)
class Change:
    """One cell to write; `seen` is the text that the page showed in it, None asks nothing."""

    kind: str
    pk: int
    cell: str
    text: str
    seen: str | None = None

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.pk}:{self.cell}"


class Conflicts(StaleVersion):
    """Cells that somebody changed since the page was made; nothing was written."""

    def __init__(self, found: dict[str, tuple[str, str]]) -> None:
        super().__init__(CONFLICTS.format(count=len(found)), mine=None, theirs=None)
        self.found = found  # name of the cell -> what stands there now, who wrote it


@dataclass
class Written:
    """What a block changed: [kind, pk, cell, before, after], for taking it back."""

    cells: list[list[Any]] = field(default_factory=list)
    rows: int = 0


@verb
def write(submission_id: int, changes: Sequence[Change], *, by: User, tick: Tick = no_tick) -> Written:
    """Write all of it or nothing. Cells that hold the text already are left alone."""
    submission: PerformanceSubmission = (
        PerformanceSubmission.objects.for_user(by)
        .select_related("agency__organization", "period__fiscal_year")
        .locked(submission_id)
    )
    require(permissions.can_fill(by, submission))
    by_row: dict[tuple[str, int], list[Change]] = {}
    for change in sorted(changes, key=lambda change: ORDER.index(change.kind)):
        by_row.setdefault((change.kind, change.pk), []).append(change)
    rows = _locked_rows(submission, by_row)
    _refuse_closed(submission, rows.values())
    _refuse_conflicts(rows, by_row, by)
    written, moved = Written(), set()
    for place, ((kind, pk), own) in enumerate(by_row.items()):
        row = rows[kind, pk]
        tick(place, len(by_row))
        if isinstance(row, ProjectProgress) and pk in moved:
            _recompute(row)
            moved.discard(pk)
        done = _write_row(kind, row, own, by)
        if done and isinstance(row, OperationProgress):
            moved.add(row.progress_id)
        written.cells += [[kind, pk, *cell] for cell in done]
        written.rows += bool(done)
    for progress in ProjectProgress.objects.filter(pk__in=moved).select_related("project"):
        _recompute(progress)
    if written.cells:
        entry.sign(submission, by)
        checking.recheck(submission)
    return written


@verb
def take_back(submission_id: int, cells: Iterable[Sequence[Any]], *, by: User) -> tuple[Written, list[str]]:
    """Put back what stood before a block was written; a cell that changed since is left and named."""
    found = [tuple(cell) for cell in cells]
    submission: PerformanceSubmission = PerformanceSubmission.objects.for_user(by).locked(submission_id)
    require(permissions.can_fill(by, submission))
    rows = _locked_rows(submission, {(kind, pk): [] for kind, pk, *_ in found}, missing_ok=True)
    changes, left = [], []
    for kind, pk, cell, before, after in found:
        row = rows.get((kind, pk))
        if row is None:
            left.append(GONE)
        elif text_of(row, cell) != after or getattr(row, "held", False):
            left.append(f"{title_of(row)}، {label_of(cell)}")
        else:
            changes.append(Change(kind, pk, cell, before, after))
    return write(submission_id, changes, by=by), left


def _locked_rows(
    submission: PerformanceSubmission, wanted: Iterable[tuple[str, int]], *, missing_ok: bool = False
) -> dict[tuple[str, int], Any]:
    """The rows by kind and key, locked in the order of their keys; all of this submission."""
    by_kind: dict[str, set[int]] = {}
    for kind, pk in wanted:
        by_kind.setdefault(kind, set()).add(pk)
    found: dict[tuple[str, int], Any] = {}
    for kind in sorted(by_kind):
        model: Any = entry.ROWS[kind]
        parent = "progress__submission" if kind == "operation" else "submission"
        rows = model.objects.filter(**{parent: submission.pk, "pk__in": by_kind[kind]})
        rows = rows.select_related(*LOADED[kind], "updated_by").select_for_update(of=("self",))
        if kind == "project":
            rows = rows.prefetch_related("delay_causes__cause")
        for row in rows.order_by("pk"):
            if kind != "operation":
                row.submission = submission
            found[kind, row.pk] = row
        if len([1 for name, _ in found if name == kind]) < len(by_kind[kind]) and not missing_ok:
            raise WrongState(GONE)
    return found


def _refuse_closed(submission: PerformanceSubmission, rows: Iterable[Any]) -> None:
    opened = permissions.open_lines(submission)
    for row in rows:
        if not opened(*_place(row)):
            raise WrongState(f"{title_of(row)}: {permissions.NOT_RETURNED}")
        entry.refuse_held(row)


def _place(row: Any) -> tuple[int | None, int | None, int | None]:
    if isinstance(row, OperationProgress):
        return row.progress.project_id, None, None
    programme = row.activity.programme_id if hasattr(row, "activity") else getattr(row, "programme_id", None)
    return getattr(row, "project_id", None), programme, getattr(row, "expense_chapter_id", None)


def _refuse_conflicts(
    rows: dict[tuple[str, int], Any], by_row: dict[tuple[str, int], list[Change]], by: User
) -> None:
    found = {}
    for key, own in by_row.items():
        row = rows[key]
        for change in own:
            now = text_of(row, change.cell)
            if change.seen is not None and now not in (change.seen, change.text):
                found[change.name] = (now, entry.overwritten(row, by))
    if found:
        raise Conflicts(found)


def _write_row(kind: str, row: Any, own: list[Change], by: User) -> list[tuple[str, str, str]]:
    """(cell, before, after) of what was written into one row."""
    done = [(change.cell, text_of(row, change.cell), change.text) for change in own]
    done = [one for one in done if one[1] != one[2]]
    texts = {cell: BY_LABEL.get(after, after) if cell == "status" else after for cell, _, after in done}
    shares = texts.pop(causes.CELL, None)
    if shares is not None:
        found, problem = causes.read(shares, {cause.pk: cause for cause in DelayCause.objects.all()})
        if problem:
            raise RuleBroken(f"{title_of(row)}: {problem}")
        entry.replace_causes(row, found)
    is_early = row.physical_progress not in (None, Decimal(100)) if kind == "project" else False
    if texts.get("status") == "completed" and is_early:
        raise RuleBroken(NOT_COMPLETE.format(project=row.project))
    if texts:
        entry.put(kind, row, texts, by)
    # What was stored may be written otherwise than it was given (a text is tidied): the undo compares with that.
    return [
        (cell, before, after if cell == causes.CELL else text_of(row, cell)) for cell, before, after in done
    ]


def _recompute(row: ProjectProgress) -> None:
    """Progress from the quantities; the database refuses a finished project that is not wholly done."""
    try:
        with transaction.atomic():
            entry.recompute_progress(row)
    except IntegrityError as refused:
        raise RuleBroken(NOT_COMPLETE.format(project=row.project)) from refused


def text_of(row: Any, cell: str) -> str:
    """What stands in a cell, in the words of a sheet."""
    if cell == causes.CELL:
        return causes.written(row.delay_causes.all())
    text = entry.cell_text(row, cell)
    return str(STATUSES.get(text, text)) if cell == "status" else text


def title_of(row: Any) -> str:
    if isinstance(row, OperationProgress):
        return f"{row.progress.project} – {row.operation}"
    return str(getattr(row, "project", None) or getattr(row, "activity", None) or row)


def label_of(cell: str) -> str:
    return CELL_LABELS.get(cell, "علل تأخیر")
