"""An opened row of the capital grid: sources, operations, facts, texts and causes of delay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from monitoring.models import CapitalFinanceLine, OperationProgress, ProjectProgress
from monitoring.models.lines import CAPITAL_CELLS
from monitoring.presenters import cells as make
from monitoring.presenters.cells import Cell, Message
from monitoring.presenters.facts import Book
from monitoring.ratios import as_percent

FACTS = (
    "status",
    "forecast_end",
    "workers",
    "last_statement_number",
    "last_statement_on",
    "last_statement_amount",
    "contractor_debts",
)


TEXTS = ("obstacles", "remedy", "next_activity")


MOST_CAUSES = 5


@dataclass(frozen=True)
class Source:
    title: str
    credit: int
    approved: int
    allocated: int
    securities: int
    collected: int | None
    last: int | None
    cells: list[Cell]
    remembered: make.Memory
    held: bool


@dataclass(frozen=True)
class Work:
    """One operation: target, last quantity, input, weight and what it earns."""

    title: str
    unit: str
    target: Decimal
    last: Decimal | None
    cell: Cell
    weight: Decimal
    share: Decimal | None
    remembered: make.Memory
    pk: int


def share_of(part: OperationProgress) -> Decimal | None:
    """What one operation adds to the progress of its project, in percent."""
    if part.quantity_done is None:
        return None
    operation = part.operation
    return as_percent(operation.weight * min(part.quantity_done / operation.target_quantity, Decimal(1)))


@dataclass(frozen=True)
class Share:
    pk: int
    share: Decimal | None


@dataclass(frozen=True)
class Shares:
    """Of an opened project, what a saved cell changed in it."""

    works: list[Share]

    @classmethod
    def of(cls, saved: object) -> Shares | None:
        return cls([Share(saved.pk, share_of(saved))]) if isinstance(saved, OperationProgress) else None


@dataclass(frozen=True)
class CauseChoice:
    index: int
    cause: int | None
    share: str
    text: str


@dataclass
class Detail:
    """What an opened row shows."""

    sources: list[Source]
    works: list[Work]
    facts: list[Cell]
    texts: list[Cell]
    causes: list[CauseChoice]
    remembered: make.Memory | None = None
    progress_pk: int | None = None
    deviation: Decimal | None = None


class Known(Protocol):
    """What the grid knows of the rows of a page (presenters/capital.py)."""

    book: Book

    def noted(self, field: str) -> int: ...


def money(
    known: Known, line: CapitalFinanceLine, cell: str, title: str, editable: bool, messages: list[Message]
) -> Cell:
    of = f"{title}، {line.funding_source}"
    noted = known.noted(f"capital:{line.pk}:{cell}")
    return make.make(line, cell, of=of, editable=editable and not line.held, messages=messages, noted=noted)


def build(
    known: Known,
    lines: list[CapitalFinanceLine],
    progress: ProjectProgress | None,
    works: list[tuple[OperationProgress, Decimal | None]],
    editable: bool,
    messages: list[Message],
    title: str,
) -> Detail:
    """`works`: each operation with its quantity at the last cut-off."""
    detail = Detail([_source(known, line, title, editable, messages) for line in lines], [], [], [], [])
    if progress is None:
        return detail
    detail.progress_pk, free = progress.pk, editable and not progress.held
    detail.works = [_work(known, part, last, free, messages) for part, last in works]
    detail.facts = [_fact(known, progress, name, title, editable, messages) for name in FACTS]
    detail.texts = [_fact(known, progress, name, title, editable) for name in TEXTS]
    detail.remembered = make.remembered(progress, (*FACTS, *TEXTS, "reason"), known.book.of(progress))
    detail.causes = _causes(progress, editable)
    if progress.physical_progress is not None and progress.planned_progress is not None:
        detail.deviation = progress.physical_progress - progress.planned_progress
    return detail


def _fact(
    known: Known,
    progress: ProjectProgress,
    name: str,
    title: str,
    editable: bool,
    messages: Iterable[Message] = (),
) -> Cell:
    noted = known.noted(f"project:{progress.pk}:{name}")
    return make.make(progress, name, of=title, editable=editable, messages=messages, noted=noted)


def _source(
    known: Known, line: CapitalFinanceLine, title: str, editable: bool, messages: list[Message]
) -> Source:
    names = asked_cells(line)
    return Source(
        title=str(line.funding_source),
        credit=line.credit_in_force,
        approved=line.approved_credit,
        allocated=line.allocated_cash,
        securities=line.allocated_securities,
        collected=line.collected,
        last=line.previous.spent if line.previous else None,
        cells=[money(known, line, name, title, editable, messages) for name in names],
        remembered=make.remembered(line, (*names, "reason"), known.book.of(line)),
        held=line.held,
    )


def asked_cells(line: CapitalFinanceLine) -> list[str]:
    """All money cells; «returned» only in the closing cut-off."""
    closing = line.submission.period.is_closing
    return [name for name in CAPITAL_CELLS if name != "returned" or closing]


def _work(
    known: Known, part: OperationProgress, last: Decimal | None, editable: bool, messages: list[Message]
) -> Work:
    operation = part.operation
    noted = known.noted(f"operation:{part.pk}:quantity_done")
    return Work(
        title=operation.title,
        unit=operation.unit,
        target=operation.target_quantity,
        last=last,
        cell=make.make(
            part, "quantity_done", of=operation.title, editable=editable, messages=messages, noted=noted
        ),
        weight=operation.weight,
        share=share_of(part),
        remembered=make.remembered(part, ("quantity_done",), known.book.of(part)),
        pk=part.pk,
    )


def _causes(progress: ProjectProgress, editable: bool) -> list[CauseChoice]:
    rows = [
        CauseChoice(index, row.cause_id, f"{row.share.normalize():f}", row.text)
        for index, row in enumerate(progress.delay_causes.all())
    ]
    room = min(max(len(rows) + 1, 2), MOST_CAUSES) if editable else len(rows)
    return rows + [CauseChoice(index, None, "", "") for index in range(len(rows), room)]
