"""The grid as a tool: its formula bar, three kinds of empty, copies of the last cut-off, remarks, its size."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.models import CapitalAgreement
from budget_portal.errors import WrongState
from monitoring import completeness, forward, remarks
from monitoring.remarks import Place
from tests.builders import Case, make_capital_case, make_expense_case
from tests.cast import Cast
from tests.factories import make_capital_agreement

pytestmark = pytest.mark.django_db

CAPITAL, EXPENSE = "/entry/1405-Q2/capital/", "/entry/1405-Q2/expense/"
VIEW, CELL = 250_000, 2_000  # bytes


def text(response: Any) -> str:
    return str(response.content.decode())


def shown(cast: Cast, url: str, who: str = "agency_user") -> str:
    return text(cast.client(who).get(url))


def fact(page: str, row: Any, kind: str) -> dict[str, Any]:
    """What the page keeps of a row for the strip."""
    found = re.search(rf'data-of="{kind}:{row.pk}"\s+value="([^"]*)"', page)
    assert found, f"{kind}:{row.pk} is not on the page"
    return dict(json.loads(html.unescape(found[1])))


# --- the formula bar ------------------------------------------------------------------------------------------


def test_the_page_knows_what_stands_around_a_cell(cast: Cast) -> None:
    case = make_capital_case(cast, previous=True)
    line, operation = case.lines[0], case.operations[0]
    case.type(line, "spent", "9000")
    case.type(line, "spent", "9500")
    page = shown(cast, f"{CAPITAL}?open={case.projects[0].pk}")
    known = fact(page, line, "capital")
    assert known["p"]["spent"] == "8000"
    assert known["f"] == [["موافقتنامه", "۴۰٬۰۰۰"], ["تخصیص", "۲۰٬۰۰۰"]]
    assert known["l"]["spent"][0][1] == "۹٬۰۰۰"  # from what it changed last
    assert fact(page, operation, "operation")["p"]["quantity_done"] == "2500"
    assert "این مقطع ۱٬۵۰۰" in page  # 9,500 cumulative after 8,000


def test_a_locked_cell_says_why_and_keeps_its_bar(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("returned")
    page = shown(cast, CAPITAL)
    assert f'data-locked="capital:{case.lines[1].pk}:spent"' in page
    assert "تنها ردیف‌های برگشتی باز است" in page
    case.submit()
    page = shown(cast, CAPITAL)
    assert f'name="capital:{case.lines[0].pk}:spent"' not in page
    assert "ذیحساب می‌تواند آن را برگشت دهد" in page
    assert fact(page, case.lines[0], "capital")["f"]


# --- three kinds of empty ---------------------------------------------------------------------------------------


def test_zero_none_and_missing_are_three_things(cast: Cast) -> None:
    case = make_expense_case(cast)
    line, other = case.lines[0], case.lines[1]
    case.type(line, "spent", "0")
    case.type(line, "received", "ندارد")
    names = {(cell.row.pk, cell.cell) for cell in completeness.missing_cells(case.submission)}
    assert not {(line.pk, "spent"), (line.pk, "received")} & names
    assert {(line.pk, "commitments_open"), (other.pk, "spent")} <= names
    page = shown(cast, EXPENSE)
    inputs = {m[1]: m[0] for m in re.finditer(r'<input[^>]*name="([\w:]+)"[^>]*>', page)}
    assert 'value="0"' in inputs[f"expense:{line.pk}:spent"]
    assert "cell--none" in inputs[f"expense:{line.pk}:received"]
    assert 'value="ندارد"' in inputs[f"expense:{line.pk}:received"]
    assert "cell--missing" in inputs[f"expense:{line.pk}:commitments_open"]
    remembered = html.unescape(re.findall(r'data-of="expense:\d+"\s+value="([^"]*)"', page)[0])
    cast.client("agency_user").post(EXPENSE, {"row": [remembered], f"expense:{line.pk}:received": "ندارد"})
    assert case.lines[0].version == line.version + 2  # the same thing in other words is no change


def test_a_locked_page_still_tells_none_from_missing(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True)
    case.type(case.lines[0], "commitments_open", "-")
    case.type(case.lines[1], "commitments_open", "")
    case.submit()
    page = shown(cast, EXPENSE)
    assert re.search(r"cell__fixed[^>]*>\s*ندارد", page)
    assert "ثبت نشده</span>" in page


# --- copies of the last cut-off -------------------------------------------------------------------------------------


def test_slow_figures_come_along_unconfirmed_until_touched_or_confirmed(cast: Cast) -> None:
    case = make_capital_case(cast, previous=True)
    user, project = case.agency_user, case.projects[0]
    case.type(case.lines[0], "commitments_open", "77")
    before = case.operations[0].version
    count = forward.copy(case.submission.pk, by=user, project=project.pk)
    line, operation = case.lines[0], case.operations[0]
    assert line.commitments_open == 77  # what was typed stays
    assert line.spent is None  # spending is never copied
    assert (line.copied, operation.copied) == (["advances_open"], ["quantity_done"])
    assert operation.version == before + 1
    assert case.progress[0].physical_progress == 25
    assert count == sum(len(copies.cells) for copies in forward.unconfirmed(case.submission))
    page = shown(cast, f"{CAPITAL}?open={project.pk}")
    assert "کپی‌شده، تأییدنشده" in page
    assert "data-copied" in page
    assert fact(page, operation, "operation")["u"] == ["quantity_done"]
    case.type(
        operation, "quantity_done", operation.quantity_done
    )  # the same figure, typed: somebody answers for it
    assert case.operations[0].copied == []
    checked = shown(cast, f"{CAPITAL}check/")
    assert "رقم کپی‌شده، تأییدنشده" in checked
    assert cast.client("agency_user").post(CAPITAL, {"confirm": "all"}).status_code == 302
    assert not forward.unconfirmed(case.submission)
    with pytest.raises(WrongState):
        forward.confirm(case.submission.pk, by=user)


def test_copying_by_the_button_of_the_whole_page(cast: Cast) -> None:
    case = make_expense_case(cast, previous=True)
    answer = cast.client("agency_user").post(EXPENSE, {"copy": "all"}, follow=True)
    assert "از مقطع قبل پر شد" in text(answer)
    assert all(line.commitments_open == 0 and line.copied == ["commitments_open"] for line in case.lines)
    again = cast.client("agency_user").post(EXPENSE, {"copy": "all"})
    assert "خانهٔ خالی‌ای نیست" in text(again)
    only = shown(cast, f"{EXPENSE}?rows=copied")
    assert only.count(":spent") >= len(case.lines)


def test_only_open_lines_take_copies(cast: Cast) -> None:
    case = make_capital_case(cast, previous=True).at("returned")  # its first project
    forward.copy(case.submission.pk, by=case.agency_user)
    assert forward.copies_by_project(case.submission).keys() == {case.projects[0].pk}


# --- remarks in the grid ----------------------------------------------------------------------------------------------


def test_rows_with_open_remarks_are_marked_and_filtered(cast: Cast) -> None:
    case = make_capital_case(cast)
    line = case.lines[1]
    place = Place(f"capital:{line.pk}:spent")
    said = remarks.add(case.submission.pk, "این را ببینید", by=case.agency_user, sort="flag", place=place)
    page = shown(cast, f"{CAPITAL}?rows=noted")
    assert case.projects[1].title in page
    assert f'id="p-{case.projects[0].pk}"' not in page
    assert re.search(rf'name="capital:{line.pk}:spent"[^>]*data-noted', page)
    client = cast.client("agency_user")
    panel = text(
        client.get(
            f"/remarks/{case.submission.pk}/?cell=capital:{line.pk}:spent", headers={"HX-Request": "true"}
        )
    )
    assert "این را ببینید" in panel
    assert "<html" not in panel
    remarks.resolve(said.pk, by=case.agency_user)
    assert "data-noted" not in shown(cast, CAPITAL)


# --- the form of its own version ------------------------------------------------------------------------------------------


def test_a_form_is_read_and_edited_in_the_version_that_it_was_made_with(cast: Cast) -> None:
    """An amendment in between loses neither an operation nor what was typed into it (B18)."""
    case = make_capital_case(cast, projects=1, filled=True)
    old = [(row.operation_id, row.quantity_done) for row in case.operations]
    before = shown(cast, f"{CAPITAL}?open={case.projects[0].pk}")
    first = CapitalAgreement.objects.get()
    credit = {case.projects[0]: {case.lines[0].funding_source: 50_000}}
    make_capital_agreement(
        case.agency, cast.fiscal_year, credit, amends=first, operations=(("عملیات تازه", "متر", 100, 100),)
    )
    after = shown(cast, f"{CAPITAL}?open={case.projects[0].pk}")
    assert [(row.operation_id, row.quantity_done) for row in case.operations] == old
    for row in case.operations:
        assert row.operation.title in before
        assert row.operation.title in after
        case.type(row, "quantity_done", "1")
    assert "عملیات تازه" not in after


# --- size ------------------------------------------------------------------------------------------------------------------


def test_five_hundred_lines_stay_fluid(cast: Cast) -> None:
    """Pages of fifty with the filter kept, a first view of 250 kB, a saved cell of 2 kB, and no query per line."""
    case: Case = make_expense_case(
        cast, programmes=125, sources=("general", "misc"), activities=False, previous=False
    )
    lines = case.lines
    assert len(lines) == 500
    client = cast.client("agency_user")
    client.get(EXPENSE)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"{EXPENSE}?rows=missing&page=3")
    assert len(asked) < 40
    assert len(page.content) < VIEW
    assert text(page).count("data-cell") == 150
    assert "?rows=missing&amp;page=4" in text(page)
    line = lines[0]
    with CaptureQueriesContext(connection) as asked:
        data = {"kind": "expense", "pk": line.pk, "cell": "spent", "text": "9" * 12, "version": line.version}
        answer = client.post("/entry/cell/", data)
    assert answer.status_code == 200
    assert len(answer.content) < CELL
    assert len(asked) < 25
