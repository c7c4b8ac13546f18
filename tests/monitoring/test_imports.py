"""Expense performance from files: figures, held lines, refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accounts.models import Agency
from agreements.models import Programme
from budget_portal.models import AuditEntry
from budget_portal.tables.outcome import Outcome, Refused
from monitoring.imports.run import import_file
from monitoring.models import (
    CheckResult,
    ExpenseFinanceLine,
    PerformanceSubmission,
    SubmissionAuthor,
)
from tests.factories import (
    World,
    make_allocation,
    make_expense_agreement,
    make_expense_chapter,
    make_person,
    make_source,
)
from tests.tables import WRITE, mapping

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
