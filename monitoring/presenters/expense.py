"""The entry grid of expense credit: lines of programme × chapter × source, then the programme's activities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.decisions import Allowed
from accounts.models import User
from monitoring import forward
from monitoring.checking import AroundProgramme
from monitoring.indicators import absorption_rate
from monitoring.models import ActivityPerformance, CheckResult, ExpenseFinanceLine, PerformanceSubmission
from monitoring.models.lines import EXPENSE_CELLS
from monitoring.presenters import cells as make
from monitoring.presenters import facts, grid, overview
from monitoring.presenters.cells import Cell, Message
from monitoring.presenters.grid import Access, Grid, Mark, Problem
from monitoring.presenters.held import Held
from monitoring.presenters.hits import rules_named
from monitoring.presenters.words import Badge
from monitoring.ratios import as_percent

REASON_RULES = frozenset({"V5"})
LOW_RULES = frozenset({"VOLUME_LOW"})
Key = tuple[str, int]


@dataclass
class LineRow(make.InPeriod):
    """One money line."""

    number: int
    pk: int
    programme: str
    programme_pk: int
    title: str
    code: str
    source: str
    starts_programme: bool
    editable: bool
    notified: int | None
    credit: int
    approved: int
    allocated: int
    collected: int | None
    last: int | None
    cells: list[Cell]
    remembered: list[make.Memory]
    absorption: Decimal | None
    documents: int
    badge: Badge
    messages: list[Message]
    reasons: list[Cell]
    marks: list[Mark]
    held: list[Held]
    may_hold: list[Held]
    spent: int | None = None
    tone: str = ""
    kind: str = "line"
    why: str = ""  # it is locked
    notes: int = 0  # open remarks
    may_copy: bool = False
    copies: int = 0

    @property
    def anchor(self) -> str:
        return str(self.pk)

    @property
    def programme_anchor(self) -> str:
        return str(self.programme_pk)


@dataclass
class ActivityRow:
    """One activity with its target, volume and cost."""

    number: int
    pk: int
    programme: str
    title: str
    unit: str
    target: Decimal
    so_far: Decimal
    last: Decimal | None
    last_cost: int | None
    unit_cost: Decimal
    credit: int
    cells: list[Cell]
    remembered: list[make.Memory]
    achieved: Decimal | None
    badge: Badge
    messages: list[Message]
    reasons: list[Cell]
    marks: list[Mark]
    editable: bool
    tone: str = ""
    kind: str = "activity"
    may_hold: tuple[Held, ...] = ()
    held: tuple[Held, ...] = ()
    why: str = ""
    notes: int = 0
    may_copy: bool = False
    copies: int = 0

    @property
    def anchor(self) -> str:
        return str(self.pk)


def build(
    user: User,
    submission: PerformanceSubmission,
    *,
    chosen: str = "",
    page: int = 1,
    opened: int | None = None,
) -> Grid:
    """One page; lines come first, then activities. `opened` is the line that a link jumps to."""
    access, state = Access(user, submission), overview.of(submission)
    lines, activities = _lines(submission), _activities(submission)
    order: list[Key] = [("line", pk) for pk in lines] + [("activity", pk) for pk in activities]
    notes = grid.Notes(user, submission)
    groups = grid.Groups(
        marked={key for key in order if _marks(access, lines, activities, key)},
        noted={key for key in order if _noted(notes, lines, activities, key)},
        copied={key for key in order if _of(lines, activities, key).copied},
    )
    keys = [key for key in order if grid.passes(state.state(key), key, groups, chosen)]
    shown, number, pages = grid.cut(keys, page, ("line", opened))
    hits = grid.hits_by(submission, lambda hit: hit.row)
    numbers = {key: index for index, key in enumerate(order, start=1)}
    book = facts.load(submission, [_of(lines, activities, key) for key in shown])
    context = _Context(access, state, hits, numbers, book, notes)
    made = _rows(context, lines, activities, shown)
    return Grid(
        submission=submission,
        overview=state,
        rows=made,
        may_write=access.may_write,
        counts=grid.counts(((key, state.state(key)) for key in order), groups),
        may_copy=any(row.last is not None for row in made),
        copies=sum(len(row.copied) for row in [*lines.values(), *activities.values()]),
        errors=_problems(hits, lines, activities, numbers),
        page=number,
        pages=pages,
        marks=access.marks,
    )


def several(
    user: User,
    submission: PerformanceSubmission,
    key: Key,
    programme: int,
    around: AroundProgramme | None = None,
) -> tuple[list[LineRow | ActivityRow], overview.Overview]:
    """The row of a saved cell anew; a money line with its programme's activities, whose hits depend on it."""
    access, state = Access(user, submission, known=Allowed()), overview.of(submission)
    kind, pk = key
    if around is None:
        rows: Iterable[CheckResult] = CheckResult.objects.filter(submission=submission, programme=programme)
        lines = _lines(submission, pk=pk) if kind == "line" else {}
        activities = _activities(submission, activity__programme=programme)
    else:
        rows = around.hits
        lines = {row.pk: row for row in around.lines}
        ordered = sorted(around.activities, key=lambda row: (row.activity.position, row.activity.key))
        activities = {row.pk: row for row in ordered}
    hits: dict[str, list[CheckResult]] = {}
    for hit in rows:
        hits.setdefault(hit.row, []).append(hit)
    context = _Context(access, state, hits, {})
    # What concerns the programme as a whole stands at its first activity.
    wanted = dict.fromkeys([key, *(("activity", row) for row in list(activities)[:1])])
    return [_made(context, lines, activities, key) for key in wanted], state


@dataclass
class _Context:
    access: Access
    state: overview.Overview
    hits: dict[str, list[CheckResult]]
    numbers: dict[Key, int]
    book: facts.Book = field(default_factory=facts.Book)
    notes: grid.Notes | None = None

    def noted(self, field: str) -> int:
        return self.notes.cell(field) if self.notes else 0


def _of(
    lines: dict[int, ExpenseFinanceLine], activities: dict[int, ActivityPerformance], key: Key
) -> ExpenseFinanceLine | ActivityPerformance:
    return lines[key[1]] if key[0] == "line" else activities[key[1]]


def _noted(
    notes: grid.Notes,
    lines: dict[int, ExpenseFinanceLine],
    activities: dict[int, ActivityPerformance],
    key: Key,
) -> int:
    kind, pk = key
    if kind == "activity":
        return notes.expense("activity", pk, activities[pk].activity.programme_id)
    return notes.expense("expense", pk, lines[pk].programme_id, lines[pk].expense_chapter_id)


def _lines(submission: PerformanceSubmission, **only: Any) -> dict[int, ExpenseFinanceLine]:
    rows = ExpenseFinanceLine.objects.filter(submission=submission, **only).select_related(
        "programme", "expense_chapter", "funding_source", "previous", "updated_by"
    )
    return {
        row.pk: row for row in rows.order_by("programme__code", "expense_chapter__code", "funding_source")
    }


def _activities(submission: PerformanceSubmission, **only: Any) -> dict[int, ActivityPerformance]:
    rows = ActivityPerformance.objects.filter(submission=submission, **only).select_related(
        "activity__programme", "previous", "updated_by"
    )
    return {
        row.pk: row
        for row in rows.order_by("activity__programme__code", "activity__position", "activity__key")
    }


def _marks(
    access: Access,
    lines: dict[int, ExpenseFinanceLine],
    activities: dict[int, ActivityPerformance],
    key: Key,
) -> list[Mark]:
    kind, pk = key
    if kind == "activity":
        return access.marks_of(programme=activities[pk].activity.programme_id)
    return access.marks_of(programme=lines[pk].programme_id, chapter=lines[pk].expense_chapter_id)


def _rows(
    context: _Context,
    lines: dict[int, ExpenseFinanceLine],
    activities: dict[int, ActivityPerformance],
    shown: list[Key],
) -> list[LineRow | ActivityRow]:
    submission = context.access.submission
    documents = grid.documents_by(submission, "programme")
    notices = grid.notified(submission, "programme_id", "expense_chapter_id", "funding_source_id")
    made, before = [], 0
    for key in shown:
        row = _made(context, lines, activities, key)
        if isinstance(row, LineRow):
            line = lines[row.pk]
            row.documents = documents.get(line.programme_id, 0)
            row.notified = notices.get((line.programme_id, line.expense_chapter_id, line.funding_source_id))
            row.starts_programme, before = line.programme_id != before, line.programme_id
        made.append(row)
    return made


def _made(
    context: _Context,
    lines: dict[int, ExpenseFinanceLine],
    activities: dict[int, ActivityPerformance],
    key: Key,
) -> LineRow | ActivityRow:
    kind, pk = key
    return _line(context, lines[pk]) if kind == "line" else _activity(context, activities[pk])


def _line(context: _Context, line: ExpenseFinanceLine) -> LineRow:
    access = context.access
    editable = access(programme=line.programme_id, chapter=line.expense_chapter_id)
    hits = context.hits.get(f"expensefinanceline:{line.pk}", [])
    messages = make.messages_of(hits)
    marks = access.marks_of(programme=line.programme_id, chapter=line.expense_chapter_id)
    of = f"{line.programme}، {line.expense_chapter}، {line.funding_source}"
    blocked = any(hit.severity == "block" for hit in hits)
    return LineRow(
        number=context.numbers.get(("line", line.pk), 0),
        pk=line.pk,
        programme=str(line.programme),
        programme_pk=line.programme_id,
        title=str(line.expense_chapter),
        code=line.programme.code,
        source=str(line.funding_source),
        starts_programme=True,
        editable=editable,
        notified=None,
        credit=line.credit_in_force,
        approved=line.approved_credit,
        allocated=line.allocated,
        collected=line.collected,
        last=line.previous.spent if line.previous else None,
        cells=[_money(context, line, name, of, editable, messages) for name in EXPENSE_CELLS],
        remembered=[make.remembered(line, (*EXPENSE_CELLS, "reason"), context.book.of(line))],
        absorption=as_percent(absorption_rate(line.spent, line.allocated).exact_percent),
        documents=0,
        badge=grid.row_badge(context.state.state(("line", line.pk)), marks),
        messages=messages,
        reasons=_reason(line, hits, editable),
        marks=marks,
        held=[
            Held(
                "expense",
                line.pk,
                str(line.expense_chapter),
                rules_named(line.held_rules),
                make.raw_text(line.held_raw),
            )
        ]
        if line.held
        else [],
        may_hold=[Held("expense", line.pk, str(line.expense_chapter))]
        if editable and blocked and not line.held
        else [],
        spent=line.spent,
        tone=grid.tone_of(messages),
        why=access.why(programme=line.programme_id, chapter=line.expense_chapter_id),
        notes=_noted(context.notes, {line.pk: line}, {}, ("line", line.pk)) if context.notes else 0,
        may_copy=editable and forward.can_copy([line]),
        copies=len(line.copied),
    )


def _money(
    context: _Context,
    line: ExpenseFinanceLine,
    name: str,
    of: str,
    editable: bool,
    messages: list[Message],
) -> Cell:
    noted = context.noted(f"expense:{line.pk}:{name}")
    return make.make(line, name, of=of, editable=editable and not line.held, messages=messages, noted=noted)


def _reason(line: ExpenseFinanceLine, hits: list[CheckResult], editable: bool) -> list[Cell]:
    if line.reason or make.asks_reason(hits, line, REASON_RULES):
        return [make.make(line, "reason", of="کاهش رقم", editable=editable)]
    return []


def _activity(context: _Context, row: ActivityPerformance) -> ActivityRow:
    activity, access = row.activity, context.access
    editable = access(programme=activity.programme_id)
    hits = context.hits.get(f"activityperformance:{row.pk}", [])
    messages = make.messages_of(hits)
    marks = access.marks_of(programme=activity.programme_id)
    quarter = access.submission.period.quarter
    so_far = activity.target_volume * quarter / 4
    achieved = row.volume_done / so_far * 100 if row.volume_done is not None and so_far else None
    low = row.low_volume_reason or make.asks_reason(hits, row, LOW_RULES)
    names = ("volume_done", "cost", "quality_note")
    return ActivityRow(
        number=context.numbers.get(("activity", row.pk), 0),
        pk=row.pk,
        programme=str(activity.programme),
        title=activity.title,
        unit=activity.unit,
        target=activity.target_volume,
        so_far=so_far,
        last=row.previous.volume_done if row.previous else None,
        last_cost=row.previous.cost if row.previous else None,
        unit_cost=activity.unit_cost,
        credit=activity.credit,
        cells=[
            make.make(
                row,
                name,
                of=activity.title,
                editable=editable,
                messages=messages,
                noted=context.noted(f"activity:{row.pk}:{name}"),
            )
            for name in names
        ],
        remembered=[make.remembered(row, (*names, "low_volume_reason"), context.book.of(row))],
        achieved=as_percent(achieved),
        badge=grid.row_badge(context.state.state(("activity", row.pk)), marks),
        messages=messages,
        reasons=[make.make(row, "low_volume_reason", of=activity.title, editable=editable)] if low else [],
        marks=marks,
        editable=editable,
        tone=grid.tone_of(messages),
        why=access.why(programme=activity.programme_id),
        notes=_noted(context.notes, {}, {row.pk: row}, ("activity", row.pk)) if context.notes else 0,
        may_copy=editable and forward.can_copy([row]),
        copies=len(row.copied),
    )


def _problems(
    hits: dict[Any, list[CheckResult]],
    lines: dict[int, ExpenseFinanceLine],
    activities: dict[int, ActivityPerformance],
    numbers: dict[Key, int],
) -> list[Problem]:
    named: list[tuple[str, Key, str, str]] = [
        (
            f"expensefinanceline:{pk}",
            ("line", pk),
            f"{line.programme}، {line.expense_chapter}",
            f"?open={pk}#x-{pk}",
        )
        for pk, line in lines.items()
    ]
    named += [
        (f"activityperformance:{pk}", ("activity", pk), str(row.activity), f"#a-{pk}")
        for pk, row in activities.items()
    ]
    return [
        Problem(f"ردیف {numbers[key]}، {title}: {message.text}", anchor, anchor.partition("#")[2])
        for name, key, title, anchor in named
        for message in make.messages_of(hits.get(name, []))
        if message.tone == "bad"
    ]
