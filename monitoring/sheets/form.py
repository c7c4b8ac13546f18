"""The lines of one submission as a sheet meets them: their codes, what stands in every cell, and what is locked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from django.db import transaction

from accounts.models import Agency, User
from agreements.models import ReportingPeriod
from agreements.models.projects import STATUSES
from budget_portal.text import fold
from monitoring import entry, opening, permissions, rule_inputs
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    DelayCause,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)
from monitoring.rulebook import in_force
from monitoring.rules.book import RuleBook
from monitoring.sheets import causes
from monitoring.sheets.block import code
from monitoring.sheets.columns import BY_KIND, Table, tables_of

OTHER_VERSION = "این ردیف در موافقتنامهٔ معتبر نیست؛ رقم آن در جدول اصلاح می‌شود."


@dataclass
class Line:
    """One line: `keys` are its codes in the order of the table's key columns, `titles` the words beside them."""

    kind: str
    pk: int
    title: str
    keys: tuple[str, ...]
    titles: tuple[str, ...]
    texts: dict[str, str]
    shown: dict[str, Any] = field(default_factory=dict)
    last: dict[str, int | None] = field(default_factory=dict)
    ceiling: int | None = None
    locked: str = ""
    row: Any = None  # of a money line: what its rules are asked about

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.pk}"


class Form:
    """All lines of a submission, found by their codes."""

    def __init__(self, submission: PerformanceSubmission, lines: Iterable[Line], locked: str = "") -> None:
        self.submission, self.locked = submission, locked
        self.tables = tables_of(submission.kind, is_closing=submission.period.is_closing)
        self.lines: dict[str, list[Line]] = {table.kind: [] for table in self.tables}
        for line in lines:
            if line.kind in self.lines:
                self.lines[line.kind].append(line)
        self.causes = {cause.pk: cause for cause in DelayCause.objects.all()}
        self._spelt = {kind: _spelt(lines_) for kind, lines_ in self.lines.items()}

    @cached_property
    def book(self) -> RuleBook:
        """The rules that hold for the submission."""
        return in_force.book_of(self.submission)

    @property
    def spelt(self) -> frozenset[str]:
        """Every code and title of a line, folded."""
        return frozenset(text for spelt in self._spelt.values() for _, text in spelt)

    def codes(self, table: Table, key: str) -> list[str]:
        """What a column of this part of the key may hold, folded."""
        place = [column.name for column in table.keys].index(key)
        return [code(line.keys[place]) for line in self.lines[table.kind]]

    def find(self, table: Table, given: Mapping[str, str]) -> list[Line]:
        """The lines that these codes name; a part that the sheet has not narrows nothing. Words serve for codes
        where no code is like them (a source is often written by its name)."""
        found: set[int] | None = None
        spelt = self._spelt[table.kind]
        for place, column in enumerate(table.keys):
            if text := given.get(column.name, ""):
                named = spelt.get((place, code(text))) or spelt.get((place, fold(text))) or set()
                found = set(named) if found is None else found & named
        lines = self.lines[table.kind]
        return [lines[index] for index in sorted(found or ())]

    def by_title(self, table: Table, title: str) -> list[Line]:
        """Lines of this very title, for sheets without codes."""
        wanted = fold(title)
        return [line for line in self.lines[table.kind] if wanted and fold(line.titles[0]) == wanted]

    def after(self, start: str) -> list[Line]:
        """The lines of the grid from one on, as they stand on the page."""
        kind, _, rest = start.partition(":")
        name = f"{kind}:{rest.partition(':')[0]}"
        lines = self.lines.get(kind, [])
        names = [line.name for line in lines]
        return lines[names.index(name) :] if name in names else []


def _spelt(lines: list[Line]) -> dict[tuple[int, str], set[int]]:
    """(part of the key, code or word) -> places of the lines. Codes that differ by zeros alone are told apart."""
    found: dict[tuple[int, str], set[int]] = {}
    for index, line in enumerate(lines):
        for place, (key, title) in enumerate(zip(line.keys, line.titles, strict=True)):
            for spelling in {code(key), fold(key), fold(title)} - {""}:
                found.setdefault((place, spelling), set()).add(index)
    return found


def of_person(agency: Agency, period: ReportingPeriod, kind: str, user: User) -> Form:
    """The form of an agency; of one that has not begun, as it would be opened, and nothing stays of it."""
    rows = PerformanceSubmission.objects.for_user(user).filter(agency=agency, period=period, kind=kind)
    submission = rows.select_related("agency", "period__fiscal_year").first()
    if submission is not None:
        return of(submission, user)
    with transaction.atomic():
        found = of(opening.open_submission(agency, period, kind, by=user), user)
        transaction.set_rollback(True)
    return found


def of(submission: PerformanceSubmission, user: User) -> Form:
    may = permissions.can_fill(user, submission)
    locked = "" if may else getattr(may, "reason", "")
    opened = permissions.open_lines(submission)

    def lock(row: Any, *place: int | None) -> str:
        if locked:
            return locked
        if not opened(*place):
            return permissions.NOT_RETURNED
        return entry.HELD if getattr(row, "held", False) else ""

    make = _capital if submission.kind == "capital" else _expense
    return Form(submission, make(submission, lock), locked)


Lock = Callable[..., str]


def _texts(kind: str, row: Any) -> dict[str, str]:
    cells = [column.name for column in BY_KIND[kind].cells if column.name != causes.CELL]
    return {name: entry.cell_text(row, name) for name in cells}


def _money(kind: str, row: Any, **more: Any) -> dict[str, Any]:
    """What every money line has: last figures, the ceiling, and the copied columns of the template."""
    cells = [column.name for column in BY_KIND[kind].cells if column.name != "reason"]
    last = {name: getattr(row.previous, name) if row.previous else None for name in cells}
    return {
        "texts": _texts(kind, row),
        "last": last,
        "ceiling": row.allocated or row.credit_in_force or None,
        "row": row,
        "shown": {
            "approved": row.approved_credit,
            "credit": row.credit_in_force,
            "allocated": row.allocated,
            "last_spent": last["spent"],
            "source_title": row.funding_source.title,
            **more,
        },
    }


def _capital(submission: PerformanceSubmission, lock: Lock) -> list[Line]:
    rows = CapitalFinanceLine.objects.filter(submission=submission)
    rows = rows.select_related("project", "funding_source", "previous")
    found = [
        Line(
            "capital",
            row.pk,
            row.project.title,
            (row.project.code, row.funding_source.code),
            (row.project.title, row.funding_source.title),
            locked=lock(row, row.project_id, None),
            **_money("capital", row, title=row.project.title),
        )
        for row in rows.order_by("project__plan__code", "project__code", "funding_source__code")
    ]
    return [*found, *_physical(submission, lock)]


def _physical(submission: PerformanceSubmission, lock: Lock) -> list[Line]:
    rows = ProjectProgress.objects.filter(submission=submission).select_related("project", "previous")
    rows = rows.prefetch_related("delay_causes__cause").order_by("project__plan__code", "project__code")
    projects = {row.pk: row for row in rows}
    earlier = {
        (part.progress_id, part.operation.key): part.quantity_done
        for part in OperationProgress.objects.filter(
            progress__in=[row.previous_id for row in projects.values() if row.previous_id]
        ).select_related("operation")
    }
    parts = OperationProgress.objects.filter(progress__submission=submission).select_related("operation")
    by_project: dict[int, list[OperationProgress]] = {}
    for part in parts.order_by("operation__position", "operation__key"):
        by_project.setdefault(part.progress_id, []).append(part)
    found = []
    for row in projects.values():
        locked = lock(row, row.project_id, None)
        last = partial(_last_quantity, earlier, row)
        found += [_operation(row, part, last, locked) for part in by_project.get(row.pk, [])]
    # A held project keeps its quantities aside, its status and texts are written on.
    return found + [_project(row, lock(None, row.project_id, None)) for row in projects.values()]


def _last_quantity(earlier: dict[tuple[int, int], Any], row: ProjectProgress, key: int) -> Any:
    return earlier.get((row.previous_id, key)) if row.previous_id else None


def _operation(
    row: ProjectProgress, part: OperationProgress, last: Callable[[int], Any], locked: str
) -> Line:
    operation, project = part.operation, row.project
    return Line(
        "operation",
        part.pk,
        f"{project.title} – {operation.title}",
        (project.code, str(operation.key)),
        (project.title, operation.title),
        _texts("operation", part),
        {
            "title": project.title,
            "operation_title": operation.title,
            "unit": operation.unit,
            "target": operation.target_quantity,
            "weight": operation.weight,
            "last": last(operation.key),
        },
        locked=locked or ("" if rule_inputs.counts(part, row) else OTHER_VERSION),
    )


def _project(row: ProjectProgress, locked: str) -> Line:
    texts = _texts("project", row)
    texts["status"] = STATUSES.get(texts["status"], texts["status"])
    texts[causes.CELL] = causes.written(row.delay_causes.all())
    amounts = ("last_statement_amount", "contractor_debts")
    return Line(
        "project",
        row.pk,
        row.project.title,
        (row.project.code,),
        (row.project.title,),
        texts,
        {
            "title": row.project.title,
            "planned": row.planned_progress,
            "last_progress": row.previous.physical_progress if row.previous else None,
        },
        {name: getattr(row.previous, name) if row.previous else None for name in amounts},
        locked=locked,
    )


def _expense(submission: PerformanceSubmission, lock: Lock) -> list[Line]:
    rows = ExpenseFinanceLine.objects.filter(submission=submission)
    rows = rows.select_related("programme", "expense_chapter", "funding_source", "previous")
    found = [
        Line(
            "expense",
            row.pk,
            f"{row.programme.title} – {row.expense_chapter.title} – {row.funding_source.title}",
            (row.programme.code, row.expense_chapter.code, row.funding_source.code),
            (row.programme.title, row.expense_chapter.title, row.funding_source.title),
            locked=lock(row, None, row.programme_id, row.expense_chapter_id),
            **_money("expense", row, title=row.programme.title, chapter_title=row.expense_chapter.title),
        )
        for row in rows.order_by("programme__code", "expense_chapter__code", "funding_source__code")
    ]
    activities = ActivityPerformance.objects.filter(submission=submission)
    activities = activities.select_related("activity__programme", "previous")
    return found + [
        _activity(row, lock) for row in activities.order_by("activity__position", "activity__key")
    ]


def _activity(row: ActivityPerformance, lock: Lock) -> Line:
    activity, last = row.activity, row.previous
    return Line(
        "activity",
        row.pk,
        activity.title,
        (activity.programme.code, str(activity.key)),
        (activity.programme.title, activity.title),
        _texts("activity", row),
        {
            "title": activity.title,
            "unit": activity.unit,
            "target": activity.target_volume,
            "unit_cost": activity.unit_cost,
            "last": last.volume_done if last else None,
        },
        {"cost": last.cost if last else None},
        activity.credit or None,
        lock(None, None, activity.programme_id),
    )


__all__ = ["Form", "Line", "of", "of_person"]
