"""Expense performance from files, and a whole small year: figures, held lines, moves between agencies."""

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
from agreements.models import ExpenseAgreement, Programme
from budget_portal.models import AuditEntry
from budget_portal.tables.outcome import Outcome, Refused
from monitoring.imports.run import import_file
from monitoring.models import (
    CheckResult,
    ExpenseFinanceLine,
    LineTransfer,
    PerformanceSubmission,
    SubmissionAuthor,
)
from reports.builders import r01_periodic, rest
from reports.execution import run as execution
from reports.execution.ground import Ground
from reports.execution.plan import load
from reports.execution.summary import Summary, table
from reports.workflow import reports
from tests.factories import (
    World,
    make_allocation,
    make_expense_agreement,
    make_expense_chapter,
    make_person,
    make_source,
)
from tests.tables import WRITE, mapping, write_csv

pytestmark = pytest.mark.django_db

COLUMNS = {"agency": "دستگاه", "programme": "برنامه", "received": "دریافتی", "spent": "عملکرد"}
HEADER = tuple(COLUMNS.values())
CONSTANTS = {"expense_chapter": "7", "funding_source": "general", "commitments_open": "—"}


class Desk:
    """Two agencies with three programmes each: credit 100, allocated 60, an open window."""

    def __init__(self, folder: Path) -> None:
        self.world, self.folder = World(), folder
        national = self.world.national_organization
        self.chapter, self.source = make_expense_chapter(national, "7"), make_source(national)
        self.period = self.world.period("Q2")
        self.world.window("expense")
        self.first, self.second = self.world.agency, self.world.another_agency("ادارهٔ کل آموزش و پرورش")
        self.programmes = [
            Programme.objects.create(organization=national, code=code, title=f"برنامهٔ {code}")
            for code in ("101", "102", "103")
        ]
        self.people = {agency: make_person("agency_user", agency) for agency in (self.first, self.second)}
        for agency in self.people:
            keys = [(programme, self.chapter, self.source) for programme in self.programmes[:2]]
            make_expense_agreement(agency, self.world.fiscal_year, dict.fromkeys(keys, 100), activities=False)
            lines = [
                {"programme": p, "expense_chapter": c, "funding_source": s, "amount": 60} for p, c, s in keys
            ]
            make_allocation(agency, self.period, "expense", lines, by=self.world.expert)

    def enter(
        self, *rows: Any, kind: str = "csv", hold: bool = False, dry_run: bool = False, **how: Any
    ) -> Outcome:
        path = WRITE[kind](self.folder / f"table.{kind}", how.pop("header", HEADER), *rows)
        values = {"organization": self.world.organization.code, "year": World.YEAR, "period": "1405-Q2"}
        by = how.pop("by", None)
        found = mapping(
            "expense_performance", columns=how.pop("columns", COLUMNS), constants=CONSTANTS, set=values, **how
        )
        return import_file("expense_performance", path, found, by=by, hold=hold, dry_run=dry_run)

    def line(self, agency: Agency, programme: str) -> ExpenseFinanceLine:
        rows = ExpenseFinanceLine.objects.filter(submission__agency=agency)
        return rows.get(programme__code=programme)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_each_agency_is_entered_in_the_name_of_its_expert(desk: Desk, kind: str) -> None:
    rows = [(desk.first.code, "101", "۶۰", "۵۰"), (desk.second.code, "102", 40, 40)]
    outcome = desk.enter(*rows, kind=kind)
    line = desk.line(desk.first, "101")
    assert (line.received, line.spent, line.commitments_open) == (60, 50, None)
    assert line.not_applicable == ["commitments_open"]
    assert (line.updated_by, line.version) == (desk.people[desk.first], 2)
    assert {row.person for row in SubmissionAuthor.objects.all()} == set(desk.people.values())
    change = AuditEntry.objects.filter(target_type="monitoring.expensefinanceline", target_id=str(line.pk))
    assert change.filter(event="figure.changed").get().actor == desk.people[desk.first]
    assert (outcome.written, outcome.totals["spent"]) == (2, 90)
    assert desk.line(desk.first, "102").spent is None


def test_rules_of_the_pages_refuse_rows_in_one_list(desk: Desk) -> None:
    rows = [
        (desk.first.code, "101", 61, 50),
        (desk.first.code, "102", 50, 51),
        (desk.second.code, "101", -1, 0),
        (desk.second.code, "102", "ده", 0),
        (desk.second.code, "103", 5, 5),
        ("9999", "101", 1, 1),
    ]
    with pytest.raises(Refused) as caught:
        desk.enter(*rows)
    assert sorted({problem.row for problem in caught.value.problems}) == [2, 3, 4, 5, 6, 7]
    assert not PerformanceSubmission.objects.exists()


def test_hold_keeps_blocked_lines_with_their_raw_figures(desk: Desk) -> None:
    rows = [
        (desk.first.code, "101", 61, 50),
        (desk.first.code, "102", 50, 50),
        (desk.second.code, "101", -1, 0),
        (desk.second.code, "102", "ده", 7),
        (desk.second.code, "103", 5, 5),
        ("9999", "101", 1, 1),
    ]
    outcome = desk.enter(*rows, hold=True)
    held = {(line.submission.agency, line.programme.code): line for line in _lines() if line.held}
    assert {key: line.held_rules for key, line in held.items()} == {
        (desk.first, "101"): ["V2"],
        (desk.second, "101"): ["V3", "V4"],
        (desk.second, "102"): ["READ"],
        (desk.second, "103"): ["V2"],
    }
    assert held[desk.first, "101"].held_raw == {"received": 61, "spent": 50}
    assert held[desk.second, "102"].held_raw == {"spent": 7, "raw": {"received": "ده"}}
    assert desk.line(desk.first, "102").spent == 50
    assert [row.row for row in outcome.held] == [7, 2, 4, 5, 6]
    assert outcome.totals["spent"] == 113
    assert not CheckResult.objects.filter(severity="block").exists()


def _lines() -> Any:
    return ExpenseFinanceLine.objects.select_related("submission__agency", "programme")


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    before = AuditEntry.objects.count()
    outcome = desk.enter((desk.first.code, "101", 60, 50), dry_run=True)
    assert outcome.written == 1
    assert not PerformanceSubmission.objects.exists()
    assert AuditEntry.objects.count() == before


def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    rows = [(desk.first.code, "101", 60, 50), (desk.first.code, "102", 61, 50)]
    desk.enter(*rows, hold=True)
    before = list(ExpenseFinanceLine.objects.order_by("pk").values("pk", "version", "spent", "held_raw"))
    desk.enter(*rows, hold=True)
    assert (
        list(ExpenseFinanceLine.objects.order_by("pk").values("pk", "version", "spent", "held_raw")) == before
    )


def test_a_better_file_releases_a_held_line(desk: Desk) -> None:
    desk.enter((desk.first.code, "102", 61, 50), hold=True)
    desk.enter((desk.first.code, "102", 60, 50))
    line = desk.line(desk.first, "102")
    assert (line.held, line.received, line.held_raw) == (False, 60, {})


def test_a_reason_column_explains_a_fall(desk: Desk) -> None:
    columns = COLUMNS | {"reason": "توضیح"}
    reason = "اصلاح ثبت تکراری سند هزینه در ماه پیش"
    desk.enter((desk.first.code, "101", 60, 50, reason), columns=columns, header=(*HEADER, "توضیح"))
    assert desk.line(desk.first, "101").reason == reason


def test_a_person_of_one_agency_enters_no_other(desk: Desk) -> None:
    rows = [(desk.first.code, "101", 60, 50), (desk.second.code, "102", 40, 40)]
    with pytest.raises(Refused):
        desk.enter(*rows, by=desk.people[desk.first])
    desk.enter(rows[0], by=desk.people[desk.first])
    assert desk.line(desk.first, "101").spent == 50


def test_a_closed_window_and_a_sent_submission_refuse(desk: Desk) -> None:
    desk.enter((desk.first.code, "101", 60, 50))
    desk.world.window("expense").__class__.objects.update(state="closed")
    with pytest.raises(Refused) as caught:
        desk.enter((desk.first.code, "101", 60, 51), (desk.second.code, "101", 60, 51))
    assert len(caught.value.problems) == 2


def test_an_agency_without_expert_or_agreement_is_told(desk: Desk) -> None:
    third = desk.world.another_agency("ادارهٔ کل بی‌کارشناس")
    fourth = desk.world.another_agency("ادارهٔ کل بی‌موافقتنامه")
    make_person("agency_user", fourth)
    with pytest.raises(Refused) as caught:
        desk.enter((third.code, "101", 60, 50), (fourth.code, "101", 60, 50))
    assert [problem.row for problem in caught.value.problems] == [2, 3]


# --- a whole small year -------------------------------------------------------------------------------------

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
