"""The entry grid of capital projects: a row per project; an opened one shows sources, operations and causes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from accounts.decisions import Allowed
from accounts.models import User
from agreements.models.projects import STATUSES
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
from monitoring.models.lines import CAPITAL_CELLS
from monitoring.presenters import cells as make
from monitoring.presenters import grid, overview
from monitoring.presenters.cells import Cell, Message
from monitoring.presenters.grid import Access, Grid, Mark, Problem
from monitoring.presenters.words import Badge
from monitoring.ratios import as_percent

ONE_SOURCE = ("received_cash", "spent")
FACTS = (
    "status",
    "forecast_end",
    "workers",
    "last_statement_number",
    "last_statement_on",
    "last_statement_amount",
    "contractor_debts",
)
TEXTS = ("obstacles", "remedy", "next_activity")
MOST_CAUSES = 5
REASON_RULES = frozenset({"V5"})
PROGRESS_REASON_RULES = frozenset({"V8"})


@dataclass(frozen=True)
class Held:
    """A line that the agency holds, or may hold because a rule blocks it."""

    kind: str
    pk: int
    title: str
    rules: str = ""
    raw: str = ""


@dataclass(frozen=True)
class Source:
    title: str
    credit: int
    approved: int
    allocated: int
    securities: int
    collected: int | None
    last: int | None
    cells: list[Cell]
    remembered: make.Memory
    held: bool


@dataclass(frozen=True)
class Work:
    """One operation: target, last quantity, input, weight and what it earns."""

    title: str
    unit: str
    target: Decimal
    last: Decimal | None
    cell: Cell
    weight: Decimal
    share: Decimal | None
    remembered: make.Memory
    pk: int


@dataclass(frozen=True)
class CauseChoice:
    index: int
    cause: int | None
    share: str
    text: str


@dataclass
class Detail:
    """What an opened row shows."""

    sources: list[Source]
    works: list[Work]
    facts: list[Cell]
    texts: list[Cell]
    causes: list[CauseChoice]
    remembered: make.Memory | None = None
    progress_pk: int | None = None
    deviation: Decimal | None = None


@dataclass
class Row:
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
    marked = {pk for pk in titles if access.marks_of(project=pk)}
    keys = [pk for pk in titles if grid.passes(state.state(pk), pk in marked, chosen)]
    shown, number, pages = grid.cut(keys, page, opened)
    hits = grid.hits_by(submission, lambda hit: hit.project_id)
    numbers = {pk: index for index, pk in enumerate(titles, start=1)}
    documents = grid.documents_by(submission, "project")
    made = rows(access, state, shown, hits, {opened} if opened else set(), numbers, documents)
    return Grid(
        submission=submission,
        overview=state,
        rows=made,
        may_write=access.may_write,
        counts=grid.counts(((pk, state.state(pk)) for pk in titles), lambda pk: pk in marked),
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
    made = rows(access, state, [project], hits, {project} if is_open else set(), {project: number}, documents)
    return made[0], state


@dataclass(frozen=True)
class Changed:
    """What the answer to a saved money cell says of its project; the cells themselves are never sent."""

    pk: int
    editable: bool
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
    detail: None = None

    @property
    def anchor(self) -> str:
        return str(self.pk)


def changed(
    user: User, submission: PerformanceSubmission, project: int, around: Around, *, is_open: bool
) -> tuple[Changed, overview.Overview]:
    """The row of a project around a money cell that was just written, from what was judged with it."""
    access, state = Access(user, submission, known=Allowed()), overview.of(submission)
    lines = sorted(around.lines, key=lambda line: line.funding_source.code)
    progress, hits, messages = around.progress, around.hits, make.messages_of(around.hits)
    editable, spent = access(project=project), _sum(lines, "spent")
    allocated = sum(line.allocated for line in lines)
    row = Changed(
        pk=project,
        editable=editable,
        received=_received(lines),
        spent=spent,
        absorption=as_percent(absorption_rate(spent, allocated).exact_percent),
        progress=progress.physical_progress if progress else None,
        badge=grid.row_badge(state.state(project), access.marks_of(project=project)),
        messages=messages,
        reasons=_reasons(lines, progress, hits, editable, is_open),
        held=_held(lines, progress),
        may_hold=_may_hold(lines, progress, hits) if editable else [],
        tone=grid.tone_of(messages),
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
) -> list[Row]:
    submission = access.submission
    found = _load(submission, projects, opened)
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
    for part in parts.select_related("operation", "updated_by").order_by("operation__key"):
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
    spent, allocated = _sum(lines, "spent"), sum(line.allocated for line in lines)
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
        cells=[_money(single, cell, project.title, editable, messages) for cell in ONE_SOURCE]
        if single
        else [],
        remembered=[make.remembered(single, (*ONE_SOURCE, "reason"))] if single else [],
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
        held=_held(lines, progress),
        may_hold=_may_hold(lines, progress, hits) if editable else [],
        tone=grid.tone_of(messages),
    )
    if is_open:
        row.detail = _detail(found, lines, progress, editable, messages, project.title)
    return row


def _money(line: CapitalFinanceLine, cell: str, title: str, editable: bool, messages: list[Message]) -> Cell:
    last = getattr(line.previous, cell, None) if line.previous else None
    of = f"{title}، {line.funding_source}"
    strip = make.strip_of(last, line.allocated, line)
    return make.make(line, cell, of=of, editable=editable and not line.held, messages=messages, strip=strip)


def _sum(lines: list[CapitalFinanceLine], cell: str) -> int | None:
    known = [value for line in lines if (value := getattr(line, cell)) is not None]
    return sum(known) if known else None


def _last(lines: list[CapitalFinanceLine]) -> int | None:
    known = [line.previous.spent for line in lines if line.previous and line.previous.spent is not None]
    return sum(known) if known else None


def _received(lines: list[CapitalFinanceLine]) -> int | None:
    parts = [_sum(lines, "received_cash"), _sum(lines, "received_securities")]
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


def _held(lines: list[CapitalFinanceLine], progress: ProjectProgress | None) -> list[Held]:
    found = [
        Held("capital", line.pk, str(line.funding_source), "، ".join(line.held_rules), _raw(line.held_raw))
        for line in lines
        if line.held
    ]
    if progress and progress.held:
        rules = "، ".join(progress.held_rules)
        found.append(Held("project", progress.pk, "پیشرفت فیزیکی", rules, f"{len(progress.held_raw)} مقدار"))
    return found


def _raw(raw: dict[str, Any]) -> str:
    named = [(make.CELL_LABELS[cell], value) for cell, value in raw.items() if cell in make.CELL_LABELS]
    return "، ".join(f"{label} {make.said(value)}" for label, value in named)


def _may_hold(
    lines: list[CapitalFinanceLine], progress: ProjectProgress | None, hits: list[CheckResult]
) -> list[Held]:
    blocked = {hit.row for hit in hits if hit.severity == "block"}
    found = [
        Held("capital", line.pk, str(line.funding_source))
        for line in lines
        if not line.held and f"capitalfinanceline:{line.pk}" in blocked
    ]
    stopped = any(name.startswith(("projectprogress", "operationprogress")) for name in blocked)
    if progress and not progress.held and stopped:
        found.append(Held("project", progress.pk, "پیشرفت فیزیکی"))
    return found


def _detail(
    found: _Rows,
    lines: list[CapitalFinanceLine],
    progress: ProjectProgress | None,
    editable: bool,
    messages: list[Message],
    title: str,
) -> Detail:
    detail = Detail([_source(line, title, editable, messages) for line in lines], [], [], [], [])
    if progress is None:
        return detail
    detail.progress_pk, free = progress.pk, editable and not progress.held
    for part in found.operations.get(progress.pk, []):
        last = found.earlier.get((progress.project_id, part.operation.key))
        detail.works.append(_work(part, last, free, messages))
    detail.facts = [
        make.make(progress, name, of=title, editable=editable, messages=messages) for name in FACTS
    ]
    detail.texts = [make.make(progress, name, of=title, editable=editable) for name in TEXTS]
    detail.remembered = make.remembered(progress, (*FACTS, *TEXTS, "reason"))
    detail.causes = _causes(progress, editable)
    if progress.physical_progress is not None and progress.planned_progress is not None:
        detail.deviation = progress.physical_progress - progress.planned_progress
    return detail


def _source(line: CapitalFinanceLine, title: str, editable: bool, messages: list[Message]) -> Source:
    names = asked_cells(line)
    return Source(
        title=str(line.funding_source),
        credit=line.credit_in_force,
        approved=line.approved_credit,
        allocated=line.allocated_cash,
        securities=line.allocated_securities,
        collected=line.collected,
        last=line.previous.spent if line.previous else None,
        cells=[_money(line, name, title, editable, messages) for name in names],
        remembered=make.remembered(line, (*names, "reason")),
        held=line.held,
    )


def asked_cells(line: CapitalFinanceLine) -> list[str]:
    """All money cells; «returned» only in the closing cut-off."""
    closing = line.submission.period.is_closing
    return [name for name in CAPITAL_CELLS if name != "returned" or closing]


def _work(part: OperationProgress, last: Decimal | None, editable: bool, messages: list[Message]) -> Work:
    operation = part.operation
    share = None
    if part.quantity_done is not None:
        share = as_percent(operation.weight * min(part.quantity_done / operation.target_quantity, Decimal(1)))
    strip = f"هدف: {make.said(operation.target_quantity.normalize())} {operation.unit}"
    return Work(
        title=operation.title,
        unit=operation.unit,
        target=operation.target_quantity,
        last=last,
        cell=make.make(
            part, "quantity_done", of=operation.title, editable=editable, messages=messages, strip=strip
        ),
        weight=operation.weight,
        share=share,
        remembered=make.remembered(part, ("quantity_done",)),
        pk=part.pk,
    )


def _causes(progress: ProjectProgress, editable: bool) -> list[CauseChoice]:
    rows = [
        CauseChoice(index, row.cause_id, f"{row.share.normalize():f}", row.text)
        for index, row in enumerate(progress.delay_causes.all())
    ]
    room = min(max(len(rows) + 1, 2), MOST_CAUSES) if editable else len(rows)
    return rows + [CauseChoice(index, None, "", "") for index in range(len(rows), room)]


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
