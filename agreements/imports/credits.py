"""Credits of expense agreements: version 1 of a year, or amendments of what is in force."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from agreements import credit_floor
from agreements.drafting import checks, document
from agreements.drafting.lists import Lists
from agreements.imports.ground import Ground, Line
from agreements.imports.tables import (
    EXPENSE,
    Sheet,
    Tick,
    Verdict,
    money_change,
    no_tick,
    require_writer,
    sort_out,
)
from agreements.models import (
    ExpenseAgreement,
    ExpenseChapter,
    FundingSource,
    NotificationLine,
    Programme,
    ProgrammeCredit,
)
from agreements.models.versions import HOLDS
from agreements.workflow import versions
from agreements.workflow.arrivals import bring_into_force
from budget_portal import jalali
from budget_portal.digits import group
from budget_portal.tables.extract import Extract, Problem, title_of
from budget_portal.tables.outcome import Outcome, Refused

CREDITS, AMENDED = "2-a", "8"  # forms
AGREEING = frozenset({"2-b", "3", "4-b", "7"})  # their sums are those of the credits
Credits = dict[tuple[int, int, int], int]
NEGATIVE = "اعتبار موافقتنامه منفی نیست ({amount})."
HAS_FIRST = '{agency} موافقتنامهٔ این سال را دارد؛ نسخهٔ تازه را با version = "amendment" وارد کنید.'
HAS_FIRST_HERE = "{agency} موافقتنامهٔ این سال را دارد؛ «اصلاحیه» را برگزینید."
NO_LETTER = "اصلاحیه شمارهٔ نامه می‌خواهد؛ آن را برای همهٔ پرونده بنویسید (letter_number)."
ABOVE_NOTIFIED = "از ابلاغ ({most}) بیشتر است. تا ابلاغیهٔ تازه نگه داشته می‌شود."


def import_credits(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Outcome:
    """`version = "first"` writes version 1 of each agency; `"amendment"` the next version of each whose credits
    differ. A held row keeps the credit that it had. With complete = true, agencies and lines that the file does
    not name have no credit any more. Version 1 is the approved budget: an agency that an amendment makes begins
    with version 2.
    """
    sheet = judge_credits(extract, ground, by=by, hold=hold)
    sheet.settle()
    return write_credits(sheet, by=by)


def judge_credits(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Sheet:
    require_writer(by)
    sheet = sort_out(extract, ground, "expense_credits", EXPENSE, hold=hold)
    mode = ground.text("version")
    if mode not in {"first", "amendment"}:
        raise Refused([Problem(0, "version", "نسخه یا first است یا amendment.")])
    if mode == "amendment" and not _number(ground):
        raise Refused([Problem(0, "letter_number", NO_LETTER)])
    for line, row in list(sheet.good.items()):
        if row.money["amount"] < 0:
            sentence = NEGATIVE.format(amount=group(row.money["amount"]))
            sheet.refuse(line, title_of(ground.mapping, "amount"), sentence)
    latest = _latest(ground)
    credits = _credits(latest)
    _judge_changes(sheet, credits, mode)
    sheet.data = {"mode": mode, "latest": latest, "credits": credits, "closed": set()}
    if ground.mapping.places:
        _keep_back_above_notified(sheet, credits)
    if mode == "first":
        _refuse_second_first(sheet, latest, credits)
    _judge_exchange(sheet)
    sheet.data["wanted"] = _wanted(sheet)
    _judge_floor(sheet)
    sheet.data["wanted"] = _wanted(sheet)  # a refused row keeps the credit that it had
    _tell_forms(sheet)
    return sheet


def _judge_changes(sheet: Sheet, credits: dict[int, Credits], mode: str) -> None:
    for line, row in sheet.good.items():
        before = credits.get(line.agency_id, {}).get(_key(line))
        after = row.money["amount"]
        kind = "new" if before is None else "same" if before == after else "changed"
        title = sheet.ground.agencies[line.agency_id].name
        change = [] if kind == "same" else [money_change("اعتبار مصوب", before, after)]
        sheet.verdicts[row.number] = Verdict(kind, title, change)


def _judge_exchange(sheet: Sheet) -> None:
    """The rules of the exchange (`versions.exchange_problem`): what stands against a version is wrong with all rows
    of its agency, and what its other forms then lack is told at the first."""
    ground, latest, mode = sheet.ground, sheet.data["latest"], sheet.data["mode"]
    for agency_id, lines in _lines_by_agency(sheet).items():
        if all(sheet.verdict(sheet.good[line]).kind == "same" for line in lines):
            continue
        version = _version(ground, agency_id, latest.get(agency_id), mode)
        agreed_on, start = version.agreed_on or version.valid_from, version.valid_from
        if ground.mapping.places:
            signed = version.external_system, version.external_number
            problem = versions.exchange_problem(version, *signed, agreed_on, start)
        else:
            problem = versions.days_problem(version, agreed_on, start)
        if problem:
            sheet.data["closed"].add(agency_id)
            for line in lines:
                sheet.refuse(line, "", problem)


def _lines_by_agency(sheet: Sheet) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = defaultdict(list)
    for line in sheet.good:
        found[line.agency_id].append(line)
    return found


def _keep_back_above_notified(sheet: Sheet, credits: dict[int, Credits]) -> None:
    """A credit above what is notified waits for the next notification; so does a line without any, of an agency
    that has notifications."""
    rows = NotificationLine.objects.filter(
        notification__state="issued",
        notification__kind="expense",
        notification__fiscal_year=sheet.ground.year,
    )
    names = ("notification__agency_id", *(f"{name}_id" for name in EXPENSE))
    notified = {
        (agency, (programme, chapter, source)): int(total)
        for agency, programme, chapter, source, total in rows.values_list(*names)
        .annotate(total=Sum("amount"))
        .order_by()
    }
    having = {agency for agency, _ in notified}
    for line, row in list(sheet.good.items()):
        most = notified.get((line.agency_id, _key(line)), 0)
        unchanged = credits.get(line.agency_id, {}).get(_key(line)) == row.money["amount"]
        if line.agency_id in having and row.money["amount"] > most and not unchanged:
            sheet.keep_back(line, ABOVE_NOTIFIED.format(most=group(most)))


def _wanted(sheet: Sheet) -> dict[int, Credits]:
    """The credits of every version that is to be written, by agency."""
    latest, credits = sheet.data["latest"], sheet.data["credits"]
    wanted = _by_agency(sheet)
    if sheet.data["mode"] != "amendment":
        return wanted
    _keep_held(sheet, credits, wanted)
    if sheet.ground.mapping.complete:
        gone = [pk for pk in latest if pk in sheet.ground.agencies and pk not in wanted]
        wanted.update({pk: {} for pk in gone if pk not in sheet.data["closed"]})
    elif sheet.ground.mapping.values.get("others") == "stay":
        wanted = {pk: credits.get(pk, {}) | rows for pk, rows in wanted.items()}
    return wanted


def _judge_floor(sheet: Sheet) -> None:
    """No credit falls below what is allocated against it: the exchange would refuse the whole version."""
    ground, latest = sheet.ground, sheet.data["latest"]
    for agency_id, wanted in sheet.data["wanted"].items():
        before = latest.get(agency_id)
        if before is None or wanted == sheet.data["credits"][agency_id]:
            continue
        since = _version(ground, agency_id, before, sheet.data["mode"]).valid_from
        found = credit_floor.below(agency_id, ground.year.pk, "expense", since, wanted)
        lines = {_key(line): line for line in sheet.good if line.agency_id == agency_id}
        for key, sentence in found.items():
            if key in lines:
                sheet.refuse(lines[key], title_of(ground.mapping, "amount"), sentence)
            else:
                sheet.problems.append(Problem(0, str(ground.agencies[agency_id]), sentence))


def _tell_forms(sheet: Sheet) -> None:
    """Forms of the version before that no longer agree with the credits, in the words of the drafts."""
    latest, credits = sheet.data["latest"], sheet.data["credits"]
    for agency_id, lines in _lines_by_agency(sheet).items():
        before, now = latest.get(agency_id), sheet.data["wanted"].get(agency_id, {})
        if before is None or now == credits[agency_id]:
            continue
        found = document.from_tables(before)
        if set(found.content) <= {CREDITS, AMENDED}:
            continue
        found.content[CREDITS] = {"": _rows_of_form(now)}
        version = _version(sheet.ground, agency_id, before, sheet.data["mode"])
        version.agency = sheet.ground.agencies[agency_id]
        judged = checks.judge(found, checks.facts_of(version), Lists(version))
        told = [one.sentence for one in judged.problems if one.path.form in AGREEING and not one.missing]
        sheet.good[lines[0]].warnings += dict.fromkeys(told)


def _rows_of_form(credits: Credits) -> dict[str, dict[str, str]]:
    models = (Programme, ExpenseChapter, FundingSource)
    codes = [
        dict(model._default_manager.filter(pk__in={key[place] for key in credits}).values_list("pk", "code"))
        for place, model in enumerate(models)
    ]
    return {
        str(number): {
            **{name: codes[place][key[place]] for place, name in enumerate(EXPENSE)},
            "amount": str(amount),
        }
        for number, (key, amount) in enumerate(credits.items())
    }


def write_credits(sheet: Sheet, *, by: User, tick: Tick = no_tick) -> Outcome:
    mode, latest, credits, wanted = (sheet.data[name] for name in ("mode", "latest", "credits", "wanted"))
    _write(sheet, wanted, latest, credits, mode, by, tick)
    return sheet.outcome


def credits_of(agreement: ExpenseAgreement) -> Credits:
    names = [f"{name}_id" for name in EXPENSE]
    return {(p, c, s): a for p, c, s, a in agreement.credits.values_list(*names, "amount")}


def _latest(ground: Ground) -> dict[int, ExpenseAgreement]:
    rows = ExpenseAgreement.objects.filter(
        HOLDS, agency__organization=ground.organization, fiscal_year=ground.year
    )
    return {row.agency_id: row for row in rows.order_by("version")}


def _credits(latest: dict[int, ExpenseAgreement]) -> dict[int, Credits]:
    """The credits of the latest versions, by agency."""
    by_version = {row.pk: agency_id for agency_id, row in latest.items()}
    names = [f"{name}_id" for name in EXPENSE]
    found: dict[int, Credits] = {agency_id: {} for agency_id in latest}
    rows = ProgrammeCredit.objects.filter(agreement__in=list(by_version))
    for version, p, c, s, amount in rows.values_list("agreement_id", *names, "amount"):
        found[by_version[version]][p, c, s] = amount
    return found


def _refuse_second_first(
    sheet: Sheet, latest: dict[int, ExpenseAgreement], credits: dict[int, Credits]
) -> None:
    """An agency has one first version; the pages of imports pass over one that says the same."""
    first = {line.agency_id: row.number for line, row in reversed(sheet.good.items())}
    wanted = _by_agency(sheet)
    for agency_id, number in first.items():
        if sheet.ground.mapping.places and credits.get(agency_id) == wanted[agency_id]:
            continue
        if agency_id in latest:
            sentence = HAS_FIRST_HERE if sheet.ground.mapping.places else HAS_FIRST
            said = sentence.format(agency=sheet.ground.agencies[agency_id])
            sheet.problems.append(Problem(number, title_of(sheet.ground.mapping, "agency"), said))


def _key(line: Line) -> tuple[int, int, int]:
    return line.programme_id or 0, line.expense_chapter_id or 0, line.funding_source_id


def _by_agency(sheet: Sheet) -> dict[int, Credits]:
    wanted: dict[int, Credits] = defaultdict(dict)
    for line, row in sheet.good.items():
        wanted[line.agency_id][_key(line)] = row.money["amount"]
    return dict(wanted)


def _keep_held(sheet: Sheet, credits: dict[int, Credits], wanted: dict[int, Credits]) -> None:
    for line in sheet.held_lines:
        if line.agency_id in sheet.data["closed"]:
            continue
        kept = credits.get(line.agency_id, {}).get(_key(line))
        if kept is not None:
            wanted.setdefault(line.agency_id, {})[_key(line)] = kept


def _write(
    sheet: Sheet,
    wanted: dict[int, Credits],
    latest: dict[int, ExpenseAgreement],
    credits: dict[int, Credits],
    mode: str,
    by: User,
    tick: Tick,
) -> None:
    same, made = 0, []
    for done, agency_id in enumerate(sorted(wanted), start=1):
        before = latest.get(agency_id)
        if before is not None and credits[agency_id] == wanted[agency_id]:
            same += 1
            continue
        agreement = _version(sheet.ground, agency_id, before, mode)
        bring_into_force(agreement, rows_of(wanted[agency_id]), by=by)
        made.append(agreement.pk)
        sheet.outcome.written += len(wanted[agency_id])
        tick(done, len(wanted))
    total = group(sum(sum(rows.values()) for rows in wanted.values()))
    sheet.outcome.made["agreements.expenseagreement"] = made
    sheet.outcome.notes.append(
        f"{group(len(wanted) - same)} نسخه نوشته شد، {group(same)} دستگاه بی‌تغییر ماند؛ اعتبار برقرار {total}"
    )


def rows_of(credits: Credits) -> list[ProgrammeCredit]:
    return [
        ProgrammeCredit(programme_id=p, expense_chapter_id=c, funding_source_id=s, amount=amount)
        for (p, c, s), amount in sorted(credits.items())
    ]


def _version(ground: Ground, agency_id: int, before: ExpenseAgreement | None, mode: str) -> ExpenseAgreement:
    year, said = ground.year, ground.mapping.values
    start = ground.day("valid_from", _start(ground, mode))
    if before is not None and before.valid_from >= start and not said.get("valid_from"):
        start = before.valid_from + dt.timedelta(days=1)  # two versions never hold on one day
    number = _number(ground)
    return ExpenseAgreement(
        agency_id=agency_id,
        fiscal_year=year,
        version=before.version + 1 if before else {"first": 1, "amendment": 2}[mode],
        amends=before,
        agreed_on=ground.day("agreed_on", start),
        valid_from=start,
        recorded_at=timezone.now(),
        number=number,
        external_system=said.get("system", ""),
        external_number=number if said.get("system") else "",
        reason=said.get("reason", "اصلاحیه") if mode == "amendment" else "",
        imported_from=said.get("source", "")[:300],
    )


def _number(ground: Ground) -> str:
    """Of the letter with which the credits were agreed."""
    told = ground.mapping.values
    return (told.get("number") or told.get("letter_number") or "")[:60]


def _start(ground: Ground, mode: str) -> dt.date:
    """A first version holds from the start of the year, an amendment from the first day of its quarter."""
    if mode == "first" or "period" not in ground.mapping.values:
        return ground.year.starts_on
    return jalali.quarter_start(ground.year.year, ground.period.quarter)
