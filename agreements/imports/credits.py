"""Credits of expense agreements: version 1 of a year, or amendments of what is in force."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.utils import timezone

from accounts.models import User
from agreements.imports.ground import Ground, Line
from agreements.imports.tables import EXPENSE, Sheet, require_writer, sort_out
from agreements.models import ExpenseAgreement, ProgrammeCredit
from agreements.models.versions import HOLDS
from agreements.workflow.arrivals import bring_into_force
from budget_portal import jalali
from budget_portal.digits import group
from budget_portal.tables.extract import Extract, Problem, title_of
from budget_portal.tables.outcome import Outcome, Refused

Credits = dict[tuple[int, int, int], int]
NEGATIVE = "اعتبار موافقتنامه منفی نیست ({amount})."
HAS_FIRST = '{agency} موافقتنامهٔ این سال را دارد؛ نسخهٔ تازه را با version = "amendment" وارد کنید.'


def import_credits(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Outcome:
    """`version = "first"` writes version 1 of each agency; `"amendment"` the next version of each whose credits
    differ. A held row keeps the credit that it had. With complete = true, agencies and lines that the file does
    not name have no credit any more. Version 1 is the approved budget: an agency that an amendment makes begins
    with version 2.
    """
    require_writer(by)
    sheet = sort_out(extract, ground, "expense_credits", EXPENSE, hold=hold)
    mode = ground.text("version")
    if mode not in {"first", "amendment"}:
        raise Refused([Problem(0, "version", "نسخه یا first است یا amendment.")])
    for line, row in list(sheet.good.items()):
        if row.money["amount"] < 0:
            sentence = NEGATIVE.format(amount=group(row.money["amount"]))
            sheet.refuse(line, title_of(ground.mapping, "amount"), sentence)
    latest = _latest(ground)
    if mode == "first":
        _refuse_second_first(sheet, latest)
    sheet.settle()
    wanted = _by_agency(sheet)
    if mode == "amendment":
        _keep_held(sheet, latest, wanted)
        if ground.mapping.complete:
            wanted.update({pk: {} for pk in latest if pk in ground.agencies and pk not in wanted})
    _write(sheet, wanted, latest, mode, by)
    return sheet.outcome


def credits_of(agreement: ExpenseAgreement) -> Credits:
    names = [f"{name}_id" for name in EXPENSE]
    return {(p, c, s): a for p, c, s, a in agreement.credits.values_list(*names, "amount")}


def _latest(ground: Ground) -> dict[int, ExpenseAgreement]:
    rows = ExpenseAgreement.objects.filter(
        HOLDS, agency__organization=ground.organization, fiscal_year=ground.year
    )
    return {row.agency_id: row for row in rows.order_by("version")}


def _refuse_second_first(sheet: Sheet, latest: dict[int, ExpenseAgreement]) -> None:
    first = {line.agency_id: row.number for line, row in reversed(sheet.good.items())}
    for agency_id, number in first.items():
        if agency_id in latest:
            sentence = HAS_FIRST.format(agency=sheet.ground.agencies[agency_id])
            sheet.problems.append(Problem(number, title_of(sheet.ground.mapping, "agency"), sentence))


def _key(line: Line) -> tuple[int, int, int]:
    return line.programme_id or 0, line.expense_chapter_id or 0, line.funding_source_id


def _by_agency(sheet: Sheet) -> dict[int, Credits]:
    wanted: dict[int, Credits] = defaultdict(dict)
    for line, row in sheet.good.items():
        wanted[line.agency_id][_key(line)] = row.money["amount"]
    return dict(wanted)


def _keep_held(sheet: Sheet, latest: dict[int, ExpenseAgreement], wanted: dict[int, Credits]) -> None:
    for line in sheet.held_lines:
        agreement = latest.get(line.agency_id)
        kept = credits_of(agreement).get(_key(line)) if agreement else None
        if kept is not None:
            wanted.setdefault(line.agency_id, {})[_key(line)] = kept


def _write(
    sheet: Sheet, wanted: dict[int, Credits], latest: dict[int, ExpenseAgreement], mode: str, by: User
) -> None:
    same = 0
    for agency_id in sorted(wanted):
        before = latest.get(agency_id)
        if before is not None and credits_of(before) == wanted[agency_id]:
            same += 1
            continue
        agreement = _version(sheet.ground, agency_id, before, mode)
        rows = [
            ProgrammeCredit(programme_id=p, expense_chapter_id=c, funding_source_id=s, amount=amount)
            for (p, c, s), amount in sorted(wanted[agency_id].items())
        ]
        bring_into_force(agreement, rows, by=by)
        sheet.outcome.written += len(rows)
    total = group(sum(sum(credits.values()) for credits in wanted.values()))
    sheet.outcome.notes.append(
        f"{group(len(wanted) - same)} نسخه نوشته شد، {group(same)} دستگاه بی‌تغییر ماند؛ اعتبار برقرار {total}"
    )


def _version(ground: Ground, agency_id: int, before: ExpenseAgreement | None, mode: str) -> ExpenseAgreement:
    year, now = ground.year, timezone.now()
    start = ground.day("valid_from", _start(ground, mode))
    if before is not None and before.valid_from >= start:
        start = before.valid_from + dt.timedelta(days=1)  # two versions never hold on one day
    values: dict[str, Any] = {"number": ground.mapping.values.get("number", "")[:60]}
    if mode == "amendment":
        values["reason"] = ground.mapping.values.get("reason", "اصلاحیه")
    return ExpenseAgreement(
        agency_id=agency_id,
        fiscal_year=year,
        version=before.version + 1 if before else {"first": 1, "amendment": 2}[mode],
        amends=before,
        agreed_on=start,
        valid_from=start,
        recorded_at=now,
        **values,
    )


def _start(ground: Ground, mode: str) -> dt.date:
    """A first version holds from the start of the year, an amendment from the first day of its quarter."""
    if mode == "first" or "period" not in ground.mapping.values:
        return ground.year.starts_on
    return jalali.quarter_start(ground.year.year, ground.period.quarter)
