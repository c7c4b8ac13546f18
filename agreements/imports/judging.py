"""Letters of a file under the rules of typed letters: the same functions, the same sentences (`letter_rules`).

Letters are judged in the order in which they hold, each beside those of the file before it. A line that is refused is
an error of its row; what is wrong with a letter as a whole is an error of all its rows. What only warns, warns here.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.models import Agency
from agreements import letter_rules
from agreements.imports.ground import Line
from agreements.imports.tables import Sheet
from agreements.ledger import Entry
from agreements.letters import Letter, Sort, as_entry, entries_of
from agreements.models import ExpenseChapter, FundingSource, Plan, Programme, Project
from budget_portal.tables.extract import Problem, title_of
from budget_portal.tables.outcome import Refused

NO_DATE = "تاریخ نامه لازم است."
LINKED: dict[str, Any] = {
    "programme": Programme,
    "plan": Plan,
    "project": Project,
    "expense_chapter": ExpenseChapter,
    "funding_source": FundingSource,
}


@dataclass
class Arriving:
    """A letter of the file with its lines; none of it is written. A line has the place of its row below zero as a
    key of its own as long as it is judged."""

    letter: Any
    lines: dict[Line, Any] = field(default_factory=dict)


def judge_letters(sheet: Sheet, sort: Sort, lines: dict[Line, Any], **head: Any) -> list[Arriving]:
    """The letters that may be issued, in the order of their days; refused lines are among the errors of the sheet."""
    _name_parts(lines)
    letters = _letters(sheet, sort, lines, head)
    _lock_agencies(letters)
    stands = entries_of(sort, [arriving.letter for arriving in letters])
    for arriving in letters:
        letter = arriving.letter
        _judge(sheet, sort, arriving, stands[letter.agency_id])
        stands[letter.agency_id] += [as_entry(sort, letter, line) for line in arriving.lines.values()]
    for arriving in letters:
        for written in arriving.lines.values():
            written.pk = None
    return [arriving for arriving in letters if arriving.lines]


def _name_parts(lines: dict[Line, Any]) -> None:
    """What sentences call a line, looked up once for the whole file."""
    for name, model in LINKED.items():
        asked = {line: key for line in lines if (key := getattr(line, f"{name}_id", None))}
        found = model.objects.in_bulk(set(asked.values()))
        for line, key in asked.items():
            written = lines[line]
            written._meta.get_field(name).set_cached_value(written, found[key])


def _letters(sheet: Sheet, sort: Sort, lines: dict[Line, Any], head: dict[str, Any]) -> list[Arriving]:
    days = {
        (line.agency_id, number_of(sheet, line)): row.days["letter_date"]
        for line, row in sheet.good.items()
        if "letter_date" in row.days
    }
    found: dict[tuple[int, str], Arriving] = {}
    for place, (line, written) in enumerate(lines.items(), start=1):
        name = line.agency_id, number_of(sheet, line)
        if name not in found:
            found[name] = Arriving(_letter(sheet, sort, *name, days.get(name), head))
        written.pk = -place
        found[name].lines[line] = written
    return sorted(found.values(), key=lambda one: (one.letter.valid_from, one.letter.letter_number))


def number_of(sheet: Sheet, line: Line) -> str:
    return line.letter or sheet.ground.text("letter_number")


def _letter(
    sheet: Sheet, sort: Sort, agency_id: int, number: str, day: dt.date | None, head: dict[str, Any]
) -> Letter:
    ground = sheet.ground
    day = day or ground.day("letter_date")
    if day is None:
        raise Refused([Problem(0, "letter_date", NO_DATE)])
    letter: Letter = sort.letter(
        agency_id=agency_id,
        letter_number=number[:60],
        letter_date=day,
        valid_from=ground.day("valid_from", day),
        recorded_at=timezone.now(),
        **head,
    )
    return letter


def _lock_agencies(letters: list[Arriving]) -> None:
    """Letters of one agency are judged one after the other, whoever issues them."""
    agencies = {arriving.letter.agency_id for arriving in letters}
    rows = Agency.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=agencies)
    list(rows.order_by("pk").values_list("pk", flat=True))


def _judge(sheet: Sheet, sort: Sort, arriving: Arriving, stands: list[Entry]) -> None:
    """Lines that the rules refuse leave the letter until nothing hinders the rest."""
    while arriving.lines:
        by_key = {written.pk: line for line, written in arriving.lines.items()}
        found = letter_rules.judge(sort, arriving.letter, list(arriving.lines.values()), stands)
        said: dict[Line, list[str]] = defaultdict(list)
        for problem in found:
            for line in [by_key[problem.line]] if problem.line else list(arriving.lines):
                if problem.blocks:
                    said[line].append(problem.sentence)
        if not said:
            _warn(sheet, arriving, by_key, found)
            return
        for line, sentences in said.items():
            del arriving.lines[line]
            _refuse(sheet, line, sentences)


def _warn(
    sheet: Sheet, arriving: Arriving, by_key: dict[int, Line], found: list[letter_rules.Problem]
) -> None:
    """A warning of the whole letter stands at its first row."""
    for problem in found:
        line = by_key[problem.line] if problem.line else next(iter(arriving.lines))
        if line in sheet.good and problem.sentence not in sheet.good[line].warnings:
            sheet.good[line].warnings.append(problem.sentence)


def _refuse(sheet: Sheet, line: Line, sentences: list[str]) -> None:
    """A line that no row names is recalled because the file is complete; what hinders it hinders the file."""
    row = sheet.good.pop(line, None)
    if row is None:
        known = {problem.sentence for problem in sheet.problems}
        sheet.problems += [Problem(0, "", text) for text in sentences if text not in known]
        return
    for text in sentences:
        row.refuse(title_of(sheet.ground.mapping, "amount"), text)
    sheet.bad.append((row, line))
