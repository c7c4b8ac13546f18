"""Who reads and keeps the register of one project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from budget_portal import jalali
from tests.cast import Cast
from tests.factories import make_identifier, make_project
from tests.matrix import Row, Status, cells

Make = Callable[[Cast], dict[str, Any]]
TODAY = {"since": "1405/02/01"}


def project(agency: str) -> Make:
    return lambda cast: {"code": make_project(getattr(cast, agency)).code}


def page(status: Status, **single: Status) -> dict[str, Status]:
    """Everybody who sees the project is answered; strangers find nothing."""
    return cells(home=status, national=status, **single)


def of_project(status: Status, data: Any = None, **single: Status) -> Row:
    return Row(page(status, **single), own=project("agency"), foreign=project("far_agency"), data=data)


def identifier(agency: str) -> Make:
    def made(cast: Cast) -> dict[str, Any]:
        row = make_identifier(make_project(getattr(cast, agency)), system="other")
        return {"code": row.project.code, "pk": row.pk}

    return made


def ending(status: Status) -> Row:
    return Row(
        page(403, agency_user=status, consolidation=status),
        own=identifier("agency"),
        foreign=identifier("far_agency"),
        data={"last_day": jalali.format_iso(jalali.today())} if status == 302 else None,
    )


ROWS = {
    ("agreements:project-edit", "get"): of_project(403, agency_user=200, consolidation=200),
    # The title is the group's: what the agency's person sends of it is not read.
    ("agreements:project-edit", "post"): of_project(
        403, {"title": "نام"}, agency_user=422, consolidation=422
    ),
    ("agreements:project-status", "get"): of_project(403, agency_user=200, consolidation=200),
    ("agreements:project-status", "post"): of_project(
        403, {"status": "completed", **TODAY}, agency_user=302, consolidation=302
    ),
    ("agreements:project-identifiers", "get"): of_project(200),
    ("agreements:project-identifiers", "post"): of_project(
        403, {"system": "contract", "code": "۱۲۳", **TODAY}, agency_user=302, consolidation=302
    ),
    ("agreements:identifier-end", "get"): ending(200),
    ("agreements:identifier-end", "post"): ending(302),
    ("agreements:project-history", "get"): of_project(200),
}
