"""Who may read, write, confirm and answer visits, and follow their findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cast import Cast
from tests.matrix import Row, Status, by_role, cells
from tests.monitoring import visit_cases as cases

REASON = {"reason": "عکس دوم تار است و محل را نشان نمی‌دهد."}
SAID = {"text": "مصالح تعویض شد و صورت‌جلسه پیوست است."}


class Abroad:
    """The far province by the names of home."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cast, name if name == "period" else f"far_{name}")


def visit(state: str, *, far: bool = False) -> Callable[[Cast], dict[str, Any]]:
    """An expense visit to the first agency of home or of the other province."""

    def make(cast: Cast) -> dict[str, Any]:
        who = Abroad(cast) if far else cast
        return {"pk": cases.bring(who, cases.plan(who, None), state).pk}

    return make


def photo(*, far: bool = False) -> Callable[[Cast], dict[str, Any]]:
    def make(cast: Cast) -> dict[str, Any]:
        who = Abroad(cast) if far else cast
        found = cases.plan(who, None)
        key = cases.add_photo(found).pk
        cases.bring(who, found, "confirmed")
        return {"pk": found.pk, "photo": key}

    return make


def finding(*, far: bool = False, **move: str) -> Callable[[Cast], dict[str, Any]]:
    def make(cast: Cast) -> dict[str, Any]:
        who = Abroad(cast) if far else cast
        found = cases.plan(who, None)
        key = cases.finding(found).pk
        cases.bring(who, found, "confirmed")
        return {"pk": key, **move}

    return make


def inside(**single: Status) -> dict[str, Status]:
    """Before its confirmation a visit is known inside the organization and its group only."""
    hidden = ("agency_user", "agency_head", "treasurer", "complaints", "county_viewer", "admin")
    return cells(home=403, **{**dict.fromkeys(hidden, 404), **single})


def confirmed(status: int, **single: Status) -> dict[str, Status]:
    """Afterwards by its agency and the national viewer too; county viewers see visits to projects only."""
    hidden = ("complaints", "county_viewer", "admin")
    return cells(home=status, national=status, **{**dict.fromkeys(hidden, 404), **single})


ROWS = {
    ("monitoring:visit-list", "get"): Row(cells(everyone=200)),
    ("monitoring:finding-list", "get"): Row(cells(everyone=200)),
    ("monitoring:visit-new", "get"): Row(by_role(403, budget_expert=200)),
    ("monitoring:visit-new", "post"): Row(by_role(403, budget_expert=200)),
    ("monitoring:visit", "get"): Row(
        confirmed(200), own=visit("confirmed"), foreign=visit("confirmed", far=True)
    ),
    ("monitoring:visit", "post"): Row(
        inside(expert=302), own=visit("planned"), foreign=visit("planned", far=True), data={"remarks": "متن"}
    ),
    ("monitoring:visit-preview", "post"): Row(
        inside(expert=200), own=visit("planned"), foreign=visit("planned", far=True)
    ),
    ("monitoring:visit-photo", "get"): Row(confirmed(200), own=photo(), foreign=photo(far=True)),
    ("monitoring:visit-confirm", "post"): Row(
        inside(consolidation=302), own=visit("submitted"), foreign=visit("submitted", far=True)
    ),
    ("monitoring:visit-return", "post"): Row(
        inside(consolidation=302), own=visit("submitted"), foreign=visit("submitted", far=True), data=REASON
    ),
    ("monitoring:visit-reply", "post"): Row(
        confirmed(403, agency_user=302),
        own=visit("confirmed"),
        foreign=visit("confirmed", far=True),
        data=SAID,
    ),
    ("monitoring:visit-close", "post"): Row(
        confirmed(403, expert=302), own=visit("confirmed"), foreign=visit("confirmed", far=True)
    ),
    ("monitoring:finding", "get"): Row(confirmed(200), own=finding(), foreign=finding(far=True)),
    ("monitoring:finding-follow", "post"): Row(
        confirmed(403, agency_user=302),
        own=finding(move="start"),
        foreign=finding(far=True, move="start"),
        data=SAID,
    ),
}
