"""Two packages line by line: what is another, and why. Pure: reads the two texts and nothing else.

A difference belongs to one cause. Where several could have moved a figure, the cause that the texts name
themselves goes first: a copied ceiling is the agreement's or the allocation's, a held line that appears under
other rules is the rules', everything else that was typed is a correction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast

Content = Mapping[str, Any]
Value = int | Decimal | str | None


class Cause(StrEnum):
    CORRECTION = "correction"
    AMENDMENT = "amendment"
    ALLOCATION = "allocation"
    RULE = "rule"
    ADDED = "added"
    REMOVED = "removed"
    EVIDENCE = "evidence"
    VISIT = "visit"
    LATER = "later"  # another cut-off: figures run on


CREDIT = frozenset({"approved_credit", "credit_in_force", "planned_progress", "agreement"})
ALLOCATED = frozenset({"allocated_cash", "allocated_securities", "collected"})
HOLDING = frozenset({"held", "held_raw"})
RECEIVED = frozenset({"received", "received_cash", "received_securities"})
# What sums per cause are made of.
MEASURES = ("credit", "allocated", "received", "spent")


@dataclass(frozen=True)
class Change:
    """One cell of one line, before and after; `cell` is empty where the whole line came or went."""

    cause: Cause
    key: str
    title: str
    cell: str
    before: Value
    after: Value
    agency: str = ""

    @property
    def difference(self) -> int | Decimal | None:
        numbers = (Decimal, int)
        if isinstance(self.before, numbers) and isinstance(self.after, numbers):
            return self.after - self.before
        return None


@dataclass(frozen=True)
class Group:
    """All differences of one cause, with what they come to."""

    cause: Cause
    changes: tuple[Change, ...]
    sums: Mapping[str, int]


@dataclass(frozen=True)
class Comparison:
    before: Content
    after: Content
    changes: tuple[Change, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        found: dict[Cause, list[Change]] = {}
        for change in self.changes:
            found.setdefault(change.cause, []).append(change)
        return tuple(
            Group(cause, tuple(found[cause]), sums(found[cause])) for cause in Cause if cause in found
        )

    @property
    def total(self) -> dict[str, int]:
        return sums(self.changes)


def compare(before: Content, after: Content) -> Comparison:
    """Two packages of submissions."""
    return Comparison(before, after, tuple(_changes(before, after)))


def compare_many(
    before: Content, after: Content, pairs: Iterable[tuple[Content | None, Content | None]]
) -> Comparison:
    """Two packages of cut-offs: the packages of every agency in both, in one or in the other."""
    changes = [
        Change(change.cause, change.key, change.title, change.cell, change.before, change.after, _agency(was, now))
        for was, now in pairs
        for change in _changes(was or _nothing(now), now or _nothing(was))
    ]  # fmt: skip
    return Comparison(before, after, tuple(changes))


def sums(changes: Iterable[Change]) -> dict[str, int]:
    """Money per measure; a line that came or went counts whole."""
    found = dict.fromkeys(MEASURES, 0)
    for change in changes:
        if (measure := _measure(change.cell)) is None:
            continue
        found[measure] += _money(change.after) - _money(change.before)
    return found


def _measure(cell: str) -> str | None:
    if cell == "credit_in_force":
        return "credit"
    if cell in {"allocated_cash", "allocated_securities"}:
        return "allocated"
    if cell in RECEIVED:
        return "received"
    return "spent" if cell == "spent" else None


def _money(value: Value) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _agency(was: Content | None, now: Content | None) -> str:
    return str((now or was or {"agency": {"name": ""}})["agency"]["name"])


def _nothing(like: Content | None) -> Content:
    """A package without any line, to set beside one that stands alone."""
    empty: dict[str, list[Any]] = {"lines": [], "progress": [], "activities": [], "documents": []}
    return {**(like or {}), "figures": empty, "files": [], "visits": []}


# --- one pair --------------------------------------------------------------------------------------------------------


def _changes(before: Content, after: Content) -> Iterable[Change]:
    other_rules = before.get("rules") != after.get("rules")
    later = before.get("period") != after.get("period")
    names = {**before.get("names", {}), **after.get("names", {})}
    if other_rules:
        versions = [str(content["rules"]["version"]) for content in (before, after)]
        yield Change(Cause.RULE, "rules", "", "rule_set", versions[0], versions[1])
    amended = versions_of(before) != versions_of(after)
    for part in ("lines", "progress", "activities"):
        was, now = rows_of(before, part), rows_of(after, part)
        for key in sorted(was.keys() | now.keys()):
            title = title_of(key, names)
            for change in _of_line(key, title, was.get(key), now.get(key)):
                yield _caused(change, other_rules=other_rules, amended=amended, later=later)
    yield from _evidence(before, after)
    yield from _visits(before, after, names)


def _of_line(
    key: str, title: str, was: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> Iterable[Change]:
    if was is None or now is None:
        cause = Cause.ADDED if was is None else Cause.REMOVED
        yield from (
            Change(cause, key, title, cell, _get(was, cell), _get(now, cell))
            for cell in cells_of(was or now or {})
            if _get(was or now, cell) not in (None, [], {}, "", False)
        )
        return
    for cell in cells_of({**was, **now}):
        if (left := _get(was, cell)) != (right := _get(now, cell)):
            yield Change(Cause.CORRECTION, key, title, cell, left, right)


def _caused(change: Change, *, other_rules: bool, amended: bool, later: bool) -> Change:
    cause = change.cause
    if cause is not Cause.CORRECTION:
        return change
    if change.cell in CREDIT:
        cause = Cause.AMENDMENT if amended or not later else Cause.LATER
    elif change.cell in ALLOCATED:
        cause = Cause.LATER if later else Cause.ALLOCATION
    elif change.cell in HOLDING and other_rules:
        cause = Cause.RULE
    elif later:
        cause = Cause.LATER
    return Change(cause, change.key, change.title, change.cell, change.before, change.after)


def _evidence(before: Content, after: Content) -> Iterable[Change]:
    was = {row["sha256"]: row["title"] for row in before.get("files", [])}
    now = {row["sha256"]: row["title"] for row in after.get("files", [])}
    for digest in sorted(was.keys() ^ now.keys()):
        yield Change(Cause.EVIDENCE, f"file:{digest}", was.get(digest) or now[digest], "file",
                     digest if digest in was else None, digest if digest in now else None)  # fmt: skip


def _visits(before: Content, after: Content, names: Mapping[str, str]) -> Iterable[Change]:
    was, now = _measured(before), _measured(after)
    for project in sorted(was.keys() | now.keys()):
        if was.get(project) != now.get(project):
            title = title_of(f"project:{project}", names)
            yield Change(
                Cause.VISIT, f"visit:{project}", title, "visited", was.get(project), now.get(project)
            )


def _measured(content: Content) -> dict[str, Value]:
    """Per project what the last confirmed visit measured."""
    return {
        row["project"]: _value(row["physical_progress"])
        for row in content.get("visits", [])
        if row["project"]
    }


# --- lines and their names -------------------------------------------------------------------------------------------

IDENTITY = ("project", "programme", "chapter", "source", "activity")


def rows_of(content: Content, part: str) -> dict[str, Mapping[str, Any]]:
    """Lines by their own name, whatever their order: «project:170|source:general»."""
    return {f"{part}/{name_of(row)}": row for row in content["figures"].get(part, [])}


def name_of(row: Mapping[str, Any]) -> str:
    return "|".join(f"{name}:{row[name]}" for name in IDENTITY if name in row)


def cells_of(row: Mapping[str, Any]) -> list[str]:
    return [cell for cell in row if cell not in IDENTITY]


def title_of(key: str, names: Mapping[str, str]) -> str:
    """The titles of a line, as far as the package names them."""
    parts = key.partition("/")[2].split("|") if "/" in key else [key]
    return " – ".join(names.get(part, part.partition(":")[2]) for part in parts)


def versions_of(content: Content) -> set[int]:
    return {row["id"] for row in content.get("agreements", [])}


def _get(row: Mapping[str, Any] | None, cell: str) -> Value:
    return _value((row or {}).get(cell))


def _value(value: Any) -> Value:
    """Lists and objects as one text, so that they are compared and printed whole."""
    if isinstance(value, str) and value.replace(".", "", 1).removeprefix("-").isdecimal() and "." in value:
        return Decimal(value)
    if isinstance(value, dict):
        return "؛ ".join(f"{name}: {value[name]}" for name in sorted(value))
    if isinstance(value, list):
        return "، ".join(str(item) for item in value)
    return cast(Value, value)
