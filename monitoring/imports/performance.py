"""Expense performance of many agencies from one file, each in the name of its own expert."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from django.db import transaction

from accounts.models import Agency, Membership, User
from agreements.imports.ground import Ground, Line
from agreements.imports.tables import EXPENSE, Sheet, sort_out
from budget_portal.digits import group
from budget_portal.errors import DomainError, NotAllowed
from budget_portal.tables.extract import Extract, Problem, Row, Spec, title_of
from budget_portal.tables.outcome import Held, Outcome, Refused
from monitoring import entry, kept_hits, opening
from monitoring.copied import Key
from monitoring.imports.figures import Figures, blocks_of, write_expense_lines
from monitoring.imports.transfers import record_transfers
from monitoring.models import CheckResult, ExpenseFinanceLine, PerformanceSubmission
from monitoring.models.lines import EXPENSE_CELLS

EXPENSE_PERFORMANCE = Spec(
    texts=("agency", *EXPENSE, "reason", "programme_title"),
    money=EXPENSE_CELLS,
    optional=frozenset({"reason", "programme_title", *EXPENSE_CELLS}),
    blank_is_missing=True,
)
Actors = Callable[[Agency], User | None]
NO_ACTOR = "{agency} کارشناسی ندارد که رقم به نام او ثبت شود."


def own_experts(agency: Agency) -> User | None:
    """The agency's first valid expert; an import in nobody's name is written in theirs."""
    rows = Membership.objects.valid().filter(agency=agency, role="agency_user").select_related("user")
    membership = rows.first()
    return membership.user.act_through(membership) if membership else None


def import_performance(
    extract: Extract, ground: Ground, *, hold: bool = False, actors: Actors = own_experts
) -> Outcome:
    """Open each agency's submission, write its figures, judge them. A line that a rule blocks is an error of
    its row, or is held. With complete = true, a line that another agency reported before has moved."""
    sheet = sort_out(_readable(extract), ground, "expense_performance", EXPENSE, hold=hold)
    with transaction.atomic():
        people = _people(sheet, actors)
        if ground.mapping.complete:
            _move_lines(sheet, people)
        rows: dict[int, dict[Key, Row]] = defaultdict(dict)
        for line, row in sheet.good.items():
            rows[line.agency_id][_key(line)] = row
        held: list[Held] = []
        for agency_id in sorted(set(rows) & set(people)):
            held += _enter(sheet, ground.agencies[agency_id], rows[agency_id], people[agency_id])
        sheet.settle()
        sheet.outcome.held += held
    return sheet.outcome


def _readable(extract: Extract) -> Extract:
    """A figure that cannot be read is no reason to drop its row: the line keeps the text and is blocked."""
    for row in extract.rows:
        row.problems = [] if row.unread and len(row.unread) == len(row.problems) else row.problems
    return extract


def _people(sheet: Sheet, actors: Actors) -> dict[int, User]:
    people = {}
    for line, row in sheet.good.items():
        agency = sheet.ground.agencies[line.agency_id]
        if agency.pk in people:
            continue
        person = actors(agency)
        if person is None:
            column = title_of(sheet.ground.mapping, "agency")
            sheet.problems.append(Problem(row.number, column, NO_ACTOR.format(agency=agency)))
        else:
            people[agency.pk] = person
    return people


def _move_lines(sheet: Sheet, people: dict[int, User]) -> None:
    lines = {(line.agency_id, _key(line)) for line in {*sheet.good, *sheet.held_lines}}
    moved = record_transfers(sheet.ground.period, sheet.ground.organization, lines, people)
    if moved:
        sheet.outcome.notes.append(f"{group(moved)} ردیف از دستگاهی دیگر آمده است.")


def _key(line: Line) -> Key:
    return line.programme_id or 0, line.expense_chapter_id or 0, line.funding_source_id


def _enter(sheet: Sheet, agency: Agency, rows: dict[Key, Row], person: User) -> list[Held]:
    """Write one agency; what refuses it as a whole is said once, at its first row."""
    first = next(iter(rows.values()))
    try:
        submission = opening.open_submission(agency, sheet.ground.period, "expense", by=person)
        with transaction.atomic():
            figures = [_figures(sheet, key, row) for key, row in rows.items()]
            lines = write_expense_lines(submission.pk, figures, by=person)
    except (DomainError, NotAllowed) as refusal:
        column = title_of(sheet.ground.mapping, "agency")
        sheet.problems.append(Problem(first.number, column, f"{agency}: {refusal.message}"))
        return []
    sheet.outcome.written += len(rows)
    left = sum(line.spent is None and not line.held for key, line in lines.items() if key not in rows)
    if left:
        sheet.outcome.notes.append(f"{agency}: {group(left)} ردیف در پرونده نیست و خالی می‌ماند.")
    return _judge(sheet, submission, lines, rows, person)


def _figures(sheet: Sheet, key: Key, row: Row) -> Figures:
    mapped = [name for name in EXPENSE_CELLS if sheet.ground.mapping.has(name)]
    return Figures(
        key=key,
        cells={
            name: row.money.get(name)
            for name in mapped
            if name not in row.unread and name not in row.not_applicable
        },
        unread=row.unread,
        not_applicable=frozenset(row.not_applicable),
        reason=row.texts["reason"] if sheet.ground.mapping.has("reason") else None,
    )


def _judge(
    sheet: Sheet,
    submission: PerformanceSubmission,
    lines: dict[Key, ExpenseFinanceLine],
    rows: dict[Key, Row],
    person: User,
) -> list[Held]:
    """Blocked lines become problems of their rows, or are held by the same verb that the pages call."""
    blocks = blocks_of(submission)
    found = []
    for key, row in rows.items():
        hits = blocks.get(kept_hits.row_name(lines[key]), [])
        if hits and sheet.hold:
            entry.hold("expense", lines[key].pk, by=person)
            found.append(_held(sheet, row, hits))
        for hit in () if sheet.hold else hits:
            column = hit.cell if hit.cell not in EXPENSE_CELLS else title_of(sheet.ground.mapping, hit.cell)
            sheet.problems.append(Problem(row.number, column, hit.sentence))
    return found


def _held(sheet: Sheet, row: Row, hits: list[CheckResult]) -> Held:
    rules = tuple(sorted({hit.rule for hit in hits}))
    sentence = " ".join(dict.fromkeys(hit.sentence for hit in hits))
    return Held(row.number, sheet.ground.place_of(row), rules, sentence, row.raw)


__all__ = ["EXPENSE_PERFORMANCE", "Refused", "import_performance", "own_experts"]
