"""Notifications, credits and allocations from small files: what is written, refused, held."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Agency
from agreements.models import (
    Activity,
    AllocationLine,
    AllocationNotice,
    BudgetNotification,
    ExpenseAgreement,
    NotificationLine,
    Programme,
    ProgrammeCredit,
)
from budget_portal.errors import NotAllowed
from budget_portal.models import AuditEntry
from budget_portal.tables.outcome import Outcome, Refused
from monitoring.imports.run import import_file
from tests.factories import (
    World,
    make_expense_agreement,
    make_expense_chapter,
    make_fiscal_year,
    make_period,
    make_source,
)
from tests.tables import HEADER, WRITE, mapping, write_csv, write_xlsx

pytestmark = pytest.mark.django_db


class Desk:
    """Two agencies, three programmes, and files that are entered by the consolidation group."""

    def __init__(self, folder: Path) -> None:
        self.world, self.folder = World(), folder
        national = self.world.national_organization
        self.chapter = make_expense_chapter(national, "7")
        self.source = make_source(national)
        self.year = make_fiscal_year(national, World.YEAR)
        self.periods = {cutoff: make_period(self.year, cutoff) for cutoff in ("Q1", "Q2")}
        self.first, self.second = self.world.agency, self.world.another_agency("ادارهٔ کل آموزش  و پرورش")
        self.programmes = [
            Programme.objects.create(organization=national, code=code, title=f"برنامهٔ {code}")
            for code in ("101", "102", "103")
        ]

    def row(self, agency: Agency, programme: int, amount: Any) -> tuple[str, str, Any]:
        return agency.code, self.programmes[programme].code, amount

    def values(self, **more: Any) -> dict[str, Any]:
        base = {"organization": self.world.organization.code, "year": World.YEAR, "period": "1405-Q1"}
        return base | {"letter_number": "۱", "letter_date": "1405/02/01"} | more

    def enter(
        self, table: str, *rows: Any, kind: str = "csv", hold: bool = False, dry_run: bool = False, **how: Any
    ) -> Outcome:
        path = WRITE[kind](self.folder / f"table.{kind}", HEADER, *rows)
        sections = {name: how.pop(name) for name in ("numbers", "agency", "rows") if name in how}
        by = how.pop("by", self.world.consolidation)
        found = mapping(table, set=self.values(**how), **sections)
        return import_file(table, path, found, by=by, hold=hold, dry_run=dry_run)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# --- notifications ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_each_agency_gets_one_issued_letter(desk: Desk, kind: str) -> None:
    rows = [desk.row(desk.first, 0, "۱٬۲۰۰"), desk.row(desk.first, 1, 300), desk.row(desk.second, 0, "40")]
    outcome = desk.enter("notifications", *rows, kind=kind)
    letters = BudgetNotification.objects.order_by("agency__code")
    assert [(letter.state, letter.lines.count()) for letter in letters] == [("issued", 2), ("issued", 1)]
    assert letters[0].issued_by == desk.world.consolidation
    assert sorted(NotificationLine.objects.values_list("amount", flat=True)) == [40, 300, 1_200]
    assert (outcome.read, outcome.written, outcome.totals) == (3, 3, {"amount": 1_540})


def test_rials_are_rounded_per_line_and_the_rounding_is_told(desk: Desk) -> None:
    rows = [desk.row(desk.first, 0, "1,499,999"), desk.row(desk.first, 1, "1,500,000")]
    outcome = desk.enter("notifications", *rows, numbers={"unit": "rial"})
    assert outcome.totals == {"amount": 3}
    assert outcome.rounding["amount"][0] == 2
    assert any("گردکردن" in line for line in outcome.lines())


def test_a_file_in_which_every_row_is_wrong_is_told_in_one_list(desk: Desk) -> None:
    rows = [
        ("9999", "101", "1"),
        (desk.first.code, "999", "1"),
        (desk.first.code, "101", "ده"),
        (desk.first.code, "102", ""),
        (desk.first.code, "", "5"),
        (desk.first.code, "103", "-5"),
    ]
    with pytest.raises(Refused) as caught:
        desk.enter("notifications", *rows)
    problems = caught.value.problems
    assert [problem.row for problem in problems] == [2, 3, 4, 5, 6, 7]
    assert {problem.column for problem in problems} == set(HEADER)
    assert (
        BudgetNotification.objects.count() == AuditEntry.objects.filter(event="table.imported").count() == 0
    )


def test_hold_writes_the_good_rows_and_keeps_the_others_raw(desk: Desk) -> None:
    rows = [desk.row(desk.first, 0, 10), desk.row(desk.first, 1, "ده"), desk.row(desk.first, 2, "-5")]
    outcome = desk.enter("notifications", *rows, hold=True)
    assert list(NotificationLine.objects.values_list("amount", flat=True)) == [10]
    assert [(held.row, held.raw["amount"]) for held in outcome.held] == [(3, "ده"), (4, "-5")]
    entry = AuditEntry.objects.get(event="table.imported")
    assert [held["raw"]["amount"] for held in entry.after["held"]] == ["ده", "-5"]
    assert entry.actor == desk.world.consolidation


def test_a_dry_run_says_the_same_and_changes_nothing(desk: Desk) -> None:
    rows = [desk.row(desk.first, 0, 10)]
    before = AuditEntry.objects.count()
    outcome = desk.enter("notifications", *rows, dry_run=True)
    assert outcome.written == 1
    assert not BudgetNotification.objects.exists()
    assert AuditEntry.objects.count() == before


def test_the_same_letter_twice_changes_nothing_and_another_under_its_number_is_refused(desk: Desk) -> None:
    desk.enter("notifications", desk.row(desk.first, 0, 10))
    assert desk.enter("notifications", desk.row(desk.first, 0, 10)).written == 0
    with pytest.raises(Refused, match="1"):
        desk.enter("notifications", desk.row(desk.first, 0, 11))
    assert BudgetNotification.objects.count() == 1


def test_a_later_letter_takes_back_no_more_than_was_given(desk: Desk) -> None:
    desk.enter("notifications", desk.row(desk.first, 0, 10))
    desk.enter("notifications", desk.row(desk.first, 0, -4), letter_number="2")
    with pytest.raises(Refused):
        desk.enter("notifications", desk.row(desk.first, 0, -7), letter_number="3")
    assert sum(NotificationLine.objects.values_list("amount", flat=True)) == 6


def test_repeated_rows_are_refused_or_added_up(desk: Desk) -> None:
    rows = [desk.row(desk.first, 0, 10), desk.row(desk.first, 0, 5)]
    with pytest.raises(Refused):
        desk.enter("notifications", *rows)
    desk.enter("notifications", *rows, rows={"repeated": "sum"})
    assert NotificationLine.objects.get().amount == 15


def test_agencies_are_found_by_folded_name(desk: Desk) -> None:
    row = ("اداره كل آموزش وپرورش", "101", 10)
    with pytest.raises(Refused):
        desk.enter("notifications", row, agency={"by": "name"})
    desk.enter("notifications", row, agency={"by": "name", "ignore_spaces": True})
    assert BudgetNotification.objects.get().agency == desk.second


def test_an_ambiguous_name_is_refused(desk: Desk) -> None:
    desk.world.another_agency(desk.first.name)
    with pytest.raises(Refused, match="1"):
        desk.enter("notifications", (desk.first.name, "101", 10), agency={"by": "name"})


def test_who_enters_letters_and_for_whom(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.enter("notifications", desk.row(desk.first, 0, 10), by=desk.world.treasurer)
    with pytest.raises(Refused):
        desk.enter("notifications", desk.row(desk.first, 0, 10), by=World().consolidation)


# --- credits ------------------------------------------------------------------------------------------------


def credits(agreement: ExpenseAgreement) -> dict[str, int]:
    rows = ProgrammeCredit.objects.filter(agreement=agreement)
    return dict(rows.values_list("programme__code", "amount"))


def test_first_and_amendment_hold_one_after_the_other(desk: Desk) -> None:
    rows = [desk.row(desk.first, 0, 100), desk.row(desk.first, 1, 50), desk.row(desk.second, 2, 7)]
    desk.enter("expense_credits", *rows, version="first")
    changed = [desk.row(desk.first, 0, 90), desk.row(desk.second, 2, 7)]
    desk.enter("expense_credits", *changed, version="amendment", period="1405-Q2")
    one, two = ExpenseAgreement.objects.filter(agency=desk.first).order_by("version")
    assert (one.state, two.state, two.amends) == ("superseded", "exchanged", one)
    assert two.valid_from == one.valid_to + dt.timedelta(days=1)
    assert (credits(one), credits(two)) == ({"101": 100, "102": 50}, {"101": 90})
    assert ExpenseAgreement.objects.filter(agency=desk.second).count() == 1
    own = ExpenseAgreement.objects.filter(agency=desk.first)
    cutoffs = [own.in_force(desk.periods[code].cutoff_date).get() for code in ("Q1", "Q2")]
    assert cutoffs == [one, two]


def test_an_amendment_of_the_first_quarter_holds_from_the_second_day(desk: Desk) -> None:
    desk.enter("expense_credits", desk.row(desk.first, 0, 100), version="first")
    desk.enter("expense_credits", desk.row(desk.first, 0, 110), version="amendment")
    two = ExpenseAgreement.objects.get(version=2)
    assert two.valid_from == desk.year.starts_on + dt.timedelta(days=1)
    assert ExpenseAgreement.objects.in_force(desk.periods["Q1"].cutoff_date).get() == two


def test_a_complete_amendment_empties_agencies_that_it_does_not_name(desk: Desk) -> None:
    rows = [desk.row(desk.first, 0, 100), desk.row(desk.second, 2, 7)]
    desk.enter("expense_credits", *rows, version="first")
    moved = [desk.row(desk.first, 0, 100), desk.row(desk.first, 2, 7)]
    desk.enter("expense_credits", *moved, version="amendment", period="1405-Q2", rows={"complete": True})
    versions = ExpenseAgreement.objects.in_force(desk.periods["Q2"].cutoff_date)
    assert {row.agency_id: credits(row) for row in versions} == {
        desk.first.pk: {"101": 100, "103": 7},
        desk.second.pk: {},
    }


def test_an_agency_that_an_amendment_makes_has_no_first_version(desk: Desk) -> None:
    desk.enter("expense_credits", desk.row(desk.second, 0, 5), version="amendment")
    assert ExpenseAgreement.objects.get().version == 2


def test_a_held_row_keeps_its_credit_in_the_next_version(desk: Desk) -> None:
    rows = [desk.row(desk.first, 0, 100), desk.row(desk.first, 1, 50)]
    desk.enter("expense_credits", *rows, version="first")
    changed = [desk.row(desk.first, 0, -1), desk.row(desk.first, 1, 60), desk.row(desk.first, 2, -3)]
    with pytest.raises(Refused):
        desk.enter("expense_credits", *changed, version="amendment")
    outcome = desk.enter("expense_credits", *changed, version="amendment", hold=True)
    assert credits(ExpenseAgreement.objects.get(version=2)) == {"101": 100, "102": 60}
    assert len(outcome.held) == 2


def test_first_twice_is_refused_and_an_equal_amendment_changes_nothing(desk: Desk) -> None:
    rows = [desk.row(desk.first, 0, 100)]
    desk.enter("expense_credits", *rows, version="first")
    with pytest.raises(Refused):
        desk.enter("expense_credits", *rows, version="first")
    desk.enter("expense_credits", *rows, version="amendment")
    assert ExpenseAgreement.objects.count() == 1


def test_activities_go_with_their_programme_into_the_next_version(desk: Desk) -> None:
    make_expense_agreement(desk.first, desk.year, {(desk.programmes[0], desk.chapter, desk.source): 40_000})
    desk.enter("expense_credits", desk.row(desk.first, 0, 41_000), version="amendment")
    two = ExpenseAgreement.objects.get(version=2)
    assert list(two.activities.values_list("key", flat=True)) == [1, 2]
    desk.enter("expense_credits", desk.row(desk.first, 1, 9), version="amendment", period="1405-Q2")
    assert Activity.objects.filter(agreement__version=3).count() == 0


# --- allocations --------------------------------------------------------------------------------------------


@pytest.fixture
def agreed(desk: Desk) -> Desk:
    """Both agencies have an agreement of 1,000 per programme, within which the letters release."""
    credits = {(programme, desk.chapter, desk.source): 1_000 for programme in desk.programmes}
    for agency in (desk.first, desk.second):
        make_expense_agreement(agency, desk.year, credits, activities=False)
    return desk


def released(desk: Desk) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for row in AllocationLine.objects.order_by("pk").select_related("notice__agency", "programme"):
        found.setdefault((row.notice.agency.code, row.programme.code), []).append(row.amount)
    return found


def test_cumulative_plans_become_differences_and_some_lines_recall(agreed: Desk) -> None:
    desk = agreed
    how: dict[str, Any] = {"figures": "cumulative", "rows": {"complete": True}}
    one = [desk.row(desk.first, 0, 100), desk.row(desk.first, 1, 50), desk.row(desk.first, 2, 5)]
    desk.enter("allocations", *one, **how)
    two = [desk.row(desk.first, 0, 160), desk.row(desk.first, 1, 30), desk.row(desk.second, 2, 9)]
    outcome = desk.enter("allocations", *two, letter_number="2", period="1405-Q2", **how)
    first, second = desk.first.code, desk.second.code
    assert released(desk) == {
        (first, "101"): [100, 60],
        (first, "102"): [50, -20],
        (first, "103"): [5, -5],
        (second, "103"): [9],
    }
    assert outcome.written == 4
    assert set(AllocationNotice.objects.values_list("state", flat=True)) == {"issued"}


def test_a_cumulative_file_that_changes_nothing_releases_nothing(agreed: Desk) -> None:
    desk = agreed
    desk.enter("allocations", desk.row(desk.first, 0, 100), figures="cumulative")
    outcome = desk.enter("allocations", desk.row(desk.first, 0, 100), figures="cumulative", letter_number="2")
    assert outcome.written == 0
    assert AllocationNotice.objects.count() == 1


def test_held_allocations_stay_as_they_were(agreed: Desk) -> None:
    desk = agreed
    how: dict[str, Any] = {"figures": "cumulative", "rows": {"complete": True}, "hold": True}
    desk.enter("allocations", desk.row(desk.first, 0, 100), desk.row(desk.first, 1, 5), **how)
    rows = [desk.row(desk.first, 0, "صد"), desk.row(desk.first, 1, 8)]
    desk.enter("allocations", *rows, letter_number="2", **how)
    assert released(desk) == {(desk.first.code, "101"): [100], (desk.first.code, "102"): [5, 3]}


def test_no_more_is_recalled_than_was_released(agreed: Desk) -> None:
    desk = agreed
    desk.enter("allocations", desk.row(desk.first, 0, 100))
    with pytest.raises(Refused):
        desk.enter("allocations", desk.row(desk.first, 0, -101), letter_number="2")
    desk.enter("allocations", desk.row(desk.first, 0, -100), letter_number="2")
    assert released(desk) == {(desk.first.code, "101"): [100, -100]}


# --- the command --------------------------------------------------------------------------------------------

PAGE = """
table = "notifications"
[columns]
agency = "دستگاه"
programme = "برنامه"
amount = "مبلغ"
[constants]
expense_chapter = "7"
funding_source = "general"
"""


def test_the_command_enters_a_file_or_prints_the_whole_list(desk: Desk, capsys: Any) -> None:
    page = desk.folder / "mapping.toml"
    page.write_text(PAGE, encoding="utf-8")
    path = write_xlsx(desk.folder / "a.xlsx", HEADER, desk.row(desk.first, 0, "۱٬۰۰۰"))
    sets = [f"--set={name}={value}" for name, value in desk.values().items()]
    options = ["--mapping", str(page), "--by", desk.world.consolidation.username, *sets]
    call_command("import_table", "notifications", str(path), *options, "--dry-run")
    assert "آزمایشی" in capsys.readouterr().out
    assert not BudgetNotification.objects.exists()
    call_command("import_table", "notifications", str(path), *options)
    assert NotificationLine.objects.get().amount == 1_000
    wrong = write_csv(desk.folder / "b.csv", HEADER, ("9", "8", "x"))
    with pytest.raises(CommandError) as caught:
        call_command("import_table", "notifications", str(wrong), *options)
    assert str(caught.value).count("سطر ۲") == 3
    with pytest.raises(CommandError, match="allocations"):
        call_command("import_table", "allocations", str(path), *options)
