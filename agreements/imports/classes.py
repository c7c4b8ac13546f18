"""Rows of the classification trees from a file, from a day on: new codes, and new titles of known ones. Entered by the
administrator of the national organization with the verbs of the page; what the file does not name stays."""

from __future__ import annotations

from typing import Any

from accounts.decisions import require
from accounts.models import User
from agreements import classification
from agreements.classification import TREES, Tree
from agreements.imports.ground import Ground
from agreements.imports.tables import Sheet, Tick, Verdict, no_tick
from agreements.models import FundingSource
from budget_portal import jalali
from budget_portal.digits import group, to_persian
from budget_portal.tables.extract import Extract, Row, Spec, title_of
from budget_portal.tables.outcome import Change, Outcome, Refused
from budget_portal.text import fold, name_problem, normalise, strip_invisible

ROWS = Spec(texts=("tree", "code", "title", "parent", "kind"), optional=frozenset({"parent", "kind"}))
MADE = "agreements.classification"
MOST_CODE, MOST_TITLE = 30, 400

NO_TREE = "درخت یکی از این‌هاست: {choices}."
LONG_CODE = "کد حداکثر {most} نویسه است."
TWICE = "همین ردیف در سطر {first} هم آمده است."
NO_PARENT = "«{label}»ی با کد «{text}» در این روز معتبر نیست."
PARENT_STAYS = "ردیف شناخته زیر {parent} است و از راه پرونده جابه‌جا نمی‌شود."
NO_KIND = "نوع منبع یکی از این‌هاست: {choices}."
LATER = "این کد از {day} معتبر است؛ تاریخ اثر را پس از آن بنویسید."
ENDED = "اعتبار این کد پایان یافته است."
Key = tuple[str, str]  # tree and code


def judge_rows(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Sheet:
    require(classification.can_write(by))
    if extract.problems:
        raise Refused(extract.problems)
    sheet = Sheet(ground, Outcome.of("classification", extract), hold)
    sheet.data = {"day": ground.day("starts"), "known": _known(by), "facts": {}}
    for row in extract.rows:
        _judge(sheet, row)
    return sheet


def _known(by: User) -> dict[Key, Any]:
    """Code -> its newest row."""
    found: dict[Key, Any] = {}
    for tree in TREES.values():
        rows = tree.model.objects.for_user(by).select_related(*filter(None, [tree.parent]))
        ordered = sorted(rows, key=lambda row: (row.valid_from is not None, row.valid_from))
        found |= {(tree.key, row.code): row for row in ordered}
    return found


def _judge(sheet: Sheet, row: Row) -> None:
    ground, tree = sheet.ground, _tree(row, sheet.ground)
    code, title = row.texts["code"], normalise(strip_invisible(row.texts["title"]))
    if len(code) > MOST_CODE:
        row.refuse(title_of(ground.mapping, "code"), LONG_CODE.format(most=to_persian(MOST_CODE)))
    if title and (problem := name_problem(title)):
        row.refuse(title_of(ground.mapping, "title"), problem)
    key = (tree.key, code) if tree else None
    if key in sheet.good:
        first = to_persian(sheet.good[key].number)
        row.refuse(title_of(ground.mapping, "code"), TWICE.format(first=first))
    elif key is not None and tree is not None and not row.problems:
        before = sheet.data["known"].get(key)
        facts = {"code": code, "title": title[:MOST_TITLE], "valid_from": sheet.data["day"]}
        sheet.data["facts"][key] = facts
        if before is None:
            _new(sheet, row, tree, facts)
        else:
            _compare(sheet, row, tree, before, facts)
    if row.problems or key is None:
        sheet.bad.append((row, None))
    else:
        sheet.good[key] = row


def _tree(row: Row, ground: Ground) -> Tree | None:
    known = {fold(tree.label): tree for tree in TREES.values()} | TREES
    text = row.texts["tree"]
    found = known.get(fold(text)) or known.get(text)
    if found is None and text:
        choices = "، ".join(tree.label for tree in TREES.values())
        row.refuse(title_of(ground.mapping, "tree"), NO_TREE.format(choices=choices))
    return found


def _new(sheet: Sheet, row: Row, tree: Tree, facts: dict[str, Any]) -> None:
    """A row hangs on one that holds, or on one that stands above it in the file."""
    ground, text = sheet.ground, row.texts["parent"]
    if tree.parent:
        parent = sheet.data["known"].get((tree.parent_key, text))
        above = (tree.parent_key, text) in sheet.good
        if not above and (parent is None or not _holds(parent, sheet.data["day"])):
            label = TREES[tree.parent_key].label
            row.refuse(title_of(ground.mapping, "parent"), NO_PARENT.format(label=label, text=text))
        facts["parent"] = text
    if tree.model is FundingSource:
        kinds = {fold(str(label)): value for value, label in FundingSource.SourceKind.choices}
        kinds |= {value: value for value in FundingSource.SourceKind.values}
        facts["kind"] = kinds.get(fold(row.texts["kind"])) or kinds.get(row.texts["kind"])
        if facts["kind"] is None:
            choices = "، ".join(FundingSource.SourceKind.labels)
            row.refuse(title_of(ground.mapping, "kind"), NO_KIND.format(choices=choices))
    sheet.verdicts[row.number] = Verdict("new", facts["title"], [Change(tree.label, "", facts["title"])])


def _compare(sheet: Sheet, row: Row, tree: Tree, before: Any, facts: dict[str, Any]) -> None:
    """A new title from the day on; the old one stays with what was agreed under it."""
    day, column = sheet.data["day"], title_of(sheet.ground.mapping, "code")
    parent = getattr(before, tree.parent) if tree.parent else None
    if parent is not None and row.texts["parent"] and row.texts["parent"] != parent.code:
        row.refuse(
            title_of(sheet.ground.mapping, "parent"), PARENT_STAYS.format(parent=to_persian(parent.code))
        )
    if before.title == facts["title"]:
        sheet.verdicts[row.number] = Verdict("same", before.title)
        return
    if before.valid_from and day <= before.valid_from:
        row.refuse(column, LATER.format(day=jalali.format_date(before.valid_from)))
    elif not _holds(before, day):
        row.refuse(column, ENDED)
    sheet.verdicts[row.number] = Verdict(
        "changed", before.title, [Change("عنوان", before.title, facts["title"])]
    )


def _holds(row: Any, day: Any) -> bool:
    return (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or row.valid_to >= day)


def write_rows(sheet: Sheet, *, by: User, tick: Tick = no_tick) -> Outcome:
    """Trunks before branches; what was made is taken back in the other direction."""
    known, made = dict(sheet.data["known"]), []
    order = list(TREES)
    keys = sorted(sheet.good, key=lambda key: (order.index(key[0]), sheet.good[key].number))
    for tree_key, code in keys:
        row, tree, facts = sheet.good[tree_key, code], TREES[tree_key], sheet.data["facts"][tree_key, code]
        kind = sheet.verdict(row).kind
        if kind == "same":
            continue
        if kind == "new":
            if tree.parent:
                facts = {**facts, tree.parent: known[tree.parent_key, facts["parent"]]}
            found = classification.add_row(tree, facts, by=by)
        else:
            before = known[tree_key, code]
            found = classification.rename_row(
                tree, before.pk, title=facts["title"], from_day=facts["valid_from"], by=by
            )
        known[tree_key, code] = found
        made.append([tree_key, found.pk])
        tick(len(made), len(keys))
    sheet.outcome.written = len(made)
    sheet.outcome.made[MADE] = made
    sheet.outcome.notes.append(f"{group(len(made))} ردیف طبقه‌بندی")
    return sheet.outcome
