"""Drafts for tests: a version whose every form is complete, and one that amends what is in force."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from agreements.drafting import document
from agreements.drafting.document import Content, Document
from agreements.models import CapitalAgreement, ExpenseAgreement
from agreements.workflow.arrivals import exchange
from tests import factories
from tests.cast import Cast

Row = dict[str, str]


def operations(*weights: str) -> dict[str, Row]:
    return {
        str(number): {"title": f"عملیات {number}", "unit": "متر", "target_quantity": "100", "weight": weight}
        for number, weight in enumerate(weights, start=1)
    }


def project_forms(year: int = 1405) -> dict[str, dict[str, Row]]:
    """Form -> rows of one project: complete, and in agreement with each other."""
    return {
        "CA-2": {"": {"project_type": "new", "start_date": "1404/01/15", "end_date": "1406/06/31"}},
        "CA-3": {
            "": {
                "quantity": "12.5",
                "quantity_unit": "کیلومتر",
                "original_estimate": "100000",
                "latest_estimate": "100000",
            }
        },
        "CA-4": operations("60", "40"),
        "CA-5": {f"q{year}-{quarter}": {"planned": str(quarter * 25)} for quarter in (1, 2, 3, 4)},
        "CA-6": {
            "": {"spent_before": "20000"},
            "cgeneral-": {"funding_source": "general", "amount": "50000"},
            f"y{year + 1}": {"amount": "30000"},
        },
    }


def capital_content(codes: list[str]) -> Content:
    content: Content = {"CA-1": {"": {"": {"plan_type": "non_profit", "goal": "ایمنی راه"}}}}
    for code in codes:
        for form, rows in project_forms().items():
            content.setdefault(form, {})[code] = rows
    return content


def capital_draft(cast: Cast, *, projects: int = 1, content: Content | None = None) -> CapitalAgreement:
    """A first draft of a plan's year, complete unless said otherwise."""
    rows = [factories.make_project(cast.agency) for _ in range(projects)]
    factories.make_source(cast.national_organization)
    return CapitalAgreement.objects.create(
        plan=rows[0].plan,
        draft=capital_content([row.code for row in rows]) if content is None else content,
        **shared(cast),
    )


def capital_amendment(cast: Cast, **fields: Any) -> CapitalAgreement:
    """A draft that amends what is in force, still the same as that."""
    project, source = factories.make_project(cast.agency), factories.make_source(cast.national_organization)
    before = factories.make_capital_agreement(cast.agency, cast.fiscal_year, {project: {source: 50_000}})
    return CapitalAgreement.objects.create(
        plan=before.plan,
        amends=before,
        draft=document.from_tables(before).content,
        **shared(cast, version=before.version + 1),
        **fields,
    )


def expense_draft(cast: Cast, *, content: Content | None = None, agency: Any = None) -> ExpenseAgreement:
    agency = agency or cast.agency
    country = cast.national_organization
    programme = factories.make_programme(country)
    factories.make_source(country)
    for code in ("1", "2"):
        factories.make_expense_chapter(country, code)
    made = expense_content(programme.code, agency.county.code) if content is None else content
    return ExpenseAgreement.objects.create(draft=made, **shared(cast) | {"agency": agency})


def held_with_parts(cast: Cast, agency: Any) -> ExpenseAgreement:
    """An expense agreement in force with a row in each of its forms."""
    with transaction.atomic():
        made = expense_draft(cast, agency=agency)
        made.draft["5"] = {"": {"1": {"title": "فروش خدمات", "sort": "own_revenue", "amount": "500"}}}
        document.write_tables(made)
        exchange(made, by=None)
    return made


def expense_content(programme: str, county: str) -> Content:
    def credit(chapter: str, amount: str) -> Row:
        names = {"programme": programme, "expense_chapter": chapter, "funding_source": "general"}
        return {**names, "amount": amount}

    activity = {"unit": "کیلومتر", "target_volume": "100", "unit_cost": "300", "credit": "30000"}
    rows: dict[str, dict[str, Row]] = {
        "2-a": {
            f"p{programme}-1-general": credit("1", "20000"),
            f"p{programme}-2-general": credit("2", "10000"),
        },
        "2-b": {"1": {"title": "ادارهٔ مرکزی", "programme": programme, "amount": "30000"}},
        "3": {"1": {"title": "نگهداری راه", "programme": programme, **activity}},
        "4": {"s1": {"text": "حقوق کارکنان"}, "s2": {"text": "کالا و خدمت"}},
        "4-a": {"1": {"expense_chapter": "1", "title": "حقوق", "amount": "20000"}},
        "4-b": {"1": {"expense_chapter": "2", "title": "سوخت", "amount": "10000"}},
        "6": {"1": {"centre": "ادارهٔ مرکزی", "permanent": "40", "contract": "12", "other": "0"}},
        "7": {f"k{county}": {"county": county, "amount": "30000"}},
    }
    return {form: {"": part} for form, part in rows.items()}


def shared(cast: Cast, *, version: int = 1) -> dict[str, Any]:
    return {
        "agency": cast.agency,
        "fiscal_year": cast.fiscal_year,
        "version": version,
        "valid_from": cast.fiscal_year.starts_on,
        "recorded_at": timezone.now(),
        "created_by": cast.agency_user,
    }


def saved(agreement: Any) -> Document:
    """What the draft says now."""
    return document.read(type(agreement).objects.get(pk=agreement.pk))
