"""Classification trees over the years: rows begin, are renamed, end; a year is opened by copying the one before.

The national administrator keeps them, provinces read. Nothing is deleted: what was agreed under a row keeps it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from accounts.decisions import Allowed, Decision, Denied, require
from accounts.models import Role
from agreements.models import (
    Affair,
    CapitalChapter,
    CapitalSubChapter,
    Chapter,
    ClassificationMapping,
    ExpenseChapter,
    FiscalYear,
    FundingSource,
    Programme,
)
from budget_portal import audit
from budget_portal.errors import RuleBroken, WrongState
from budget_portal.moves import verb
from budget_portal.text import normalise

if TYPE_CHECKING:
    from accounts.models import User

ONE = Decimal(1)
READERS = frozenset({Role.ADMIN, Role.CONSOLIDATION, Role.AUDITOR, Role.NATIONAL_VIEWER})
NATIONAL_ONLY = "طبقه‌بندی را مدیر سامانهٔ سازمان ملی نگه می‌دارد؛ استان آن را می‌خواند."


@dataclass(frozen=True)
class Tree:
    """One sort of rows: its model, what it hangs on, what hangs on it."""

    key: str
    model: Any
    label: str  # of one row
    parent: str = ""  # name of the field and key of the parent's tree, where there is one
    parent_key: str = ""
    child_key: str = ""


TREES: dict[str, Tree] = {
    tree.key: tree
    for tree in (
        Tree("affair", Affair, "امور", child_key="chapter"),
        Tree("chapter", Chapter, "فصل", "affair", "affair", "programme"),
        Tree("programme", Programme, "برنامه", "chapter", "chapter"),
        Tree("expense-chapter", ExpenseChapter, "فصل هزینه"),
        Tree("capital-chapter", CapitalChapter, "فصل سرمایه‌ای", child_key="capital-sub-chapter"),
        Tree("capital-sub-chapter", CapitalSubChapter, "ریزفصل سرمایه‌ای", "chapter", "capital-chapter"),
        Tree("funding-source", FundingSource, "منبع اعتبار"),
    )
}


# --- who ----------------------------------------------------------------------------------------------------


def can_read(user: User) -> Decision:
    return Allowed() if user.role in READERS else Denied("طبقه‌بندی را مدیر سامانه و گروه تلفیق می‌بینند.")


def can_write(user: User) -> Decision:
    national = user.acting is not None and user.acting.organization.level == "national"
    return Allowed() if user.role == Role.ADMIN and national else Denied(NATIONAL_ONLY)


# --- rows ---------------------------------------------------------------------------------------------------


@verb
def add_row(tree: Tree, facts: Mapping[str, Any], *, by: User) -> Any:
    """A row from a day on; its code must mean nothing else on its days."""
    require(can_write(by))
    first: dt.date = facts["valid_from"]
    code = facts["code"]
    if tree.model.objects.for_user(by).filter(code=code).within(first, dt.date.max).exists():
        raise RuleBroken("این کد از این روز یا پس از آن معتبر است و دوباره تعریف نمی‌شود.")
    extra = {name: facts[name] for name in (tree.parent, "kind") if name and name in facts}
    row = tree.model.objects.create(
        organization=by.acting.organization,  # type: ignore[union-attr]
        code=code,
        title=normalise(facts["title"]),
        valid_from=first,
        **extra,
    )
    after = {"code": row.code, "title": row.title, "valid_from": first}
    audit.record("classification.added", row, by=by, after=after)
    return row


@verb
def end_row(tree: Tree, pk: int, *, last_day: dt.date, by: User) -> Any:
    """The last day of a row. What hangs on it ends first."""
    row = _locked(tree, pk, by)
    if row.valid_to is not None:
        raise WrongState("پایان اعتبار این ردیف پیش‌تر ثبت شده است.")
    if row.valid_from and last_day < row.valid_from:
        raise RuleBroken("آخرین روز پیش از آغاز اعتبار است.")
    if (
        tree.child_key
        and _children(tree, row, by).within(last_day + dt.timedelta(days=1), dt.date.max).exists()
    ):
        raise RuleBroken("ردیف‌های زیر آن پس از این روز هنوز معتبرند؛ نخست آن‌ها را پایان دهید.")
    row.valid_to = last_day
    row.save(update_fields=["valid_to"])
    audit.record("classification.ended", row, by=by, after={"code": row.code, "valid_to": last_day})
    return row


@verb
def rename_row(tree: Tree, pk: int, *, title: str, from_day: dt.date, by: User) -> Any:
    """From a day on the code has another title: a new row, while what was agreed keeps the old one."""
    row = _locked(tree, pk, by)
    title = normalise(title)
    if row.renamed_as.exists():
        raise WrongState("این ردیف پیش‌تر تغییر نام یافته است؛ ردیف تازه را تغییر دهید.")
    if title == row.title:
        raise RuleBroken("عنوان تازه همان عنوان کنونی است.")
    if (row.valid_from and from_day <= row.valid_from) or (row.valid_to and from_day > row.valid_to):
        raise RuleBroken("تاریخ تغییر نام، پس از آغاز اعتبار ردیف و پیش از پایان آن است.")
    until, row.valid_to = row.valid_to, from_day - dt.timedelta(days=1)
    row.save(update_fields=["valid_to"])
    extra = {name: getattr(row, name) for name in (tree.parent, "kind") if name and hasattr(row, name)}
    new = tree.model.objects.create(
        organization_id=row.organization_id,
        code=row.code,
        title=title,
        valid_from=from_day,
        valid_to=until,
        renames=row,
        **extra,
    )
    before, after = {"title": row.title}, {"title": title, "valid_from": from_day}
    audit.record("classification.renamed", new, by=by, before=before, after=after)
    return new


def is_used(tree: Tree, pk: int, *, aside: Mapping[str, set[int]]) -> bool:
    """Whether anything points at a row, but rows that go with it."""
    keys = {other.model: other.key for other in TREES.values()}
    for relation in tree.model._meta.related_objects:
        rows = relation.related_model._default_manager.filter(**{relation.field.name: pk})
        if rows.exclude(pk__in=aside.get(keys.get(relation.related_model, ""), set())).exists():
            return True
    return False


@verb
def take_back(tree: Tree, pk: int, *, reason: str, by: User) -> None:
    """A row that an undone import had brought, while nothing points at it; the one that it renamed holds on."""
    row = _locked(tree, pk, by)
    facts = {"code": row.code, "title": row.title}
    audit.record("classification.removed", row, by=by, before=facts, note=reason)
    old, until = row.renames, row.valid_to
    row.delete()
    if old is not None:
        old.valid_to = until
        old.save(update_fields=["valid_to"])


def _locked(tree: Tree, pk: int, by: User) -> Any:
    require(can_write(by))
    return tree.model.objects.for_user(by).select_for_update(of=("self",)).get(pk=pk)


def _children(tree: Tree, row: Any, by: User) -> Any:
    """By the parent's code: a child of a renamed parent hangs on the old row."""
    child = TREES[tree.child_key]
    return child.model.objects.for_user(by).filter(**{f"{child.parent}__code": row.code})


# --- years --------------------------------------------------------------------------------------------------


def before(year: FiscalYear) -> FiscalYear | None:
    rows = FiscalYear.objects.filter(organization=year.organization_id, year=year.year - 1)
    found: FiscalYear | None = rows.first()
    return found


def rows_in(tree: Tree, year: FiscalYear) -> Any:
    """Rows of a tree that hold on a day of a year."""
    rows = tree.model.objects.filter(organization=year.organization_id)
    return rows.within(year.starts_on, year.ends_on)


@verb
def open_year(year_id: int, *, by: User) -> int:
    """Copy the tree of the year before: whatever holds over the turn of the year goes into itself, wholly.

    Done twice it adds nothing, and what was mapped by hand stays. The number of rows that were copied.
    """
    require(can_write(by))
    year: FiscalYear = FiscalYear.objects.for_user(by).select_for_update().get(pk=year_id)
    if before(year) is None:
        raise RuleBroken("سال پیش از آن تعریف نشده است؛ طبقه‌بندی آن رونوشت ندارد.")
    made = [row for tree in TREES.values() for row in _copied(tree, year)]
    ClassificationMapping.objects.bulk_create(made)
    if made:
        after = {"year": year.year, "rows": len(made)}
        audit.record(
            "classification.year_opened", year, by=by, after=after, organization_id=year.organization_id
        )
    return len(made)


def _copied(tree: Tree, year: FiscalYear) -> list[ClassificationMapping]:
    rows = tree.model.objects.filter(organization=year.organization_id)
    old = set(rows.valid_on(year.starts_on - dt.timedelta(days=1)).values_list("pk", flat=True))
    known = set(year.mappings.filter(tree=tree.key).values_list("from_code", flat=True))
    return [
        ClassificationMapping(
            fiscal_year=year, tree=tree.key, from_code=row.code, to_code=row.code, share=ONE
        )
        for row in rows.valid_on(year.starts_on)
        if (row.pk in old or row.renames_id in old) and row.code not in known
    ]


@verb
def map_row(
    year_id: int, tree: Tree, from_code: str, shares: Mapping[str, Decimal], *, by: User
) -> list[ClassificationMapping]:
    """Say into what a row of the year before goes; the shares make 1. Nothing: it could not be mapped."""
    require(can_write(by))
    year: FiscalYear = FiscalYear.objects.for_user(by).select_for_update().get(pk=year_id)
    last = before(year)
    if last is None or not rows_in(tree, last).filter(code=from_code).exists():
        raise RuleBroken("سال پیش چنین ردیفی ندارد.")
    known = set(rows_in(tree, year).filter(code__in=shares).values_list("code", flat=True))
    if strange := sorted(set(shares) - known):
        raise RuleBroken(f"این کدها در سال {year.year} نیست: {'، '.join(strange)}")
    if any(share <= 0 for share in shares.values()) or (shares and sum(shares.values()) != ONE):
        raise RuleBroken("جمع سهم‌ها باید یک باشد.")
    rows = year.mappings.filter(tree=tree.key, from_code=from_code)
    was = {row.to_code: str(row.share) for row in rows}
    rows.delete()
    made = ClassificationMapping.objects.bulk_create(
        ClassificationMapping(fiscal_year=year, tree=tree.key, from_code=from_code, to_code=code, share=share)
        for code, share in shares.items()
    )
    now = {code: str(share) for code, share in shares.items()}
    audit.record(
        "classification.mapped",
        year,
        by=by,
        before={from_code: was} if was else None,
        after={from_code: now},
        note=f"{tree.label} {from_code}",
        organization_id=year.organization_id,
    )
    return made


@dataclass(frozen=True)
class MappedRow:
    """A row of the year before and what becomes of it."""

    code: str
    title: str
    targets: list[tuple[str, str, Decimal]]  # code, title, share

    @property
    def is_itself(self) -> bool:
        return [(code, share) for code, _, share in self.targets] == [(self.code, ONE)]


def mapping_of(tree: Tree, year: FiscalYear) -> list[MappedRow]:
    """Every row of the year before, by code; those without targets could not be mapped."""
    last = before(year)
    if last is None:
        return []
    titles = dict(rows_in(tree, year).order_by("valid_from").values_list("code", "title"))
    targets: dict[str, list[tuple[str, str, Decimal]]] = {}
    for row in year.mappings.filter(tree=tree.key):
        targets.setdefault(row.from_code, []).append((row.to_code, titles.get(row.to_code, ""), row.share))
    old = dict(rows_in(tree, last).order_by("valid_from").values_list("code", "title"))
    return [MappedRow(code, title, targets.get(code, [])) for code, title in sorted(old.items())]


def carried(
    tree: Tree, year: FiscalYear, amounts: Mapping[str, Decimal]
) -> tuple[dict[str, Decimal], Decimal]:
    """Amounts by code of the year before, told in the rows of this year; and the sum of what has no place there."""
    found: dict[str, Decimal] = {}
    lost = Decimal(0)
    parts = {row.code: row.targets for row in mapping_of(tree, year)}
    for code, amount in amounts.items():
        if not parts.get(code):
            lost += amount
        for target, _, share in parts.get(code, []):
            found[target] = found.get(target, Decimal(0)) + amount * share
    return found, lost
