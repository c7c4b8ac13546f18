"""The cells of one finance line, and what they are judged against.

Grain: capital = project × funding source, expense = programme × chapter × funding source. Figures are
cumulative from 1 Farvardin to the cut-off, in whole million rials.
"""

from dataclasses import dataclass
from typing import ClassVar

LABELS = {
    "allocated": "تخصیص ابلاغ‌شده",
    "received": "دریافتی",
    "received_cash": "دریافتی نقدی",
    "received_securities": "دریافتی اوراق",
    "spent": "عملکرد",
    "advances_open": "پیش‌پرداخت و علی‌الحساب",
    "commitments_open": "تعهد پرداخت‌نشده",
    "returned": "برگشتی به خزانه",
}


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The cells of one line as entered. None is missing; a cell in `not_applicable` counts as nothing.

    `credit_in_force` is the copy that the line carries; `reason` is the line's own explanation.
    """

    RECEIVED: ClassVar[tuple[str, ...]]
    USED: ClassVar[tuple[str, ...]]
    CUMULATIVE: ClassVar[tuple[str, ...]]
    MONEY: ClassVar[tuple[str, ...]]
    COMMITTED: ClassVar[tuple[str, ...]] = ("spent", "commitments_open")

    credit_in_force: int | None = None
    spent: int | None = None
    commitments_open: int | None = None
    not_applicable: frozenset[str] = frozenset()
    reason: str = ""

    def value(self, cell: str) -> int | None:
        """The figure of a cell that applies and is filled."""
        found: int | None = None if cell in self.not_applicable else getattr(self, cell, None)
        return found

    def sum_known(self, cells: tuple[str, ...]) -> int | None:
        """The sum of what is filled: a lower bound, since no figure is negative (V4)."""
        known = [figure for figure in map(self.value, cells) if figure is not None]
        return sum(known) if known else None

    def sum_complete(self, cells: tuple[str, ...]) -> int | None:
        """The sum, missing as soon as a cell that applies is missing."""
        applying = [self.value(cell) for cell in cells if cell not in self.not_applicable]
        known = [figure for figure in applying if figure is not None]
        return sum(known) if len(known) == len(applying) else None


@dataclass(frozen=True, kw_only=True)
class CapitalFigures(Figures):
    """One project × funding source."""

    RECEIVED = ("received_cash", "received_securities")
    USED = ("spent", "advances_open")
    CUMULATIVE = ("received_cash", "received_securities", "spent", "returned")
    MONEY = (
        "received_cash",
        "received_securities",
        "spent",
        "advances_open",
        "commitments_open",
        "returned",
    )

    received_cash: int | None = None
    received_securities: int | None = None
    advances_open: int | None = None
    returned: int | None = None


@dataclass(frozen=True, kw_only=True)
class ExpenseFigures(Figures):
    """One programme × chapter × funding source."""

    RECEIVED = ("received",)
    USED = ("spent",)
    CUMULATIVE = ("received", "spent")
    MONEY = ("received", "spent", "commitments_open")

    received: int | None = None


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the line is judged against, at the cut-off date.

    `collected` only for own revenue; `last` is the last approved line of the same fiscal year, since
    figures start again at 0 every year.
    """

    credit_in_force: int | None = None
    allocated_cash: int | None = None
    allocated_securities: int | None = 0
    collected: int | None = None
    is_own_revenue: bool = False
    is_closing: bool = False
    quarter: int | None = None
    last: Figures | None = None

    @property
    def allocated(self) -> int | None:
        if self.allocated_cash is None or self.allocated_securities is None:
            return None
        return self.allocated_cash + self.allocated_securities

    @property
    def is_limited_by_collection(self) -> bool:
        """Own revenue of which less was collected than agreed."""
        if not self.is_own_revenue or self.collected is None:
            return False
        return self.credit_in_force is None or self.collected < self.credit_in_force

    @property
    def ceiling(self) -> int | None:
        """What may be allocated: the credit, and of own revenue only what was collected (PAA 64)."""
        return self.collected if self.is_limited_by_collection else self.credit_in_force
