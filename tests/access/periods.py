"""Who may read, move and plan the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from agreements.models import PeriodWindow
from agreements.planning import DATES
from budget_portal import jalali
from tests.cast import Cast
from tests.matrix import Make, Row, api, by_role, cells
from tests.monitoring.making import make_decided_window

REASON = {"reason": "به درخواست کتبی دستگاه‌ها برای تکمیل اسناد"}


def window(state: str, *, far: bool = False) -> Callable[[Cast], dict[str, Any]]:
    def made(cast: Cast) -> PeriodWindow:
        if state == "closed" and not far:
            return make_decided_window(cast)
        return cast.window(state=state, organization=cast.far_organization if far else cast.organization)

    return lambda cast: {"pk": made(cast).pk}


def moved(state: str, method: str, mover: str, done: int, data: Make | None = None) -> Row:
    """A page of one window: its organization sees it, one role may; a national viewer sees and may not."""
    return Row(
        cells(home=403, near=403, national=403, **{mover: done}),
        own=window(state),
        foreign=window(state, far=True),
        data=data,
    )


def until(cast: Cast) -> dict[str, str]:
    return {"until": jalali.format_iso(jalali.today() + dt.timedelta(days=60)), **REASON}


def dates(cast: Cast) -> dict[str, str]:
    found = cast.window(state="planned")
    return {name: jalali.format_iso(getattr(found, name)) for name in DATES}


# The administrator's pages: the role decides first, so who has another role learns nothing (403).
PLANNED = Row(
    by_role(403, admin=200) | {"far_admin": 404},
    own=window("planned"),
    foreign=window("planned", far=True),
)

ROWS = {
    ("agreements:period-list", "get"): Row(cells(everyone=200)),
    ("agreements:window-open", "post"): moved("planned", "post", "deputy", 302),
    ("agreements:window-close", "get"): moved("open", "get", "deputy", 200),
    ("agreements:window-close", "post"): moved("open", "post", "deputy", 302),
    ("agreements:window-publish", "get"): moved("closed", "get", "consolidation", 200),
    ("agreements:window-publish", "post"): moved("closed", "post", "consolidation", 302),
    ("agreements:window-reopen", "get"): moved("closed", "get", "deputy", 200),
    ("agreements:window-reopen", "post"): moved("closed", "post", "deputy", 302, until),
    ("agreements:window-extend", "get"): moved("open", "get", "deputy", 200),
    ("agreements:window-extend", "post"): moved("open", "post", "deputy", 302, until),
    ("agreements:year-list", "get"): Row(by_role(403, admin=200)),
    # A year is the national organization's; both administrators of the cast are of provinces.
    ("agreements:year-list", "post"): Row(by_role(403), data={"year": "۱۴۱۰"}),
    ("agreements:year-detail", "get"): Row(
        by_role(403, admin=200),
        own=lambda cast: {"year": cast.fiscal_year.year},
        foreign=lambda cast: {"year": 1399 + 0 * cast.abroad_fiscal_year.year},
    ),
    ("agreements:year-detail", "post"): Row(
        by_role(403, admin=302),
        own=lambda cast: {"year": cast.fiscal_year.year},
        foreign=lambda cast: {"year": 1399 + 0 * cast.abroad_fiscal_year.year},
    ),
    ("agreements:window-dates", "get"): PLANNED,
    ("agreements:window-dates", "post"): Row(
        by_role(403, admin=302) | {"far_admin": 404},
        own=window("planned"),
        foreign=window("planned", far=True),
        data=dates,
    ),
    **api(
        "fiscal-years",
        own=lambda cast: cast.fiscal_year,
        foreign=lambda cast: cast.abroad_fiscal_year,
        sees=cells(home=200, near=200, far=200, national=200),
    ),
    **api(
        "periods",
        own=lambda cast: cast.period(),
        foreign=lambda cast: cast.abroad_period(),
        sees=cells(home=200, near=200, far=200, national=200),
    ),
    **api(
        "windows",
        own=lambda cast: cast.window(),
        foreign=lambda cast: cast.window(organization=cast.far_organization),
        sees=cells(home=200, near=200, national=200),
    ),
}
