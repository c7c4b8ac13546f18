"""Reading the posted page of a form: which cells were changed since the page was made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import QueryDict

from agreements.drafting.spec import Path


@dataclass(frozen=True)
class Change:
    path: Path
    name: str
    text: str
    seen: str


def path_of(kind: str, pk: str, cell: str) -> Path:
    """The path that the names of an input say: form, «part/row», cell. A project's code may hold a slash."""
    part, _, row = pk.rpartition("/")
    return Path(kind, part, row, cell)


def changes(data: QueryDict) -> Iterator[Change]:
    """Cells that differ from what the page showed, in its order."""
    for name, text, seen in _cells(data):
        if plain(text) != plain(seen):
            form, place, cell = name.split(":")
            yield Change(path_of(form, place, cell), name, text, seen)


def seen(data: QueryDict, form: str, place: str) -> dict[str, str]:
    """What the page showed of one row."""
    for remembered in data.getlist("row"):
        row = _row(remembered)
        if row and row[0] == form and row[1] == place:
            return row[2]
    return {}


def plain(text: str) -> str:
    """Texts that differ only in grouping or line ends are the same."""
    return text.replace("\r\n", "\n").replace(",", "").replace("٬", "").strip()


def _cells(data: QueryDict) -> Iterator[tuple[str, str, str]]:
    for remembered in data.getlist("row"):
        row = _row(remembered)
        if row is None:
            continue
        form, place, shown = row
        for cell, was in shown.items():
            name = f"{form}:{place}:{cell}"
            typed = data.get(name)
            if typed is not None and name.count(":") == 2:
                yield name, typed, was


def _row(text: str) -> tuple[str, str, dict[str, str]] | None:
    try:
        row = json.loads(text)
        form, place, shown = str(row["k"]), str(row["id"]), row["c"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(shown, dict):
        return None
    return form, place, {str(name): str(was) for name, was in shown.items()}
