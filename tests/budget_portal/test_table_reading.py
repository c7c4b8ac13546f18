"""How files are read before a table is judged: where it stands, what its columns are, days, totals, merged cells."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from budget_portal import jalali
from budget_portal.digits import to_persian
from budget_portal.tables import detect, mapping
from budget_portal.tables.extract import Extract, Spec, extract
from budget_portal.tables.grammar import UNITS, read_day, read_money
from budget_portal.tables.reader import read_heads, read_rows, read_sheet

NAMES = {
    "agency": ("دستگاه", "کد دستگاه"),
    "programme": ("برنامه", "کد برنامه"),
    "amount": ("مبلغ", "اعتبار"),
}
KNOWN = frozenset(detect.key_of(name) for names in NAMES.values() for name in names)
SPEC = Spec(texts=("agency", "programme"), money=("amount",))
DAY = dt.date(2026, 9, 22)


@pytest.mark.parametrize(
    "written",
    ["1405/06/31", "1405-6-31", "14050631", "۱۴۰۵/۶/۳۱", "١٤٠٥/٦/٣١", "1405.6.31", 14050631, 14050631.0,
     "2026-09-22", "2026/9/22", "2026-09-22 00:00:00", 46287, 46287.0, "46287"],
)  # fmt: skip
def test_a_day_is_read_in_every_spelling(written: Any) -> None:
    assert read_day(written) == (DAY, None)


@pytest.mark.parametrize("written", ["1405/13/01", "1404/12/30", "2026-02-30", "دیروز", "31/6/1405", 12])
def test_what_is_no_day_is_said(written: Any) -> None:
    day, problem = read_day(written)
    assert day is None
    assert problem


@given(st.dates(dt.date(1960, 1, 1), dt.date(2080, 1, 1)))
def test_every_day_comes_back_from_each_spelling(day: dt.date) -> None:
    iso = jalali.format_iso(day)
    year, month, number = (int(part) for part in iso.split("/"))
    serial = (day - dt.date(1899, 12, 30)).days
    spellings = [
        iso,
        to_persian(iso),
        f"{year}-{month}-{number}",
        iso.replace("/", ""),
        day.isoformat(),
        serial,
    ]
    assert {read_day(spelling) for spelling in spellings} == {(day, None)}


@given(st.integers(-(10**14), 10**14), st.sampled_from(sorted(UNITS)))
def test_the_rounding_of_a_figure_is_exact(given_: int, unit: str) -> None:
    read = read_money(f"{given_:,}", unit=UNITS[unit])
    if read.value is None:
        assert read.problem
        return
    assert read.value * UNITS[unit] - read.rounding == given_
    assert abs(read.rounding) * 2 <= UNITS[unit]


def book_of(path: Path, *rows: Any, merged: tuple[Any, ...] = ()) -> Path:
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("راهنما").write(0, 0, "بخوانید")
    sheet = book.add_worksheet("داده")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    for top, left, bottom, right, text in merged:
        sheet.merge_range(top, left, bottom, right, text)
    book.close()
    return path


def test_the_table_is_found_under_titles_and_in_the_second_sheet(tmp_path: Path) -> None:
    path = book_of(
        tmp_path / "a.xlsx",
        [], [], ["کد دستگاه", "كد برنامه", "اعتبار ۱۴۰۵ (میلیون ریال)"], ["1", "101", 5],
        merged=((0, 0, 0, 2, "جدول اعتبارات"),),
    )  # fmt: skip
    found = detect.find(read_heads(path), KNOWN)
    assert (found.sheet, found.name, found.header_row) == (2, "داده", 3)
    assert detect.match(found.headers, NAMES) == {0: "agency", 1: "programme", 2: "amount"}
    assert detect.unit_of(found.headers) == "million-rials"


def test_a_head_of_two_rows_and_headers_that_occur_twice(tmp_path: Path) -> None:
    path = book_of(
        tmp_path / "a.xlsx",
        ["", "برنامه", "اعتبار", "اعتبار"], ["دستگاه", "", "ملی", "ملی"],
    )  # fmt: skip
    headers = detect.headers_of(read_heads(path)[1].rows, 2)
    assert headers == ("دستگاه", "برنامه", "ملی (ستون C)", "ملی (ستون D)")


def read(rows: list[list[Any]], covered: frozenset[tuple[int, int]] = frozenset()) -> Extract:
    told = mapping.Mapping(
        table="x",
        columns={"agency": ("دستگاه",), "programme": ("برنامه",), "amount": ("مبلغ",)},
        places={"دستگاه": 0, "برنامه": 1, "مبلغ": 2},
        find_totals=True,
    )
    return extract([["دستگاه", "برنامه", "مبلغ"], *rows], told, SPEC, covered=covered)


def test_totals_are_left_out_and_projects_that_sound_like_them_are_not() -> None:
    found = read(
        [
            ["1", "101", 5],
            ["1", "جمع‌آوری آب", 7],
            ["1", "جمع آوری فاضلاب", 1],
            ["جمع", "", 13],
            ["2", "101", 4],
            ["", "", 4],
            ["جمع کل", "", 99],
        ]
    )
    assert [row.number for row in found.rows] == [2, 3, 4, 6]
    assert [out.number for out in found.left_out] == [5, 7, 8]


def test_a_merged_code_holds_for_its_rows_and_a_merged_figure_for_none(tmp_path: Path) -> None:
    path = book_of(
        tmp_path / "a.xlsx",
        ["دستگاه", "برنامه", "مبلغ"], ["", "101", ""], ["", "102", ""],
        merged=((1, 0, 2, 0, "1001"), (1, 2, 2, 2, "50")),
    )  # fmt: skip
    sheet = read_sheet(path, sheet=2)
    found = read(sheet.rows[1:], frozenset((row, column) for row, column in sheet.covered))
    assert [row.texts["agency"] for row in found.rows] == ["1001", "1001"]
    assert [bool(row.problems) for row in found.rows] == [False, True]


def test_a_csv_with_semicolons_and_our_own_apostrophes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("دستگاه;مبلغ\n'=1+1;5\n", encoding="utf-8")
    assert read_rows(path, delimiter="") == [["دستگاه", "مبلغ"], ["=1+1", "5"]]
