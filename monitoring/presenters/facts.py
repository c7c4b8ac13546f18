"""What the strip above the grid says of the cell in hand: the last cut-off, the same one last year, the agreement,
the allocation, earlier cut-offs of the year, who changed it last. All of it is in the page, for work without network.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from budget_portal import jalali
from monitoring import history
from monitoring.cells import CELLS, FIGURES
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    ExpenseFinanceLine,
    OperationProgress,
    PerformanceSubmission,
)
from monitoring.presenters.cells import KIND_OF, said

# What makes two rows of two cut-offs the same row.
KEYS: dict[str, tuple[str, ...]] = {
    "capital": ("project_id", "funding_source_id"),
    "expense": ("programme_id", "expense_chapter_id", "funding_source_id"),
    "operation": ("progress__project_id", "operation__key"),
    "activity": ("activity__programme_id", "activity__key"),
}
MODELS: dict[str, Any] = {
    "capital": CapitalFinanceLine,
    "expense": ExpenseFinanceLine,
    "operation": OperationProgress,
    "activity": ActivityPerformance,
}
MOST_CHANGES = 3
Key = tuple[Any, ...]


@dataclass
class Earlier:
    """Approved figures of the year before this cut-off, oldest first, and of the same cut-off a year ago."""

    chain: dict[str, list[Any]] = field(default_factory=dict)
    year_ago: dict[str, Any] = field(default_factory=dict)


@dataclass
class Book:
    """Everything that the strip may say of the rows of a page."""

    earlier: dict[tuple[str, Key], Earlier] = field(default_factory=dict)
    changes: dict[str, dict[str, list[history.Change]]] = field(default_factory=dict)
    locked: dict[Any, str] = field(default_factory=dict)

    def of(self, row: Any) -> dict[str, Any]:
        """What the page keeps of a row beside its kind `k`, key, version and cells, in few letters: ceilings `f`,
        previous `p`, chain of the year `h`, year ago `y`, last changes `l`, unconfirmed copies `u`."""
        kind = KIND_OF[type(row)]
        found = self.earlier.get((kind, key_of(kind, row)), Earlier())
        facts: dict[str, Any] = {"f": ceilings(row)}
        chain = {cell: values for cell, values in found.chain.items() if values}
        facts["p"] = {cell: _plain(values[-1]) for cell, values in chain.items()} | _previous(kind, row)
        facts["h"] = {
            cell: [said(value) for value in values] for cell, values in chain.items() if len(values) > 1
        }
        facts["y"] = {cell: said(value) for cell, value in found.year_ago.items() if value is not None}
        facts["l"] = {
            cell: [[f"{change.who}، {jalali.format_date(change.at, 'stamp')}", change.was] for change in told]
            for cell, told in self.changes.get(f"{row._meta.label_lower}:{row.pk}", {}).items()
        }
        facts["u"] = row.copied
        return {name: value for name, value in facts.items() if value}


def load(submission: PerformanceSubmission, rows: Iterable[Any], *, with_changes: bool = True) -> Book:
    """One query per kind of row that is shown, and one of the log."""
    book, shown = Book(), list(rows)
    for kind, model in MODELS.items():
        keys = {key_of(kind, row) for row in shown if type(row) is model}
        if keys:
            _load_earlier(book, kind, submission, keys)
    if with_changes and shown:
        book.changes = history.recent(shown, most=MOST_CHANGES)
    return book


def key_of(kind: str, row: Any) -> Key:
    if kind == "operation":
        return (row.progress.project_id, row.operation.key)
    if kind == "activity":
        return (row.activity.programme_id, row.activity.key)
    return tuple(getattr(row, name) for name in KEYS[kind]) if kind in KEYS else ()


def ceilings(row: Any) -> list[list[str]]:
    """Agreement and allocation of a money line; target of an operation or activity."""
    if isinstance(row, CapitalFinanceLine | ExpenseFinanceLine):
        return [["موافقتنامه", said(row.credit_in_force)], ["تخصیص", said(row.allocated)]]
    if isinstance(row, OperationProgress):
        return [["هدف", f"{said(row.operation.target_quantity.normalize())} {row.operation.unit}"]]
    if isinstance(row, ActivityPerformance):
        return [["هدف سال", f"{said(row.activity.target_volume.normalize())} {row.activity.unit}"]]
    return []


def _load_earlier(book: Book, kind: str, submission: PerformanceSubmission, keys: set[Key]) -> None:
    period, of = submission.period, "progress__submission" if kind == "operation" else "submission"
    year = f"{of}__period__fiscal_year"
    this_year = Q(**{year: period.fiscal_year_id, f"{of}__period__cutoff_date__lt": period.cutoff_date})
    year_ago = Q(**{f"{year}__year": period.fiscal_year.year - 1, f"{of}__period__cutoff": period.cutoff})
    first = KEYS[kind][0]
    rows = MODELS[kind].objects.filter(
        this_year | year_ago,
        **{
            f"{of}__agency": submission.agency_id,
            f"{of}__state": "approved",
            f"{first}__in": {key[0] for key in keys},
        },
    )
    cells = [name for name, sort in CELLS[kind].items() if sort in FIGURES]
    columns = (*KEYS[kind], *cells)
    ordered = rows.order_by(f"{of}__period__cutoff_date").annotate(of_year=F(year))
    for values in ordered.values_list("of_year", *columns):
        key = tuple(values[1 : 1 + len(KEYS[kind])])
        if key not in keys:
            continue
        found = book.earlier.setdefault((kind, key), Earlier())
        for cell, value in zip(cells, values[1 + len(KEYS[kind]) :], strict=True):
            value = value.normalize() if isinstance(value, Decimal) else value
            if values[0] != period.fiscal_year_id:
                found.year_ago[cell] = value
            elif value is not None:
                found.chain.setdefault(cell, []).append(value)


def _previous(kind: str, row: Any) -> dict[str, str]:
    """A line that came from another agency brings its last figure along; progress has no chain of its own."""
    last = getattr(row, "previous", None)
    if last is None:
        return {}
    names = [name for name, sort in CELLS[kind].items() if sort in FIGURES]
    return {name: _plain(getattr(last, name)) for name in names if getattr(last, name) is not None}


def _plain(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
