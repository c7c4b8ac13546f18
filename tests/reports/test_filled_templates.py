"""Filling a template as a person would, for the trials of real input."""

from __future__ import annotations

import io

import openpyxl

from reports.trials.excel import fill, written

HEADS = ["کد برنامه", "کد فصل", "عملکرد تا این مقطع (میلیون ریال)"]


def test_figures_go_into_their_rows_and_strangers_below() -> None:
    template = written({"مبالغ برنامه‌ها": [HEADS, ["101", "7", None], ["102", "7", 5]], "راهنما": [["متن"]]})
    figures = {("102", "7"): {"عملکرد تا این مقطع": 9}, ("999", "7"): {"عملکرد تا این مقطع": -3}}
    filled = fill(
        template, {"مبالغ برنامه‌ها": (("کد برنامه", "کد فصل"), figures)}, {"کاربرگ ما": [["یادداشت"]]}
    )
    book = openpyxl.load_workbook(io.BytesIO(filled))
    assert book.sheetnames == ["مبالغ برنامه‌ها", "راهنما", "کاربرگ ما"]
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert rows == [("101", "7", None), ("102", "7", 9), ("999", "7", -3)]
