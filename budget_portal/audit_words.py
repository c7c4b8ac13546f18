"""The log in Persian: a sentence for each event, names of objects and columns. Each app adds its own words.

    # <app>/audit_words.py
    WORDS = {"submission.submitted": "عملکرد را به ذیحساب فرستاد"}      event → predicate after the person's name
    OBJECTS = {"monitoring.performancesubmission": "عملکرد"}            label of the model → its name
    PAGES = {"accounts.user": "accounts:user-detail"}                   label → address of its page («?code»: by another key)
    FIELDS = {"spent": "عملکرد", "monitoring.fieldvisit.state": "…"}    column → its name
    VALUES = {"stage": {"treasurer": "ذیحساب"}}                         column → its values that no choice names
    PARTS = {"project": "پروژه"}                                        first word of «project:12» → its name
    READERS = {"agreements.capitalagreement": read_cell}                label → (column, value) in words, or None

A test demands a sentence for every event code that a verb writes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.module_loading import module_has_submodule

from budget_portal import jalali
from budget_portal.digits import group, to_persian
from budget_portal.models import AuditEntry
from budget_portal.signers import signed

if TYPE_CHECKING:
    from accounts.models import User

Links = dict[tuple[str, str], str]

CLOCK = "ساعت سامانه"
PEOPLE = ("actor", "on_behalf_of__membership__user")
# Columns that only the machine reads; the page of an entry shows its whole record.
INTERNAL = frozenset({"id", "version", "previous_id", "updated_by_id", "updated_at"})
EMPTY: tuple[Any, ...] = (None, "", [], {})
PART = re.compile(r"([a-z]+):([\w:]+)")
DECIMAL = re.compile(r"-?\d+\.\d+")

WORDS = {
    "figure.created": "ردیف را ساخت",
    "figure.changed": "رقم را تغییر داد",
    "figure.removed": "ردیف را حذف کرد",
    "job.cancelled": "لغو کار را خواست",
    "effect.tried_again": "کار پس‌زمینهٔ ناموفق را دوباره در نوبت گذاشت",
    "head.recipient_added": "گیرندهٔ سرزنجیرهٔ روزانه را افزود",
    "head.recipient_removed": "گیرندهٔ سرزنجیرهٔ روزانه را برداشت",
}
OBJECTS = {
    "budget_portal.job": "کار",
    "budget_portal.outboxmessage": "کار پس‌زمینه",
    "budget_portal.storedfile": "پرونده",
    "budget_portal.holiday": "روز تعطیل",
    "budget_portal.headrecipient": "گیرندهٔ سرزنجیره",
}
FIELDS = {
    "state": "وضعیت",
    "status": "وضعیت",
    "name": "نام",
    "title": "عنوان",
    "organization": "سازمان",
    "note": "یادداشت",
    "reason": "دلیل",
    "day": "روز",
    "valid_from": "از",
    "valid_to": "تا",
    "is_active": "فعال",
    "file": "پرونده",
    "table": "جدول",
    "unit": "واحد",
    "columns": "ستون‌ها",
    "changed": "تغییریافته",
    "same": "بی‌تغییر",
    "error": "خطا",
    "left_out": "کنارگذاشته",
    "email": "رایانامه",
}
VALUES = {"unit": {"rial": "ریال", "million": "میلیون ریال", "percent": "درصد"}}


@cache
def words(kind: str) -> dict[str, Any]:
    """All words of one kind («WORDS», «OBJECTS», «FIELDS», …) of all apps; an app's own go before."""
    found: dict[str, Any] = {}
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "audit_words"):
            for name, word in getattr(import_module(f"{config.name}.audit_words"), kind, {}).items():
                found[name] = found.get(name, {}) | word if isinstance(word, dict) else word
    return found


@dataclass(frozen=True)
class Change:
    """One column before and after, in words."""

    field: str
    before: str | None
    after: str | None


def role_name(role: str) -> str:
    """The label of a role as the people of this installation read it."""
    field = apps.get_model("accounts", "Membership")._meta.get_field("role")
    return str(dict(getattr(field, "flatchoices", None) or []).get(role, role))


def person(entry: AuditEntry) -> str:
    """Who did it, and for whom a substitute did; `select_related(*PEOPLE)` spares the queries."""
    if entry.actor is None:
        return CLOCK
    return signed(entry.actor, entry.on_behalf_of)


def sentence(entry: AuditEntry) -> str:
    return words("WORDS").get(entry.event, entry.event)


def targets(entries: Iterable[AuditEntry], user: User) -> dict[str, str]:
    """What the entries tell of, by chain: «دستگاه: ادارهٔ کل راه», one query per kind of object."""
    wanted: dict[str, dict[str, str]] = {}
    for entry in entries:
        wanted.setdefault(entry.target_type, {})[entry.target_id] = entry.chain
    found: dict[str, str] = {}
    for target_type, chains in wanted.items():
        names = _names(target_type, list(chains), user)
        for pk, chain in chains.items():
            name = names.get(pk)
            found[chain] = (
                f"{object_name(target_type)}: {name}" if name else f"{object_name(target_type)} {pk}"
            )
    return found


def _names(target_type: str, ids: list[str], user: User) -> dict[str, str]:
    """Names of those that still exist and are in the person's scope."""
    try:
        model = apps.get_model(target_type)
    except (LookupError, ValueError):
        return {}
    rows = model._default_manager.all()
    if hasattr(rows, "for_user"):
        rows = rows.for_user(user)
    known = [pk for pk in ids if pk.isdigit()]
    links = [field.name for field in model._meta.fields if field.many_to_one]
    return {str(row.pk): str(row) for row in rows.filter(pk__in=known).select_related(*(links or [None]))}


def object_name(target_type: str) -> str:
    return words("OBJECTS").get(target_type, target_type)


def linked(entries: Iterable[AuditEntry], user: User) -> Links:
    """Names of the rows that the columns of these entries point at, one query per kind of object."""
    wanted: dict[str, set[str]] = {}
    for entry in entries:
        for name, old, new in _columns(entry):
            if model := _points_at(entry.target_type, name):
                wanted.setdefault(model, set()).update(str(pk) for pk in (old, new) if pk is not None)
    names = {model: _names(model, list(ids), user) for model, ids in wanted.items()}
    return {(model, pk): name for model, found in names.items() for pk, name in found.items()}


def changes(entry: AuditEntry, links: Links | None = None) -> list[Change]:
    """What a row of figures or a move says of before and after; `links` as `linked` found them."""
    before, after = entry.before, entry.after
    if not isinstance(before, dict | None) or not isinstance(after, dict | None):
        # A move writes the bare state.
        return [Change("", _shown(entry, "state", before), _shown(entry, "state", after))]

    return [_change(entry, links or {}, *column) for column in _columns(entry)]


def _change(entry: AuditEntry, links: Links, name: str, old: Any, new: Any) -> Change:
    if read := words("READERS").get(entry.target_type):
        before, after = read(name, old), read(name, new)
        if before and after:
            return Change(before[0], before[1], after[1])
    model = _points_at(entry.target_type, name)
    shown = [links.get((model, str(value))) or _shown(entry, name, value) for value in (old, new)]
    return Change(_field(entry, name), *shown)


def _columns(entry: AuditEntry) -> Iterator[tuple[str, Any, Any]]:
    """Column, before and after; of a new or removed row only the columns that say something."""
    before = entry.before if isinstance(entry.before, dict) else {}
    after = entry.after if isinstance(entry.after, dict) else {}
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name), after.get(name)
        is_told = old != new and not (old in EMPTY and new in EMPTY)
        if name not in INTERNAL and (is_told or name in before.keys() & after.keys()):
            yield name, old, new


def _points_at(target_type: str, name: str) -> str:
    """Label of the model that a column refers to, «» for a column that holds a value."""
    try:
        related = apps.get_model(target_type)._meta.get_field(name.removesuffix("_id")).related_model
    except (LookupError, ValueError, FieldDoesNotExist):
        return ""
    is_model = isinstance(related, type) and issubclass(related, models.Model)
    return related._meta.label_lower if is_model else ""


def _field(entry: AuditEntry, name: str) -> str:
    known, short = words("FIELDS"), name.removesuffix("_id")
    return known.get(f"{entry.target_type}.{short}") or known.get(name) or known.get(short) or name


def _shown(entry: AuditEntry, name: str, value: Any) -> str | None:
    """A choice by its label, yes and no, dates; lists and records part by part; everything else as it is."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "بله" if value else "خیر"
    if isinstance(value, list):
        return "، ".join(_shown(entry, name, part) or "—" for part in value) or "—"
    if isinstance(value, dict):
        parts = (f"{_field(entry, key)} {_shown(entry, key, part) or '—'}" for key, part in value.items())
        return "، ".join(parts) or "—"
    if isinstance(value, int) and not name.endswith(("_id", "year", "version", "revision")):
        return group(value)
    return _worded(entry, name, str(value))


def _worded(entry: AuditEntry, name: str, value: str) -> str:
    """A word of the machine in Persian: a choice, a column, «project:12», a date, a decimal."""
    if label := _label(entry.target_type, name, value) or words("VALUES").get(name, {}).get(value):
        return str(label)
    if DECIMAL.fullmatch(value):
        return value.rstrip("0").rstrip(".").replace(".", "٫")
    if jalali.CUTOFF_CODE.fullmatch(value):
        return jalali.cutoff_name(value)
    if part := PART.fullmatch(value):
        return _part(part[1], part[2], value)
    if value.isascii() and value.islower() and value in words("FIELDS"):
        return words("FIELDS")[value]
    return _date(value)


def _part(kind: str, rest: str, value: str) -> str:
    """«project:12», «line:13:1», «capital:18:spent», «activityperformance:243»."""
    names = {label.partition(".")[2]: name for label, name in words("OBJECTS").items()} | words("PARTS")
    if kind not in names:
        return value
    pieces = (words("FIELDS").get(piece, to_persian(piece)) for piece in rest.split(":"))
    return f"{names[kind]} {' · '.join(pieces)}"


def _label(target_type: str, name: str, value: str) -> str:
    try:
        field = apps.get_model(target_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return ""
    return str(dict(getattr(field, "flatchoices", None) or []).get(value, ""))


def _date(value: str) -> str:
    try:
        moment = dt.date.fromisoformat(value)
    except ValueError:
        return value
    return jalali.format_date(moment, "table")
