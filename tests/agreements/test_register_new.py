"""A new project of the register, how it is found again, and lists that offer only what holds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import County
from agreements import classification, register
from agreements.classification import TREES
from agreements.drafting.lists import Lists
from agreements.forms.letters import line_form
from agreements.letters import NOTIFICATION
from agreements.models import Plan, Programme, Project
from agreements.register import new as register_new
from agreements.register.new import NewPlan, NewProject
from budget_portal import audit, jalali
from budget_portal.errors import NotAllowed, RuleBroken
from tests import factories
from tests.agreements import letter_cases
from tests.agreements.drafting import capital_draft, expense_draft
from tests.cast import Cast
from tests.factories import make_contract, make_identifier, make_project, make_status_change

pytestmark = pytest.mark.django_db
TURN = jalali.fiscal_year_start(1405)
EVE = TURN - dt.timedelta(days=1)


def plan(cast: Cast, code: str = "1503") -> Plan:
    programme = factories.make_programme(cast.national_organization)
    return Plan.objects.create(
        organization=cast.organization, programme=programme, code=code, title="طرح پل‌ها"
    )


def new(cast: Cast, **facts: Any) -> NewProject:
    usual = {
        "agency": cast.agency,
        "title": "پل تازه",
        "county": County.objects.get(pk=cast.county.pk),
        "plan": None,
    }
    values = usual | facts
    return NewProject(**values | {"plan": values["plan"] or plan(cast)})


def typed(cast: Cast, **facts: Any) -> dict[str, Any]:
    usual = {
        "title": "پل تازه",
        "agency": cast.agency.pk,
        "county": cast.county.pk,
        "execution_method": "contract",
        "status": "not_started",
    }
    return usual | facts


def test_a_project_gets_the_next_number_of_its_plan_for_life(cast: Cast) -> None:
    own = plan(cast)
    first = register_new.add_project(new(cast, plan=own), by=cast.consolidation)
    second = register_new.add_project(new(cast, plan=own), by=cast.consolidation)
    assert (first.code, second.code) == ("1503001", "1503002")
    assert first.status == "not_started"
    entry = audit.history(first).get()
    assert (entry.event, entry.after["code"], entry.after["title"]) == (
        "project.added",
        "1503001",
        "پل تازه",
    )


def test_status_and_foreign_code_come_with_it(cast: Cast) -> None:
    day = jalali.gregorian(1404, 5, 1)
    facts = new(cast, code="۹۹۰۱", status="in_progress", since=day, nezarat4="N4-77")
    project = register_new.add_project(facts, by=cast.consolidation)
    assert (project.code, project.status) == ("9901", "in_progress")
    assert project.status_changes.get().since == day
    assert project.identifiers.get().code == "N4-77"


def test_a_new_plan_comes_with_it_or_neither_is_there(cast: Cast) -> None:
    programme = factories.make_programme(cast.national_organization)
    made = register_new.add_project(
        new(cast, plan=NewPlan("1600", "طرح تازه", programme)), by=cast.consolidation
    )
    assert (made.plan.code, made.plan.programme, made.code) == ("1600", programme, "1600001")
    with pytest.raises(RuleBroken, match="هست؛ همان را"):
        register_new.add_project(
            new(cast, plan=NewPlan("1600", "طرح تازه", programme)), by=cast.consolidation
        )
    taken = new(cast, plan=NewPlan("1700", "طرح دیگر", programme), code=made.code)
    with pytest.raises(RuleBroken, match="همیشگی است"):
        register_new.add_project(taken, by=cast.consolidation)
    assert not Plan.objects.filter(code="1700").exists()


@pytest.mark.parametrize(
    ("facts", "said"),
    [({"code": "پ ۱"}, "حرف لاتین"), ({"latitude": Decimal(36), "longitude": Decimal(59)}, "محل پروژه")],
)
def test_what_cannot_be_is_refused(cast: Cast, facts: dict[str, Any], said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        register_new.add_project(new(cast, **facts), by=cast.consolidation)
    assert not Project.objects.exists()


def test_a_plan_whose_code_no_address_holds_gives_no_number(cast: Cast) -> None:
    own = plan(cast, "ط/۱")
    with pytest.raises(RuleBroken, match="کد پروژه را بنویسید"):
        register_new.add_project(new(cast, plan=own), by=cast.consolidation)
    assert register_new.add_project(new(cast, plan=own, code="77"), by=cast.consolidation).code == "77"


def test_a_doubtful_place_needs_its_reason(cast: Cast) -> None:
    place = {"latitude": Decimal(36), "longitude": Decimal(59)}
    with pytest.raises(register.PlaceInDoubt):
        register_new.add_project(new(cast, **place), by=cast.consolidation)
    reason = "کارگاه موقت آن‌سوی مرز استان است."
    facts = new(cast, plan=Plan.objects.first(), **place, place_reason=reason)
    assert register_new.add_project(facts, by=cast.consolidation).place_reason == reason


@pytest.mark.parametrize("name", ["agency_user", "deputy", "admin", "far_consolidation"])
def test_only_the_group_of_the_organization_registers(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        register_new.add_project(new(cast), by=getattr(cast, name))


def test_the_form_asks_one_plan_and_keeps_what_was_typed(cast: Cast) -> None:
    client, own = cast.client("consolidation"), plan(cast)
    for facts, said in (
        ({}, "طرح را از فهرست برگزینید یا طرح تازه بنویسید."),
        ({"plan": own.pk, "plan_code": "8"}, "نه هر دو"),
        ({"plan_code": "8"}, "«عنوان طرح تازه» را بنویسید"),
        ({"plan": own.pk, "status": "in_progress"}, "از چه تاریخی"),
        ({"plan": own.pk, "latitude": "31"}, "با هم وارد کنید"),
        ({"plan": own.pk, "latitude": "36", "longitude": "59"}, "محل پروژه دور است"),
    ):
        answer = client.post("/projects/new/", typed(cast, **facts))
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert "پل تازه" in answer.content.decode()
    answer = client.post("/projects/new/", typed(cast, plan=own.pk))
    assert answer.url == "/projects/1503001/"


# --- found again --------------------------------------------------------------------------------------------


def listed(cast: Cast, query: str) -> str:
    return str(cast.client("consolidation").get(f"/projects/?q={query}").content.decode())


def test_the_list_finds_codes_of_the_past_and_contracts(cast: Cast) -> None:
    project, other = make_project(cast.agency, title="پل یکم"), make_project(cast.agency, title="پل دوم")
    make_identifier(project, "N4-7001", valid_to=EVE)
    make_contract(project, number="۱۴۰۴/۳۳/پ")
    for query in ("n4-7001", "۱۴۰۴/۳۳/پ", project.code, "یکم پل"):
        shown = listed(cast, query)
        assert project.title in shown, query
        assert other.title not in shown, query


def test_the_list_says_status_with_cause_and_since_when(cast: Cast) -> None:
    project = make_project(cast.agency)
    make_status_change(project, "suspended", cause="credit-short", since=jalali.gregorian(1405, 5, 14))
    shown = listed(cast, "")
    assert "از ۱۴ مرداد ۱۴۰۵ · کمبود اعتبار مصوب" in shown


# --- what holds ---------------------------------------------------------------------------------------------


def keeper(cast: Cast) -> Any:
    return factories.make_person("admin", cast.national_organization)


def test_a_letter_is_offered_what_holds_and_an_old_line_keeps_its_own(cast: Cast) -> None:
    programme = factories.make_programme(cast.national_organization)
    factories.make_expense_chapter(cast.national_organization)
    letter_cases.source(cast)
    letter = letter_cases.draft(cast, NOTIFICATION, kind="expense")
    old = line_form(NOTIFICATION, letter, cast.consolidation).fields["programme"].queryset
    assert list(old) == [programme]
    classification.rename_row(
        TREES["programme"], programme.pk, title="نام تازه", from_day=TURN, by=keeper(cast)
    )
    fresh = line_form(NOTIFICATION, letter, cast.consolidation).fields["programme"].queryset
    assert [row.title for row in fresh] == ["نام تازه"]
    line = NOTIFICATION.line(programme=programme)
    kept = line_form(NOTIFICATION, letter, cast.consolidation, line=line).fields["programme"].queryset
    assert {row.title for row in kept} == {"نام تازه", programme.title}


def test_an_agreement_is_offered_what_holds_in_its_year(cast: Cast) -> None:
    agreement = expense_draft(cast)
    programme = Programme.objects.get()
    classification.rename_row(
        TREES["programme"], programme.pk, title="نام تازه", from_day=TURN, by=keeper(cast)
    )
    lists = Lists(agreement)
    assert [entry.title for entry in lists.offered("programme").values()] == ["نام تازه"]
    agreement.valid_from = EVE  # what was promised before keeps the name of its day
    assert Lists(agreement).title("programme", programme.code) == programme.title


def test_what_has_ended_keeps_its_title_and_stops_a_first_version(cast: Cast) -> None:
    agreement = capital_draft(cast)
    source = factories.make_source(cast.national_organization)
    classification.end_row(TREES["funding-source"], source.pk, last_day=EVE, by=keeper(cast))
    lists = Lists(agreement)
    assert lists.offered("source") == {}
    assert lists.title("source", source.code) == source.title
    url = f"/agreements/capital/{agreement.pk}/forms/CA-6/?part={next(iter(agreement.draft['CA-6']))}"
    assert "در این سال معتبر نیست" in cast.client("agency_user").get(url).content.decode()
