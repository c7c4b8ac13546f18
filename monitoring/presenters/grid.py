"""What the entry pages of both kinds share: marks, filters, pages, the head of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Sum

from accounts.decisions import Decision
from accounts.models import User
from agreements.models import NotificationLine
from monitoring import permissions
from monitoring.models import (
    CheckResult,
    PerformanceSubmission,
    ReturnMark,
    SubmissionDocument,
    SubmissionRemark,
)
from monitoring.presenters.cells import Message
from monitoring.presenters.overview import Overview, RowState
from monitoring.presenters.words import Badge

PAGE_FROM, PAGE_SIZE = 60, 50
FILTERS = (
    ("", "همه"),
    ("fix", "نیاز به اصلاح"),
    ("missing", "ثبت‌نشده"),
    ("held", "نگه‌داشته"),
    ("returned", "برگشتی"),
    ("noted", "یادداشت‌دار"),
    ("copied", "کپی تأییدنشده"),
)


@dataclass(frozen=True)
class Mark:
    """A return mark as its row shows it."""

    stage: str
    reason: str
    due: Any
    code: str = ""


@dataclass
class Grid:
    """One page of rows, with what stands around them."""

    submission: PerformanceSubmission
    overview: Overview
    rows: list[Any]
    may_write: Decision
    counts: dict[str, int] = field(default_factory=dict)
    errors: list[Any] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    marks: list[ReturnMark] = field(default_factory=list)
    sections: list[Any] = field(default_factory=list)
    causes: list[Any] = field(default_factory=list)
    statuses: list[tuple[str, str]] = field(default_factory=list)
    may_copy: bool = False  # there is a last cut-off to bring figures from
    copies: int = 0  # cells brought from the last cut-off that wait to be confirmed


class Notes:
    """Open remarks of a submission by cell and by line, for marks in the grid and the filter «noted»."""

    def __init__(self, user: User, submission: PerformanceSubmission) -> None:
        rows = SubmissionRemark.objects.for_user(user).open().filter(submission=submission).order_by()
        self._rows = list(rows.values_list("cell", "project_id", "programme_id", "expense_chapter_id"))

    def cell(self, field: str) -> int:
        return sum(cell == field for cell, *_ in self._rows)

    def project(self, pk: int) -> int:
        return sum(project == pk for _, project, _, _ in self._rows)

    def expense(self, kind: str, pk: int, programme: int, chapter: int | None = None) -> int:
        """Of its own cells, and of the line as a whole; what is said of a programme stands at its lines."""
        return sum(
            cell.startswith(f"{kind}:{pk}:")
            or (not cell and kind == "expense" and of == programme and narrow in {None, chapter})
            for cell, _, of, narrow in self._rows
        )


@dataclass(frozen=True)
class Problem:
    """One line of the summary on top."""

    message: str
    url: str
    row: str


class Access:
    """Which lines this person may write now, decided once for the page."""

    def __init__(
        self, user: User, submission: PerformanceSubmission, *, known: Decision | None = None
    ) -> None:
        self.submission = submission
        self.may_write = permissions.can_fill(user, submission) if known is None else known
        returned = submission.is_editable and submission.state != "draft"
        self.marks = permissions.open_marks(submission) if returned else []

    def __call__(
        self, project: int | None = None, programme: int | None = None, chapter: int | None = None
    ) -> bool:
        if not self.may_write:
            return False
        return self.submission.state == "draft" or any(
            permissions.covers(mark, project, programme, chapter) for mark in self.marks
        )

    def why(
        self, project: int | None = None, programme: int | None = None, chapter: int | None = None
    ) -> str:
        """Why a line is locked and who can open it; nothing where it is open."""
        if not self.may_write:
            return self.may_write.reason
        return "" if self(project, programme, chapter) else permissions.NOT_RETURNED

    def marks_of(
        self, project: int | None = None, programme: int | None = None, chapter: int | None = None
    ) -> list[Mark]:
        return [
            Mark(str(mark.get_stage_display()), mark.reason, mark.due_on, str(mark.reason_code or ""))
            for mark in self.marks
            if permissions.covers(mark, project, programme, chapter)
        ]


def hits_by(
    submission: PerformanceSubmission, key: Callable[[CheckResult], Any]
) -> dict[Any, list[CheckResult]]:
    found: dict[Any, list[CheckResult]] = {}
    for hit in CheckResult.objects.filter(submission=submission):
        found.setdefault(key(hit), []).append(hit)
    return found


def documents_by(submission: PerformanceSubmission, name: str) -> dict[int, int]:
    rows = SubmissionDocument.objects.filter(submission=submission, removed_at=None).exclude(**{name: None})
    return dict(rows.values_list(name).annotate(Count("pk")).order_by())


def notified(submission: PerformanceSubmission, *names: str) -> dict[tuple[int | None, ...], int]:
    """ابلاغ بودجه of the year, valid by the cut-off, summed by these columns."""
    period = submission.period
    lines = NotificationLine.objects.filter(
        notification__agency=submission.agency_id,
        notification__fiscal_year=period.fiscal_year_id,
        notification__kind=submission.kind,
        notification__state="issued",
        notification__valid_from__lte=period.cutoff_date,
    )
    grouped = lines.values_list(*names).annotate(total=Sum("amount")).order_by()
    return {tuple(row[:-1]): int(row[-1]) for row in grouped}


@dataclass
class Groups:
    """Which rows a filter shows beside what their state says."""

    marked: set[Any] = field(default_factory=set)
    noted: set[Any] = field(default_factory=set)
    copied: set[Any] = field(default_factory=set)


def counts(states: Iterable[tuple[Any, RowState]], groups: Groups) -> dict[str, int]:
    rows = list(states)
    return {name: sum(passes(state, key, groups, name) for key, state in rows) for name, _ in FILTERS}


def passes(state: RowState, key: Any, groups: Groups, chosen: str) -> bool:
    if chosen == "held":
        return bool(state.held)
    own = {"returned": groups.marked, "noted": groups.noted, "copied": groups.copied}.get(chosen)
    if own is not None:
        return key in own
    return chosen not in {"fix", "missing"} or state.group == chosen


def cut(keys: list[Any], page: int, must_show: Any = None) -> tuple[list[Any], int, int]:
    """The keys of one page, its number and how many there are; below the limit all are one page."""
    if len(keys) <= PAGE_FROM:
        return keys, 1, 1
    pages = -(-len(keys) // PAGE_SIZE)
    if must_show in keys:
        page = keys.index(must_show) // PAGE_SIZE + 1
    page = min(max(page, 1), pages)
    return keys[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], page, pages


def tone_of(messages: Iterable[Message]) -> str:
    tones = {message.tone for message in messages}
    return "bad" if "bad" in tones else "warn" if tones else ""


def row_badge(state: RowState, marks: list[Mark]) -> Badge:
    """The row's own state; a return that is not answered yet comes first."""
    if marks and not state.blocked:
        return Badge(f"برگشتی از {marks[0].stage}", "returned", "returned")
    return state.badge
