"""Who reads and keeps the register of one project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agreements import contracts
from agreements.models import Contract
from budget_portal import jalali
from tests.cast import Cast
from tests.factories import legal_id, make_contract, make_identifier, make_project, make_statement
from tests.matrix import Row, Status, by_role, cells

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


def contract(agency: str) -> Make:
    def made(cast: Cast) -> dict[str, Any]:
        row = make_contract(make_project(getattr(cast, agency)))
        return {"code": row.project.code, "pk": row.pk}

    return made


def statement(agency: str) -> Make:
    def made(cast: Cast) -> dict[str, Any]:
        row = make_statement(make_contract(make_project(getattr(cast, agency))))
        return {"code": row.contract.project.code, "pk": row.contract.pk, "statement": row.pk}

    return made


def kept(status: Status, make: Callable[[str], Make] = contract, data: Any = None) -> Row:
    """A page that only the keepers of the register open."""
    return Row(
        page(403, agency_user=status, consolidation=status),
        own=make("agency"),
        foreign=make("far_agency"),
        data=data,
    )


TERMS = {
    "number": "۱۴۰۴/۷",
    "signed_on": "1404/02/01",
    "subject": "اجرای ابنیه",
    "part": "contractor",
    "legal_id": legal_id(4_711),
    "company_name": "شرکت نمونه",
    "amount": "۱۲٬۰۰۰",
    "duration_days": "۳۰۰",
    "starts_on": "1404/02/15",
    "guarantee": "",
    "retention": "۱۰",
}


def shown_terms(_: Cast) -> dict[str, str]:
    """Other terms, typed on a page that showed what stands."""
    row = Contract.objects.select_related("company").order_by("pk").last()
    return {**TERMS, "seen": contracts.stamp(row) if row else ""}


STATED = {
    "sort": "interim",
    "number": "۱",
    "worked_from": "1404/04/01",
    "worked_to": "1404/04/31",
    "stated_on": "1404/05/02",
    "gross": "۱۰۰۰",
    "paid": "۰",
}
CHANGED = {"new_amount": "۱۲۰٬۰۰۰", "decided_on": "1404/06/01", "reason": "افزایش مقادیر کار برابر صورت‌جلسه"}


def unregistered(cast: Cast) -> dict[str, Any]:
    """A project that nobody has entered; agencies and counties of elsewhere are no choice."""
    plan = make_project(cast.agency).plan
    return {
        "title": "پل تازه",
        "agency": cast.agency.pk,
        "county": cast.county.pk,
        "plan": plan.pk,
        "execution_method": "contract",
        "status": "not_started",
    }


ROWS = {
    ("agreements:project-new", "get"): Row(by_role(403, consolidation=200)),
    ("agreements:project-new", "post"): Row(
        by_role(403, consolidation=422) | {"consolidation": 302}, data=unregistered
    ),
    ("agreements:search", "get"): Row(cells(everyone=200), query="?q=1001"),
    ("agreements:contract-list", "get"): of_project(200),
    ("agreements:contract-new", "get"): of_project(403, agency_user=200, consolidation=200),
    ("agreements:contract-new", "post"): of_project(403, TERMS, agency_user=302, consolidation=302),
    ("agreements:contract", "get"): Row(page(200), own=contract("agency"), foreign=contract("far_agency")),
    ("agreements:contract-edit", "get"): kept(200),
    ("agreements:contract-edit", "post"): kept(302, data=shown_terms),
    ("agreements:contract-change", "get"): kept(200),
    ("agreements:contract-change", "post"): kept(302, data=CHANGED),
    ("agreements:statement-new", "get"): kept(200),
    ("agreements:statement-new", "post"): kept(302, data=STATED),
    ("agreements:statement-pay", "get"): kept(200, statement),
    ("agreements:statement-pay", "post"): kept(302, statement, {"paid": "۲۰۰۰", "seen": "5000"}),
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
