"""Geometry of charts: one dataclass, the same figures in drawing and table, no data never drawn as zero."""

from decimal import Decimal

import pytest

from budget_portal.charts import Bar, Chart, Column, Row, Series, ServiceClock, Table


def _curve(*series: Series) -> Chart:
    return Chart("curve", "پیشرفت", points=("تیر", "مهر", "دی"), series=series)


def test_bars_share_one_scale_and_keep_the_plan_mark() -> None:
    chart = Chart("bars", "جذب", bars=(Bar("الف", 200), Bar("ب", 50, mark=100)))
    first, second = chart.rows
    assert (first.start, first.width) == (0.0, 100.0)
    assert (second.width, second.mark) == (25.0, 50.0)


def test_bar_below_zero_starts_before_the_zero_line() -> None:
    behind, ahead = Chart("bars", "انحراف", bars=(Bar("الف", -15), Bar("ب", 5))).rows
    assert (behind.start, behind.width, behind.zero) == (0.0, 75.0, 75.0)
    assert (ahead.start, ahead.width) == (75.0, 25.0)


def test_missing_value_is_a_dash_and_not_a_bar() -> None:
    row = Chart("bars", "جذب", bars=(Bar("الف", 10), Bar("ب", None))).rows[1]
    assert (row.text, row.width, row.missing) == ("—", 0.0, True)


def test_nothing_known_at_all_draws_without_error() -> None:
    assert Chart("bars", "جذب", bars=(Bar("الف", None),)).rows[0].width == 0.0
    assert _curve(Series("physical", "فیزیکی", (None, None, None))).wide.labels


def test_decimals_are_printed_as_persians_write_them() -> None:
    assert Chart("bars", "جذب", bars=(Bar("الف", Decimal("1234.5")),)).rows[0].text == "1٬234٫5"


def test_line_breaks_where_nothing_was_measured() -> None:
    shapes = _curve(Series("plan", "برنامه", (10, None, 30))).wide.shapes
    path = next(shape.path for shape in shapes if shape.kind == "path")
    assert path.count("M") == 2
    assert "L" not in path


def test_time_runs_left_to_right_and_labels_keep_their_percent() -> None:
    chart = _curve(Series("plan", "برنامه", (0, 50, 100)))
    words = {label.text: label for label in chart.wide.labels}
    assert words["تیر"].x < words["مهر"].x < words["دی"].x
    assert words["تیر"].left_percent == round(100 * words["تیر"].x / chart.wide.width, 2)


def test_gap_between_plan_and_physical_is_drawn_and_named() -> None:
    chart = _curve(Series("plan", "برنامه", (10, 62, 80)), Series("physical", "فیزیکی", (9, 48, None)))
    assert "14 واحد عقب‌تر" in [label.text for label in chart.wide.labels]
    assert [shape.css for shape in chart.wide.shapes].count("chart__gap") == 1


def test_names_at_the_line_ends_do_not_cover_each_other() -> None:
    chart = _curve(Series("plan", "برنامه", (0, 0, 50)), Series("financial", "مالی", (0, 0, 51)))
    ends = sorted(label.y for label in chart.wide.labels if label.css.startswith("text--"))
    assert ends[1] - ends[0] >= 15


def test_table_says_what_the_drawing_says() -> None:
    chart = _curve(Series("plan", "برنامه", (10, None, Decimal("30.5"))))
    assert [row.values for row in chart.table.rows] == [("تیر", "10"), ("مهر", "—"), ("دی", "30٫5")]


def test_row_of_another_width_is_refused() -> None:
    table = Table("جدول", (Column("الف"), Column("ب")), (Row(("۱",)),))
    with pytest.raises(ValueError):
        _ = table.cells


@pytest.mark.parametrize(
    ("clock", "sentence", "states"),
    [
        (ServiceClock(1), "روز کاری 1 از 10", ["now"] + ["left"] * 9),
        (ServiceClock(10), "روز کاری 10 از 10", ["past"] * 9 + ["now"]),
        (ServiceClock(13), "3 روز کاری از مهلت گذشته است", ["late"] * 10),
        (ServiceClock(7, finished=True), "در 7 روز کاری پایان یافت", ["past"] * 7 + ["left"] * 3),
    ],
)
def test_clock_of_a_submission(clock: ServiceClock, sentence: str, states: list[str]) -> None:
    assert clock.sentence == sentence
    assert [block.state for block in clock.blocks] == states
