"""Amendments of capital agreements from a file: this year's credits of their projects by source (CA-6). The text of the
version in force goes into the next one; what the amendment would break in its forms refuses the rows of the plan."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from agreements import credit_floor, in_force
from agreements.drafting import cells, checks, document, spec
from agreements.drafting.document import Document
from agreements.drafting.lists import Lists
from agreements.imports.credits import NEGATIVE
from agreements.imports.ground import Ground, Line
from agreements.imports.tables import (
    CAPITAL_ALLOCATION,
    Sheet,
    Tick,
    Verdict,
    money_change,
    no_tick,
    require_writer,
    sort_out,
)
from agreements.models import CapitalAgreement, FundingSource
from agreements.models.versions import HOLDS
from agreements.workflow import versions
from agreements.workflow.arrivals import bring_document_into_force
from budget_portal.digits import group
from budget_portal.tables.extract import Extract, Spec, title_of
from budget_portal.tables.outcome import Outcome

CREDITS = Spec(texts=("agency", "project", "funding_source"), money=("amount",))
MADE = "agreements.capitalagreement"
FORM, AMENDED = "CA-6", "CA-8"
NO_AGREEMENT = "پروژه در موافقتنامهٔ لازم‌الاجرای این سال نیست؛ نسخهٔ نخست در فرم‌ها نوشته می‌شود."
SEVERAL = "این منبع در چند ریزفصل آمده است؛ اعتبار آن را در فرم CA-6 اصلاح کنید."
Facts = dict[str, Any]


def judge_amendments(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Sheet:
    require_writer(by)
    sheet = sort_out(extract, ground, "capital_credits", CAPITAL_ALLOCATION, hold=hold)
    for line, row in list(sheet.good.items()):
        if row.money["amount"] < 0:
            sentence = NEGATIVE.format(amount=group(row.money["amount"]))
            sheet.refuse(line, title_of(ground.mapping, "amount"), sentence)
    sources = FundingSource.objects.filter(pk__in={line.funding_source_id for line in sheet.good})
    sheet.data = {
        "versions": [],
        "projects": {row.pk: row for row in ground.projects.values()},
        "sources": dict(sources.values_list("pk", "code")),
    }
    for before, lines in _by_agreement(sheet).items():
        _judge(sheet, before, lines, by)
    return sheet


def _by_agreement(sheet: Sheet) -> dict[CapitalAgreement, list[Line]]:
    """The version in force of every project of the file."""
    rows = CapitalAgreement.objects.filter(
        HOLDS, agency__in=list(sheet.ground.agencies), fiscal_year=sheet.ground.year
    ).select_related("agency__organization", "plan", "fiscal_year")
    latest = {(row.agency_id, row.plan_id): row for row in rows.order_by("version")}
    of_project = {
        project: row
        for row in latest.values()
        for project in row.projects.values_list("project_id", flat=True)
    }
    found: dict[CapitalAgreement, list[Line]] = defaultdict(list)
    for line in list(sheet.good):
        agreement = of_project.get(line.project_id or 0)
        if agreement is None:
            sheet.refuse(line, title_of(sheet.ground.mapping, "project"), NO_AGREEMENT)
        else:
            found[agreement].append(line)
    return found


def _judge(sheet: Sheet, before: CapitalAgreement, lines: list[Line], by: User) -> None:
    ground = sheet.ground
    was = document.from_tables(before)
    now = was.copy()
    changed = [line for line in lines if _put(sheet, now, line)]
    if not changed:
        return None
    version = _version(ground, before, by)
    signed = version.external_system, version.external_number
    if problem := versions.exchange_problem(
        version, *signed, version.agreed_on or version.valid_from, version.valid_from
    ):
        return _refuse(sheet, lines, [problem])
    lists = Lists(before)
    known = {one.sentence for one in checks.judge(was, checks.facts_of(before), lists).problems}
    _amended(now, version)
    judged = checks.judge(now, checks.facts_of(version), lists).problems
    if wrong := [one.sentence for one in judged if one.blocks and one.sentence not in known]:
        return _refuse(sheet, lines, wrong)
    sheet.good[changed[0]].warnings += [
        one.sentence for one in judged if not one.blocks and one.sentence not in known
    ]
    wanted = in_force.credits(before.agency_id, ground.year.pk, "capital", version.valid_from) | {
        (line.project_id or 0, line.funding_source_id): sheet.good[line].money["amount"] for line in changed
    }
    below = credit_floor.below(before.agency_id, ground.year.pk, "capital", version.valid_from, wanted)
    if below:
        return _refuse(sheet, lines, list(below.values()))
    version.draft = now.content
    sheet.data["versions"].append((version, len(changed)))
    return None


def _refuse(sheet: Sheet, lines: list[Line], sentences: list[str]) -> None:
    for line in lines:
        if line in sheet.good:
            sheet.refuse(line, "", " ".join(dict.fromkeys(sentences)))


def _put(sheet: Sheet, found: Document, line: Line) -> bool:
    """Write one credit into the document; says whether it says something else."""
    ground, row = sheet.ground, sheet.good[line]
    project, code = sheet.data["projects"][line.project_id], sheet.data["sources"][line.funding_source_id]
    form, section = next(pair for pair in spec.sections("capital") if pair[1].model == "ProjectCredit")
    stand = [
        (key, row_) for key, row_ in found.rows(form, project.code, section) if row_["funding_source"] == code
    ]
    if len(stand) > 1:
        sheet.refuse(line, title_of(ground.mapping, "funding_source"), SEVERAL)
        return False
    amount = row.money["amount"]
    texts = {"funding_source": code, "amount": str(amount)}
    key, was = stand[0] if stand else (document.natural_key(section, texts), {})
    old = int(was["amount"]) if was.get("amount") else None
    kind = "new" if old is None else "same" if old == amount else "changed"
    change = [] if kind == "same" else [money_change("اعتبار امسال", old, amount)]
    sheet.verdicts[row.number] = Verdict(kind, project.title, change)
    found.content.setdefault(FORM, {}).setdefault(project.code, {})[key] = {**was, **texts}
    return kind != "same"


def _version(ground: Ground, before: CapitalAgreement, by: User) -> CapitalAgreement:
    said, start = ground.mapping.values, ground.day("valid_from")
    number = said.get("number", "")[:60]
    return CapitalAgreement(
        agency=before.agency,
        plan=before.plan,
        fiscal_year=before.fiscal_year,
        version=before.version + 1,
        amends=before,
        agreed_on=ground.day("agreed_on", start),
        valid_from=start,
        recorded_at=timezone.now(),
        number=number,
        external_system=said.get("system", ""),
        external_number=number,
        reason=said.get("reason", ""),
        imported_from=said.get("source", "")[:300],
        created_by=by,
    )


def _amended(found: Document, version: CapitalAgreement) -> None:
    texts = {name: cells.write(getattr(version, name)) for name in ("reason", "valid_from")}
    found.content[AMENDED] = {"": {"": texts}}


def write_amendments(sheet: Sheet, *, by: User, tick: Tick = no_tick) -> Outcome:
    made = []
    for done, (version, changed) in enumerate(sheet.data["versions"], start=1):
        made.append(bring_document_into_force(version, by=by, lines=changed).pk)
        sheet.outcome.written += changed
        tick(done, len(sheet.data["versions"]))
    sheet.outcome.made[MADE] = made
    sheet.outcome.notes.append(f"{group(len(made))} نسخه نوشته شد")
    return sheet.outcome


def restore(keys: list[Any], *, reason: str, by: User) -> None:
    """What holds stays in the books: the next version brings back the text of the one before."""

    rows = CapitalAgreement.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    for version in rows.select_related("amends", "agency", "plan", "fiscal_year").order_by(F("pk")):
        start = version.valid_from + dt.timedelta(days=1)
        restored = CapitalAgreement(
            agency=version.agency,
            plan=version.plan,
            fiscal_year=version.fiscal_year,
            version=version.version + 1,
            amends=version,
            agreed_on=start,
            valid_from=start,
            recorded_at=timezone.now(),
            number=version.number,
            reason=reason,
            imported_from=version.imported_from,
            created_by=by,
        )
        found = document.from_tables(version.amends)
        _amended(found, restored)
        restored.draft = found.content
        bring_document_into_force(restored, by=by)
