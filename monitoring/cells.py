"""The cells that an agency types, by kind of row, and how each sort of cell is read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from agreements.models.projects import STATUSES
from budget_portal import jalali
from budget_portal.numbers import read_amount, read_quantity
from budget_portal.text import MOST_TYPED, normalise, too_long
from monitoring.models.lines import CAPITAL_CELLS, EXPENSE_CELLS

# Money of a line may be typed negative: rule V4 answers and the line may be held. Other amounts may not.
SIGNED, AMOUNT, QUANTITY, COUNT = "signed", "amount", "quantity", "count"
TEXT, DATE, STATUS = "text", "date", "status"
FIGURES = frozenset({SIGNED, AMOUNT, QUANTITY, COUNT})
CELLS: dict[str, dict[str, str]] = {
    "capital": {**dict.fromkeys(CAPITAL_CELLS, SIGNED), "reason": TEXT},
    "expense": {**dict.fromkeys(EXPENSE_CELLS, SIGNED), "reason": TEXT},
    "operation": {"quantity_done": QUANTITY},
    "project": {
        "status": STATUS,
        "forecast_end": DATE,
        "obstacles": TEXT,
        "remedy": TEXT,
        "workers": COUNT,
        "last_statement_number": TEXT,
        "last_statement_on": DATE,
        "last_statement_amount": AMOUNT,
        "contractor_debts": AMOUNT,
        "next_activity": TEXT,
        "reason": TEXT,
    },
    "activity": {"volume_done": QUANTITY, "cost": AMOUNT, "quality_note": TEXT, "low_volume_reason": TEXT},
}
NONE, NONE_SAID = "—", "ندارد"  # «not applicable» as it is sent and as it is read
NOT_APPLICABLE = frozenset({"-", "–", NONE, NONE_SAID})
MOST_COUNTED = Decimal(999_999)  # people at one site
NO_STATUS = "وضعیت را از فهرست برگزینید."
UNREADABLE = "«{raw}» خوانده نشد. رقم را دوباره بنویسید."


def sort_of(cell: str) -> str:
    """The sort of a cell by its name: one name is of one sort in every kind of row."""
    return next(cells[cell] for cells in CELLS.values() if cell in cells)


def read(sort: str, text: str) -> tuple[Any, str | None]:
    """Value of what was typed, or the Persian sentence that says why it is none."""
    if len(text) > MOST_TYPED:
        return ("" if sort in {TEXT, STATUS} else None), too_long()
    if sort in {AMOUNT, SIGNED}:
        amount = read_amount(text, allow_negative=sort == SIGNED)
        return amount.value, amount.problem
    if sort == QUANTITY:
        quantity = read_quantity(text)
        return quantity.value, quantity.problem
    if sort == COUNT:
        count = read_quantity(text, 0, most=MOST_COUNTED)
        return (None if count.value is None else int(count.value)), count.problem
    if sort == STATUS:
        return (text, None) if text in STATUSES or not text else ("", NO_STATUS)
    if sort == DATE:
        return _read_date(text)
    return normalise(text, multiline=True), None


def why_unreadable(row: Any, cell: str) -> str:
    """The sentence about raw text that a cell keeps."""
    sort, raw, most = sort_of(cell), row.raw[cell], row._meta.get_field(cell).max_length
    problem = too_long(most) if sort == TEXT and most else read(sort, str(raw))[1]
    return problem or UNREADABLE.format(raw=raw)


def _read_date(text: str) -> tuple[Any, str | None]:
    if not text.strip():
        return None, None
    try:
        return jalali.parse(text), None
    except ValueError as problem:
        return None, str(problem)
