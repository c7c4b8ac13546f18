"""Worked examples A and B (domain guide §17) in R1, digit for digit, from the demo's own copy of them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import Agency
from monitoring.ratios import Ratio, as_index
from reports.builders import r01_periodic
from reports.demo import example
from reports.demo import ground as ground_step
from reports.demo.ground import Ground
from reports.models import SupervisionReport
from reports.package import R1Report
from reports.parts import ProjectRow

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(scope="module")
def examples(django_db_setup: None, django_db_blocker: Any) -> Iterator[Ground]:
    """The demo's own copy of examples A and B, with the agencies around them but without their figures."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", stdout=StringIO())
        ground = ground_step.build()
        ground_step.windows(ground)
        example.write(ground)
        yield ground
        transaction.set_rollback(True)


def r1(ground: Ground, cutoff: str, level: str = "agency") -> R1Report:
    agency = Agency.objects.get(organization=ground.organizations["khuzestan"], code="1009")
    report = SupervisionReport(
        organization=ground.organizations["khuzestan"],
        period=ground.periods[f"1403-{cutoff}"],
        level=level,
        agency=agency if level == "agency" else None,
        number=f"R1-1403-{cutoff}",
    )
    by = ground.people["consolidation"]
    return r01_periodic.build(report, by=by, known_at=timezone.now())[0]


def project(package: R1Report, code: str = "1009901") -> ProjectRow:
    return next(row for row in package.projects if row.code == code)


MONEY = {
    "Q1": ("10.00", "60.00", "40.00", "4.00"),
    "Q2": ("35.00", "85.71", "77.14", "27.00"),
    "Q3": ("55.00", "90.91", "81.82", "45.00"),
    "Q4": ("80.00", "91.67", "87.50", "70.00"),
    "CLOSING": ("90.00", "100.00", "97.78", "88.00"),
}
WORK = {
    "Q1": ("41.70", "-3.30", "35.77", 432),
    "Q2": ("48.50", "-5.50", "42.40", 409),
    "Q3": ("55.75", "-7.25", "50.19", 375),
    "Q4": ("62.25", "-7.75", "58.85", 366),
}


@pytest.mark.parametrize("cutoff", MONEY)
def test_example_a_money(examples: Ground, cutoff: str) -> None:
    flow = project(r1(examples, cutoff)).flow
    assert flow is not None
    found = (flow.allocation, flow.receipt, flow.absorption, flow.execution)
    assert [ratio.percent for ratio in found] == [D(value) for value in MONEY[cutoff]]


@pytest.mark.parametrize("cutoff", WORK)
def test_example_a_work(examples: Ground, cutoff: str) -> None:
    row = project(r1(examples, cutoff))
    progress, deviation, financial, delay = WORK[cutoff]
    assert (row.progress, row.deviation, row.delay_days) == (D(progress), D(deviation), delay)
    assert row.financial.percent == D(financial)
    assert bool(row.critical) == (delay > 365)


def test_example_a_with_its_sister(examples: Ground) -> None:
    """Sum first, then divide: 83.53 and 56.84, never the mean of ratios."""
    package = r1(examples, "Q4")
    assert package.capital is not None
    assert package.capital.absorption == Ratio(127_800, 153_000)
    assert package.capital.absorption.percent == D("83.53")
    assert package.physical is not None
    assert package.physical.progress.percent == D("56.84")
    assert package.physical.estimate == 580_000


def test_example_a_page_shows_the_year(examples: Ground) -> None:
    page = next(page for page in r1(examples, "Q4").pages if page.code == "1009901")
    assert [cut.agency for cut in page.cutoffs] == [D("41.70"), D("48.50"), D("55.75"), D("62.25")]
    assert [cut.flow.spent for cut in page.cutoffs] == [6_000, 40_500, 81_000, 126_000]
    assert [part.part for part in page.operations] == [D(35), D(17), D(8), D("2.25"), D(0)]
    assert page.overrun.percent == D("23.81")
    assert str(page.forecast_end) == "2026-09-23"  # 1405-07-01


def test_closing_is_money_with_the_progress_of_q4(examples: Ground) -> None:
    package = r1(examples, "CLOSING")
    assert package.header.period.money_only
    assert project(package).progress == D("62.25")
    assert package.expense is None
    assert package.coverage.agencies == Ratio(1, 1)


EXPENSE = {
    "Q1": ("20.00", "98.04", "97.06", "19.41"),
    "Q2": ("45.00", "98.47", "97.17", "43.73"),
    "Q3": ("70.00", "98.88", "97.62", "68.33"),
    "Q4": ("95.00", "99.07", "98.45", "93.53"),
}


@pytest.mark.parametrize("cutoff", EXPENSE)
def test_example_b_money(examples: Ground, cutoff: str) -> None:
    flow = r1(examples, cutoff).expense
    assert flow is not None
    found = (flow.allocation, flow.receipt, flow.absorption, flow.execution)
    assert [ratio.percent for ratio in found] == [D(value) for value in EXPENSE[cutoff]]


def test_example_b_volume_and_efficiency(examples: Ground) -> None:
    detail = r1(examples, "Q4").expense_detail
    assert detail is not None
    (focus,) = detail.focuses
    assert focus.volume is not None
    assert focus.efficiency is not None
    assert focus.volume.percent == D("91.47")
    assert as_index(focus.efficiency.value) == D("0.9780")
    assert {row.code: row.flow.spent for row in detail.chapters} == {
        "1": 68_900,
        "2": 17_500,
        "6": 5_500,
        "7": 3_500,
    }
    first, second = detail.activities
    assert (first.volume.percent, first.difference.percent) == (D("95.00"), D("3.85"))
    assert (second.volume.percent, second.difference.percent) == (D("80.00"), D("-3.91"))


def test_whole_province_is_the_sum_of_its_parts(examples: Ground) -> None:
    package = r1(examples, "Q4", level="organization")
    assert package.capital == r1(examples, "Q4").capital
    assert package.coverage.agencies == Ratio(1, 1)
    assert package.counties is not None
    assert sum(row.capital.spent or 0 for row in package.counties.rows if row.capital) == 127_800
