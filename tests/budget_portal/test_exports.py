"""Lists as files: real numbers, right to left, units in the heads, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from budget_portal import exports, jobs
from budget_portal.exports import Column, Listing, money
from budget_portal.models import Job
from tests.builders import make_capital_case, make_expense_case
from tests.cast import Cast
from tests.factories import make_project

RUNNABLE = ['=HYPERLINK("http://a")', "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]
COLUMNS = (Column("عنوان", "title"), money("مبلغ", "amount"), Column("درصد", "share", "number", "٪"))


def listing(*rows: tuple[Any, Any, Any]) -> Listing:
    made = [dict(zip(("title", "amount", "share"), row, strict=True)) for row in rows]
    return Listing(COLUMNS, made, len(made))


def test_a_workbook_has_real_numbers_units_and_runs_nothing(tmp_path: Path) -> None:
    rows = [(text, 999_999_999_999_999, Decimal("12.5")) for text in RUNNABLE]
    exports.write_xlsx(listing(*rows, ("خالی", None, None)), tmp_path / "a.xlsx", title="فهرست")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet.sheet_view.rightToLeft
    found = list(sheet.iter_rows())
    assert [cell.value for cell in found[0]] == ["عنوان", "مبلغ (میلیون ریال)", "درصد (٪)"]
    assert {row[0].data_type for row in found[1:]} == {"s"}
    assert (found[1][1].value, found[1][1].data_type, found[1][2].value) == (999_999_999_999_999, "n", 12.5)
    assert found[-1][1].value is None
    assert found[1][1].number_format == "#,##0"


def test_a_csv_guards_text_and_leaves_numbers(tmp_path: Path) -> None:
    exports.write_csv(listing(*[(text, -5, None) for text in RUNNABLE]), tmp_path / "a.csv")
    content = (tmp_path / "a.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [row[0] for row in rows[1:]] == [f"'{text}" for text in RUNNABLE]
    assert {row[1] for row in rows[1:]} == {"-5"}


def test_an_empty_list_has_its_heads(tmp_path: Path) -> None:
    exports.write_xlsx(listing(), tmp_path / "a.xlsx", title="فهرست")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [cell.value for cell in next(sheet.iter_rows())] == [column.head for column in COLUMNS]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(exports.LISTS))
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_every_list_is_given_with_what_the_person_sees(cast: Cast, name: str, kind: str) -> None:
    who = "auditor" if name == "audit" else "consolidation"
    answer = cast.client(who).get(f"/export/{name}.{kind}?year=1405&period=1405-Q2&q=ا")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.django_db
def test_the_filters_on_screen_and_the_scope_hold(cast: Cast) -> None:
    own, other = make_project(cast.agency), make_project(cast.agency2)

    def codes(who: str, query: str = "") -> set[str]:
        answer = cast.client(who).get(f"/export/projects.csv?{query}")
        rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
        return {row["کد پروژه"] for row in rows}

    assert codes("consolidation") == {own.code, other.code}
    assert codes("agency_user") == {own.code}
    assert codes("far_consolidation") == set()
    assert codes("consolidation", f"county={cast.county2.code}") == {other.code}
    assert codes("consolidation", f"q={own.code}") == {own.code}


@pytest.mark.django_db(transaction=True)
def test_a_long_list_is_written_by_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast()
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    project = make_project(cast.agency)
    answer = cast.client("consolidation").get("/export/projects.xlsx")
    job = Job.objects.get(kind="export")
    assert answer.url == f"/jobs/{job.public_id}/"
    assert jobs.run(job.pk)
    file = cast.client("consolidation").get(f"/jobs/{job.public_id}/file/")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content))).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [project.code]


@pytest.mark.django_db
def test_what_is_no_list_is_not_there(cast: Cast) -> None:
    client = cast.client("consolidation")
    assert client.get("/export/nothing.xlsx").status_code == 404
    assert client.get("/export/projects.exe").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "make"), [("capital", make_capital_case), ("expense", make_expense_case)])
def test_agreements_and_letters_of_a_year_are_exported_with_their_sums(
    cast: Cast, kind: str, make: Any
) -> None:
    made = make(cast, draft=False)
    client = cast.client("consolidation")

    def rows(name: str) -> list[dict[str, str]]:
        content = client.get(f"/export/{name}.csv?kind={kind}&year=1405").content.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(content, newline="")))

    (agreement,) = rows("agreements")
    assert agreement["کد دستگاه"] == made.agency.code
    assert int(agreement["اعتبار سال (میلیون ریال)"]) > 0
    lines = rows("allocations")
    assert {row["شمارهٔ نامه"] for row in lines} == {made.notice.letter_number}
    assert sum(int(row["مبلغ تخصیص (میلیون ریال)"]) for row in lines) > 0
