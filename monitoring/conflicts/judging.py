"""When two figures of one line are in conflict. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Unit = Literal["points", "percent"]


@dataclass(frozen=True)
class Pair:
    """Two sources of one figure. `owners` are the roles that can know why they differ; with `one_sided` only a
    report above the other source (or below it) is a conflict."""

    code: str
    title: str
    reported: str  # what the agency's figure is called
    other: str  # what the other source is called
    owners: tuple[str, ...]
    unit: Unit
    tolerance: Decimal
    one_sided: Literal["", "above", "below"] = ""

    @property
    def is_money(self) -> bool:
        return self.code != "visit_progress"


PAIRS = {
    pair.code: pair
    for pair in (
        Pair(
            "visit_progress", "پیشرفت فیزیکی: اعلام دستگاه و بازدید", "اعلام دستگاه", "اندازه‌گیری بازدید",
            ("budget_expert",), "points", Decimal(5), "above",
        ),
        Pair(
            "contract_spent", "عملکرد طرح و پرداخت صورت‌وضعیت", "عملکرد دستگاه", "پرداخت‌شدهٔ پیمان‌ها",
            ("agency_user", "treasurer"), "percent", Decimal(10), "below",
        ),
        Pair(
            "treasury_received", "دریافتی: دستگاه و پروندهٔ خزانه", "دریافتی دستگاه", "دریافتی خزانه",
            ("treasurer",), "percent", Decimal(0),
        ),
        Pair(
            "treasury_spent", "عملکرد: دستگاه و پروندهٔ خزانه", "عملکرد دستگاه", "هزینهٔ خزانه",
            ("treasurer",), "percent", Decimal(0),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Allowed:
    """The tolerance that holds."""

    unit: Unit
    amount: Decimal


def difference(reported: Decimal, other: Decimal) -> Decimal:
    return reported - other


def is_conflict(pair: Pair, reported: Decimal, other: Decimal, allowed: Allowed) -> bool:
    """Beyond the tolerance, on a side that counts. Percent are of the other source's figure: against nothing,
    every figure is too much."""
    gap = difference(reported, other)
    if (pair.one_sided == "above" and gap <= 0) or (pair.one_sided == "below" and gap >= 0):
        return False
    room = allowed.amount if allowed.unit == "points" else abs(other) * allowed.amount / 100
    return abs(gap) > room
