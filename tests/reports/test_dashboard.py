"""Dashboards: sent and approved apart, «n of m» on every total, strictly the own scope, a fixed number of queries."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from accounts.maps import county_map
from accounts.models import Agency
from budget_portal.digits import to_persian
from complaints import figures
from monitoring import entry
from monitoring.ratios import Ratio
from reports import dashboard, totals
from reports.builders import money, physical
from reports.builders.facts import gather
from reports.map_view import MapRow, level_of, map_view
from reports.models import SupervisionReport
from tests.builders import Case, make_capital_case, make_expense_case
from tests.cast import Cast
from tests.reports.making import Neighbour, make_report

pytestmark = pytest.mark.django_db


def words(client: object, query: str = "") -> str:
    response = client.get(f"/dashboard/{query}")  # type: ignore[attr-defined]
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def picture(cast: Cast, **more: str) -> dashboard.OrganizationPicture:
    given = {"kind": "", "basis": "sent"} | more
    return dashboard.organization_picture(cast.deputy, cast.period(), **given)


@pytest.fixture
def two(cast: Cast) -> tuple[Case, Case]:
    """One agency approved, one only sent."""
    first = make_expense_case(cast, filled=True, credit=30_000).at("approved")
    second = make_expense_case(Neighbour(cast), filled=True, credit=10_000).at("submitted")
    return first, second


# --- an organization --------------------------------------------------------------------------------------------


def test_sent_and_approved_are_two_bases(cast: Cast, two: tuple[Case, Case]) -> None:
    sent, approved = picture(cast), picture(cast, basis="approved")
    # per line: half a year's credit allocated, four fifths of it spent; two lines each
    assert (sent.flow.allocated, sent.flow.spent) == (40_000, 32_000)  # type: ignore[union-attr]
    assert (approved.flow.allocated, approved.flow.spent) == (30_000, 24_000)  # type: ignore[union-attr]
    for found in (sent, approved):
        assert found.share.agencies == Ratio(1, 2)
        assert found.share.credit == Ratio(60_000, 80_000)
    body = words(cast.client("deputy"))
    assert "۱ از ۲ دستگاه، ۷۵٫۰ درصد اعتبار" in body
    assert "ارقام ارسال‌شده، تأییدنشده نیز" in body
    assert "تنها ارقام با تأیید نهایی" in words(cast.client("head"), "?basis=approved")


def test_figures_in_the_making_are_in_no_total(cast: Cast) -> None:
    """A draft is its agency's own: it counts among the rows that are entered, never among the figures."""
    case = make_expense_case(cast, filled=True)
    found = picture(cast)
    assert (found.flow, found.counted) == (None, Ratio(0, 1))
    assert {step.label: step.share for step in found.steps}["ورود دستگاه"] == Ratio(4, 4)
    assert "هنوز رقمی در این مقطع نیست" in words(cast.client("deputy"))
    case.at("submitted")
    assert picture(cast).flow.spent == 16_000  # type: ignore[union-attr]


def test_kinds_are_apart(cast: Cast) -> None:
    make_expense_case(cast, filled=True).at("submitted")
    make_capital_case(cast, filled=True).at("submitted")
    both, capital = picture(cast), picture(cast, kind="capital")
    assert both.physical == capital.physical
    assert capital.flow.agreed == 80_000  # type: ignore[union-attr]
    assert both.flow.agreed == 120_000  # type: ignore[union-attr]
    assert picture(cast, kind="expense").physical is None


def test_what_nobody_entered_lowers_no_ratio(cast: Cast) -> None:
    """An agency that has sent an empty form stands on neither side of a ratio."""
    make_expense_case(cast, filled=True).at("submitted")
    make_expense_case(Neighbour(cast)).at("submitted")
    found = picture(cast)
    assert found.flow.absorption == Ratio(16_000, 20_000)  # type: ignore[union-attr]
    assert found.counted == Ratio(1, 2)


def test_held_lines_are_in_no_total_and_are_said(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True)
    line = case.lines[0]
    case.type(line, "spent", line.allocated_cash * 2)
    entry.hold("expense", line.pk, by=cast.agency_user)
    case.at("submitted")
    found = picture(cast)
    assert found.flow.absorption == Ratio(8_000, 10_000)  # type: ignore[union-attr]
    assert found.held == 20_000
    assert "ارقام خام ردیف‌های نگه‌داشته (۲۰٬۰۰۰ میلیون ریال)" in words(cast.client("deputy"))


def test_steps_count_against_all_rows(cast: Cast, two: tuple[Case, Case]) -> None:
    shares = {step.label: step.share for step in picture(cast).steps}
    assert shares["ورود دستگاه"] == Ratio(8, 8)
    assert shares["تأیید ذیحساب"] == Ratio(4, 8)
    assert shares["نظارت و بازدید"] == Ratio(1, 2)
    assert shares["تأیید نهایی تلفیق"] == Ratio(4, 8)
    assert shares["درج در گزارش نظارتی"] == Ratio(0, 8)
    make_report(cast, "approved")
    assert picture(cast).steps[-1].share == Ratio(4, 8)


def test_the_clock_is_of_submissions_never_one_number(cast: Cast, two: tuple[Case, Case]) -> None:
    found = picture(cast)
    assert found.clocks is not None
    assert (found.clocks.counted, sum(found.days)) == (1, 1)
    body = words(cast.client("auditor"))
    assert "میانهٔ ۱ پرونده" in body


def test_agencies_come_in_the_order_of_need(cast: Cast) -> None:
    late = make_capital_case(cast, filled=True)
    for row in late.operations:
        late.type(row, "quantity_done", 0)
    late.at("submitted")
    make_expense_case(Neighbour(cast), filled=True).at("submitted")
    needs = picture(cast).needs
    assert [row.name for row in needs] == [cast.agency.name, cast.agency2.name]
    assert needs[0].deviation is not None
    assert needs[0].deviation < -15
    assert needs[1].deviation is None
    assert "۱ دستگاه بیش از ۱۵ واحد از برنامهٔ فیزیکی عقب است" in words(cast.client("deputy"))


def test_last_year_stands_beside(cast: Cast) -> None:
    assert picture_last_year(cast) == Ratio(None, None)


def picture_last_year(cast: Cast) -> Ratio:
    make_expense_case(cast, filled=True)
    return picture(cast).last_year


def test_without_an_opened_window_there_is_a_sentence(cast: Cast) -> None:
    assert "هنوز مقطعی باز نشده است" in words(cast.client("deputy"))


def test_queries_do_not_grow_with_agencies(cast: Cast, django_assert_max_num_queries: object) -> None:
    for number in range(6):
        agency = Agency.objects.create(
            organization=cast.organization,
            sector_group=cast.group,
            county=cast.county,
            code=f"30{number}",
            name=f"دستگاه {number}",
        )
        make_capital_case(cast, agency=agency, projects=1)
    assert cast.deputy.acting.organization.province
    with django_assert_max_num_queries(46):  # type: ignore[operator]
        assert len(picture(cast).needs) == 6


# --- the same figures as the report -------------------------------------------------------------------------------


def test_sums_are_those_of_the_report(cast: Cast) -> None:
    """What the database adds up is what R1 adds up from single lines and the public reads, also with a held line."""
    capital = make_capital_case(cast, filled=True, securities=500, sources=("general", "own_revenue"))
    line = capital.lines[0]
    capital.type(line, "spent", line.allocated_cash * 3)
    entry.hold("capital", line.pk, by=cast.agency_user)
    capital.at("approved")
    expense = make_expense_case(cast, filled=True)
    expense.type(expense.lines[0], "spent", "")  # approved without a figure: its allocation stays in the sums
    expense.at("approved")
    make_expense_case(Neighbour(cast), filled=True).at("submitted")
    report = SupervisionReport(organization=cast.organization, period=cast.period(), level="organization")
    facts = gather(report, by=cast.consolidation)
    found = totals.read(cast.deputy, cast.period()).only(states={"approved"})
    for kind, flow in (("capital", money.capital(facts)), ("expense", money.expense(facts))):
        mine = found.only(kind).flow
        assert flow is not None
        assert mine is not None
        assert (mine.agreed, mine.allocated, mine.spent) == (flow.agreed, flow.allocated, flow.spent)
        assert mine.absorption.percent == flow.absorption.percent
        (public,) = figures.table(cast.organization, cast.period()).rows
        told = getattr(public, kind)
        assert (told.allocated, told.spent) == (flow.allocated, flow.spent)
    assert found.physical == physical.physical_of(facts, facts.progress)
    coverage = money.coverage(facts)
    assert found.coverage().agencies == coverage.agencies
    assert found.coverage().credit == coverage.credit
    by_county = found.flows(lambda cell: cell.place.county)
    rows = money.counties(facts).rows  # type: ignore[union-attr]
    assert {row.title for row in rows} == {cast.county.name}
    assert by_county[cast.county.pk].spent == sum(
        flow.spent or 0 for row in rows for flow in (row.capital, row.expense) if flow
    )


# --- county and country -------------------------------------------------------------------------------------------


def test_county_sees_its_projects_as_approved(cast: Cast) -> None:
    mine = make_capital_case(cast, filled=True).at("approved")
    other = make_capital_case(Neighbour(cast), filled=True).at("approved")
    elsewhere = other.projects[0]
    elsewhere.county = cast.county  # an agency seated elsewhere builds here
    elsewhere.save()
    found = dashboard.county_picture(cast.county_viewer, cast.period())
    assert {row.code for row in found.projects} == {project.code for project in (*mine.projects, elsewhere)}
    assert found.flows[0][1].agreed == 3 * 40_000  # type: ignore[union-attr]
    assert found.share.agencies == Ratio(2, 2)
    body = words(cast.client("county_viewer"))
    assert to_persian(elsewhere.title) in body
    assert to_persian(other.projects[1].title) not in body
    assert "۲ از ۲ دستگاه" in body


def test_county_sees_nothing_that_is_not_approved(cast: Cast) -> None:
    make_capital_case(cast, filled=True).at("expert_reviewed")
    found = dashboard.county_picture(cast.county_viewer, cast.period())
    assert found.flows == (
        ("سرمایه‌ای (پروژه‌های شهرستان)", None),
        ("هزینه‌ای (دستگاه‌های شهرستان)", None),
    )
    assert found.physical is None
    assert found.share.agencies == Ratio(0, 1)
    assert "رقم تأییدشده‌ای" in words(cast.client("county_viewer"))


def test_national_sees_the_totals_of_its_provinces(cast: Cast) -> None:
    make_expense_case(cast, filled=True, credit=30_000).at("approved")
    make_expense_case(Neighbour(cast), filled=True)
    cast.window("expense", organization=cast.far_organization)
    found = dashboard.country_picture(cast.national, cast.period())
    rows = {row.name: row for row in found.provinces}
    assert set(rows) == {"خوزستان", "قم"}
    assert rows["خوزستان"].flow.spent == 24_000  # type: ignore[union-attr]
    assert rows["خوزستان"].share.agencies == Ratio(1, 2)
    assert rows["قم"].flow is None
    assert found.flow == rows["خوزستان"].flow
    body = words(cast.client("national"))
    assert "خوزستان" in body
    assert "۱ از ۲ دستگاه" in body


def test_another_country_sees_nothing(cast: Cast) -> None:
    make_expense_case(cast, filled=True).at("approved")
    assert dashboard.periods(cast.abroad) == []
    assert totals.read(cast.abroad, cast.period()).cells == []
    assert cast.client("agency_user").get("/dashboard/").status_code == 403


# --- the map ------------------------------------------------------------------------------------------------------


def test_map_classes_follow_the_printed_value() -> None:
    breaks = (75, 80, 85, 90)
    assert level_of(None, breaks) == 0
    assert level_of(Ratio(0, 0), breaks) == 0
    assert [level_of(Ratio(n, 1000), breaks) for n in (0, 749, 750, 800, 850, 900)] == [1, 1, 2, 3, 4, 5]
    assert level_of(Ratio(Decimal("74.96"), 100), breaks) == 2  # printed ۷۵٫۰


def test_map_has_every_county_its_value_and_a_table() -> None:
    shape = county_map("06")
    first, second = shape.regions[:2]
    rows = [
        MapRow(first.code, first.name, Ratio(90, 100)),
        MapRow(second.code, second.name, Ratio(None, None)),
    ]
    view = map_view(shape, rows, title="جذب", noun="شهرستان")
    assert len(view.regions) == len(shape.regions)
    assert {region.value for region in view.regions} == {"۹۰٫۰", "—"}
    assert len(view.legend) == 5
    assert len(view.table.rows) == 2
    assert "مرزها طرح‌وارند" in view.note
