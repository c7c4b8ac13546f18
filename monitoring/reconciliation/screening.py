"""Rows of a ledger that do not count: what is no payment, falls outside the days, stands twice, or was taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from budget_portal.text import fold
from monitoring.reconciliation.facts import Entry, Standing, Year
from monitoring.reconciliation.texts import alike, plain

CARRIED = tuple(fold(text) for text in ("نقل از", "نقل به", "مانده از", "مانده اول", "افتتاحیه", "مانده قبل"))
SAME_TEXT = 0.8  # two rows of one document, day and amount that say so much alike are one row written twice
TAKES_BACK = 0.5
NOISE = frozenset(
    map(plain, ("برگشت", "اصلاح", "ابطال", "سند", "بابت", "پرداخت", "شماره", "اصلاحی", "برگشتی"))
)

Screened = dict[int, tuple[Standing, int | None]]  # row -> why it does not count, and its partner


def screen(entries: Sequence[Entry], year: Year) -> Screened:
    """Every row that does not count. The first of rows written twice stays; of a payment and its reversal none."""
    found: Screened = {}
    for entry in entries:
        if (standing := _alone(entry, year)) is not None:
            found[entry.number] = (standing, None)
    rest = [entry for entry in entries if entry.number not in found]
    found |= _duplicates(rest)
    found |= _reversals(entry for entry in rest if entry.number not in found)
    return found


def _alone(entry: Entry, year: Year) -> Standing | None:
    if fold(entry.text).startswith(CARRIED):
        return Standing.CARRIED
    if not entry.rials:
        return Standing.UNREAD
    if entry.day is None:
        return Standing.UNDATED
    if entry.day < year.starts_on:
        return Standing.OUTSIDE
    return Standing.AFTER if entry.day > year.cutoff else None


def _duplicates(entries: Sequence[Entry]) -> Screened:
    """Same document, day and amount, and what the rows are for is alike. Rows without a number are never judged."""
    groups: dict[tuple[object, ...], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.document:
            groups[plain(entry.document), entry.day, entry.rials].append(entry)
    found: Screened = {}
    for group in groups.values():
        kept: list[Entry] = []
        for entry in group:
            first = next((one for one in kept if _is_same(one, entry)), None)
            if first is None:
                kept.append(entry)
            else:
                found[entry.number] = (Standing.DUPLICATE, first.number)
    return found


def _is_same(one: Entry, other: Entry) -> bool:
    if one.code and other.code and plain(one.code) != plain(other.code):
        return False
    if plain(one.source) != plain(other.source) or plain(one.chapter) != plain(other.chapter):
        return False
    return not (one.text or other.text) or alike(plain(one.text), plain(other.text)) >= SAME_TEXT


def _reversals(entries: Iterable[Entry]) -> Screened:
    """Each row of a negative amount takes back the nearest earlier payment of that amount that it is about."""
    paid: dict[int, list[Entry]] = defaultdict(list)
    back: list[Entry] = []
    for entry in entries:
        (paid[entry.rials].append if (entry.rials or 0) > 0 else back.append)(entry)  # type: ignore[index]
    found: Screened = {}
    for entry in sorted(back, key=lambda one: (one.day, one.number)):
        fitting = [
            one
            for one in paid[-(entry.rials or 0)]
            if one.number not in found and _not_later(one, entry) and _is_about(entry, one)
        ]
        if fitting:
            nearest = max(fitting, key=lambda one: (one.document == entry.document, one.day, one.number))
            found[entry.number] = (Standing.REVERSED, nearest.number)
            found[nearest.number] = (Standing.REVERSED, entry.number)
    return found


def _not_later(one: Entry, other: Entry) -> bool:
    return one.day is not None and other.day is not None and one.day <= other.day


def _is_about(entry: Entry, paid: Entry) -> bool:
    if entry.code and paid.code and plain(entry.code) != plain(paid.code):
        return False
    if plain(entry.source) != plain(paid.source):
        return False
    if entry.document and entry.document == paid.document:
        return True
    if paid.document and plain(paid.document) in plain(entry.text).split():
        return True
    if entry.code and paid.code:
        return True
    return alike(_essence(entry.text), _essence(paid.text)) >= TAKES_BACK


def _essence(text: str) -> str:
    return " ".join(word for word in plain(text).split() if word not in NOISE)
