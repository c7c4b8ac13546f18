"""Who may read, write, confirm and answer visits, and follow their findings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from monitoring.models import ReturnReason
from tests.builders import make_expense_case
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
        if name == "window":
            return partial(self.cast.window, organization=self.cast.far_organization)
        same = {"period", "fiscal_year", "national_organization"}
        return getattr(self.cast, name if name in same else f"far_{name}")


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


def review(
    state: str, *, far: bool = False, kind: Any = make_expense_case
) -> Callable[[Cast], dict[str, Any]]:
    """A submission of the first agency; the expert's pages are the expert's alone."""

    def make(cast: Cast) -> dict[str, Any]:
        return {"pk": kind(Abroad(cast) if far else cast, activities=False).at(state).submission.pk}

    return make


def reason() -> ReturnReason:
    row, _ = ReturnReason.objects.get_or_create(code="evidence", defaults={"title": "مستند ناقص"})
    return row


def for_experts(status: int) -> dict[str, Status]:
    return by_role(403, budget_expert=404) | {"expert": status}


def reviewed(status: int, state: str, data: Any = None) -> Row:
    return Row(for_experts(status), own=review(state), foreign=review(state, far=True), data=data)


NO_VISIT = {"no-visit-reason": "راه دسترسی به کارگاه به‌سبب سیلاب بسته است."}


def ended(cast: Cast, *, far: bool = False) -> dict[str, Any]:
    who = Abroad(cast) if far else cast
    return {"pk": make_expense_case(who, activities=False).at("under_review").excuse_visits().submission.pk}


ROWS = {
    ("monitoring:expert-reviews", "get"): Row(by_role(403, budget_expert=200)),
    ("monitoring:expert-review", "get"): reviewed(200, "treasurer_confirmed"),
    ("monitoring:expert-review-start", "post"): reviewed(302, "treasurer_confirmed"),
    ("monitoring:expert-review-no-visit", "post"): reviewed(302, "under_review", NO_VISIT),
    ("monitoring:expert-review-dispute", "post"): Row(
        by_role(403, budget_expert=404), own=review("under_review"), foreign=review("under_review", far=True)
    ),
    ("monitoring:expert-review-return", "post"): reviewed(
        302,
        "under_review",
        lambda cast: {"rows": "whole", "reason_code": reason().pk, "reason": REASON["reason"]},
    ),
    ("monitoring:expert-review-done", "post"): Row(
        for_experts(302),
        own=ended,
        foreign=lambda cast: ended(cast, far=True),
        data={"revision": "1"},
    ),
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
    # Handed in without its figures: whoever may hand it in is told what is missing.
    ("monitoring:visit", "post:submit"): Row(
        inside(expert=422),
        own=visit("planned"),
        foreign=visit("planned", far=True),
        data={"action": "submit"},
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
