"""Every change of a number, read back from the log."""

from __future__ import annotations

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring import history
from monitoring.models import CapitalFinanceLine
from tests.builders import make_capital_case, make_expense_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def told(case: object, row: CapitalFinanceLine, cell: str = "spent") -> list[tuple[str, str]]:
    found = history.changes(row, case.submission, cell)  # type: ignore[attr-defined]
    return [(change.was, change.now) for change in reversed(found) if not change.is_move]


def test_each_value_of_a_cell_with_who_and_why(cast: Cast) -> None:
    case = make_capital_case(cast)
    line = case.lines[0]
    for text in ("12000", "12٫5x", "—", "", "9000"):
        case.type(line, "spent", text)
    case.type(line, "received_cash", "10000")
    assert told(case, line) == [
        ("", "۱۲٬۰۰۰"), ("۱۲٬۰۰۰", "«12٫5x»"), ("«12٫5x»", "ندارد"), ("ندارد", ""), ("", "۹٬۰۰۰"),
    ]  # fmt: skip
    newest = history.of_cell("capital", line.pk, "spent", by=case.agency_user)
    assert newest.changes[0].who == str(case.agency_user)
    assert newest.changes[0].role == "کارشناس دستگاه"
    assert "عملکرد" in newest.title


def test_moves_stand_between_the_changes(cast: Cast) -> None:
    case = make_capital_case(cast, filled=True).at("returned")
    line = case.lines[0]
    case.type(line, "spent", "7000")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = history.changes(line, case.submission, "spent")
    assert len([query for query in asked if "auditentry" in query["sql"]]) == 1
    assert [change.is_move for change in found] == [False, True, True, False]
    assert found[1].move == "عملکرد را برگرداند"


def test_quantities_dates_choices_and_held_figures(cast: Cast) -> None:
    case = make_capital_case(cast)
    progress, operation = case.progress[0], case.operations[0]
    case.type(operation, "quantity_done", "1234.5")
    case.type(progress, "forecast_end", "1406/02/01")
    case.type(progress, "status", "active")
    assert told(case, operation, "quantity_done")[-1][1] == "۱٬۲۳۴٫۵"  # type: ignore[arg-type]
    assert told(case, progress, "forecast_end")[-1][1] == "۱۴۰۶/۰۲/۰۱"  # type: ignore[arg-type]
    assert told(case, progress, "status")[-1][1]  # type: ignore[arg-type]


def test_only_of_rows_in_scope(cast: Cast) -> None:
    case = make_expense_case(cast, filled=True)
    line = case.lines[0]
    with pytest.raises(ObjectDoesNotExist):
        history.of_cell("expense", line.pk, "spent", by=cast.agency_user2)
    page = cast.client("agency_user").get(f"/history/expense/{line.pk}/spent/").content.decode()
    assert "تاریخچهٔ رقم" in page
    assert cast.client("agency_user").get(f"/history/expense/{line.pk}/nothing/").status_code == 404
