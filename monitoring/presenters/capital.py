"""The entry grid of capital projects: a row per project; an opened one shows sources, operations and causes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from accounts.decisions import Allowed
from accounts.models import User
from agreements.models.projects import STATUSES
from monitoring import forward
from monitoring.checking import Around
from monitoring.indicators import absorption_rate
from monitoring.models import (
    CapitalFinanceLine,
    CheckResult,
    DelayCause,
    OperationProgress,
    PerformanceSubmission,
    ProjectProgress,
)
from monitoring.presenters import capital_detail, facts, grid, overview
from monitoring.presenters import cells as make
from monitoring.presenters.capital_detail import Detail
from monitoring.presenters.cells import Cell, Message
from monitoring.presenters.grid import Access, Grid, Mark, Problem
from monitoring.presenters.held import Held, held_of, may_hold
from monitoring.presenters.words import Badge
from monitoring.ratios import as_percent

ONE_SOURCE = ("received_cash", "spent")
REASON_RULES = frozenset({"V5"})
PROGRESS_REASON_RULES = frozenset({"V8"})


@dataclass
class Row(make.InPeriod):
    kind = "project"
    number: int
    pk: int
    title: str
    code: str
    county: str
    editable: bool
    is_open: bool
    credit: int
    approved: int
    allocated: int
    last: int | None
    received: int | None
    spent: int | None
    sources: int
    cells: list[Cell]
    remembered: list[make.Memory]
    absorption: Decimal | None
    planned: Decimal | None
    last_progress: Decimal | None
    progress: Decimal | None
    operations: int
    documents: int
    badge: Badge
    messages: list[Message]
    reasons: list[Cell]
    marks: list[Mark]
    held: list[Held]
    may_hold: list[Held]
    tone: str = ""
    detail: Detail | None = None
    why: str = ""  # it is locked
    notes: int = 0  # open remarks
    may_copy: bool = False
    copies: int = 0

    @property
    def anchor(self) -> str:
        return str(self.pk)


@dataclass
class _Rows:
    """Everything of the shown projects, loaded at once."""

    lines: dict[int, list[CapitalFinanceLine]] = field(default_factory=dict)
    progress: dict[int, ProjectProgress] = field(default_factory=dict)
    operations: dict[int, list[OperationProgress]] = field(default_factory=dict)
    earlier: dict[tuple[int, int], Decimal | None] = field(default_factory=dict)
    book: facts.Book = field(default_factory=facts.Book)
    notes: grid.Notes | None = None

    def typed(self, opened: set[int]) -> list[Any]:
        """Rows with inputs on the page: the one source of a closed project, all of an opened one."""
        found: list[Any] = []
        for pk, lines in self.lines.items():
            found += lines if pk in opened or len(lines) == 1 else []
        for pk, row in self.progress.items():
            if pk in opened:
                found += [row, *self.operations.get(row.pk, [])]
        return found

    def noted(self, field: str) -> int:
        return self.notes.cell(field) if self.notes else 0

    def works(self, progress: ProjectProgress) -> list[tuple[OperationProgress, Decimal | None]]:
        """Operations of a project with their quantities at the last cut-off."""
        parts = self.operations.get(progress.pk, [])
        return [(part, self.earlier.get((progress.project_id, part.operation.key))) for part in parts]


def build(
    user: User,
    submission: PerformanceSubmission,
    *,
    chosen: str = "",
    page: int = 1,
    opened: int | None = None,
) -> Grid:
    """One page of the grid; `chosen` is the filter, `opened` the project whose row is open."""
    access, state = Access(user, submission), overview.of(submission)
    titles = order(submission)
    notes, copies = grid.Notes(user, submission), forward.copies_by_project(submission)
    groups = grid.Groups(
        marked={pk for pk in titles if access.marks_of(project=pk)},
        noted={pk for pk in titles if notes.project(pk)},
        copied=set(copies),
    )
    keys = [pk for pk in titles if grid.passes(state.state(pk), pk, groups, chosen)]
    shown, number, pages = grid.cut(keys, page, opened)
    hits = grid.hits_by(submission, lambda hit: hit.project_id)
    numbers = {pk: index for index, pk in enumerate(titles, start=1)}
    documents = grid.documents_by(submission, "project")
    made = rows(access, state, shown, hits, {opened} if opened else set(), numbers, documents, notes)
    return Grid(
        submission=submission,
        overview=state,
        rows=made,
        may_write=access.may_write,
        counts=grid.counts(((pk, state.state(pk)) for pk in titles), groups),
        may_copy=any(row.last is not None or row.last_progress is not None for row in made),
        copies=sum(copies.values()),
        errors=_problems(hits, titles, opened),
        page=number,
        pages=pages,
        marks=access.marks,
        sections=_plans(submission, state) if number == 1 else [],
        causes=list(DelayCause.objects.all()) if opened else [],
        statuses=list(STATUSES.items()),
    )


def one(
    user: User,
    submission: PerformanceSubmission,
    project: int,
    *,
    is_open: bool,
    number: int = 0,
    saved: bool = False,
) -> tuple[Row, overview.Overview]:
    """A single row anew: opened, closed, or (`saved`) around a cell that was just written, without its evidence."""
    access, state = Access(user, submission, known=Allowed() if saved else None), overview.of(submission)
    hits = {project: list(CheckResult.objects.filter(submission=submission, project=project))}
    documents = {} if saved else grid.documents_by(submission, "project")
    notes = None if saved else grid.Notes(user, submission)
    opened = {project} if is_open else set()
    made = rows(access, state, [project], hits, opened, {project: number}, documents, notes)
    return made[0], state


@dataclass(frozen=True)
class Changed(make.InPeriod):
    """What the answer to a saved cell says of its project; the cells themselves are never sent."""

    pk: int
    editable: bool
    last: int | None
    received: int | None
    spent: int | None
    absorption: Decimal | None
    progress: Decimal | None
    badge: Badge
    messages: list[Message]
    reasons: list[Cell]
    held: list[Held]
    may_hold: list[Held]
    tone: str
    detail: capital_detail.Shares | None = None

    @property
    def anchor(self) -> str:
        return str(self.pk)


def changed(
    user: User,
    submission: PerformanceSubmission,
    project: int,
    around: Around,
    *,
    is_open: bool,
    saved: Any = None,
) -> tuple[Changed, overview.Overview]:
    """The row of a project around a cell that was just written, from what was judged with it."""
    access, state = Access(user, submission, known=Allowed()), overview.of(submission)
    lines = sorted(around.lines, key=lambda line: line.funding_source.code)
    progress, hits, messages = around.progress, around.hits, make.messages_of(around.hits)
    editable, spent = access(project=project), make.known_sum(lines, "spent")
    allocated = sum(line.allocated for line in lines)
    row = Changed(
        pk=project,
        editable=editable,
        last=_last(lines),
        received=_received(lines),
        spent=spent,
        absorption=as_percent(absorption_rate(spent, allocated).exact_percent),
        progress=progress.physical_progress if progress else None,
        badge=grid.row_badge(state.state(project), access.marks_of(project=project)),
        messages=messages,
        reasons=_reasons(lines, progress, hits, editable, is_open),
        held=held_of(lines, progress),
        may_hold=may_hold(lines, progress, hits) if editable else [],
        tone=grid.tone_of(messages),
        detail=capital_detail.Shares.of(saved),
    )
    return row, state


def rows(
    access: Access,
    state: overview.Overview,
    projects: list[int],
    hits: dict[Any, list[CheckResult]],
    opened: set[int],
    numbers: dict[int, int],
    documents: dict[int, int],
    notes: grid.Notes | None = None,
) -> list[Row]:
    """Without `notes` for an answer, which sends no inputs and so nothing that is said of them."""
    submission = access.submission
    found = _load(submission, projects, opened)
    if notes is not None:
        found.notes, found.book = notes, facts.load(submission, found.typed(opened))
    return [
        _row(access, state, found, pk, hits.get(pk, []), pk in opened, numbers[pk], documents.get(pk, 0))
        for pk in projects
    ]


def order(submission: PerformanceSubmission) -> dict[int, str]:
    lines = CapitalFinanceLine.objects.filter(submission=submission).order_by()
    progress = ProjectProgress.objects.filter(submission=submission).order_by()
    columns = ("project__plan__code", "project__code", "project_id", "project__title")
    found = {*lines.values_list(*columns), *progress.values_list(*columns)}
    return {pk: title for _, _, pk, title in sorted(found)}


def _load(submission: PerformanceSubmission, projects: list[int], opened: set[int]) -> _Rows:
    found = _Rows()
    mine: dict[str, Any] = {"submission": submission, "project__in": projects}
    lines = CapitalFinanceLine.objects.filter(**mine).select_related(
        "project__county", "funding_source", "previous", "updated_by"
    )
    for line in lines.order_by("funding_source__code"):
        line.submission = submission
        found.lines.setdefault(line.project_id, []).append(line)
    progress = ProjectProgress.objects.filter(**mine).order_by()
    for row in progress.select_related("project__county", "previous", "updated_by"):
        found.progress[row.project_id] = row
    parts = OperationProgress.objects.filter(progress__in=[row.pk for row in found.progress.values()])
    by_pk = {row.pk: row for row in found.progress.values()}
    for part in parts.select_related("operation", "updated_by").order_by(
        "operation__position", "operation__key"
    ):
        part.progress = by_pk[part.progress_id]
        found.operations.setdefault(part.progress_id, []).append(part)
    before = {row.previous_id: row.project_id for row in found.progress.values() if row.project_id in opened}
    old = OperationProgress.objects.filter(progress__in=before).values_list(
        "progress", "operation__key", "quantity_done"
    )
    found.earlier = {(before[progress], key): done for progress, key, done in old if progress in before}
    return found


def _row(
    access: Access,
    state: overview.Overview,
    found: _Rows,
    pk: int,
    hits: list[CheckResult],
    is_open: bool,
    number: int,
    documents: int,
) -> Row:
    lines, progress = found.lines.get(pk, []), found.progress.get(pk)
    project = (progress or lines[0]).project
    editable, messages = access(project=pk), make.messages_of(hits)
    single = lines[0] if len(lines) == 1 and not is_open else None
    marks = access.marks_of(project=pk)
    spent, allocated = make.known_sum(lines, "spent"), sum(line.allocated for line in lines)
    row = Row(
        number=number,
        pk=pk,
        title=project.title,
        code=project.code,
        county=str(project.county),
        editable=editable,
        is_open=is_open,
        credit=sum(line.credit_in_force for line in lines),
        approved=sum(line.approved_credit for line in lines),
        allocated=allocated,
        last=_last(lines),
        received=_received(lines),
        spent=spent,
        sources=len(lines),
        cells=[
            capital_detail.money(found, single, cell, project.title, editable, messages)
            for cell in ONE_SOURCE
        ]
        if single
        else [],
        remembered=[make.remembered(single, (*ONE_SOURCE, "reason"), found.book.of(single))]
        if single
        else [],
        absorption=as_percent(absorption_rate(spent, allocated).exact_percent),
        planned=progress.planned_progress if progress else None,
        last_progress=progress.previous.physical_progress if progress and progress.previous else None,
        progress=progress.physical_progress if progress else None,
        operations=len(found.operations.get(progress.pk, [])) if progress else 0,
        documents=documents,
        badge=grid.row_badge(state.state(pk), marks),
        messages=messages,
        reasons=_reasons(lines, progress, hits, editable, is_open),
        marks=marks,
        held=held_of(lines, progress),
        may_hold=may_hold(lines, progress, hits) if editable else [],
        tone=grid.tone_of(messages),
        why=access.why(project=pk),
        notes=found.notes.project(pk) if found.notes else 0,
        may_copy=editable and forward.can_copy(lines, progress, found.operations),
        copies=forward.copies_of(lines, progress, found.operations),
    )
    if is_open:
        works = found.works(progress) if progress else []
        row.detail = capital_detail.build(found, lines, progress, works, editable, messages, project.title)
    return row


def _last(lines: list[CapitalFinanceLine]) -> int | None:
    known = [line.previous.spent for line in lines if line.previous and line.previous.spent is not None]
    return sum(known) if known else None


def _received(lines: list[CapitalFinanceLine]) -> int | None:
    parts = [make.known_sum(lines, "received_cash"), make.known_sum(lines, "received_securities")]
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def _reasons(
    lines: list[CapitalFinanceLine],
    progress: ProjectProgress | None,
    hits: list[CheckResult],
    editable: bool,
    is_open: bool,
) -> list[Cell]:
    """Reason inputs that are asked for or already written."""
    found = []
    for line in lines:
        if line.reason or make.asks_reason(hits, line, REASON_RULES):
            of = f"کاهش رقم، {line.funding_source}"
            found.append(_reason(line, of, editable, alone=not is_open and len(lines) > 1))
    if progress and (progress.reason or make.asks_reason(hits, progress, PROGRESS_REASON_RULES)):
        of = "کاهش پیشرفت (بازاندازه‌گیری)"
        found.append(_reason(progress, of, editable, alone=not is_open))
    return found


def _reason(row: Any, of: str, editable: bool, *, alone: bool) -> Cell:
    cell = make.make(row, "reason", of=of, editable=editable)
    return replace(cell, memory=make.remembered(row, ("reason",))) if alone else cell


@dataclass(frozen=True)
class PlanSum:
    """ابلاغ against the sum of its projects, per plan."""

    title: str
    notified: int | None
    credit: int
    allocated: int


def _plans(submission: PerformanceSubmission, state: overview.Overview) -> list[PlanSum]:
    notices = grid.notified(submission, "plan_id")
    sums: dict[int, PlanSum] = {}
    lines = CapitalFinanceLine.objects.filter(submission=submission).order_by()
    for plan, title, credit, cash, papers in lines.values_list(
        "project__plan_id",
        "project__plan__title",
        "credit_in_force",
        "allocated_cash",
        "allocated_securities",
    ):
        old = sums.get(plan, PlanSum(title, notices.get((plan,)), 0, 0))
        sums[plan] = PlanSum(title, old.notified, old.credit + credit, old.allocated + cash + papers)
    return sorted(sums.values(), key=lambda plan: plan.title)


def _problems(
    hits: dict[Any, list[CheckResult]], titles: dict[int, str], opened: int | None
) -> list[Problem]:
    """Blocks only, each with the row it stands in; a closed row is opened by the link."""
    found = []
    for number, (pk, title) in enumerate(titles.items(), start=1):
        for message in make.messages_of(hits.get(pk, [])):
            if message.tone == "bad":
                anchor = f"#p-{pk}" if pk == opened else f"?open={pk}#p-{pk}"
                found.append(Problem(f"ردیف {number}، {title}: {message.text}", anchor, f"p-{pk}"))
    return found
