"""Reading files of tables: what is hostile or no table, the mapping's own mistakes, rows and figures."""

from __future__ import annotations

import time
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from budget_portal.tables import mapping as mappings
from budget_portal.tables import reader
from budget_portal.tables.extract import Spec, extract
from budget_portal.tables.grammar import UNITS, read_money
from budget_portal.tables.mapping import MappingProblem
from budget_portal.tables.reader import UnreadableTable, read_rows
from tests.tables import WRITE, write_csv, write_xlsx

SPEC = Spec(texts=("agency", "programme", "note"), money=("amount",), optional=frozenset({"note"}))
COLUMNS = {"agency": "دستگاه", "programme": ["برنامه", "زیربرنامه"], "amount": "مبلغ"}
HEADER = ("دستگاه", "برنامه", "زیربرنامه", "مبلغ")


def parsed(**sections: Any) -> mappings.Mapping:
    return mappings.parse({"columns": COLUMNS, **sections})


# --- files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_rows_keep_their_numbers_across_empty_ones(tmp_path: Path, kind: str) -> None:
    path = WRITE[kind](tmp_path / f"a.{kind}", HEADER, (), ("۱۰۱", "1", "2", 12))
    rows = read_rows(path)
    found = extract(rows, parsed(), SPEC)
    assert [(row.number, row.texts["programme"], row.money["amount"]) for row in found.rows] == [
        (3, "1-2", 12)
    ]


def test_a_sheet_that_claims_a_million_rows_is_refused_in_time(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "far.xlsx")
    sheet = book.add_worksheet()
    sheet.write(0, 0, "دستگاه")
    sheet.write(1_048_575, 16_383, 1)
    book.close()
    began = time.monotonic()
    with pytest.raises(UnreadableTable):
        read_rows(tmp_path / "far.xlsx")
    assert time.monotonic() - began < 10


def test_a_long_sheet_is_refused_by_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = xlsxwriter.Workbook(tmp_path / "long.xlsx")
    book.add_worksheet().write(200_001, 0, 1)
    book.close()
    with pytest.raises(UnreadableTable, match="سطر"):
        read_rows(tmp_path / "long.xlsx")
    monkeypatch.setattr(reader, "MAX_ROWS", 2)
    with pytest.raises(UnreadableTable, match="سطر"):
        read_rows(write_csv(tmp_path / "long.csv", ("a",), ("1",), ("2",)))


def changed(tmp_path: Path, **entries: bytes) -> Path:
    """An honest workbook with more in it."""
    path = write_xlsx(tmp_path / "a.xlsx", HEADER, ("1", "1", "1", 1))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name", ["xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/embeddings/a.bin"]
)
def test_macros_links_and_objects_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableTable, match="ماکرو"):
        read_rows(changed(tmp_path, **{name: b"x"}))


def test_a_bomb_is_refused_by_its_directory(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match="بزرگ"):
        read_rows(changed(tmp_path, **{"xl/media/a.xml": bytes(40_000_000)}))
    with pytest.raises(UnreadableTable, match="بزرگ"):
        read_rows(changed(tmp_path, **{f"xl/{n}.xml": b"" for n in range(1_001)}))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"PK\x03\x04 not a workbook"),
        ("a.xlsx", b""),
        ("a.xls", b"\xd0\xcf\x11\xe0"),
        ("a.csv", "a;ب".encode("cp1256")),
        ("a.csv", b"a,b\x00c\n"),
        ("a.csv", b'a,"b\n'),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableTable):
        read_rows(path)


def test_a_missing_sheet_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", HEADER)
    with pytest.raises(UnreadableTable, match="برگ ۱"):
        read_rows(path, sheet="خلاصه")
    assert read_rows(path, sheet="برگ ۱")


# --- mapping ------------------------------------------------------------------------------------------------


def test_every_mistake_of_a_mapping_is_told_at_once() -> None:
    with pytest.raises(MappingProblem) as caught:
        mappings.parse(
            {
                "columns": {"agency": "a"},
                "constants": {"agency": "b"},
                "numbers": {"unit": "dirham", "decimals": 9, "point": "."},
                "agency": {"by": "phone"},
                "rows": {"repeated": "perhaps", "skip": [{"column": "x"}]},
                "colums": {},
            }
        )
    assert len(caught.value.problems) == 8


def test_headers_that_are_missing_or_double_are_told_at_once() -> None:
    cells = [("دستگاه", "برنامه", "برنامه"), ("1", "2", "3")]
    found = extract(cells, parsed(), SPEC)
    assert {problem.column for problem in found.problems} == {"برنامه", "زیربرنامه", "مبلغ"}


def test_headers_are_matched_in_other_spellings() -> None:
    cells = [("دستگاه", "برنامه", "زيربرنامه ", "\u200fمبلغ"), ("1", "2", "3", "4")]
    assert extract(cells, parsed(), SPEC).rows[0].money == {"amount": 4}


def test_subtotals_and_named_rows_are_passed_over() -> None:
    cells = [
        HEADER,
        ("1", "2", "3", "4"),
        ("جمع کل", "", "", "4"),
        ("1", "فصل", "", "4"),
        ("", "", "", ""),
    ]
    rules = {"skip_totals": ["دستگاه"], "skip": [{"column": "برنامه", "equals": ["فصل", "بخش"]}]}
    found = extract(cells, parsed(rows=rules), SPEC)
    assert (len(found.rows), found.skipped) == (1, 2)


# --- figures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "unit", "decimals", "value", "rounding"),
    [
        ("۱۲٬۵۰۰", "million-rials", 0, 12_500, 0),
        ("1,499,999", "rial", 0, 1, -499_999),
        ("1,500,000", "rial", 0, 2, 500_000),
        (2_500_000.0, "rial", 0, 3, 500_000),
        ("-1,500,000", "rial", 0, -2, -500_000),
        ("2.5", "milliard-rials", 1, 2_500, 0),
        ("1682598.8", "million-rials", 1, 1_682_599, Fraction(1, 5)),
        ("0.5", "million-rials", 1, 1, Fraction(1, 2)),
        ("-0.5", "million-rials", 1, -1, Fraction(-1, 2)),
        (0.1 + 0.2, "million-rials", 1, 0, Fraction(-3, 10)),
    ],
)
def test_money_is_rounded_half_up_and_the_rounding_is_kept(
    raw: object, unit: str, decimals: int, value: int, rounding: Fraction
) -> None:
    read = read_money(raw, unit=UNITS[unit], decimals=decimals)
    assert (read.value, read.rounding) == (value, rounding)


@pytest.mark.parametrize("raw", ["دوازده", "1.5", 1.5, "#####", "12.34.5", "9" * 17])
def test_what_is_no_whole_figure_is_a_problem(raw: object) -> None:
    assert read_money(raw).problem


@pytest.mark.parametrize(
    ("raw", "million"),
    [
        ("205800503,6", 205_800_503_600),
        ("273.000.000,25", 273_000_000_250),
        ("638.976.998", 638_976_998_000),
        ("67065700", 67_065_700_000),
        ("-1.234,5", -1_234_500),
        ("53,160,000.25", 53_160_000_250),
    ],
)
def test_a_comma_is_the_decimal_mark_where_the_file_says_so(raw: str, million: int) -> None:
    assert read_money(raw, unit=UNITS["milliard-rials"], decimals=6, comma=True).value == million


@pytest.mark.parametrize("raw", ["$52.276.718,96", "636.62337.84", "5.092.765,21 (dic 21)", "1,2,3"])
def test_what_is_no_number_stays_none_with_a_comma_too(raw: str) -> None:
    assert read_money(raw, unit=UNITS["milliard-rials"], decimals=6, comma=True).problem


def test_blank_and_not_applicable_differ() -> None:
    assert read_money("").blank
    assert read_money("—").not_applicable
    assert not read_money("—").blank
