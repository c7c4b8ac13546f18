"""R1 is built from approved figures: coverage, held and absent lines, scopes, the frozen package."""

from __future__ import annotations

import dataclasses
import json
import re
import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from monitoring import entry, opening
from monitoring.models import FieldVisit
from monitoring.ratios import Ratio
from reports import totals
from reports.builders import facts, r01_periodic
from reports.models import SupervisionReport
from reports.package import R1Report
from reports.presenters import ratio_rows
from reports.printing import percent
from tests.builders import Case, make_capital_case, make_expense_case
from tests.cast import Cast
from tests.monitoring import visit_cases
from tests.reports.making import Neighbour

pytestmark = pytest.mark.django_db


def build(cast: Cast, **scope: Any) -> R1Report:
    report = SupervisionReport(
        organization=cast.organization,
        period=cast.period(),
        number="R1-1405-Q2",
        **{"level": "organization"} | scope,
    )
    return r01_periodic.build(report, by=cast.consolidation, known_at=timezone.now())[0]


def test_only_approved_agencies_count_and_the_others_are_named(cast: Cast) -> None:
    make_expense_case(cast, filled=True, credit=30_000).at("approved")
    make_expense_case(Neighbour(cast), filled=True, credit=10_000).at("submitted")
    package = build(cast)
    assert package.expense is not None
    assert package.expense.agreed == 60_000
    assert package.coverage.agencies == Ratio(1, 2)
    assert package.coverage.credit == Ratio(60_000, 80_000)
    (absent,) = package.coverage.absent
    assert (absent.state, absent.kinds, absent.expense_credit) == ("در انتظار ذیحساب", "هزینه‌ای", 20_000)
    assert package.coverage.window_note


def test_agency_with_one_kind_missing_is_not_complete(cast: Cast) -> None:
    make_expense_case(cast, filled=True).at("approved")
    make_capital_case(cast, draft=False)
    package = build(cast)
    assert package.coverage.agencies == Ratio(0, 1)
    assert [row.state for row in package.coverage.absent] == ["ثبت نشده"]
    assert package.capital is None


def test_held_lines_are_listed_and_in_no_total(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True)
    line = case.lines[0]
    case.type(line, "spent", line.allocated_cash * 2)
    entry.hold("expense", line.pk, by=cast.agency_user)
    case.at("approved")
    package = build(cast)
    assert package.expense is not None
    assert package.expense.absorption == Ratio(8_000, 10_000)
    (held,) = package.coverage.held
    assert (held.rule, held.spent, held.kind) == ("V3", 20_000, "هزینه‌ای")
    assert held.title.endswith("فصل ۱")
    (together,) = package.coverage.reconciliation
    assert (together.entered, together.held, together.approved) == (28_000, 20_000, 8_000)
    assert package.coverage.lines == Ratio(1, 2)
    assert any("نگه" in sentence.lead or "هیچ جمعی" in sentence.lead for sentence in package.findings)


def test_an_empty_scope_is_silence_not_zeros(cast: Cast) -> None:
    make_expense_case(cast)
    package = build(cast)
    assert (package.capital, package.expense, package.physical, package.groups) == (None, None, None, ())
    assert (package.headline, package.counties) == (None, None)
    assert package.coverage.agencies == Ratio(0, 1)


@pytest.mark.parametrize("level", ["agency", "sector_group", "county"])
def test_scopes_hold_only_what_is_theirs(cast: Cast, level: str) -> None:
    make_capital_case(cast, filled=True).at("approved")
    make_capital_case(Neighbour(cast), filled=True).at("approved")
    place = {"agency": cast.agency, "sector_group": cast.group, "county": cast.county}[level]
    package = build(cast, level=level, **{level: place})
    assert package.capital is not None
    assert package.capital.agreed == 80_000
    assert package.coverage.agencies == Ratio(1, 1)
    assert build(cast).capital.agreed == 160_000  # type: ignore[union-attr]


def test_only_confirmed_visits_measure(cast: Cast) -> None:
    """A visit that nobody has confirmed yet changes neither the progress of its project nor the dashboard's."""
    case = make_capital_case(cast, projects=1, filled=True)
    for row in case.operations:
        case.type(row, "quantity_done", int(row.operation.target_quantity * 2 / 5))
    case.at("approved")
    visit = visit_cases.bring(case, visit_cases.plan(case, case.projects[0]), "submitted")

    def told() -> tuple[Any, Any]:
        package, found = build(cast), totals.read(cast.deputy, cast.period())
        assert package.physical is not None
        assert package.visits is not None
        assert package.physical == found.physical
        return package.physical.progress.percent, package.visits.projects

    assert told() == (40, Ratio(0, 1))
    visit_cases.bring_on(case, visit, "confirmed")
    assert told() == (50, Ratio(1, 1))


def test_a_project_page_counts_what_every_list_counts(cast: Cast) -> None:
    """The visit of the cut-off before still counts: on the page of the project as in lists and totals."""
    first = make_capital_case(cast, projects=1, cutoff="Q1", filled=True).at("approved")
    visit = visit_cases.plan(first, first.projects[0], cutoff="Q1")
    case = dataclasses.replace(first, period=cast.period("Q2"))
    cast.window("capital")
    opening.open_submission(case.agency, case.period, "capital", by=cast.agency_user)
    case.fill().at("approved")
    visit_cases.bring(first, visit, "submitted")
    assert build(cast).pages[0].now.visited is None  # type: ignore[union-attr]
    visit_cases.bring_on(first, visit, "confirmed")
    (page,) = build(cast).pages
    row = page.now
    assert row is not None
    assert page.curve is not None
    measured = FieldVisit.objects.get(pk=visit.pk).physical_progress
    (counted,) = (found.progress for found in build(cast, level="agency", agency=cast.agency).projects)
    assert [row.visited, row.progress, counted] == [measured] * 3
    assert [point.percent for point in page.curve.visited] == [measured]


@pytest.mark.django_db(transaction=True)
def test_everything_is_read_as_of_one_moment(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between submissions and lines the deputy reopens and the agency types another figure."""
    case = make_expense_case(cast, filled=True).at("approved")
    read_lines = facts._lines

    def reopened_meanwhile(*args: Any) -> None:
        def change() -> None:
            case.reopen().type(case.lines[0], "spent", 7)
            connection.close()

        thread = threading.Thread(target=change)
        thread.start()
        thread.join()
        read_lines(*args)

    monkeypatch.setattr(facts, "_lines", reopened_meanwhile)
    package = build(cast)
    assert case.lines[0].spent == 7
    assert package.expense is not None
    assert package.expense.spent == 16_000


def test_snapshot_comes_back_as_it_went(cast: Cast) -> None:
    make_capital_case(cast, filled=True).at("approved")
    make_expense_case(cast, filled=True).at("approved")
    package = build(cast)
    stored = json.loads(json.dumps(package.to_plain()))
    again = R1Report.from_plain(stored)
    assert again == package
    assert again.digest == package.digest


def test_page_shows_the_figures_of_the_package(cast: Cast) -> None:
    make_capital_case(cast, filled=True, credit=3_333_333).at("approved")
    make_expense_case(cast, filled=True, credit=7_777_777).at("approved")
    package = build(cast)
    report = SupervisionReport.objects.create(
        organization=cast.organization,
        period=cast.period(),
        number="R1-1405-Q2",
        drafted_by=cast.consolidation,
        package=package.to_plain(),
        digest=package.digest,
        known_at=timezone.now(),
    )
    body = cast.client("consolidation").get(f"/reports/{report.pk}/").content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))
    rows = ratio_rows(package)
    assert len(rows) == 10
    for row in rows:
        assert f"{row.title} {row.value} {row.terms}" in words
    assert package.expense is not None
    assert percent(package.expense.absorption) in {row.value for row in rows}
    assert package.digest[:8] in words


def test_queries_do_not_grow_with_projects(cast: Cast, django_assert_max_num_queries: Any) -> None:
    case: Case = make_capital_case(cast, projects=12, filled=True).at("approved")
    assert len(case.projects) == 12
    with django_assert_max_num_queries(60):
        build(cast)
