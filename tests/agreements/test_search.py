"""Search: folded, tolerant of typing errors, exact codes first, nothing of strangers, by indexes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements import search
from agreements.letters import NOTIFICATION
from agreements.models import BudgetNotification, Plan, Project
from agreements.search import Asked
from budget_portal import jalali
from tests.agreements import letter_cases
from tests.cast import Cast
from tests.factories import (
    make_capital_agreement,
    make_contract,
    make_identifier,
    make_project,
    make_source,
)

pytestmark = pytest.mark.django_db


def found(user: Any, question: str) -> dict[str, list[str]]:
    return {group.name: [hit.title for hit in group.hits] for group in search.find(user, question)}


def titles(user: Any, question: str) -> list[str]:
    return found(user, question).get("پروژه‌ها", [])


# --- words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    ["كيانپارس", "کیانپارس", "روگذر كيان", "کیانپارس پل", "پل‌روگذر", "کیانپرس", "کیانبارس", "روگزر کیانپارس"],
)
def test_a_title_is_found_however_it_is_typed(cast: Cast, question: str) -> None:
    bridge = make_project(cast.agency, title="احداث پل روگذر کیانپارس")
    make_project(cast.agency, title="مدرسهٔ شش‌کلاسه")
    assert titles(cast.expert, question) == [bridge.title]


@pytest.mark.parametrize(
    "slip",
    [
        *("اهداث", "احداص", "احدات", "اخداث", "احاث", "حداث", "احدداث", "احداثث", "ادحاث", "احدثا"),
        *("بهساذی", "بهصازی", "بحسازی", "بهسازب", "بهسزی", "بهساززی", "بهاسزی", "بهسایز"),
        *("مدرصه", "مرسه", "مردسه", "مدرسسه", "ندرسه"),
        *("پلهای", "چلها", "لپها"),
        *("بیمارصتان", "بیمارستن", "بیمارسنان", "بیمارساتن", "بیممارستان"),
        *("احداث پل مدرصه", "بهسازي پلهت"),
    ],
)
def test_one_slip_of_the_hand_still_finds_the_word_and_not_everything(cast: Cast, slip: str) -> None:
    wanted = {
        make_project(cast.agency, title=title).title
        for title in ("احداث پل مدرسه", "بهسازی پلها", "مدرسه بیمارستان")
    }
    for other in ("تکمیل کتابخانه", "خرید تجهیزات", "آبرسانی روستا", "راه دسترسی", "سالن ورزشی"):
        make_project(cast.agency, title=other)
    shown = titles(cast.expert, slip)
    assert shown, slip
    assert set(shown) <= wanted, slip


def test_a_slip_finds_nothing_of_strangers(cast: Cast) -> None:
    make_project(cast.far_agency, title="احداث کتابخانه")
    assert not titles(cast.expert, "اهداث کطابخانه")


def test_near_titles_are_offered_only_when_none_is_written_so(cast: Cast) -> None:
    exact = make_project(cast.agency, title="پل کیانپارس")
    near = make_project(cast.agency, title="پل کیانپارک")
    assert titles(cast.expert, "کیانپارس") == [exact.title]
    groups = search.find(cast.expert, "کیانپارز")
    assert groups[0].likely
    assert {hit.title for hit in groups[0].hits} == {exact.title, near.title}


# --- codes --------------------------------------------------------------------------------------------------


def test_the_exact_code_comes_first_in_any_digits(cast: Cast) -> None:
    project = make_project(cast.agency, title="الف")
    other = make_project(cast.agency, title=f"ب دنبالهٔ {project.code}")
    persian = project.code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    for question in (project.code, persian):
        assert titles(cast.expert, question) == [project.title, other.title]


def test_codes_of_the_past_and_numbers_of_contracts_are_found(cast: Cast) -> None:
    project = make_project(cast.agency, title="پروژهٔ جابه‌جا شده")
    make_identifier(project, "N4-۱۲/قدیم", valid_to=jalali.gregorian(1404, 12, 29))
    make_contract(project, number="۱۴۰۳/۷۷/پ")
    (group,) = search.find(cast.expert, "n4-12/قديم")
    assert group.hits[0].title == project.title
    assert "تا ۱۴۰۴/۱۲/۲۹" in group.hits[0].note
    assert titles(cast.expert, "1403/77/پ") == [project.title]


def test_agreements_and_letters_by_number_and_plans_by_title(cast: Cast) -> None:
    project = make_project(cast.agency)
    source = make_source(cast.national_organization)
    agreement = make_capital_agreement(cast.agency, cast.fiscal_year, {project: {source: 10}})
    BudgetNotification.objects.create(
        agency=cast.agency,
        kind="capital",
        fiscal_year=cast.fiscal_year,
        letter_number="۱۴۰۵/الف/۴۴۱۲",
        letter_date=cast.fiscal_year.starts_on,
        valid_from=cast.fiscal_year.starts_on,
        recorded_at=timezone.now(),
    )
    assert found(cast.consolidation, agreement.number)["موافقتنامه‌ها"] == [str(agreement.plan)]
    assert found(cast.consolidation, "طرح بهسازی")["موافقتنامه‌ها"] == [str(agreement.plan)]
    assert found(cast.consolidation, "1405/الف/4412")["نامه‌ها"] == ["ابلاغ اعتبار"]
    assert "موافقتنامه‌ها" not in found(cast.complaints, agreement.number)


@pytest.mark.parametrize("question", ["راه نمونه", "راه نمنه"])
def test_agreements_and_letters_of_an_agency_by_its_name(cast: Cast, question: str) -> None:
    project = make_project(cast.agency)
    source = make_source(cast.national_organization)
    agreement = make_capital_agreement(cast.agency, cast.fiscal_year, {project: {source: 10}})
    letter_cases.draft(cast, NOTIFICATION)
    groups = {group.name: group for group in search.find(cast.consolidation, question)}
    assert [hit.title for hit in groups["موافقتنامه‌ها"].hits] == [str(agreement.plan)]
    assert [hit.title for hit in groups["نامه‌ها"].hits] == ["ابلاغ اعتبار"]
    assert groups["نامه‌ها"].likely == groups["موافقتنامه‌ها"].likely == (question == "راه نمنه")
    assert not search.find(cast.far_consolidation, question) or "نامه‌ها" not in found(
        cast.far_consolidation, question
    )


def test_a_plan_is_found_with_a_typing_error(cast: Cast) -> None:
    project = make_project(cast.agency)
    source = make_source(cast.national_organization)
    agreement = make_capital_agreement(cast.agency, cast.fiscal_year, {project: {source: 10}})
    assert found(cast.consolidation, "بهسازی راهها")["موافقتنامه‌ها"] == [str(agreement.plan)]
    assert found(cast.consolidation, "بهسازس")["موافقتنامه‌ها"] == [str(agreement.plan)]


def test_agencies_by_name_and_code(cast: Cast) -> None:
    assert cast.agency and cast.agency2
    for question in ("راه نمونه", "1001", "۱۰۰۱", "ادارة كل راه نمونة"):
        assert found(cast.consolidation, question)["دستگاه‌های اجرایی"] == [cast.agency.name], question


# --- scope --------------------------------------------------------------------------------------------------


def test_everybody_finds_their_own_rows_only(cast: Cast) -> None:
    rows = {
        agency: make_project(getattr(cast, agency), title="پل یکسان")
        for agency in ("agency", "agency2", "far_agency")
    }
    codes = {agency: row.code for agency, row in rows.items()}
    for person, sees in {
        "agency_user": {"agency"},
        "expert2": {"agency2"},
        "county_viewer": {"agency"},
        "consolidation": {"agency", "agency2"},
        "far_head": {"far_agency"},
        "national": {"agency", "agency2", "far_agency"},
        "nobody": set(),
    }.items():
        groups = [group for group in search.find(cast.person(person), "پل یکسان") if group.name == "پروژه‌ها"]
        assert {hit.code for group in groups for hit in group.hits} == {codes[name] for name in sees}, person
    far = make_identifier(rows["far_agency"], "SECRET-1")
    assert not search.find(cast.consolidation, far.code)


# --- page ---------------------------------------------------------------------------------------------------


def page(cast: Cast, question: str, status: int = 200) -> str:
    answer = cast.client("expert").get("/search/", {"q": question})
    assert answer.status_code == status
    return str(answer.content.decode())


def test_the_page_says_what_it_found_and_why_not(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(cast.agency, title="پل <b>کارون</b>")
    shown = page(cast, "کارون")
    assert f"/projects/{project.code}/" in shown
    assert "&lt;b&gt;" in shown
    assert "چه می‌جویید" in page(cast, "")
    assert "کوتاه است" in page(cast, "پ")
    assert "چیزی یافته نشد" in page(cast, "قققق")
    assert page(cast, "%_'\\" * 60)

    def slow(*_: Any) -> None:
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(search, "_groups", slow)
    assert "بیش از اندازه طول کشید" in page(cast, "کارون", 503)


def test_the_header_searches_here(cast: Cast) -> None:
    assert 'action="/search/"' in cast.client("expert").get("/projects/").content.decode()


@pytest.mark.parametrize(("question", "most"), [("پل کارون", 10), ("1503", 15), ("قققققق", 11)])
def test_many_projects_ask_as_often_as_few(cast: Cast, question: str, most: int) -> None:
    user, counts = cast.consolidation, []
    for rows in (1, 30):
        for _ in range(rows):
            project = make_project(cast.agency, title="پل کارون")
            make_contract(project, number="1503")
        with CaptureQueriesContext(connection) as seen:
            search.find(user, question)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= most


# --- indexes ------------------------------------------------------------------------------------------------


def plan_of(rows: Any) -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        return str(rows.explain())


def test_the_planner_reads_indexes(cast: Cast) -> None:
    asked = Asked.of("کیانپارس")
    number = Asked.of("1405/12")
    assert "project_title_trgm" in plan_of(Project.objects.filter(asked.in_column("title_folded")).order_by())
    like = Project.objects.filter(title_folded__trigram_word_similar=asked.words).order_by()
    assert "project_title_trgm" in plan_of(like)
    assert "plan_title_trgm" in plan_of(Plan.objects.filter(asked.in_column("title_folded")).order_by())
    letters = search._numbered(BudgetNotification.objects.order_by(), number, "letter_number")
    assert "budgetnotification_number" in plan_of(letters)
