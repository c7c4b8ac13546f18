"""A whole small year carried through the four steps: figures, held lines, moves between agencies.

In a module of its own: its year stays in the database from the first to the last of its tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Agency, Organization
from agreements.models import ExpenseAgreement
from monitoring.models import ExpenseFinanceLine, LineTransfer, PerformanceSubmission
from reports.builders import r01_periodic, rest
from reports.execution import run as execution
from reports.execution.ground import Ground
from reports.execution.plan import load
from reports.execution.summary import Summary, table
from reports.workflow import reports
from tests.tables import write_csv

pytestmark = pytest.mark.django_db

LAW = ("state_body", "program_code", "program_name", "subprogram_code", "subprogram_name", "subprogram_total")
PLAN = (
    "subprogram_annual_plan",
    "subprogram_rev_annual_plan",
    "subprogram_rev_period_plan",
    "subprogram_actual",
)
A, B, C = "Բ  ՆԱԽԱՐԱՐՈՒԹՅՈՒՆ", "Գ մարզպետարան", "Դ կոմիտե"
A2 = "բ նախարարություն"


def spending(folder: Path, name: str, *rows: tuple[Any, ...], last: bool = False) -> None:
    """One cumulative report; the last of the year has no plan of the period."""
    header = [*LAW[:-1], *(column for column in PLAN if not last or column != PLAN[2])]
    written = []
    for agency, code, annual, revised, period, actual in rows:
        figures = [annual, revised, actual] if last else [annual, revised, period, actual]
        written.append((agency, code[:4], "Ծրագիր", code[4:], f"Միջոցառում {code}", *figures))
    write_csv(folder / f"2023_SPENDING_{name}.csv", header, *written)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six lines of three agencies: one negative, one overspent and then mended, one that falls, one that
    moves and one that disappears."""
    tmp_path = tmp_path_factory.mktemp("execution")
    law = [(A, "1001", "11001", 100), (A, "1001", "11002", 50.5), (B, "1002", "11001", 80)]
    law += [(B, "1002", "12001", 40), (C, "1003", "31002", "-20.0"), (C, "1003", "31003", 10)]
    rows = [(agency, code, "Ծրագիր", sub, "Միջոցառում", amount) for agency, code, sub, amount in law]
    write_csv(tmp_path / "2023_BUDGET_LAW.csv", LAW, *rows)
    spending(
        tmp_path, "Q1",
        (A2, "100111001", 100, 100, 30, 25.5), (A2, "100111002", 50.5, 50.5, 10, 12.4),
        (B, "100211001", 80, 80, 20, 20), (B, "100212001", 40, 40, 5, 0),
        (C, "100331002", -20, -20, -5, -3.5), (C, "100331003", 10, 10, 2, 1),
    )  # fmt: skip
    spending(
        tmp_path, "Q12",
        (A, "100111001", 100, 120, 60, 60), (A, "100111002", 50.5, 50.5, 30, 30.4),
        (B, "100211001", 80, 70, 40, 18), (C, "100331002", -20, -20, -9, -8),
        (C, "100331003", 10, 10, 5, 4),
    )  # fmt: skip
    spending(
        tmp_path, "Q123",
        (A, "100111001", 100, 120, 90, 80), (A, "100111002", 50.5, 50.5, 40, 35),
        (A, "100211001", 80, 70, 60, 40), (C, "100331002", -20, -20, -15, -10),
        (C, "100331003", 10, 12, 8, 8),
    )  # fmt: skip
    spending(
        tmp_path, "Q1234",
        (A, "100111001", 100, 120, None, 119.5), (A, "100111002", 50.5, 50.5, None, 50),
        (A, "100211001", 80, 70, None, 39), (C, "100331002", -20, -25, None, -20),
        (C, "100331003", 10, 12, None, 12), last=True,
    )  # fmt: skip
    return tmp_path


MAPPINGS = Path(__file__).resolve().parents[2] / "mappings" / "execution" / "execution.toml"


@pytest.fixture(scope="module")
def year(
    folder: Path, django_db_setup: None, django_db_blocker: Any
) -> Iterator[tuple[Ground, list[Summary]]]:
    """The run, once for all tests below; undone at their end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield execution.run(load(MAPPINGS, folder), say=lambda text: None)
        transaction.set_rollback(True)


def held(summary: Summary) -> dict[str, tuple[tuple[str, ...], int]]:
    return {line.programme: (line.rules, line.spent) for line in summary.held}


def test_a_year_is_carried_to_approval_with_its_held_lines(year: tuple[Ground, list[Summary]]) -> None:
    _, found = year
    assert [summary.agencies for summary in found] == [3, 3, 2, 2]
    assert [summary.lines for summary in found] == [6, 5, 5, 5]
    assert [summary.entered for summary in found] == [55, 104, 153, 201]
    assert [summary.approved for summary in found] == [47, 94, 163, 182]
    assert [summary.missing for summary in found] == [0, 0, 0, 0]
    assert all(summary.adds_up for summary in found)
    assert [held(summary) for summary in found] == [
        {"1001-11002": (("V2",), 12), "1003-31002": (("V4",), -4)},
        {"1002-11001": (("V5",), 18), "1003-31002": (("V4",), -8)},
        {"1003-31002": (("V4",), -10)},
        {"1002-11001": (("V5",), 39), "1003-31002": (("V4",), -20)},
    ]
    assert [(len(summary.blocked), len(summary.waiting)) for summary in found] == [
        (2, 0),
        (1, 1),
        (1, 0),
        (1, 1),
    ]
    assert any("V5" in line for line in table(found))
    states = set(PerformanceSubmission.objects.values_list("state", flat=True))
    assert states == {"approved"}


def test_the_line_moves_with_its_last_approved_figure(year: tuple[Ground, list[Summary]]) -> None:
    transfer = LineTransfer.objects.get()
    assert (transfer.period.cutoff, transfer.programme.code) == ("Q3", "1002-11001")
    line = ExpenseFinanceLine.objects.get(submission__period__cutoff="Q3", programme=transfer.programme)
    assert line.submission.agency == transfer.to_agency
    assert line.previous is not None
    assert (line.previous.submission.agency, line.previous.submission.period.cutoff) == (
        transfer.from_agency,
        "Q1",
    )
    assert line.previous.spent == 20
    assert (line.approved_credit, line.credit_in_force, line.allocated_cash) == (80, 70, 60)


def test_an_agency_that_lost_its_lines_is_due_no_more(year: tuple[Ground, list[Summary]]) -> None:
    ground, found = year
    gone = next(agency for agency in ground.agencies.values() if agency.name == B)
    agreement = ExpenseAgreement.objects.filter(agency=gone).latest("version")
    assert not agreement.credits.exists()
    assert [summary.allocated for summary in found] == [67, 135, 198, 253]
    assert [summary.credit for summary in found] == [281, 251, 253, 253]


def test_names_that_differ_in_blanks_and_case_are_one_agency(year: tuple[Ground, list[Summary]]) -> None:
    ground, _ = year
    agencies = Agency.objects.filter(organization=ground.organization)
    assert agencies.count() == 3
    assert {agency.sector_group.code for agency in agencies} == {"ministries", "regions", "others"}


def test_four_people_took_every_step(year: tuple[Ground, list[Summary]]) -> None:
    for row in PerformanceSubmission.objects.all():
        people = {row.submitted_by_id, row.confirmed_by_id, row.reviewed_by_id, row.approved_by_id}
        assert len(people) == 4


def test_the_run_is_refused_a_second_time_and_without_its_files(
    year: tuple[Ground, list[Summary]], folder: Path
) -> None:
    before = Organization.objects.count()
    with pytest.raises(CommandError, match="budget-2023"):
        call_command("run_execution", str(folder), "--reports", "none")
    with pytest.raises(CommandError, match="BUDGET_LAW"):
        call_command("run_execution", str(folder / "nowhere"), "--reports", "none")
    assert Organization.objects.count() == before


def test_r1_says_what_was_entered_held_and_approved(
    year: tuple[Ground, list[Summary]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And of very many programmes it lists the largest, the others in one row with the same sum."""
    ground, found = year
    period = ground.windows["Q4"].period
    report = reports.draft(period, by=ground.staff["consolidation"])
    monkeypatch.setattr(rest, "LISTED_PROGRAMMES", 2)
    package, _ = r01_periodic.build(report, by=ground.staff["consolidation"], known_at=timezone.now())
    held = package.coverage.held
    assert {line.rule for line in held} == {"V4", "V5"}
    sums = package.coverage.reconciliation[-1]
    assert (sums.entered, sums.held, sums.approved) == (201, 19, found[3].approved)
    assert package.coverage.agencies.numerator == package.coverage.agencies.denominator == 2
    assert package.expense_detail is not None
    rows = package.expense_detail.programmes
    assert [row.code for row in rows] == ["1001-11001", "1001-11002", ""]
    counted = found[3].credit - sum(line.credit or 0 for line in held)  # a held line is in no total
    assert sum(row.flow.agreed or 0 for row in rows) == counted
