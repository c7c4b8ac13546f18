"""One input of the entry grid, and the sentences that stand under its row."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from budget_portal.digits import group
from monitoring import cells, entry
from monitoring.kept_hits import row_name
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    CheckResult,
    ExpenseFinanceLine,
    OperationProgress,
    ProjectProgress,
)
from monitoring.presenters.hits import anchor, code_of, difference
from monitoring.rules.lines import LABELS

KIND_OF: dict[type[Any], str] = {
    CapitalFinanceLine: "capital",
    ExpenseFinanceLine: "expense",
    OperationProgress: "operation",
    ProjectProgress: "project",
    ActivityPerformance: "activity",
}
MODEL_KIND = {model._meta.model_name: kind for model, kind in KIND_OF.items()}
CELL_LABELS = {
    **LABELS,
    "quantity_done": "مقدار انجام‌شده",
    "volume_done": "حجم انجام‌شده",
    "cost": "هزینهٔ فعالیت",
    "status": "وضعیت پروژه",
    "forecast_end": "پیش‌بینی پایان",
    "obstacles": "موانع و مشکلات",
    "remedy": "راهکار پیشنهادی",
    "workers": "نیروی کارگاه (نفر)",
    "last_statement_number": "شمارهٔ آخرین صورت‌وضعیت",
    "last_statement_on": "تاریخ آخرین صورت‌وضعیت",
    "last_statement_amount": "مبلغ آخرین صورت‌وضعیت (میلیون ریال)",
    "contractor_debts": "بدهی به پیمانکار (میلیون ریال)",
    "next_activity": "کار مقطع بعد",
    "quality_note": "یادداشت کیفیت",
    "low_volume_reason": "علت کمی حجم",
    "reason": "علت",
}
RULE_CELLS = {
    "volume": "volume_done",
    "progress": "",
    "weight": "",
    "causes": "",
    "allocated": "",
    "credit_in_force": "",
}
MODES = {
    cells.SIGNED: "figure",
    cells.AMOUNT: "figure",
    cells.QUANTITY: "figure",
    cells.COUNT: "figure",
    cells.DATE: "date",
    cells.STATUS: "choice",
    cells.TEXT: "text",
}


@dataclass(frozen=True)
class Message:
    """A sentence of a rule under its row; `id` is what the input is described by."""

    id: str
    tone: str  # bad, warn
    text: str
    code: str = ""
    facts: str = ""  # the difference; the sentence says the expected value
    at: str = ""  # the id of the input that it speaks of
    hit: int = 0
    asks: bool = False
    explanation: str = ""
    suggestion: str = ""


@dataclass(frozen=True)
class Memory:
    """What the page showed of a row and its version: a hidden field beside the inputs."""

    of: str
    text: str


@dataclass(frozen=True)
class Cell:
    """An input, or (not `editable`) the figure that stands there."""

    kind: str
    pk: int
    name: str
    version: int
    text: str
    label: str
    mode: str
    editable: bool = True
    bad: bool = False
    described: bool = False
    copied: bool = False  # from the last cut-off, not yet confirmed
    noted: int = 0  # open remarks
    why: str = ""  # id of the sentence that says why it is locked
    memory: Memory | None = None  # of a row that has no other input on the page

    @property
    def id(self) -> str:
        return f"c-{self.kind}-{self.pk}-{self.name}"

    @property
    def field(self) -> str:
        return f"{self.kind}:{self.pk}:{self.name}"

    @property
    def title(self) -> str:
        """The name of the column."""
        return CELL_LABELS[self.name]

    @property
    def message_id(self) -> str:
        return message_id(self.kind, self.pk, self.name)

    @property
    def is_figure(self) -> bool:
        return self.mode == "figure"

    @property
    def is_missing(self) -> bool:
        """Zero, «not applicable» and nothing yet are three things; only the last is missing."""
        return self.text == "" and self.is_figure

    @property
    def is_none(self) -> bool:
        return self.text == cells.NONE and self.is_figure

    @property
    def shown(self) -> str:
        """Grouped as the script does when the cell is left: 27,650."""
        if self.is_none:
            return cells.NONE_SAID
        digits = self.text.removeprefix("-")
        return (
            f"{int(self.text):,}"
            if self.mode == "figure" and digits.isdecimal() and digits.isascii()
            else self.text
        )

    @property
    def printed(self) -> str:
        if self.is_none:
            return cells.NONE_SAID
        digits = self.text.removeprefix("-")
        return (
            group(int(self.text))
            if digits.isdecimal() and digits.isascii() and self.mode == "figure"
            else self.text
        )


def message_id(kind: str, pk: int, cell: str) -> str:
    return f"e-{kind}-{pk}-{cell}"


def make(
    row: Any, name: str, *, of: str, editable: bool, messages: Iterable[Message] = (), noted: int = 0
) -> Cell:
    """The cell of a row; `of` names the row for people who cannot see the table."""
    kind = KIND_OF[type(row)]
    mine = message_id(kind, row.pk, name)
    hits = [message for message in messages if message.id == mine]
    return Cell(
        kind=kind,
        pk=row.pk,
        name=name,
        version=row.version,
        text=entry.cell_text(row, name),
        label=f"{CELL_LABELS[name]}، {of}",
        mode=MODES[cells.CELLS[kind][name]],
        editable=editable,
        bad=any(message.tone == "bad" for message in hits),
        described=bool(hits),
        copied=name in row.copied,
        noted=noted,
    )


def messages_of(hits: Iterable[CheckResult]) -> list[Message]:
    """The sentences of a row, blocks first, each once."""
    found: dict[str, Message] = {}
    for hit in sorted(hits, key=lambda hit: (hit.severity != "block", hit.pk)):
        model, _, pk = hit.row.partition(":")
        kind, cell = MODEL_KIND[model], RULE_CELLS.get(hit.cell, hit.cell)
        name = message_id(kind, int(pk), cell or hit.rule)
        tone = "bad" if hit.severity == "block" else "warn"
        key = name if name not in found else f"{name}-{hit.rule}"
        found[key] = Message(
            id=key,
            tone=tone,
            text=hit.sentence,
            code=code_of(hit.rule),
            facts=difference(hit),
            at=anchor(hit),
            hit=hit.pk,
            asks=hit.asks,
            explanation=hit.explanation,
            suggestion=hit.suggestion,
        )
    return list(found.values())


def asks_reason(hits: Iterable[CheckResult], row: Any, rules: frozenset[str]) -> bool:
    """Whether a row needs its reason written: V5, V8 or a low volume stands against it."""
    name = row_name(row)
    return any(hit.row == name and hit.rule in rules for hit in hits)


@dataclass(frozen=True)
class Comparison:
    """One row «before, now, change»; amounts in million rials, ratios in percent with their terms."""

    label: str
    before: str
    now: str
    change: str
    control: str = ""  # what the figure is held against
    tone: str = ""
    terms: str = ""
    history: str = ""  # address of its history


def said(value: Any) -> str:
    return "—" if value is None else group(value)


def remembered(row: Any, names: Iterable[str], facts: dict[str, Any] | None = None) -> Memory:
    """`facts`: what the strip says of its cells (presenters/facts.py)."""
    kind = KIND_OF[type(row)]
    shown = {name: entry.cell_text(row, name) for name in names}
    kept = {"k": kind, "id": row.pk, "v": row.version, "c": shown, **(facts or {})}
    return Memory(f"{kind}:{row.pk}", json.dumps(kept, ensure_ascii=False, separators=(",", ":")))


def known_sum(rows: Iterable[Any], name: str) -> int | None:
    """Σ of what is known in one column; None where nothing is."""
    known = [value for row in rows if (value := getattr(row, name)) is not None]
    return sum(known) if known else None


def raw_text(raw: dict[str, Any]) -> str:
    """The figures that a held line keeps aside: «دریافتی ۱۲٬۰۰۰، عملکرد ۹٬۰۰۰»."""
    return "، ".join(
        f"{CELL_LABELS[cell]} {said(value)}" for cell, value in raw.items() if cell in CELL_LABELS
    )


class InPeriod:
    """Of cumulative figures, what belongs to this cut-off alone; a line that is new begins at nothing."""

    last: int | None
    spent: int | None

    @property
    def in_period(self) -> int | None:
        return None if self.spent is None else self.spent - (self.last or 0)
