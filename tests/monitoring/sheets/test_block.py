"""Blocks as the clipboard gives them: rows, quotes, heads, columns of codes; pure."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.sheets import block
from monitoring.sheets.columns import BY_KIND, CAPITAL, TABLES

CELL = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=6), st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_block_comes_back_cell_by_cell(rows: list[list[str]], end: str) -> None:
    """What Excel writes (quotes doubled, cells with signs quoted) is what is read."""

    def written(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if '"' in cell else cell

    text = end.join("\t".join(map(written, row)) for row in rows)
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows = rows[:-1]
    assert block.split(text) == rows


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from('a1٫٬,.()\t\n\r"- ۱٢#'), max_size=60))
def test_no_block_breaks_the_parser(text: str) -> None:
    rows = block.split(text)
    table = block.table_of(rows, TABLES["capital"])
    match = (
        block.by_heads(rows, *table) if table else block.by_place(rows, CAPITAL, lambda key: ["1"], ["spent"])
    )
    assert all(0 <= place < block.MOST_COLUMNS for place in match.columns)


def test_cells_with_line_ends_stay_whole_and_inch_marks_are_no_quotes() -> None:
    assert block.split('a\t"x\ny"\tz\r\n1\t2"\t3\r\n') == [["a", "x\ny", "z"], ["1", '2"', "3"]]
    assert block.split('"open\t5') == [['"open', "5"]]


@pytest.mark.parametrize(
    ("heads", "kind", "columns"),
    [
        (["کد پروژه", "عنوان", "عملکرد مقطع قبل", "هزینه (میلیون ریال)"], "capital", {3: "spent"}),
        (["كد پروژه", "عملکرد تا این مقطع", "دریافتی نقدی"], "capital", {1: "spent", 2: "received_cash"}),
        (["کد پروژه", "شمارهٔ عملیات", "مقدار انجام‌شده"], "operation", {2: "quantity_done"}),
        (["کد پروژه", "وضعیت", "علل تأخیر"], "project", {1: "status", 2: "causes"}),
    ],
)
def test_heads_are_known_by_their_words(heads: list[str], kind: str, columns: dict[int, str]) -> None:
    rows = [["گزارش شهریور ۱۴۰۵"], heads, ["1", "x", "3", "4"]]
    found = block.table_of(rows, TABLES["capital"])
    assert found is not None
    table, row = found
    match = block.by_heads(rows, table, row)
    cells = {place: name for place, name in match.columns.items() if name in {c.name for c in table.cells}}
    assert (table.kind, row, cells) == (kind, 2, columns)


def test_a_block_without_heads_is_known_by_its_codes() -> None:
    rows = [["1503", "پل", "۲۷٬۶۵۰"], ["1504", "راه", "###"], ["جمع", "", "27,650"]]
    match = block.by_place(rows, CAPITAL, lambda key: ["1503", "1504"] if key == "project" else [], ["spent"])
    assert match.columns == {0: "project", 2: "spent"}
    assert block.total_label(rows[2]) == "جمع"


def test_heads_stand_right_above_the_first_figures_known_or_not() -> None:
    assert block.head_row([["گزارش"], ["کد", "تعهدات معوق"], ["1503", "5"]], set()) == 2
    assert block.head_row([["1503", "###"], ["1504", "5"]], {"1503", "1504"}) == 0
    assert block.head_row([["پل", "###"], ["راه", "5"]], {"پل", "راه"}) == 0
    assert block.head_row([["ندارد"], ["5"]], set()) == 0
    assert block.head_row([["جمع کل"], ["5"]], set()) == 0


def test_the_longest_beginning_tells_columns_apart() -> None:
    heads = ["کد پروژه", "دریافتی اوراق خزانه", "دریافتی از محل نقد", "تعهدات باز"]
    match = block.by_heads([heads, ["1", "2", "3", "4"]], CAPITAL, 1)
    assert match.columns == {
        0: "project",
        1: "received_securities",
        2: "received_cash",
        3: "commitments_open",
    }
    assert [block.is_alike(match, place) for place in range(4)] == [False, True, True, True]


def test_zeros_that_a_spreadsheet_lost_are_no_other_code() -> None:
    assert block.code("۰۰۱۲") == block.code("12") == "12"
    assert block.code("1.10") == "1.10"
    assert block.code("000") == "0"


def test_every_spelling_of_a_table_is_of_one_column() -> None:
    for table in BY_KIND.values():
        spelt = [name for column in table.columns for name in column.spellings]
        assert len(spelt) == len(set(spelt)), table.kind
