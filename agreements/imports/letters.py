"""Notifications and allocations: one issued letter per agency, or as many as the file names."""

from __future__ import annotations

import datetime as dt
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
    Tick,
    Verdict,
    money_change,
    no_tick,
    require_writer,
    sort_out,
)
from agreements.models import AllocationLine, AllocationNotice, BudgetNotification, NotificationLine
from agreements.workflow.arrivals import issue_letters
from budget_portal.digits import group
from budget_portal.tables.extract import Extract, Problem, Row, title_of
from budget_portal.tables.outcome import Outcome, Refused

BELOW_ZERO = (
    "این رقم ({amount}) ردیف را به کمتر از صفر می‌رساند ({after})؛ بیش از آنچه داده شده پس گرفته نمی‌شود."
)
KNOWN_LETTER = "نامهٔ شمارهٔ «{number}» برای {agency} پیش‌تر با ردیف‌هایی دیگر ثبت شده است و تغییر نمی‌کند."
TWO_DATES = "نامهٔ شمارهٔ «{number}» در سطر {first} تاریخ دیگری دارد."
CHUNK = 20  # letters that are issued at once
Letter = tuple[int, str]  # agency and number


def import_notifications(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Outcome:
    """Each row gives credit (negative: takes back); the sum of a line never falls below zero."""
    sheet = judge_notifications(extract, ground, by=by, hold=hold)
    sheet.settle()
    return write_notifications(sheet, by=by)


def import_allocations(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Outcome:
    """Each row releases (negative: recalls). With figures = "cumulative" the file says what is allocated from
    the start of the year, and the letter carries the difference; with complete = true, what the file does not
    name is recalled."""
    sheet = judge_allocations(extract, ground, by=by, hold=hold)
    sheet.settle()
    return write_allocations(sheet, by=by)


# --- judging ------------------------------------------------------------------------------------------------


def judge_notifications(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Sheet:
    require_writer(by)
    kind = "capital" if ground.mapping.has("plan") else "expense"
    grain = CAPITAL_NOTIFICATION if kind == "capital" else EXPENSE
    sheet = sort_out(extract, ground, "notifications", grain, hold=hold)
    year = ground.year
    known = _known(NotificationLine, grain, "notification", notification__fiscal_year=year.pk, kind=kind)
    sheet.data = {"kind": kind, "year": year, "known": known}
    _sort_known_letters(sheet, BudgetNotification, NotificationLine, grain, kind)
    _judge_sums(sheet, known, "ابلاغ‌شدهٔ ردیف", cumulative=False)
    return sheet


def judge_allocations(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Sheet:
    require_writer(by)
    kind = "capital" if ground.mapping.has("project") else "expense"
    grain = CAPITAL_ALLOCATION if kind == "capital" else EXPENSE
    sheet = sort_out(extract, ground, "allocations", grain, hold=hold)
    period = ground.period
    cumulative = ground.mapping.values.get("figures", "released") == "cumulative"
    known = _known(
        AllocationLine, grain, "notice", notice__period__fiscal_year=period.fiscal_year_id, kind=kind
    )
    sheet.data = {"kind": kind, "period": period, "known": known, "cumulative": cumulative}
    _sort_known_letters(sheet, AllocationNotice, AllocationLine, grain, kind, never_same=cumulative)
    _judge_sums(sheet, known, "تخصیص‌یافتهٔ ردیف", cumulative=cumulative)
    return sheet


def _known(model: Any, grain: tuple[str, ...], letter: str, *, kind: str, **only: Any) -> dict[Line, int]:
    """Σ of issued lines so far, per line of the form."""
    rows = model.objects.counted().filter(**{f"{letter}__kind": kind, f"{letter}__state": "issued"}, **only)
    names = [f"{name}_id" for name in grain]
    found = rows.values(f"{letter}__agency_id", *names).annotate(total=Sum("amount")).order_by()
    return {
        Line(agency_id=row[f"{letter}__agency_id"], **{name: row[name] for name in names}): int(row["total"])
        for row in found
    }


def _judge_sums(sheet: Sheet, known: dict[Line, int], label: str, *, cumulative: bool) -> None:
    """Before and after of every line, in the order of the file; below zero is an error of the row."""
    now = dict(known)
    same = sheet.data["same"]
    for line, row in list(sheet.good.items()):
        if line in same:
            continue
        bare, amount = line.bare, row.money["amount"]
        before = now.get(bare, 0)
        after = amount if cumulative else before + amount
        if after < 0:
            sentence = BELOW_ZERO.format(amount=group(amount), after=group(after))
            sheet.refuse(line, title_of(sheet.ground.mapping, "amount"), sentence)
            continue
        now[bare] = after
        still = cumulative and after == before and "collected" not in row.money
        kind = "same" if still else "changed" if before else "new"
        change = money_change(label, before if before else None, after)
        sheet.verdicts[row.number] = Verdict(kind, _title(sheet, line), [change])


def _sort_known_letters(
    sheet: Sheet, model: Any, line_model: Any, grain: tuple[str, ...], kind: str, *, never_same: bool = False
) -> None:
    """A letter is entered once. One that stands with the very lines of the file changes nothing; with others it
    is refused, since what is issued never changes."""
    wanted: dict[Letter, dict[Line, Row]] = defaultdict(dict)
    for line, row in sheet.good.items():
        wanted[line.agency_id, _number(sheet, line)][line] = row
    sheet.data["same"] = set()
    known = _letters(model, line_model, grain, kind, wanted)
    for letter, lines in wanted.items():
        if letter not in known:
            _refuse_two_dates(sheet, letter[1], lines)
        elif (
            not never_same
            and {line.bare: row.money["amount"] for line, row in lines.items()} == known[letter]
        ):
            sheet.data["same"] |= set(lines)
            for line, row in lines.items():
                sheet.verdicts[row.number] = Verdict("same", _title(sheet, line))
        else:
            first = min(lines.values(), key=lambda row: row.number)
            agency = sheet.ground.agencies[letter[0]]
            sentence = KNOWN_LETTER.format(number=letter[1], agency=agency)
            sheet.problems.append(Problem(first.number, "letter_number", sentence))


def _letters(
    model: Any, line_model: Any, grain: tuple[str, ...], kind: str, wanted: dict[Letter, Any]
) -> dict[Letter, dict[Line, int]]:
    """Letters of these numbers that already stand, with their lines."""
    parent = "notification" if hasattr(line_model, "notification") else "notice"
    letters = model.objects.filter(
        agency__in={agency for agency, _ in wanted},
        letter_number__in={number for _, number in wanted},
        kind=kind,
    ).exclude(state="cancelled")
    by_key = {
        row.pk: (row.agency_id, row.letter_number)
        for row in letters
        if (row.agency_id, row.letter_number) in wanted
    }
    found: dict[Letter, dict[Line, int]] = {letter: {} for letter in by_key.values()}
    names = [f"{name}_id" for name in grain]
    rows = line_model.objects.filter(**{f"{parent}__in": list(by_key)}).values_list(parent, "amount", *names)
    for pk, amount, *keys in rows:
        letter = by_key[pk]
        line = Line(agency_id=letter[0], **dict(zip(names, keys, strict=True)))
        found[letter][line] = found[letter].get(line, 0) + amount
    return found


def _refuse_two_dates(sheet: Sheet, number: str, lines: dict[Line, Row]) -> None:
    dates: dict[dt.date, int] = {}
    for row in lines.values():
        if "letter_date" in row.days:
            dates.setdefault(row.days["letter_date"], row.number)
    if len(dates) > 1:
        first, second, *_ = sorted(dates.values())
        sentence = TWO_DATES.format(number=number, first=group(first))
        sheet.problems.append(Problem(second, title_of(sheet.ground.mapping, "letter_date"), sentence))


def _number(sheet: Sheet, line: Line) -> str:
    return line.letter or sheet.ground.text("letter_number")


def _title(sheet: Sheet, line: Line) -> str:
    return sheet.ground.agencies[line.agency_id].name


# --- writing ------------------------------------------------------------------------------------------------


def write_notifications(sheet: Sheet, *, by: User, tick: Tick = no_tick) -> Outcome:
    lines = {
        line: NotificationLine(
            scope="provincial" if sheet.ground.organization.parent_id else "national",
            budget_row=row.texts["budget_row"][:30],
            amount=row.money["amount"],
            **line.part,
        )
        for line, row in sheet.good.items()
        if line not in sheet.data["same"]
    }
    return _issue(sheet, BudgetNotification, lines, by, tick, fiscal_year=sheet.data["year"])


def write_allocations(sheet: Sheet, *, by: User, tick: Tick = no_tick) -> Outcome:
    known, cumulative = sheet.data["known"], sheet.data["cumulative"]
    lines: dict[Line, Any] = {}
    for line, row in sheet.good.items():
        amount = row.money["amount"] - (known.get(line.bare, 0) if cumulative else 0)
        if line not in sheet.data["same"] and (amount or "collected" in row.money):
            lines[line] = AllocationLine(amount=amount, collected=row.money.get("collected"), **line.part)
    if cumulative and sheet.ground.mapping.complete:
        lines |= _recalled(sheet, known)
    return _issue(sheet, AllocationNotice, lines, by, tick, period=sheet.data["period"])


def _recalled(sheet: Sheet, known: dict[Line, int]) -> dict[Line, AllocationLine]:
    """Lines that the file names no more give back what they were allocated."""
    named = {line.bare for line in (*sheet.good, *sheet.held_lines)}
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


def _issue(sheet: Sheet, model: Any, lines: dict[Line, Any], by: User, tick: Tick, **letter: Any) -> Outcome:
    by_letter: dict[Letter, list[Any]] = defaultdict(list)
    for line, written in lines.items():
        by_letter[line.agency_id, _number(sheet, line)].append(written)
    days = _days(sheet)
    letters = [
        (_letter(sheet, model, agency_id, number, days, letter), by_letter[agency_id, number])
        for agency_id, number in sorted(by_letter)
    ]
    done = 0
    for start in range(0, len(letters), CHUNK):
        issue_letters(letters[start : start + CHUNK], by=by)
        done += sum(len(written) for _, written in letters[start : start + CHUNK])
        tick(done, len(lines))
    recalled = [written.amount for written in lines.values() if written.amount < 0]
    sheet.outcome.written = len(lines)
    sheet.outcome.made[model._meta.label_lower] = [notice.pk for notice, _ in letters]
    sheet.outcome.notes.append(
        f"{group(len(letters))} نامه، {group(len(lines))} ردیف، جمع {group(sum(x.amount for x in lines.values()))}"
        + (f"؛ {group(len(recalled))} ردیف برگشتی، جمع {group(sum(recalled))}" if recalled else "")
    )
    return sheet.outcome


def _days(sheet: Sheet) -> dict[Letter, dt.date]:
    """Dates that the rows name for their letters."""
    return {
        (line.agency_id, _number(sheet, line)): row.days["letter_date"]
        for line, row in sheet.good.items()
        if "letter_date" in row.days
    }


def _letter(
    sheet: Sheet, model: Any, agency_id: int, number: str, days: dict[Letter, dt.date], fields: dict[str, Any]
) -> Any:
    ground = sheet.ground
    day = days.get((agency_id, number)) or ground.day("letter_date")
    if day is None:
        raise Refused([Problem(0, "letter_date", "تاریخ نامه لازم است.")])
    return model(
        agency_id=agency_id,
        kind=sheet.data["kind"],
        letter_number=number[:60],
        letter_date=day,
        valid_from=ground.day("valid_from", day),
        recorded_at=timezone.now(),
        **fields,
    )
