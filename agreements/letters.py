"""Both kinds of letters as one shape: ابلاغیهٔ بودجه gives credit, ابلاغیهٔ تخصیص releases part of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet

from agreements.ledger import Entry, Key
from agreements.models import AllocationLine, AllocationNotice, BudgetNotification, NotificationLine
from agreements.workflow.moves import ALLOCATION_MOVES, NOTIFICATION_MOVES
from budget_portal.digits import to_persian
from budget_portal.moves import Move

Letter = BudgetNotification | AllocationNotice
Line = NotificationLine | AllocationLine


@dataclass(frozen=True)
class Sort:
    name: str
    title: str
    plural: str
    letter: Any
    line: Any
    parent: str  # the line's link to its letter
    capital: tuple[str, ...]  # the grain of a line, by kind; the funding source is added
    moves: dict[str, Move]
    head: tuple[str, ...]  # what may be changed while it is a draft
    parts: tuple[str, ...]  # what a line says

    def grain(self, kind: str) -> tuple[str, ...]:
        named = self.capital if kind == "capital" else ("programme_id", "expense_chapter_id")
        return (*named, "funding_source_id")

    @property
    def model(self) -> str:
        return str(self.letter._meta.model_name)

    @property
    def has_instruments(self) -> bool:
        return self.name == "allocation"


HEAD = ("letter_number", "letter_date", "valid_from", "note", "document_id")

NOTIFICATION = Sort(
    name="notification",
    title="ابلاغیهٔ بودجه",
    plural="ابلاغیه‌های بودجه",
    letter=BudgetNotification,
    line=NotificationLine,
    parent="notification",
    capital=("plan_id",),
    moves=NOTIFICATION_MOVES,
    head=HEAD,
    parts=(
        "scope",
        "budget_row",
        "plan_id",
        "programme_id",
        "expense_chapter_id",
        "funding_source_id",
        "amount",
    ),
)
ALLOCATION = Sort(
    name="allocation",
    title="ابلاغیهٔ تخصیص",
    plural="ابلاغیه‌های تخصیص",
    letter=AllocationNotice,
    line=AllocationLine,
    parent="notice",
    capital=("project_id",),
    moves=ALLOCATION_MOVES,
    head=("period_id", *HEAD),
    parts=(
        "project_id",
        "programme_id",
        "expense_chapter_id",
        "funding_source_id",
        "instrument",
        "amount",
        "collected",
        "symbol",
        "due_date",
        "is_advance",
        "converted_from_id",
    ),
)
SORTS = {sort.name: sort for sort in (NOTIFICATION, ALLOCATION)}


def sort_of(letter: Letter) -> Sort:
    return NOTIFICATION if isinstance(letter, BudgetNotification) else ALLOCATION


def year_of(letter: Letter) -> int:
    """The key of the year in which the letter counts."""
    return letter.fiscal_year_id if isinstance(letter, BudgetNotification) else letter.period.fiscal_year_id


def key_of(sort: Sort, kind: str, line: Line) -> Key:
    return tuple([value or 0 for value in _key_reader(*sort.grain(kind))(line)])


@lru_cache
def _key_reader(*names: str) -> Callable[[Line], tuple[int | None, ...]]:
    return attrgetter(*names)


def title_of(line: Any) -> str:
    """How sentences and tables name a line."""
    if project := getattr(line, "project", None) or getattr(line, "plan", None):
        name = str(project)
    else:
        name = f"{line.programme}، فصل {to_persian(line.expense_chapter.code)}" if line.programme_id else "—"
    return f"{name}، {line.funding_source}"


def lines_of(sort: Sort, letter: Letter) -> QuerySet[Any]:
    return with_names(sort, sort.line.objects.filter(**{sort.parent: letter}))


def with_names(sort: Sort, rows: Any) -> QuerySet[Any]:
    """Rows with everything that a table of them names."""
    linked = (*sort.capital, "programme_id", "expense_chapter_id", "funding_source_id")
    names = [name.removesuffix("_id") for name in linked]
    if sort.has_instruments:
        names.append("converted_from__notice")
    found: QuerySet[Any] = rows.select_related(*names).order_by("pk")
    return found


def entries(sort: Sort, letter: Letter) -> list[Entry]:
    """Every line of the year's issued letters to the agency, of this letter's kind."""
    return entries_of(sort, [letter])[letter.agency_id]


def entries_of(sort: Sort, letters: Sequence[Letter]) -> dict[int, list[Entry]]:
    """The same for letters of one kind and year to many agencies, by agency."""
    found: dict[int, list[Entry]] = {letter.agency_id: [] for letter in letters}
    for row in issued_lines(sort, list(found), year_of(letters[0]), letters[0].kind) if letters else ():
        letter = getattr(row, sort.parent)
        found[letter.agency_id].append(as_entry(sort, letter, row))
    return found


def issued_lines(sort: Sort, agencies: list[int], year: int, kind: str) -> QuerySet[Any]:
    """Lines of the issued letters of one kind to agencies in a year, with their letters."""
    of_year = "fiscal_year" if sort is NOTIFICATION else "period__fiscal_year"
    wanted = {"agency__in": agencies, "kind": kind, "state": "issued", of_year: year}
    rows = sort.line.objects.filter(**{f"{sort.parent}__{name}": value for name, value in wanted.items()})
    found: QuerySet[Any] = rows.select_related(sort.parent).order_by("pk")
    return found


def as_entry(sort: Sort, letter: Letter, line: Any) -> Entry:
    more = (
        {
            "instrument": line.instrument,
            "is_advance": line.is_advance,
            "converted_from": line.converted_from_id,
            "collected": line.collected,
        }
        if sort.has_instruments
        else {}
    )
    key = key_of(sort, letter.kind, line)
    return Entry(key=key, amount=line.amount, day=letter.valid_from, line=line.pk, **more)


# --- what a person saw ------------------------------------------------------------------------------------------------


def values(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def seen(row: Any, names: Iterable[str]) -> str:
    """A mark of what stood when a page was shown; a form gives it back, and another one means a change since."""
    said = repr([str(value) if value is not None else None for value in values(row, names).values()])
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def seen_whole(sort: Sort, letter: Letter) -> str:
    """The mark of a whole letter: its head and every line, so that nobody issues what they did not see."""
    rows = sort.line.objects.filter(**{sort.parent: letter}).order_by("pk")
    parts = [seen(letter, sort.head), *(f"{row.pk}:{seen(row, sort.parts)}" for row in rows)]
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:20]
