"""Reading the entry form: what was changed since the page was made, and the causes of a delay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.http import QueryDict

from budget_portal.numbers import read_quantity
from budget_portal.text import normalise
from monitoring.cells import CELLS, FIGURES, NONE, NOT_APPLICABLE
from monitoring.models import DelayCause
from monitoring.presenters.capital_detail import MOST_CAUSES

TWICE = "یک علت دو بار آمده است."
NO_SHARE = "سهم علت «{cause}» را به درصد بنویسید."
NO_CAUSE = "برای سهم {share} علت را برگزینید."
NO_TEXT = "برای علت «{cause}» توضیح بنویسید."
LONG_TEXT = "توضیح علت «{cause}» از ۳۰۰ نویسه بیشتر است؛ آن را کوتاه کنید."
MOST_TEXT = 300
RANGE = "سهم هر علت بیش از ۰ و حداکثر ۱۰۰ است."


@dataclass(frozen=True)
class Change:
    """One cell that differs from what the page showed."""

    kind: str
    pk: int
    cell: str
    text: str
    seen: str
    version: int

    @property
    def field(self) -> str:
        return f"{self.kind}:{self.pk}:{self.cell}"


def changes(data: QueryDict) -> Iterator[Change]:
    """Cells of the posted rows that the person changed, in the order of the page."""
    for remembered in data.getlist("row"):
        row = _remembered(remembered)
        if row is None:
            continue
        kind, pk, version, shown = row
        for cell, seen in shown.items():
            typed = data.get(f"{kind}:{pk}:{cell}")
            if typed is not None and plain(typed, kind, cell) != plain(seen, kind, cell):
                yield Change(kind, pk, cell, typed, seen, version)


def plain(text: str, kind: str, cell: str) -> str:
    """Texts that differ only in grouping or line ends are the same, and so are the ways to say «none»."""
    said = text.replace("\r\n", "\n").replace(",", "").replace("٬", "").strip()
    return NONE if CELLS[kind][cell] in FIGURES and said in NOT_APPLICABLE else said


def _remembered(text: str) -> tuple[str, int, int, dict[str, str]] | None:
    try:
        row = json.loads(text)
        kind, pk, version, shown = row["k"], int(row["id"]), int(row["v"]), row["c"]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    if not isinstance(kind, str) or kind not in CELLS or not isinstance(shown, dict):
        return None
    return kind, pk, version, {name: str(seen) for name, seen in shown.items() if name in CELLS[kind]}


@dataclass
class Causes:
    """Causes as posted for one project: what can be saved, and what cannot be read."""

    shares: dict[DelayCause, tuple[Decimal, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    posted: bool = False


def causes(data: QueryDict, progress: int) -> Causes:
    """The rows «cause, share, text» of one project; empty rows are left out."""
    found = Causes()
    known = {str(cause.pk): cause for cause in DelayCause.objects.all()}
    for index in range(MOST_CAUSES):
        chosen = data.get(f"cause:{progress}:{index}")
        if chosen is None:
            continue
        found.posted = True
        _read_row(
            found,
            known,
            chosen,
            data.get(f"share:{progress}:{index}", ""),
            data.get(f"note:{progress}:{index}", ""),
        )
    return found


def _read_row(found: Causes, known: dict[str, DelayCause], chosen: str, share: str, text: str) -> None:
    cause = known.get(chosen)
    if cause is None:
        if share.strip():
            found.problems.append(NO_CAUSE.format(share=share))
        return
    read = read_quantity(share, 2)
    if read.problem or read.value is None:
        found.problems.append(read.problem or NO_SHARE.format(cause=cause))
    elif not 0 < read.value <= 100:
        found.problems.append(RANGE)
    elif cause in found.shares:
        found.problems.append(TWICE)
    elif cause.needs_text and not text.strip():
        found.problems.append(NO_TEXT.format(cause=cause))
    elif len(said := normalise(text)) > MOST_TEXT:
        found.problems.append(LONG_TEXT.format(cause=cause))
    else:
        found.shares[cause] = (read.value, said)


def explanations(data: QueryDict) -> dict[int, str]:
    """Texts of the fields `explain:12`, by the key of the hit."""
    found = {}
    for name in data:
        key = name.removeprefix("explain:")
        if key != name and _is_key(key):
            found[int(key)] = str(data[name])
    return found


def _is_key(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 12


def line_of(value: str) -> tuple[str, int] | None:
    """`capital:12` of the buttons «hold» and «release»."""
    kind, _, pk = value.partition(":")
    return (kind, int(pk)) if kind in {"capital", "expense", "project"} and _is_key(pk) else None


def part_of(value: str) -> dict[str, int] | None:
    """`project:12`, `programme:5` or `all` of the buttons «copy» and «confirm»."""
    if value == "all":
        return {}
    name, _, pk = value.partition(":")
    return {name: int(pk)} if name in {"project", "programme"} and _is_key(pk) else None
