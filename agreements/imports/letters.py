"""Notifications and allocations: one issued letter per agency, or as many as the file names."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Sum

from accounts.models import User
from agreements.imports.ground import Ground, Line
from agreements.imports.judging import judge_letters, number_of
from agreements.imports.tables import (
    CAPITAL_ALLOCATION,
    CAPITAL_NOTIFICATION,
    EXPENSE,
    Sheet,
    Tick,
    Verdict,
    no_tick,
    require_writer,
    sort_out,
)
from agreements.letters import ALLOCATION, NOTIFICATION
from agreements.models import AllocationLine, AllocationNotice, BudgetNotification, NotificationLine
from agreements.workflow.arrivals import issue_letters
from budget_portal.digits import group
from budget_portal.tables.extract import Extract, Problem, Row, title_of
from budget_portal.tables.outcome import Outcome
from budget_portal.text import fold

NOTHING = "مبلغ صفر است؛ ردیفی برای آن نوشته نمی‌شود."
KNOWN_LETTER = "نامهٔ شمارهٔ «{number}» برای {agency} پیش‌تر با ردیف‌هایی دیگر ثبت شده است و تغییر نمی‌کند."
TWO_DATES = "نامهٔ شمارهٔ «{number}» در سطر {first} تاریخ دیگری دارد."
ONLY_CASH = "ارقام تجمعی تنها نقد است؛ اسناد خزانه و تنخواه را با ارقام همان نامه وارد کنید."
NO_INSTRUMENT = "«{text}» نقد یا اسناد خزانه نیست."
NO_ANSWER = "«{text}» بله یا خیر نیست."
YES_OR_NO = {"": False, fold("خیر"): False, fold("بله"): True, fold("تنخواه"): True}
PLAIN = {"instrument": "cash", "symbol": "", "due_date": None, "is_advance": False}
PAPER_NAMES = tuple(PLAIN)
CHUNK = 20  # letters that are issued at once
Letter = tuple[int, str]  # agency and number


def import_notifications(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Outcome:
    """Each row gives credit (negative: takes back); the sum of a line never falls below zero."""
    sheet = judge_notifications(extract, ground, by=by, hold=hold)
    sheet.settle()
    return write_letters(sheet, by=by)


def import_allocations(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Outcome:
    """Each row releases (negative: recalls). With figures = "cumulative" the file says what is allocated from
    the start of the year, and the letter carries the difference; with complete = true, what the file does not
    name is recalled. With part = "falls" only what falls is written: before amendments that lower the credit."""
    sheet = judge_allocations(extract, ground, by=by, hold=hold)
    sheet.settle()
    return write_letters(sheet, by=by)


# --- judging ------------------------------------------------------------------------------------------------


def judge_notifications(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Sheet:
    require_writer(by)
    kind = "capital" if ground.mapping.has("plan") else "expense"
    grain = CAPITAL_NOTIFICATION if kind == "capital" else EXPENSE
    sheet = sort_out(extract, ground, "notifications", grain, hold=hold)
    year = ground.year
    known = _known(NotificationLine, grain, "notification", notification__fiscal_year=year.pk, kind=kind)
    sheet.data = {"kind": kind, "known": known, "same": set()}
    _sort_known_letters(sheet, BudgetNotification, NotificationLine, grain, kind)
    scope = "provincial" if ground.organization.parent_id else "national"
    made = _maker(NotificationLine)
    lines = {
        line: made(
            scope=scope, budget_row=row.texts["budget_row"][:30], amount=row.money["amount"], **line.part
        )
        for line, row in _written(sheet)
    }
    sheet.data["letters"] = judge_letters(sheet, NOTIFICATION, lines, kind=kind, fiscal_year=year)
    _tell_sums(sheet, known, "ابلاغ‌شدهٔ ردیف", cumulative=False)
    return sheet


def judge_allocations(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Sheet:
    require_writer(by)
    kind = "capital" if ground.mapping.has("project") else "expense"
    grain = CAPITAL_ALLOCATION if kind == "capital" else EXPENSE
    cumulative = ground.mapping.values.get("figures", "released") == "cumulative"
    sheet = sort_out(extract, ground, "allocations", grain, hold=hold, paper=paper_of)
    period = ground.period
    for line in list(sheet.good) if cumulative else ():
        if line.paper:
            sheet.refuse(line, title_of(ground.mapping, "instrument"), ONLY_CASH)
    known = _known(
        AllocationLine, grain, "notice", notice__period__fiscal_year=period.fiscal_year_id, kind=kind
    )
    sheet.data = {"kind": kind, "known": known, "same": set()}
    _sort_known_letters(sheet, AllocationNotice, AllocationLine, grain, kind, never_same=cumulative)
    made = _maker(AllocationLine)
    lines = {
        line: made(
            amount=row.money["amount"] - (known.get(line.bare, 0) if cumulative else 0),
            collected=row.money.get("collected"),
            **_paper(row, ground),
            **line.part,
        )
        for line, row in _written(sheet, known if cumulative else None)
    }
    if cumulative and ground.mapping.complete:
        lines |= _recalled(sheet, known)
    if ground.mapping.values.get("part") == "falls":
        lines = {line: written for line, written in lines.items() if written.amount < 0}
    sheet.data["letters"] = judge_letters(sheet, ALLOCATION, lines, kind=kind, period=period)
    _tell_sums(sheet, known, "تخصیص‌یافتهٔ ردیف", cumulative=cumulative)
    return sheet


def _maker(model: Any) -> Callable[..., Any]:
    """Makes lines of a letter. A model takes the values of all its columns in order in a third of the time that it
    takes some of them by name, and files have many thousands of lines."""
    columns = [(field.attname, field.get_default()) for field in model._meta.concrete_fields]
    return lambda **values: model(*[values.get(name, default) for name, default in columns])


def paper_of(row: Row, ground: Ground) -> str:
    """What tells a row from plain cash of the same line; nothing for plain cash."""
    found = _paper(row, ground, refuse=True)
    if found == PLAIN:
        return ""
    return "|".join(str(value) for value in found.values())


def _paper(row: Row, ground: Ground, *, refuse: bool = False) -> dict[str, Any]:
    instrument, advance = row.texts.get("instrument", ""), row.texts.get("advance", "")
    kinds = {fold(str(label)): value for value, label in AllocationLine.Instrument.choices}
    kinds |= {
        "": "cash",
        "cash": "cash",
        "securities": "securities",
        fold("نقدی"): "cash",
        fold("اوراق"): "securities",
    }
    if refuse and fold(instrument) not in kinds:
        row.refuse(title_of(ground.mapping, "instrument"), NO_INSTRUMENT.format(text=instrument))
    if refuse and fold(advance) not in YES_OR_NO:
        row.refuse(title_of(ground.mapping, "advance"), NO_ANSWER.format(text=advance))
    return {
        "instrument": kinds.get(fold(instrument), "cash"),
        "symbol": row.texts.get("symbol", "")[:30],
        "due_date": row.days.get("due_date"),
        "is_advance": YES_OR_NO.get(fold(advance), False),
    }


def _written(sheet: Sheet, known: dict[Line, int] | None = None) -> Iterator[tuple[Line, Row]]:
    """Rows that say something: nothing is written of an amount of zero, or of a sum that stands already."""
    for line, row in sheet.good.items():
        if line in sheet.data["same"]:
            continue
        amount = row.money["amount"] - (known.get(line.bare, 0) if known is not None else 0)
        if amount or "collected" in row.money:
            yield line, row
        else:
            sheet.data["same"].add(line)
            kind = "left_out" if known is None else "same"
            row.warnings += [NOTHING] if known is None else []
            sheet.verdicts[row.number] = Verdict(kind, _title(sheet, line))


def _known(model: Any, grain: tuple[str, ...], letter: str, *, kind: str, **only: Any) -> dict[Line, int]:
    """Σ of issued lines so far, per line of the form."""
    rows = model.objects.counted().filter(**{f"{letter}__kind": kind, f"{letter}__state": "issued"}, **only)
    names = [f"{name}_id" for name in grain]
    found = rows.values(f"{letter}__agency_id", *names).annotate(total=Sum("amount")).order_by()
    return {
        Line(agency_id=row[f"{letter}__agency_id"], **{name: row[name] for name in names}): int(row["total"])
        for row in found
    }


def _tell_sums(sheet: Sheet, known: dict[Line, int], label: str, *, cumulative: bool) -> None:
    """Before and after of every line, in the order of the file."""
    now = dict(known)
    for line, row in sheet.good.items():
        if line in sheet.data["same"]:
            continue
        bare, amount = line.bare, row.money["amount"]
        before = now.get(bare, 0)
        after = now[bare] = amount if cumulative else before + amount
        money = (label, before if before else None, after)
        kind = "changed" if before else "new"
        sheet.verdicts[row.number] = Verdict(kind, _title(sheet, line), money=money)


def _sort_known_letters(
    sheet: Sheet, model: Any, line_model: Any, grain: tuple[str, ...], kind: str, *, never_same: bool = False
) -> None:
    """A letter is entered once. One that stands with the very lines of the file changes nothing; with others it
    is refused, since what is issued never changes."""
    wanted: dict[Letter, dict[Line, Row]] = defaultdict(dict)
    for line, row in sheet.good.items():
        wanted[line.agency_id, number_of(sheet, line)][line] = row
    known = _letters(model, line_model, grain, kind, wanted)
    for letter, lines in wanted.items():
        if letter not in known:
            _refuse_two_dates(sheet, letter[1], lines)
        elif (
            not never_same
            and {line.unlettered: row.money["amount"] for line, row in lines.items()} == known[letter]
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
    papers = PAPER_NAMES if parent == "notice" else ()
    asked = (parent, "amount", *names, *papers)
    for row in line_model.objects.filter(**{f"{parent}__in": list(by_key)}).values(*asked):
        letter, amount = by_key[row[parent]], row["amount"]
        paper = {name: row[name] for name in papers}
        told = "|".join(str(value) for value in paper.values()) if paper not in ({}, PLAIN) else ""
        line = Line(agency_id=letter[0], paper=told, **{name: row[name] for name in names})
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


def _title(sheet: Sheet, line: Line) -> str:
    return sheet.ground.agencies[line.agency_id].name


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


# --- writing ------------------------------------------------------------------------------------------------


def write_letters(sheet: Sheet, *, by: User, tick: Tick = no_tick) -> Outcome:
    """Issue what the rules let pass, some letters at a time."""
    letters = [(one.letter, list(one.lines.values())) for one in sheet.data["letters"]]
    lines = [line for _, written in letters for line in written]
    done = 0
    for start in range(0, len(letters), CHUNK):
        part = letters[start : start + CHUNK]
        issue_letters(part, by=by)
        done += sum(len(written) for _, written in part)
        tick(done, len(lines))
    sheet.outcome.written = len(lines)
    for letter, _ in letters:
        sheet.outcome.made.setdefault(letter._meta.label_lower, []).append(letter.pk)
    recalled = [line.amount for line in lines if line.amount < 0]
    sheet.outcome.notes.append(
        f"{group(len(letters))} نامه، {group(len(lines))} ردیف، جمع {group(sum(line.amount for line in lines))}"
        + (f"؛ {group(len(recalled))} ردیف برگشتی، جمع {group(sum(recalled))}" if recalled else "")
    )
    return sheet.outcome
