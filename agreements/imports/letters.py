"""Notifications and allocations: one issued letter per agency."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from agreements.imports.ground import Ground, Line
from agreements.imports.tables import (
    CAPITAL_ALLOCATION,
    CAPITAL_NOTIFICATION,
    EXPENSE,
    Sheet,
    require_writer,
    sort_out,
)
from agreements.models import AllocationLine, AllocationNotice, BudgetNotification, NotificationLine
from agreements.workflow.arrivals import issue_letters
from budget_portal.digits import group
from budget_portal.tables.extract import Extract, Problem, title_of
from budget_portal.tables.outcome import Outcome

BELOW_ZERO = (
    "این رقم ({amount}) ردیف را به کمتر از صفر می‌رساند ({after})؛ بیش از آنچه داده شده پس گرفته نمی‌شود."
)
KNOWN_LETTER = "نامهٔ شمارهٔ «{number}» برای {agency} پیش‌تر ثبت شده است."


def import_notifications(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Outcome:
    """Each row gives credit (negative: takes back); the sum of a line never falls below zero."""
    require_writer(by)
    kind = "capital" if ground.mapping.has("plan") else "expense"
    grain = CAPITAL_NOTIFICATION if kind == "capital" else EXPENSE
    sheet = sort_out(extract, ground, "notifications", grain, hold=hold)
    year, number = ground.year, ground.text("letter_number")
    known = _known(NotificationLine, grain, "notification", notification__fiscal_year=year.pk, kind=kind)
    for line, row in list(sheet.good.items()):
        _refuse_below_zero(sheet, line, known.get(line, 0) + row.money["amount"])
    _refuse_known_letters(sheet, BudgetNotification, kind, number)
    sheet.settle()
    lines = {
        line: NotificationLine(
            scope="provincial" if ground.organization.parent_id else "national",
            budget_row=row.texts["budget_row"][:30],
            amount=row.money["amount"],
            **line.part,
        )
        for line, row in sheet.good.items()
    }
    return _issue(sheet, BudgetNotification, kind, number, lines, by, fiscal_year=year)


def import_allocations(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Outcome:
    """Each row releases (negative: recalls). With figures = "cumulative" the file says what is allocated from
    the start of the year, and the letter carries the difference; with complete = true, what the file does not
    name is recalled."""
    require_writer(by)
    kind = "capital" if ground.mapping.has("project") else "expense"
    grain = CAPITAL_ALLOCATION if kind == "capital" else EXPENSE
    sheet = sort_out(extract, ground, "allocations", grain, hold=hold)
    period, number = ground.period, ground.text("letter_number")
    cumulative = ground.mapping.values.get("figures", "released") == "cumulative"
    known = _known(
        AllocationLine, grain, "notice", notice__period__fiscal_year=period.fiscal_year_id, kind=kind
    )
    for line, row in list(sheet.good.items()):
        after = row.money["amount"] + (0 if cumulative else known.get(line, 0))
        _refuse_below_zero(sheet, line, after)
    _refuse_known_letters(sheet, AllocationNotice, kind, number)
    sheet.settle()
    lines: dict[Line, Any] = {}
    for line, row in sheet.good.items():
        amount = row.money["amount"] - (known.get(line, 0) if cumulative else 0)
        if amount or "collected" in row.money:
            lines[line] = AllocationLine(amount=amount, collected=row.money.get("collected"), **line.part)
    if cumulative and ground.mapping.complete:
        lines |= _recalled(sheet, known)
    return _issue(sheet, AllocationNotice, kind, number, lines, by, period=period)


def _recalled(sheet: Sheet, known: dict[Line, int]) -> dict[Line, AllocationLine]:
    """Lines that the file names no more give back what they were allocated."""
    named = {*sheet.good, *sheet.held_lines}
    gone = {
        line: amount
        for line, amount in known.items()
        if amount and line not in named and line.agency_id in sheet.ground.agencies
    }
    if gone:
        total = group(sum(gone.values()))
        sheet.outcome.notes.append(
            f"{group(len(gone))} ردیف در پرونده نبود و تخصیص آن ({total}) پس گرفته شد."
        )
    return {line: AllocationLine(amount=-amount, **line.part) for line, amount in gone.items()}


def _known(model: Any, grain: tuple[str, ...], letter: str, *, kind: str, **only: Any) -> dict[Line, int]:
    """Σ of issued lines so far, per line of the form."""
    rows = model.objects.filter(**{f"{letter}__kind": kind, f"{letter}__state": "issued"}, **only)
    names = [f"{name}_id" for name in grain]
    found = rows.values(f"{letter}__agency_id", *names).annotate(total=Sum("amount")).order_by()
    return {
        Line(agency_id=row[f"{letter}__agency_id"], **{name: row[name] for name in names}): int(row["total"])
        for row in found
    }


def _refuse_below_zero(sheet: Sheet, line: Line, after: int) -> None:
    if after < 0:
        amount = sheet.good[line].money["amount"]
        sentence = BELOW_ZERO.format(amount=group(amount), after=group(after))
        sheet.refuse(line, title_of(sheet.ground.mapping, "amount"), sentence)


def _refuse_known_letters(sheet: Sheet, model: Any, kind: str, number: str) -> None:
    """A letter is entered once; a file read twice changes nothing."""
    first = {line.agency_id: row.number for line, row in reversed(sheet.good.items())}
    known = model.objects.filter(agency__in=list(first), kind=kind, letter_number=number)
    for agency_id in known.order_by("agency").values_list("agency_id", flat=True):
        agency = sheet.ground.agencies[agency_id]
        sentence = KNOWN_LETTER.format(number=number, agency=agency)
        sheet.problems.append(Problem(first[agency_id], "letter_number", sentence))


def _issue(
    sheet: Sheet, model: Any, kind: str, number: str, lines: dict[Line, Any], by: User, **letter: Any
) -> Outcome:
    by_agency: dict[int, list[Any]] = defaultdict(list)
    for line, written in lines.items():
        by_agency[line.agency_id].append(written)
    day = sheet.ground.day("letter_date")
    valid_from, now = sheet.ground.day("valid_from", day), timezone.now()
    letters = [
        (
            model(
                agency_id=agency_id,
                kind=kind,
                letter_number=number,
                letter_date=day,
                valid_from=valid_from,
                recorded_at=now,
                **letter,
            ),
            by_agency[agency_id],
        )
        for agency_id in sorted(by_agency)
    ]
    issue_letters(letters, by=by)
    recalled = [written.amount for written in lines.values() if written.amount < 0]
    sheet.outcome.written = len(lines)
    sheet.outcome.notes.append(
        f"{group(len(letters))} نامه، {group(len(lines))} ردیف، جمع {group(sum(x.amount for x in lines.values()))}"
        + (f"؛ {group(len(recalled))} ردیف برگشتی، جمع {group(sum(recalled))}" if recalled else "")
    )
    return sheet.outcome
