"""Contracts of the register from files, written with the verb of the page. A known contract is never changed by a file:
its amount changes by a decision, on the page of the project."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from agreements.contracts import NOTHING, TOO_EARLY, add_contract
from agreements.imports.ground import Ground
from agreements.imports.tables import Sheet, Tick, Verdict, no_tick, require_writer
from agreements.models import Contract
from budget_portal import jalali
from budget_portal.digits import group, to_persian
from budget_portal.identifiers import clean, legal_id_problem
from budget_portal.numbers import read_amount
from budget_portal.tables.extract import Extract, Row, Spec, title_of
from budget_portal.tables.outcome import Change, Outcome, Refused
from budget_portal.text import fold, name_problem, normalise, strip_invisible

CONTRACTS = Spec(
    texts=("project", "number", "legal_id", "company", "part", "subject", "duration"),
    money=("amount",),
    optional=frozenset({"part", "subject", "duration", "starts_on", "ends_on"}),
    days=("signed_on", "starts_on", "ends_on"),
)
LONGEST = {"number": 60, "company": 200, "subject": 300}
MOST_DAYS = 36_500
RETENTION = 10  # percent, where the file says nothing

TWICE = "همین پیمان در سطر {first} هم آمده است."
NEGATIVE = "مبلغ پیمان منفی نیست."
FUTURE = "تاریخ امضا از امروز دیرتر است."
NO_PART = "«{text}» پیمانکار، مشاور یا ناظر نیست."
NO_DURATION = "مدت پیمان یا تاریخ پایان آن لازم است."
BAD_DURATION = "مدت پیمان عددی از ۱ تا {most} روز است."
BACKWARDS = "پایان پیمان پیش از آغاز آن است."
STANDS = "پیمان «{number}» با {label} دیگری ثبت است و از راه پرونده عوض نمی‌شود ({before})."
LABELS = {"amount": "مبلغ", "company": "طرف", "signed_on": "تاریخ امضا"}


def judge_contracts(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Sheet:
    require_writer(by)
    if extract.problems:
        raise Refused(extract.problems)
    sheet = Sheet(ground, Outcome.of("contract", extract), hold)
    sheet.data = {"facts": {}, "same": set()}
    known = {
        (row.project_id, row.number): row
        for row in Contract.objects.filter(project__agency__in=list(ground.agencies)).select_related(
            "company"
        )
    }
    titles = {row.pk: row.title for row in ground.projects.values()}
    for row in extract.rows:
        facts = _facts(row, ground)
        key = facts["project"], facts["number"]
        facts["subject"] = facts["subject"] or titles.get(facts["project"], "")[: LONGEST["subject"]]
        if key in sheet.good:
            first = to_persian(sheet.good[key].number)
            row.refuse(title_of(ground.mapping, "number"), TWICE.format(first=first))
        elif key in known and not row.problems:
            _compare(sheet, row, known[key], facts)
            sheet.data["same"].add(key)
        if row.problems:
            sheet.bad.append((row, None))
            continue
        sheet.good[key] = row
        sheet.data["facts"][key] = facts
        if key not in sheet.data["same"]:
            shown = [Change(facts["company"], "", group(facts["amount"]))]
            sheet.verdicts[row.number] = Verdict("new", titles[facts["project"]], shown)
    return sheet


def _facts(row: Row, ground: Ground) -> dict[str, Any]:
    signed = row.days.get("signed_on")
    starts = row.days.get("starts_on", signed)
    amount = row.money.get("amount")
    if amount is not None and amount < 0:
        row.refuse(title_of(ground.mapping, "amount"), NEGATIVE)
    if amount == 0:
        row.refuse(title_of(ground.mapping, "amount"), NOTHING)
    if signed and starts and starts < signed:
        day = jalali.format_date(signed, "text")
        row.refuse(title_of(ground.mapping, "starts_on"), TOO_EARLY.format(day=day))
    if signed and signed > jalali.today():
        row.refuse(title_of(ground.mapping, "signed_on"), FUTURE)
    return {
        "project": ground.find(row, "project") if row.texts["project"] else None,
        "amount": amount,
        "legal_id": _legal_id(row, ground),
        "part": _part(row, ground),
        "signed_on": signed,
        "starts_on": starts,
        "duration_days": _duration(row, ground, starts),
        "guarantee": None,
        "retention": RETENTION,
        **{name: _name(row, ground, name) for name in LONGEST},
    }


def _name(row: Row, ground: Ground, name: str) -> str:
    text = normalise(strip_invisible(row.texts[name]))
    if text and (problem := name_problem(text)):
        row.refuse(title_of(ground.mapping, name), problem)
    return text[: LONGEST[name]]


def _legal_id(row: Row, ground: Ground) -> str:
    text = clean(row.texts["legal_id"])
    if text and (problem := legal_id_problem(text)):
        row.refuse(title_of(ground.mapping, "legal_id"), problem)
    return text


def _part(row: Row, ground: Ground) -> str:
    text = row.texts["part"]
    known = {fold(str(label)): value for value, label in Contract.Part.choices} | {
        value: value for value in Contract.Part.values
    }
    if text and fold(text) not in known:
        row.refuse(title_of(ground.mapping, "part"), NO_PART.format(text=text))
    return known.get(fold(text), Contract.Part.CONTRACTOR)


def _duration(row: Row, ground: Ground, starts: Any) -> int:
    """Days as the file says them, else from the first day to the last."""
    days = row.days
    if text := row.texts["duration"]:
        read = read_amount(text)
        if read.value is None or not 1 <= read.value <= MOST_DAYS:
            row.refuse(title_of(ground.mapping, "duration"), BAD_DURATION.format(most=group(MOST_DAYS)))
        return read.value or 0
    if "ends_on" not in days or starts is None:
        if not any(problem.column == title_of(ground.mapping, "ends_on") for problem in row.problems):
            row.refuse("", NO_DURATION)
        return 0
    if days["ends_on"] < starts:
        row.refuse(title_of(ground.mapping, "ends_on"), BACKWARDS)
    return min((days["ends_on"] - starts).days + 1, MOST_DAYS)


def _compare(sheet: Sheet, row: Row, before: Contract, facts: dict[str, Any]) -> None:
    """A contract that stands with the same amount, company and day is the same; with others it is refused."""
    was = {"amount": before.amount, "company": before.company.legal_id, "signed_on": before.signed_on}
    now = {"amount": facts["amount"], "company": facts["legal_id"], "signed_on": facts["signed_on"]}
    shown = {
        "amount": group(before.amount),
        "company": str(before.company),
        "signed_on": jalali.format_date(before.signed_on),
    }
    for name, label in LABELS.items():
        if was[name] != now[name]:
            row.refuse("", STANDS.format(number=before.number, label=label, before=shown[name]))
    sheet.verdicts[row.number] = Verdict("same", facts["subject"])


def write_contracts(sheet: Sheet, *, by: User, tick: Tick = no_tick) -> Outcome:
    made = []
    new = [key for key in sheet.good if key not in sheet.data["same"]]
    for done, key in enumerate(new, start=1):
        facts = dict(sheet.data["facts"][key])
        company = {"legal_id": facts.pop("legal_id"), "company_name": facts.pop("company")}
        made.append(add_contract(facts.pop("project"), facts, **company, by=by).pk)
        if not done % 50:
            tick(done, len(new))
    sheet.outcome.written = len(made)
    sheet.outcome.made[Contract._meta.label_lower] = made
    total = group(sum(int(sheet.data["facts"][key]["amount"]) for key in new))
    sheet.outcome.notes.append(f"{group(len(made))} پیمان، جمع مبلغ {total}")
    return sheet.outcome
