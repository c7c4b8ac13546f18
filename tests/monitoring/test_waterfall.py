"""From notification to spending: sums, rules, the two times, and that all faces say the same."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreements.letters import ALLOCATION, NOTIFICATION
from agreements.models import AllocationLine
from budget_portal import jalali, outbox
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken
from monitoring import entry, waterfall
from monitoring.models import CapitalFinanceLine
from monitoring.presenters import waterfall as shown
from tests import factories
from tests.agreements import letter_cases as letters
from tests.builders import Case, make_capital_case, make_expense_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def notify(case: Case, cast: Cast, amount: int) -> Any:
    plan = case.projects[0].plan
    line = {"plan_id": plan.pk, "programme_id": plan.programme_id, "amount": amount}
    return letters.issued(cast, NOTIFICATION, line)


def built(case: Case, cast: Cast, **how: Any) -> waterfall.Waterfall:
    return waterfall.build(cast.consolidation, case.agency, case.period, case.kind, **how)


def url(case: Case, rest: str = "") -> str:
    return f"/agencies/{case.agency.code}/budget/{case.period.code}/{case.kind}/{rest}"


# --- sums -------------------------------------------------------------------------------------------------------------


def test_the_five_stages_of_a_capital_form(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True, securities=500).at("approved")
    notify(case, cast, 90_000)
    found = built(case, cast)
    lines = case.lines
    assert found.figures.notified == 90_000
    assert found.figures.agreed == 80_000
    assert found.figures.allocated == sum(line.allocated for line in lines)
    assert found.figures.securities == sum(line.allocated_securities for line in lines)
    assert found.figures.received == sum(line.received for line in lines)
    assert found.figures.spent == sum(line.spent for line in lines)
    (programme,) = found.programmes
    (plan,) = programme.children
    assert programme.figures == plan.figures == found.figures
    assert {node.code for node in plan.children} == {project.code for project in case.projects}
    assert [broken.rule for broken in found.broken] == ["GAP"]


def test_the_stages_of_an_expense_form(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True).at("approved")
    found = built(case, cast)
    assert found.figures.notified is None
    assert found.figures.agreed == 40_000
    assert found.figures.spent == sum(line.spent for line in case.lines)
    assert len(found.units) == 2
    assert {rule.rule for rule in found.rules} == {"V1", "V2", "V3", "V6"}
    assert all(rule.is_kept for rule in found.rules)


def test_entered_counts_what_is_held_and_approved_only_what_is_final(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    line = case.lines[0]
    case.type(line, "spent", line.allocated + 1)
    entry.hold("capital", line.pk, by=case.agency_user)
    case.at("submitted")
    found = built(case, cast)
    held = next(broken for broken in found.broken if broken.rule == "V3")
    assert "نگه داشته است" in held.sentence
    assert found.figures.spent == line.allocated + 1 + case.lines[1].spent
    assert built(case, cast, basis="approved").figures.spent is None


def test_a_draft_is_the_agencys_own(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    assert built(case, cast).figures.spent is None
    own = waterfall.build(cast.agency_user, case.agency, case.period, "capital")
    assert own.figures.spent == sum(line.spent for line in case.lines)


# --- rules ------------------------------------------------------------------------------------------------------------


def test_a_broken_rule_is_named_with_its_line(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("approved")
    notify(case, cast, 79_000)
    over = {"project": case.projects[0], "funding_source": letters.source(cast), "amount": 40_000}
    factories.make_allocation(case.agency, cast.period("Q1"), "capital", [over], by=cast.consolidation)
    found = built(case, cast)
    by_rule = {broken.rule: broken for broken in found.broken}
    assert set(by_rule) == {"CA-6", "V1"}
    assert "۸۰٬۰۰۰" in by_rule["CA-6"].sentence
    assert "۷۹٬۰۰۰" in by_rule["CA-6"].sentence
    assert by_rule["V1"].title == case.projects[0].title
    counts = {rule.rule: (rule.holds, rule.judged) for rule in found.rules}
    assert counts["V1"] == counts["CA-6"] == (0, 1)
    assert counts["V2"] == (1, 1)


# --- two times --------------------------------------------------------------------------------------------------------


def test_figures_differ_by_the_day_in_force_and_by_the_moment_known(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("approved")
    whole = built(case, cast).figures
    before_letter = case.notice.valid_from - dt.timedelta(days=1)
    assert built(case, cast, on=before_letter).figures.allocated < whole.allocated
    known = timezone.now()
    late = letters.issued(
        cast,
        ALLOCATION,
        {"project_id": case.projects[0].pk, "amount": 700},
        valid_from=case.notice.valid_from,
    )
    assert built(case, cast).figures.allocated == whole.allocated + 700
    assert built(case, cast, known_at=known).figures.allocated == whole.allocated
    between = timezone.now()
    letters.cancel(cast, ALLOCATION, late)
    assert built(case, cast).figures.allocated == whole.allocated
    assert built(case, cast, known_at=between).figures.allocated == whole.allocated + 700
    struck = [letter for letter in built(case, cast).letters if letter.cancelled]
    assert [letter.pk for letter in struck] == [late.pk]
    assert not any(letter.cancelled for letter in built(case, cast, known_at=between).letters)


def test_performance_is_what_was_sent_by_the_moment(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True)
    before = timezone.now()
    case.at("submitted")
    sent = sum(line.spent for line in case.lines)
    at_sending = timezone.now()
    case.at("approved")
    assert built(case, cast, known_at=before).figures.spent is None
    assert built(case, cast, known_at=at_sending).figures.spent == sent
    assert built(case, cast, known_at=at_sending, basis="approved").figures.spent is None
    assert built(case, cast, known_at=timezone.now(), basis="approved").figures.spent == sent


def test_an_expense_form_as_known(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True).at("approved")
    known = built(case, cast, known_at=timezone.now())
    assert known.figures == built(case, cast).figures


# --- letters and performance ------------------------------------------------------------------------------------------


def test_a_letter_on_which_received_money_rests_is_not_cancelled_or_recalled(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("approved")
    line: CapitalFinanceLine = case.lines[0]
    with pytest.raises(RuleBroken) as refusal:
        letters.cancel(cast, ALLOCATION, case.notice)
    assert any("دریافتی" in said and str(line.project) in said for said in refusal.value.problems)
    spare = line.allocated - line.received
    back = {"project_id": line.project_id, "amount": -spare - 1}
    recall = letters.draft(cast, ALLOCATION, back, valid_from=case.period.cutoff_date)
    with pytest.raises(RuleBroken):
        letters.issue(cast, ALLOCATION, recall)


def test_an_open_form_hears_of_a_letter(cast: Cast) -> None:
    case = make_capital_case(cast)
    before = case.lines[0].allocated
    letters.issued(cast, ALLOCATION, {"project_id": case.lines[0].project_id, "amount": 900})
    outbox.deliver_all()
    assert case.lines[0].allocated == before + 900


# --- the page and its files -------------------------------------------------------------------------------------------


def test_page_csv_and_json_say_the_same(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("approved")
    notify(case, cast, 90_000)
    client, found = cast.client("consolidation"), built(case, cast)
    page = client.get(url(case) + f"?open=plan-{case.projects[0].plan_id}").content.decode()
    for amount in (found.figures.notified, found.figures.allocated, found.figures.spent):
        assert to_persian(f"{amount:,}".replace(",", "٬")) in page
    assert all(project.title in page or to_persian(project.title) in page for project in case.projects)
    answer = client.get(url(case, "json/")).json()
    assert answer["total"] == shown.figures(found.figures)
    assert answer["programmes"][0]["children"][0]["children"][0]["level"] == "project"
    text = client.get(url(case, "csv/")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert int(rows[0]["spent"]) == found.figures.spent
    assert [row["level"] for row in rows] == ["programme", "plan", "project", "project"]


def test_the_query_string_asks_for_a_day_and_a_moment(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("approved")
    day = jalali.format_iso(case.notice.valid_from - dt.timedelta(days=1))
    answer = cast.client("consolidation").get(url(case, "json/"), {"on": day}).json()
    assert answer["total"]["allocated"] < built(case, cast).figures.allocated
    past = cast.client("consolidation").get(url(case, "json/"), {"known": "۱۴۰۴/۰۱/۰۱ ۱۰:۳۰"}).json()
    assert past["total"]["spent"] is None
    page = cast.client("consolidation").get(url(case), {"on": "۱۴۰۵/۱۳/۰۱", "known": "x"})
    assert "خطا" in page.content.decode()
    for file in ("csv/", "json/"):
        refused = cast.client("consolidation").get(url(case, file), {"on": "۱۴۰۵/۱۳/۰۱"})
        assert refused.status_code == 422
        assert "خطای ۴۲۲" in refused.content.decode()


def test_home_leads_an_agency_to_its_own_page(cast: Cast) -> None:
    case = make_capital_case(cast)
    assert cast.client("agency_user").get("/agencies/budget/").url == url(case)
    assert case.agency.name in cast.client("consolidation").get("/agencies/budget/").content.decode()


def test_the_number_of_queries_does_not_grow(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = cast.client("consolidation")
    small = make_capital_case(cast, projects=3, filled=True).at("submitted")
    client.get(url(small))
    with django_assert_max_num_queries(45) as few:
        client.get(url(small) + "?open=all")
    large = make_capital_case(cast, agency=cast.agency2, projects=30)
    with django_assert_max_num_queries(len(few)):
        client.get(url(large) + "?open=all")


# --- random letters ---------------------------------------------------------------------------------------------------

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["give", "recall", "advance", "convert", "back", "cancel"]),
        st.integers(0, 1),  # project
        st.integers(0, 90),  # days into the year
        st.integers(1, 6_000),
        st.integers(0, 30),  # which letter or advance
    ),
    max_size=9,
)


class Plain:
    """What the letters say, in plain Python: (day, project, amount that counts), and what is open of an advance."""

    def __init__(self) -> None:
        self.letters: list[tuple[Any, dt.date, int, int]] = []
        self.advances: list[Any] = []

    def total(self, project: int, on: dt.date) -> int:
        return sum(amount for _, day, of, amount in self.letters if of == project and day <= on)


def act(cast: Cast, plain: Plain, projects: list[Any], step: tuple[str, int, int, int, int]) -> None:
    """One act on both; what the rules refuse happens to neither."""
    what, which, days, amount, pick = step
    day = cast.fiscal_year.starts_on + dt.timedelta(days=days)
    line: dict[str, Any] = {"project_id": projects[which].pk, "amount": amount}
    counts = amount
    if what == "cancel":
        if plain.letters:
            gone = plain.letters[pick % len(plain.letters)]
            letters.cancel(cast, ALLOCATION, gone[0])
            plain.letters.remove(gone)
        return
    if what in {"convert", "back"}:
        if not plain.advances:
            return
        advance = plain.advances[pick % len(plain.advances)]
        which = next(index for index, row in enumerate(projects) if row.pk == advance.project_id)
        line |= {"project_id": advance.project_id, "converted_from_id": advance.pk}
        counts = 0
    if what in {"recall", "back"}:
        line["amount"] = counts = -amount
    line["is_advance"] = what == "advance"
    letter = letters.issued(cast, ALLOCATION, line, valid_from=day)
    plain.letters.append((letter, day, which, counts))
    if what == "advance":
        plain.advances.append(AllocationLine.objects.get(notice=letter))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_random_letters_add_up_as_a_plain_model_says(cast: Cast, acts: list[Any]) -> None:
    with cast.undone():
        source = letters.source(cast)
        projects = [factories.make_project(cast.agency) for _ in range(2)]
        credits = {project: {source: 20_000} for project in projects}
        factories.make_capital_agreement(cast.agency, cast.fiscal_year, credits)
        plain = Plain()
        for step in acts:
            try:
                with transaction.atomic():
                    act(cast, plain, projects, step)
            except RuleBroken:
                continue
        for cutoff in ("Q1", "Q2"):
            period = cast.period(cutoff)
            for on in (period.cutoff_date, cast.fiscal_year.starts_on + dt.timedelta(days=45)):
                found = waterfall.build(cast.consolidation, cast.agency, period, "capital", on=on)
                nodes = {node.leaf[1]: node.figures for unit in found.units for node in unit.children}
                for index, project in enumerate(projects):
                    assert nodes[project.pk].allocated == plain.total(index, on)
                    assert 0 <= nodes[project.pk].allocated <= 20_000


# --- one branch, one county -------------------------------------------------------------------------------------------


def test_a_programme_a_plan_and_a_project_have_stages_and_rules_of_their_own(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("approved")
    notify(case, cast, 79_000)
    whole = built(case, cast)
    (programme,) = whole.programmes
    (plan,) = programme.children
    for node in (programme, plan):
        found = built(case, cast, at=node.leaf)
        assert (found.figures, found.rules, found.letters) == (whole.figures, whole.rules, whole.letters)
        assert found.trail[-1].name == node.name
    one, other = (built(case, cast, at=project.leaf) for project in plan.children)
    assert one.figures + other.figures == replace(whole.figures, notified=None)
    assert [node.level for node in one.trail] == ["programme", "plan", "project"]
    assert one.units == one.trail[-1:]
    assert {rule.rule for rule in one.rules} == {"V1", "V2", "V3", "V6"}  # CA-6 is judged by plan
    assert built(case, cast, at=("project", 0)).trail == ()


def test_rows_lead_down_to_a_project_and_back(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("approved")
    project, client = case.projects[0], cast.client("consolidation")
    address = url(case)
    for name in (
        f"programme-{project.plan.programme_id}",
        f"plan-{project.plan_id}",
        f"project-{project.pk}",
    ):
        assert f"at={name}" in client.get(address).content.decode()
        address = url(case) + f"?at={name}"
    page = client.get(address).content.decode()
    assert f"at=plan-{project.plan_id}" in page  # back up
    assert f'href="/projects/{project.code}/"' in page
    assert url(case) in client.get(f"/projects/{project.code}/").content.decode()
    assert client.get(url(case) + "?at=project-999999").status_code == 404
    assert client.get(url(case) + "?at=x").status_code == 404
    rows = client.get(url(case, "csv/") + f"?at=project-{project.pk}").content.decode("utf-8-sig")
    assert [row["level"] for row in csv.DictReader(io.StringIO(rows))] == ["programme", "plan", "project"]


def test_an_advance_its_conversion_and_a_cancelled_letter_are_told(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("approved")
    project, period = case.projects[0], cast.period("Q1")
    line = {"project_id": project.pk, "amount": 900, "is_advance": True}
    given = letters.issued(cast, ALLOCATION, line, period=period)
    advance = letters.line_of(ALLOCATION, given)
    part = {"project_id": project.pk, "amount": 300, "converted_from_id": advance.pk}
    letters.issued(cast, ALLOCATION, part, period=period)
    gone = letters.issued(cast, ALLOCATION, {"project_id": project.pk, "amount": 70}, period=period)
    letters.cancel(cast, ALLOCATION, gone)
    found = built(case, cast)
    assert found.open_advance == 600
    assert built(case, cast, at=("project", case.projects[1].pk)).open_advance == 0
    page = cast.client("consolidation").get(url(case)).content.decode()
    for said in ("۹۰۰ تنخواه", "۳۰۰ از تنخواه تبدیل شد", "۶۰۰ تنخواه باز", "باطل‌شده", letters.REASON):
        assert said in page, said


def test_a_county_sees_its_own_projects_of_an_agency(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("approved")
    notify(case, cast, 90_000)
    near, far = case.projects
    far.county = cast.county2
    far.save()
    for viewer, project in ((cast.county_viewer, near), (cast.county_viewer2, far)):
        found = waterfall.build(viewer, case.agency, case.period, "capital")
        assert [node.code for unit in found.units for node in unit.children] == [project.code]
        assert found.figures.notified is None
        assert found.figures.spent == sum(row.spent for row in case.lines if row.project == project)
        assert all(letter.sort == "allocation" for letter in found.letters)
    client = cast.client("county_viewer2")
    page = client.get(url(case))
    assert page.status_code == 200
    assert near.title not in page.content.decode()
    assert client.get(url(case).replace("/capital/", "/expense/")).status_code == 404
    assert case.agency.name in client.get("/agencies/budget/").content.decode()
