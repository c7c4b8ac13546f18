"""The register of projects: search, filters, pages, and one project within the reader's scope."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from monitoring import visits
from tests.builders import make_capital_case
from tests.cast import Cast
from tests.factories import make_contract, make_project, make_status_change
from tests.monitoring import visit_cases

pytestmark = pytest.mark.django_db


def page(cast: Cast, who: str, url: str) -> str:
    answer = cast.client(who).get(url)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_search_folds_letters_and_reads_codes_in_any_digits(cast: Cast) -> None:
    bridge = make_project(cast.agency, title="احداث پل روگذر کیانپارس")
    school = make_project(cast.agency, title="مدرسهٔ شش‌کلاسه")
    for query, found, other in (
        ("كيانپارس", bridge, school),
        ("مدرسه", school, bridge),
        (bridge.code, bridge, school),
    ):
        shown = page(cast, "expert", f"/projects/?q={query}")
        assert found.title in shown, query
        assert other.title not in shown, query
    persian = bridge.code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert bridge.title in page(cast, "expert", f"/projects/?q={persian}")


def test_filters_and_the_empty_answer(cast: Cast) -> None:
    make_project(cast.agency, title="متوقف‌شده", status="suspended")
    make_project(cast.agency, title="در جریان")
    shown = page(cast, "consolidation", "/projects/?status=suspended")
    assert "متوقف‌شده" in shown
    assert "در جریان<" not in shown
    assert "پروژه‌ای با این مشخصات نیست" in page(cast, "consolidation", "/projects/?status=cancelled")
    assert "هنوز پروژه‌ای ثبت نشده است" in page(cast, "agency_user2", "/projects/")


def test_each_county_is_offered_once_in_alphabetical_order(cast: Cast) -> None:
    for agency in (cast.agency, cast.agency, cast.agency2):
        make_project(agency)
    cast.county2.name = "پلدختر"  # before «شهرستان یکم», and after it by code point
    cast.county2.save()
    options = re.findall(r'<option value="(06\d+)"', page(cast, "consolidation", "/projects/"))
    assert options == [cast.county2.code, cast.county.code]


def test_pages_go_on_by_code(cast: Cast) -> None:
    rows = [make_project(cast.agency) for _ in range(53)]
    first = page(cast, "expert", "/projects/?status=in_progress")
    assert "after=" in first
    assert "status=in_progress&amp;after=" in first
    second = page(cast, "expert", f"/projects/?after={sorted(row.code for row in rows)[49]}")
    assert second.count('<th scope="row">') == 3


def test_everybody_sees_their_own_projects_only(cast: Cast) -> None:
    own, other = make_project(cast.agency), make_project(cast.agency2)
    far = make_project(cast.far_agency)
    seen = {
        "agency_user": {own},
        "expert2": {other},
        "county_viewer": {own},
        "deputy": {own, other},
        "far_head": {far},
    }
    for who, wanted in seen.items():
        shown = page(cast, who, "/projects/")
        assert {row for row in (own, other, far) if f"/projects/{row.code}/" in shown} == wanted, who


def test_figures_of_a_project_by_reader(cast: Cast) -> None:
    """A draft is the agency's, what was sent is the organization's, what is approved also the county's."""
    case = make_capital_case(cast, previous=True, filled=True)
    url = f"/projects/{case.projects[0].code}/"
    approved, sent = "۸٬۰۰۰", "۱۶٬۰۰۰"  # spent by Khordad and by Shahrivar
    assert sent in page(cast, "agency_user", url)
    for who in ("expert", "county_viewer", "national"):
        shown = page(cast, who, url)
        assert approved in shown, who
        assert sent not in shown, who
    desk = page(cast, "complaints", url)
    assert "شناسنامه" in desk
    assert "مقاطع گزارش‌شده" not in desk
    case.at("submitted")
    assert sent in page(cast, "expert", url)
    assert sent not in page(cast, "county_viewer", url)


def test_curve_and_finding_say_the_same_as_the_table(cast: Cast) -> None:
    case = make_capital_case(cast, previous=True, filled=True)
    for part in case.operations[:2]:
        case.type(part, "quantity_done", int(part.operation.target_quantity // 4))
    shown = page(cast, "agency_user", f"/projects/{case.projects[0].code}/")
    assert "پروژه از برنامه عقب است" in shown
    assert "پیشرفت فیزیکی در شهریور ۱۴۰۵ ۲۵٪ و برنامه ۴۵٪ است" in shown
    assert "<svg" in shown


def test_thirty_projects_ask_as_often_as_three(db: None) -> None:
    found: list[Any] = []
    for rows in (3, 30):
        cast = Cast()
        with transaction.atomic():
            for _ in range(rows):
                make_project(cast.agency)
            client = cast.client("consolidation")
            client.get("/projects/")
            with CaptureQueriesContext(connection) as seen:
                client.get("/projects/")
            found.append(len(seen))
            transaction.set_rollback(True)
    # Session, person, letters, roles; rows, figures, counties; how much waits, alerts.
    assert found == [9, 9]


def test_the_page_tells_work_plan_place_and_dates(cast: Cast) -> None:
    """Operations with weights, the plan beyond the last cut-off, the county, contracts, statuses in the timeline."""
    case = make_capital_case(cast, previous=True, filled=True)
    project = case.projects[0]
    contract = make_contract(project, number="۱۴۰۴/۹/پ")
    make_status_change(project, "suspended", cause="land")
    shown = page(cast, "agency_user", f"/projects/{project.code}/")
    for text in (
        "عملیات خاکی",
        "آذر ۱۴۰۵",  # the plan goes on after Shahrivar
        "نقشهٔ طرح‌وار استان خوزستان",
        "۱۴۰۴/۹/پ",
        f"پیمان با {contract.company} امضا شد",
        "وضعیت پروژه: متوقف",
        "مشکل زمین و معارض",
        "اسناد (",
    ):
        assert text.replace(str(contract.company), _persian(str(contract.company))) in shown, text
    desk = page(cast, "complaints", f"/projects/{project.code}/")
    assert "عملیات خاکی" not in desk


def test_the_site_shows_where_visits_stood_and_their_photos(cast: Cast) -> None:
    case = make_capital_case(cast, projects=1, filled=True)
    project = case.projects[0]
    project.latitude, project.longitude = Decimal("31.32000"), Decimal("48.67000")
    project.save()
    url = f"/projects/{project.code}/"
    assert "هنوز بازدیدی با مکان ثبت نشده است" in page(cast, "consolidation", url)
    for north in ("31.32100", "31.33000"):  # 111 metres away, and a kilometre
        visit = visit_cases.bring(case, visit_cases.plan(case, project), "done")
        visits.write_visit(
            visit.pk,
            by=visit.expert,
            facts={"latitude": Decimal(north), "longitude": Decimal("48.67000")},
            quantities={},
        )
    shown = page(cast, "consolidation", url)
    assert "۱ از ۲ بازدید در ۳۰۰ متری محل پروژه بوده است. دورترین: ۱۱۱۲ متر." in shown
    assert shown.count('class="site__visit"') == 1
    assert shown.count("عکس بازدید") == 4
    assert "site__visit" not in page(
        cast, "agency_user", url
    )  # a visit is seen outside from its confirmation on


def test_what_stands_still_or_lies_behind_is_said_in_the_head(cast: Cast) -> None:
    case = make_capital_case(cast, previous=True, filled=True)
    for part in case.operations[:2]:
        case.type(part, "quantity_done", int(part.operation.target_quantity // 4))
    make_status_change(case.projects[0], "suspended", cause="land")
    head = page(cast, "agency_user", f"/projects/{case.projects[0].code}/").split("</h1>")[0]
    assert "متوقف" in head
    assert "۲۰ واحد عقب‌تر از برنامه" in head


def _persian(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
