"""The blockers of a cut-off and its windows as the pages print them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.decisions import Decision
from accounts.models import User
from agreements import permissions
from agreements.models import PeriodWindow, ReportingPeriod
from budget_portal.digits import group
from monitoring.closing.blockers import SORTS, Blocker, Blockers, said
from monitoring.presenters.consolidation import KIND_WORDS, Chip, _query
from monitoring.presenters.words import period_name

OPEN_TO_ABSENCE = frozenset({"lines", "returns", "unconfirmed", "visits", "review"})


@dataclass(frozen=True)
class BlockerRow:
    blocker: Blocker
    kind: str
    text: str

    @property
    def may_be_absent(self) -> bool:
        return self.blocker.sort in OPEN_TO_ABSENCE


def rows(found: Blockers, sort: str) -> list[BlockerRow]:
    chosen = [one for one in found.found if sort in ("", one.sort)]
    order = list(SORTS)
    chosen.sort(key=lambda one: (order.index(one.sort), one.agency.code, one.kind))
    return [BlockerRow(one, KIND_WORDS[one.kind], f"{group(one.count)} {one.title}") for one in chosen]


def chips(found: Blockers, sort: str) -> list[Chip]:
    made = [Chip("همه", "?", len(found.found), not sort)]
    for name, label in SORTS.items():
        if count := found.count(name):
            made.append(
                Chip(label, _query(sort=name), count, sort == name, "bad" if name == "conflicts" else "")
            )
    return made


@dataclass(frozen=True)
class WindowStep:
    """A window with the move that leads on, who makes it, and what stands in its way."""

    window: PeriodWindow
    title: str
    kind: str
    name: str  # close, publish or nothing
    label: str
    decision: Decision | None
    phrase: str  # what is typed to confirm
    blockers: str
    text: str
    package: Any


TEXTS = {
    "close": "پس از بستن، رقم تازه‌ای پذیرفته نمی‌شود و تغییر فقط با بازگشایی مکتوب ممکن است.",
    "publish": "پس از انتشار، ارقام بستهٔ مقطع می‌شود و اصلاح تنها با بازگشایی معاون بودجه ممکن است.",
}
MOVES = {"open": ("close", "بستن مقطع"), "closed": ("publish", "انتشار مقطع")}


def windows(user: User, period: ReportingPeriod, found: Blockers) -> list[WindowStep]:
    own = PeriodWindow.objects.for_user(user).filter(period=period).exclude(state="planned")
    steps = []
    for window in own.select_related("period__fiscal_year", "sector_group", "organization").order_by(
        "kind", "pk"
    ):
        name, label = MOVES.get(window.state, ("", ""))
        steps.append(
            WindowStep(
                window,
                str(window.sector_group or "همهٔ گروه‌ها"),
                KIND_WORDS[window.kind],
                name,
                label,
                permissions.can(user, window, name) if name else None,
                phrase(window, label),
                said(found.of(window)),
                TEXTS.get(name, ""),
                window.packages.order_by("-number").first(),
            )
        )
    return steps


def phrase(window: PeriodWindow, label: str) -> str:
    """«بستن مقطع شهریور ۱۴۰۵ هزینه‌ای»: long enough not to be typed by habit."""
    return f"{label} {period_name(window.period)}" if label else ""
