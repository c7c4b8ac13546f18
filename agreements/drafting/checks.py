"""What keeps a draft from being sent, and what it should be asked about. Pure but for the facts it is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from django.db.models import Sum

from agreements.drafting import capital_checks, cells, closed, document, expense_checks, spec
from agreements.drafting.document import Agreement, Document
from agreements.drafting.facts import Facts, Problem
from agreements.drafting.lists import Lists
from agreements.drafting.spec import Cell, Form, Path, Section
from agreements.models import CapitalAgreement, Contract, NotificationLine
from budget_portal.digits import to_persian

State = Literal["complete", "begun", "mend", "empty"]
MISSING = "«{label}» خالی است."
MISSING_ROW = "«{label}» در ردیف {row} خالی است."
NO_ROWS = "دست‌کم {least} {noun} لازم است."
TOO_MANY = "بیش از {most} {noun} پذیرفته نیست."
TWICE = "این ردیف دو بار آمده است."
NO_PROJECT = "هیچ پروژه‌ای در موافقتنامه نیست."


@dataclass
class Judged:
    problems: list[Problem]
    states: dict[str, State] = field(default_factory=dict)  # form code -> state

    @property
    def blocking(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.blocks]

    def of(self, form: Form) -> list[Problem]:
        return [problem for problem in self.problems if problem.path.form == form.code]


def problems(agreement: Agreement) -> list[Problem]:
    """Every sentence about a version, blocking ones and warnings, in the order of the forms."""
    return judge(document.read(agreement), facts_of(agreement), Lists(agreement)).problems


def is_ready(agreement: Agreement) -> bool:
    """Whether nothing keeps it from being signed."""
    return not judge(document.read(agreement), facts_of(agreement), Lists(agreement)).blocking


def state_of(agreement: Agreement) -> dict[str, State]:
    """Form code -> complete, begun, mend (something is wrong) or empty."""
    return judge(document.read(agreement), facts_of(agreement), Lists(agreement)).states


def facts_of(agreement: Agreement) -> Facts:
    kind = document.kind_of(agreement)
    lines = NotificationLine.objects.filter(
        notification__agency=agreement.agency_id,
        notification__kind=kind,
        notification__state="issued",
        notification__fiscal_year=agreement.fiscal_year_id,
    )
    if isinstance(agreement, CapitalAgreement):
        lines = lines.filter(plan=agreement.plan_id)
    notified = lines.aggregate(sum=Sum("amount"))["sum"]
    before = agreement.amends
    contracted = False
    if isinstance(agreement, CapitalAgreement):
        rows = Contract.objects.filter(project__plan=agreement.plan_id, project__agency=agreement.agency_id)
        contracted = rows.exists()
    return Facts(
        year=agreement.fiscal_year.year,
        amends=before is not None,
        document=agreement.document_id is not None or bool(agreement.imported_from),
        notified=notified,
        after=before.valid_from if before else None,
        until=agreement.fiscal_year.ends_on,
        contracted=contracted,
        locked=closed.locked(agreement),
        own_revenue=frozenset(
            entry.code for entry in Lists(agreement).source.values() if entry.sort == "own_revenue"
        ),
    )


def judge(found: Document, facts: Facts, lists: Lists) -> Judged:
    judged = Judged([])
    for form in spec.forms_of(found.kind, amends=facts.amends):
        judged.problems += _of_form(found, form, facts, lists)
        judged.states[form.code] = _state(found, form, judged.of(form), facts)
    return judged


def _of_form(found: Document, form: Form, facts: Facts, lists: Lists) -> Iterator[Problem]:
    if form.per_project and not found.projects:
        yield Problem(Path(form.code, "", "", ""), NO_PROJECT, missing=True)
    for part in found.parts(form):
        for section in form.sections:
            yield from _of_section(found, form, part, section, lists)
        rules = capital_checks.rules if found.kind == "capital" else expense_checks.rules
        yield from rules(found, form, part, facts)


def _of_section(found: Document, form: Form, part: str, section: Section, lists: Lists) -> Iterator[Problem]:
    rows = found.rows(form, part, section)
    place = Path(form.code, part, "", "")
    if section.rows == "single":
        rows = rows or [("", {})]
    elif len(rows) < section.least:
        text = NO_ROWS.format(least=to_persian(section.least), noun=section.noun)
        yield Problem(place, text, missing=True)
    elif len(rows) > section.most:
        yield Problem(place, TOO_MANY.format(most=to_persian(section.most), noun=section.noun))
    seen: set[str] = set()
    for number, (key, row) in enumerate(rows, start=1):
        for cell in section.cells:
            if problem := _of_cell(cell, row.get(cell.name, ""), section, number, lists):
                sentence, missing = problem
                yield Problem(Path(form.code, part, key, cell.name), sentence, missing=missing)
        if section.rows == "natural" and row.get(section.keys[0]):
            name = document.natural_key(section, row)
            if name in seen:
                yield Problem(Path(form.code, part, key, section.keys[0]), TWICE)
            seen.add(name)


def _of_cell(cell: Cell, text: str, section: Section, number: int, lists: Lists) -> tuple[str, bool] | None:
    if not text:
        if not cell.required:
            return None
        words = MISSING if section.rows == "single" else MISSING_ROW
        return words.format(label=cell.label, row=to_persian(number)), True
    if problem := cells.problem(cell, text):
        return problem, False
    if cell.sort == cells.REF:
        entry = lists.of(cell.listed).get(text)
        if entry is None:
            return cells.NOT_LISTED, False
        if lists.is_first and not entry.holds:
            return cells.ENDED.format(title=entry.title), False
    return None


def _state(found: Document, form: Form, hits: list[Problem], facts: Facts) -> State:
    blocking = [hit for hit in hits if hit.blocks]
    if any(not hit.missing for hit in blocking):
        return "mend"
    typed = any(rows for rows in found.content.get(form.code, {}).values())
    if form.typed and not typed:
        return "complete" if not blocking and all(section.optional for section in form.sections) else "empty"
    if form.code == "CA-7":
        return "complete" if facts.contracted else "empty"
    if not form.typed:
        return "complete" if found.content.get("2-a") else "empty"
    return "begun" if blocking else "complete"
