"""How each sort of cell is read and written. A text that cannot be read stays as it was typed and is flagged."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from budget_portal import jalali
from budget_portal.digits import drop_marks, group, to_latin, to_persian
from budget_portal.numbers import read_amount, read_percent, read_quantity
from budget_portal.text import normalise, strip_invisible, too_long

if TYPE_CHECKING:
    from agreements.drafting.spec import Cell

TEXT, LONG, AMOUNT, QUANTITY, PERCENT, COST, COUNT, DATE, CHOICE, REF = (
    "text", "long", "amount", "quantity", "percent", "cost", "count", "date", "choice", "ref",
)  # fmt: skip
FIGURES = frozenset({AMOUNT, QUANTITY, PERCENT, COST, COUNT})
PICKED = frozenset({CHOICE, REF})
MOST_COUNTED = Decimal(999_999)
NOT_LISTED = "از فهرست برگزینید."
ENDED = "«{title}» در این سال معتبر نیست؛ از فهرست برگزینید."
ABOVE_ZERO = "«{label}» باید بیش از صفر باشد."


def read(sort: str, text: str) -> tuple[Any, str | None]:
    """Value of a text, or the sentence that says why it is none. Nothing typed is None without a sentence."""
    if not text.strip():
        return None, None
    if sort == AMOUNT:
        amount = read_amount(text)
        return amount.value, amount.problem
    if sort == PERCENT:
        percent = read_percent(text)
        return percent.value, percent.problem
    if sort in {QUANTITY, COST}:
        quantity = read_quantity(text)
        return quantity.value, quantity.problem
    if sort == COUNT:
        count = read_quantity(text, 0, most=MOST_COUNTED)
        return (None if count.value is None else int(count.value)), count.problem
    if sort == DATE:
        return _date(text)
    return (text if sort in PICKED else normalise(strip_invisible(text), multiline=sort == LONG)), None


def problem(cell: Cell, text: str) -> str | None:
    """Why a text cannot stand in a cell; nothing typed is no problem here."""
    value, sentence = read(cell.sort, text)
    if sentence or value is None:
        return sentence
    if cell.most and len(str(value)) > cell.most:
        return too_long(cell.most)
    if cell.above_zero and not value:
        return ABOVE_ZERO.format(label=cell.label)
    if cell.sort == CHOICE and value not in dict(cell.choices):
        return NOT_LISTED
    return None


def write(value: Any) -> str:
    """The one text of a value: ASCII digits, no thousands sign, no zeros that say nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, dt.date):
        return jalali.format_iso(value)
    return str(value)


def tidy(sort: str, text: str) -> str:
    """What is kept of a text: the one text of its value where it can be read, else as typed in ASCII digits."""
    value, problem = read(sort, text)
    if problem:
        return to_latin(drop_marks(text)).strip()
    return write(value)


def show(sort: str, text: str) -> str:
    """A text as people read it: figures grouped, Persian digits. Names of choices are the page's matter."""
    value, problem = read(sort, text)
    if problem or value is None or sort not in FIGURES:
        return to_persian(text)
    return group(value)


def _date(text: str) -> tuple[dt.date | None, str | None]:
    try:
        return jalali.parse(text), None
    except ValueError as problem:
        return None, str(problem)
