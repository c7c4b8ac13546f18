"""Who reads letters, and that only consolidation of the organization writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agreements import letters
from agreements.letters import SORTS, Sort
from tests.agreements import letter_cases
from tests.cast import Cast
from tests.matrix import Make, Row, by_role, cells

# Drafts are the organization's own: the agency, the county and the country see letters from their issue on.
OUTSIDE = dict.fromkeys(("agency_user", "agency_head", "treasurer", "county_viewer"), 404)


def letter(sort: Sort, state: str, *, far: bool = False) -> Make:
    return lambda cast: {"pk": _made(cast, sort, state, far).pk}


def line(sort: Sort, *, far: bool = False) -> Make:
    return lambda cast: {"pk": letter_cases.line_of(sort, _made(cast, sort, "draft", far)).pk}


def _made(cast: Cast, sort: Sort, state: str, far: bool) -> Any:
    return letter_cases.make(cast, sort, state, agency=cast.far_agency if far else cast.agency)


def of_draft(sort: Sort, status: int, data: Make | None = None, *, a_line: bool = False) -> Row:
    make: Callable[..., Make] = line if a_line else lambda sort, far=False: letter(sort, "draft", far=far)
    return Row(
        cells(home=403, **{**OUTSIDE, "consolidation": status}),
        own=make(sort),
        foreign=make(sort, far=True),
        data=data,
    )


def of_issued(sort: Sort, status: int, data: Any = None) -> Row:
    return Row(
        cells(home=403, national=403, consolidation=status),
        own=letter(sort, "issued"),
        foreign=letter(sort, "issued", far=True),
        data=data,
    )


def head_data(sort: Sort) -> Make:
    def made(cast: Cast) -> dict[str, Any]:
        found = {"letter_number": "۷۷/۱", "letter_date": "1405/01/10", "kind": "capital"}
        when = (
            {"period": cast.period("Q1").pk} if sort.has_instruments else {"fiscal_year": cast.fiscal_year.pk}
        )
        return {**found, **when, "agency": cast.agency.pk}

    return made


def changed_head(sort: Sort) -> Make:
    def made(cast: Cast) -> dict[str, Any]:
        newest = sort.letter.objects.order_by("-pk").first()
        return {**head_data(sort)(cast), "seen": letters.seen(newest, sort.head) if newest else ""}

    return made


def line_data(sort: Sort) -> Make:
    def made(cast: Cast) -> dict[str, Any]:
        newest = sort.line.objects.order_by("-pk").first()
        found = {"amount": "۱٬۰۰۰", "funding_source": letter_cases.source(cast).pk, "scope": "provincial"}
        if newest:
            kept = "project" if sort.has_instruments else "plan"
            found |= {kept: getattr(newest, f"{kept}_id"), "seen": letters.seen(newest, sort.parts)}
        return {**found, "instrument": "cash"}

    return made


def seen_letter(sort: Sort) -> Make:
    def made(cast: Cast) -> dict[str, Any]:
        newest = sort.letter.objects.order_by("-pk").first()
        return {"seen": letters.seen_whole(sort, newest) if newest else ""}

    return made


def rows(sort: Sort) -> dict[tuple[str, str], Row]:
    name = f"agreements:{sort.name}"
    return {
        (f"{name}-list", "get"): Row(cells(everyone=200)),
        (f"{name}-new", "get"): Row(by_role(403, consolidation=200)),
        # The agency is one of this organization: elsewhere it is no choice.
        (f"{name}-new", "post"): Row(
            by_role(403, consolidation=422) | {"consolidation": 302}, data=head_data(sort)
        ),
        (name, "get"): Row(
            cells(home=200, national=200),
            own=letter(sort, "issued"),
            foreign=letter(sort, "issued", far=True),
        ),
        (f"{name}-file", "get"): Row(
            cells(home=200, national=200),
            own=letter(sort, "cancelled"),
            foreign=letter(sort, "cancelled", far=True),
        ),
        (f"{name}-head", "get"): of_draft(sort, 200),
        (f"{name}-head", "post"): of_draft(sort, 302, changed_head(sort)),
        (f"{name}-line-new", "get"): of_draft(sort, 200),
        (f"{name}-line-new", "post"): of_draft(sort, 302, line_data(sort)),
        (f"{name}-line", "get"): of_draft(sort, 200, a_line=True),
        (f"{name}-line", "post"): of_draft(sort, 302, line_data(sort), a_line=True),
        (f"{name}-line-remove", "post"): of_draft(sort, 302, line_data(sort), a_line=True),
        (f"{name}-issue", "get"): of_draft(sort, 200),
        (f"{name}-issue", "post"): of_draft(sort, 302, seen_letter(sort)),
        (f"{name}-cancel", "get"): of_issued(sort, 200),
        (f"{name}-cancel", "post"): of_issued(sort, 302, {"reason": letter_cases.REASON}),
        (f"{name}-discard", "get"): of_draft(sort, 200),
        (f"{name}-discard", "post"): of_draft(sort, 302),
    }


ROWS = {key: row for sort in SORTS.values() for key, row in rows(sort).items()}
