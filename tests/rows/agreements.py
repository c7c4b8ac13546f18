"""Who sees what was promised: classification of the country, projects, agreements and notices of the agencies."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import Agency
from agreements.models import (
    ActivityCentre,
    Affair,
    AgreementRemark,
    BudgetNotification,
    CapitalAgreement,
    CapitalChapter,
    CapitalSubChapter,
    Chapter,
    ChapterNarrative,
    ClassificationMapping,
    CostAttribution,
    CountyShare,
    ExpenseAgreement,
    Manpower,
    NotificationLine,
    RevenueForecast,
)
from agreements.workflow.arrivals import issue_letters
from tests import factories
from tests.agreements.drafting import held_with_parts
from tests.cast import Cast
from tests.matrix import Scoped
from tests.rows.accounts import by_place
from tests.rows.calendar import shared

Rows = dict[str, Any]


# --- classification --------------------------------------------------------------------------------------


def national(cast: Cast, make: Callable[[Any], Any]) -> Rows:
    return {"own": make(cast.national_organization), "abroad": make(cast.abroad_organization)}


def capital_chapter(organization: Any) -> CapitalChapter:
    found, _ = CapitalChapter.objects.get_or_create(
        organization=organization, code="1", defaults={"title": "ساختمان"}
    )
    return found


def sub_chapter(organization: Any) -> CapitalSubChapter:
    return CapitalSubChapter.objects.create(
        chapter=capital_chapter(organization), organization=organization, code="101", title="ساختمان اداری"
    )


def affair(organization: Any) -> Affair:
    return Affair.objects.create(organization=organization, code="10", title="امور اقتصادی")


def chapter(organization: Any) -> Chapter:
    return Chapter.objects.create(
        organization=organization, code="1003", title="حمل و نقل", affair=affair(organization)
    )


CLASSIFICATION: dict[str, Callable[[Any], Any]] = {
    "agreements.Affair": affair,
    "agreements.Chapter": chapter,
    "agreements.Programme": factories.make_programme,
    "agreements.ExpenseChapter": factories.make_expense_chapter,
    "agreements.CapitalChapter": capital_chapter,
    "agreements.CapitalSubChapter": sub_chapter,
    "agreements.FundingSource": factories.make_source,
    "agreements.Company": factories.make_company,
}


# --- what belongs to an agency ---------------------------------------------------------------------------


def per_agency(cast: Cast, make: Callable[[Cast, Agency], Any]) -> Rows:
    return {
        "own": make(cast, cast.agency),
        "twin": make(cast, cast.agency2),
        "far": make(cast, cast.far_agency),
    }


def capital(cast: Cast, agency: Agency) -> CapitalAgreement:
    source = factories.make_source(cast.national_organization)
    project = factories.make_project(agency)
    return factories.make_capital_agreement(agency, cast.fiscal_year, {project: {source: 1_000}})


def expense(cast: Cast, agency: Agency) -> ExpenseAgreement:
    country = cast.national_organization
    line = (
        factories.make_programme(country),
        factories.make_expense_chapter(country),
        factories.make_source(country),
    )
    return factories.make_expense_agreement(agency, cast.fiscal_year, {line: 1_000})


def notification(cast: Cast, agency: Agency) -> BudgetNotification:
    """An issued letter: drafts are the organization's own (tests/agreements/test_letters.py)."""
    letter = BudgetNotification(
        agency=agency,
        kind="expense",
        fiscal_year=cast.fiscal_year,
        recorded_at=timezone.now(),
        letter_number=f"ا-{agency.pk}",
        letter_date=cast.fiscal_year.starts_on,
        valid_from=cast.fiscal_year.starts_on,
    )
    line = NotificationLine(
        expense_chapter=factories.make_expense_chapter(cast.national_organization),
        programme=factories.make_programme(cast.national_organization),
        funding_source=factories.make_source(cast.national_organization),
        amount=1_000,
    )
    issue_letters([(letter, [line])], by=cast.consolidation)
    return letter


def notification_line(cast: Cast, agency: Agency) -> NotificationLine:
    return notification(cast, agency).lines.get()


def allocation(cast: Cast, agency: Agency) -> Any:
    country = cast.national_organization
    line = {
        "project": factories.make_project(agency),
        "funding_source": factories.make_source(country),
        "amount": 500,
    }
    return factories.make_allocation(agency, cast.period("Q1"), "capital", [line], by=cast.consolidation)


def agreed(cast: Cast, agency: Agency) -> Any:
    return capital(cast, agency).projects.get()


def remark(cast: Cast, agency: Agency) -> Any:
    return AgreementRemark.objects.create(
        capital=capital(cast, agency), path="CA-4///", text="وزن‌ها بازبینی شود.", made_by=cast.expert
    )


def status_change(cast: Cast, agency: Agency) -> Any:
    return factories.make_status_change(factories.make_project(agency), "suspended", cause="land")


def contract(agency: Agency) -> Any:
    return factories.make_contract(factories.make_project(agency))


def expense_part(cast: Cast, agency: Agency, *, model: Any) -> Any:
    return model.objects.filter(agreement=held_with_parts(cast, agency)).first()


AGENCY_ROWS: dict[str, Callable[[Cast, Agency], Any]] = {
    "agreements.Project": lambda cast, agency: factories.make_project(agency),
    "agreements.ProjectStatusChange": status_change,
    "agreements.ProjectIdentifier": lambda cast, agency: factories.make_identifier(
        factories.make_project(agency)
    ),
    "agreements.Contract": lambda cast, agency: contract(agency),
    "agreements.ContractChange": lambda cast, agency: factories.make_contract_change(contract(agency)),
    "agreements.ContractStatement": lambda cast, agency: factories.make_statement(contract(agency)),
    "agreements.Plan": lambda cast, agency: factories.make_project(agency).plan,
    "agreements.CapitalAgreement": capital,
    "agreements.AgreementProject": agreed,
    "agreements.WorkOperation": lambda cast, agency: agreed(cast, agency).operations.first(),
    "agreements.PhysicalSchedule": lambda cast, agency: agreed(cast, agency).schedule.first(),
    "agreements.ProjectCredit": lambda cast, agency: agreed(cast, agency).credits.first(),
    "agreements.CreditSchedule": lambda cast, agency: agreed(cast, agency).credit_schedule.first(),
    "agreements.AgreementRemark": remark,
    "agreements.ExpenseAgreement": expense,
    "agreements.ProgrammeCredit": lambda cast, agency: expense(cast, agency).credits.first(),
    "agreements.Activity": lambda cast, agency: expense(cast, agency).activities.first(),
    **{
        f"agreements.{model.__name__}": partial(expense_part, model=model)
        for model in (
            ActivityCentre,
            ChapterNarrative,
            CostAttribution,
            RevenueForecast,
            Manpower,
            CountyShare,
        )
    },
    "agreements.BudgetNotification": notification,
    "agreements.NotificationLine": notification_line,
    "agreements.AllocationNotice": allocation,
    "agreements.AllocationLine": lambda cast, agency: allocation(cast, agency).lines.first(),
}


def mapping(cast: Cast) -> Rows:
    years = {"own": cast.fiscal_year, "abroad": cast.abroad_fiscal_year}
    return {
        tag: ClassificationMapping.objects.create(
            fiscal_year=year, tree="affair", from_code="1", to_code="1", share=1
        )
        for tag, year in years.items()
    }


ROWS = {
    "agreements.ClassificationMapping": Scoped(mapping, shared()),
    **{label: Scoped(partial(national, make=make), shared()) for label, make in CLASSIFICATION.items()},
    **{label: Scoped(partial(per_agency, make=make), by_place()) for label, make in AGENCY_ROWS.items()},
}
