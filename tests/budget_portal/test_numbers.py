"""Figures: the grammar of ux.md in both directions, rounding, ratios and shares."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget_portal import numbers
from budget_portal.digits import group
from budget_portal.numbers import (
    HASHES,
    MAX_MILLION_RIALS,
    NEGATIVE,
    RIALS,
    ReadNumber,
    UnitTrap,
    is_total_label,
    largest_remainder,
    percent2,
    ratio,
    read_amount,
    read_percent,
    read_quantity,
    round_half_up,
    unit_trap,
)

amounts = st.integers(0, MAX_MILLION_RIALS)
weights = st.lists(st.integers(0, 10**15), min_size=1, max_size=30)


# --- amounts


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("27650", 27650),
        ("۲۷٬۶۵۰", 27650),
        ("٢٧٬٦٥٠", 27650),
        ("27,650", 27650),
        ("27.650", 27650),
        ("27٫650", 27650),
        ("27 650", 27650),
        ("27\u00a0650", 27650),
        ("27\u202f650", 27650),
        ("1,234,567", 1234567),
        (" \u200f۱۲\u200e ", 12),
        ("\ufeff12", 12),
        ("0", 0),
        ("007", 7),
        ("-0", 0),
        (12, 12),
        (27650.0, 27650),
        (Decimal("12.00"), 12),
        (Decimal("1E+3"), 1000),
        ("999999999999999", MAX_MILLION_RIALS),
    ],
)
def test_amounts_that_are_read(raw, value):
    assert read_amount(raw) == ReadNumber(value)


@pytest.mark.parametrize(
    "raw", ["-12", "\u221212", "–12", "(12)", "(۱۲)", "- 12", "\u200e\u2212۱۲", -12, -12.0, Decimal(-12)]
)
def test_negative_amounts_where_they_are_allowed(raw):
    assert read_amount(raw, allow_negative=True) == ReadNumber(-12)
    assert read_amount(raw) == ReadNumber(problem=NEGATIVE)


@pytest.mark.parametrize(
    "raw",
    [
        "1,23", "1,2345", "12,34,567", "1,234.567", "۱٬۲۳۴ ۵۶۷", "1,,234", ",123", "123,", "0.500", "012,345",
        "1.5", "12-", "--12", "-(12)", "((12))", "()", "+5", "1e3", "0x1F", "1_000", "۱۲ میلیون", "ندارد",
        "—", "=A1", "12%", "1/2", "１２", "१२", "1\n234", "1'234", True, False, 27.5, 1.234, Decimal("1.234"),
        float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity"), Decimal("1E+90"), [], b"12",
    ],
)  # fmt: skip
def test_everything_else_is_a_sentence_and_never_a_guess(raw):
    found = read_amount(raw, allow_negative=True)
    assert found.value is None
    assert found.problem
    assert not found.blank


def test_the_sentence_shows_what_was_written_in_persian_digits_and_not_too_much_of_it():
    assert "«۱,۲۳»" in read_amount("1,23").problem
    assert len(read_amount("x" * 500).problem) < 130


@pytest.mark.parametrize("raw", [None, "", "  ", "\u200f", "\u200b", "\u00a0"])
def test_blank_is_neither_value_nor_problem(raw):
    for found in (read_amount(raw), read_quantity(raw), read_percent(raw)):
        assert found == ReadNumber()
        assert found.blank


def test_hashes_of_a_narrow_column_are_named():
    assert read_amount("######").problem == read_quantity("###").problem == HASHES


@pytest.mark.parametrize("raw", ["1000000000000000", 10**15, 1e15, "9" * 61, "9" * 5000, "-" + "9" * 16])
def test_more_than_fifteen_digits_are_refused(raw):
    assert read_amount(raw, allow_negative=True).problem == "عدد بزرگ‌تر از بیشینهٔ ۹۹۹٬۹۹۹٬۹۹۹٬۹۹۹٬۹۹۹ است."


@given(amounts, st.booleans())
def test_what_the_portal_writes_it_reads(value, negative):
    value = -value if negative else value
    assert read_amount(group(value), allow_negative=True).value == value
    assert read_amount(str(value), allow_negative=True).value == value
    assert read_amount(f"{value:,}", allow_negative=True).value == value
    assert read_amount(value, allow_negative=True).value == value


@given(st.text(st.sampled_from("0123456789۰۵٣,.٬٫ -()#\u00a0\u200f/e+"), max_size=20))
def test_a_separator_is_never_dropped_unless_three_digits_follow_it(raw):
    value = read_amount(raw, allow_negative=True).value
    if value is not None:
        body = raw.replace("\u200f", "").strip().strip("()-").strip()
        assert all(len(part) == 3 for part in numbers.re.split(r"[,.٬٫ \u00a0]", body)[1:])


# --- amounts in rials


@pytest.mark.parametrize(
    ("raw", "value", "rounding"),
    [
        ("27650000000", 27650, 0),
        ("۲۷٬۶۵۰٬۴۹۹٬۹۹۹", 27650, -499_999),
        ("27650500000", 27651, 500_000),
        ("499999", 0, -499_999),
        ("500000", 1, 500_000),
        ("-500000", -1, -500_000),
        (27650000000.0, 27650, 0),
    ],
)
def test_rials_become_million_rials_half_up_with_the_difference(raw, value, rounding):
    assert read_amount(raw, RIALS, allow_negative=True) == ReadNumber(value, rounding=rounding)


@given(st.integers(-(10**20), 10**20))
def test_the_rounding_difference_is_exact_and_small(rials):
    found = read_amount(str(rials), RIALS, allow_negative=True)
    assert found.value * RIALS - found.rounding == rials
    assert abs(found.rounding) <= RIALS // 2


# --- quantities and percents


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("12.5", "12.500"),
        ("۱۲٫۵", "12.500"),
        ("۱٬۲۳۴٫۵۶۷", "1234.567"),
        ("1.234", "1.234"),
        ("1,234", "1234.000"),
        ("0.5", "0.500"),
        ("0", "0.000"),
        ("-0.0", "0.000"),
        ("1.50000", "1.500"),
        (0.1, "0.100"),
        (3.0, "3.000"),
        (7, "7.000"),
        (Decimal("2.25"), "2.250"),
        ("999999999999999.999", "999999999999999.999"),
    ],
)
def test_quantities_that_are_read(raw, value):
    assert read_quantity(raw) == ReadNumber(Decimal(value))


@pytest.mark.parametrize(
    "raw",
    [".5", "5.", "1.2.3", "1٬23", "1.234,5", "12/5", "1e-7", 1e-7, "نیم", "1000000000000000", "9" * 70, True],
)
def test_quantities_that_are_not(raw):
    found = read_quantity(raw)
    assert found.value is None
    assert found.problem


def test_too_many_decimals_are_named():
    assert read_quantity("1.2345").problem == "«۱.۲۳۴۵» بیش از ۳ رقم اعشار دارد."
    assert read_percent("1.234").problem == "«۱.۲۳۴» بیش از ۲ رقم اعشار دارد."


def test_negative_quantities():
    assert read_quantity("(۱٫۵)", allow_negative=True).value == Decimal("-1.5")
    assert read_quantity("-1.5").problem == NEGATIVE


@given(st.decimals(-(10**14), 10**14, places=3))
def test_a_quantity_survives_the_way_to_the_page_and_back(value):
    assert read_quantity(group(value), allow_negative=True).value == value
    assert read_quantity(value, allow_negative=True).value == value


@pytest.mark.parametrize(
    ("raw", "value"), [("68", "68"), ("68%", "68"), ("۶۸٫۲۵ ٪", "68.25"), ("100", "100"), (0.5, "0.5")]
)
def test_percents_that_are_read(raw, value):
    assert read_percent(raw).value == Decimal(value)


def test_percents_beyond_the_most():
    assert read_percent("100.01").problem == "عدد بزرگ‌تر از بیشینهٔ ۱۰۰ است."
    assert read_percent("100.01", most=Decimal("99999.99")).value == Decimal("100.01")
    assert read_percent("%68").value is None


@pytest.mark.parametrize(
    "label", ["جمع", "جمع کل", "مجموع فصل ۱", "سرجمع:", "حاصل جمع", "کل", "Total", "\u200fجمع"]
)
def test_total_rows_are_known_by_their_label(label):
    assert is_total_label(label)


@pytest.mark.parametrize(
    "label", ["جمع‌آوری آب‌های سطحی", "جمعیت هلال احمر", "کلاس درس", "کلینیک", "", "طرح جمع"]
)
def test_rows_whose_name_only_begins_so(label):
    assert not is_total_label(label)


# --- arithmetic


@pytest.mark.parametrize(
    ("number", "places", "rounded"),
    [
        (Decimal("0.125"), 2, "0.13"),
        (Decimal("-0.125"), 2, "-0.13"),
        (Decimal("0.1249999999999999999999999999999999"), 2, "0.12"),
        (Fraction(1, 3), 2, "0.33"),
        (Fraction(-2, 3), 0, "-1"),
        (7, 2, "7.00"),
    ],
)
def test_half_is_rounded_away_from_zero(number, places, rounded):
    assert str(round_half_up(number, places)) == rounded


@given(st.decimals(-(10**12), 10**12, places=6), st.integers(0, 5))
def test_rounding_agrees_with_the_decimal_module(number, places):
    assert round_half_up(number, places) == number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@pytest.mark.parametrize("number", [0.5, "1", None])
def test_only_exact_numbers_are_rounded(number):
    with pytest.raises(TypeError):
        round_half_up(number, 2)


def test_the_allocation_rate_of_ilam():
    assert percent2(1244, 1603) == Decimal("77.60")


@pytest.mark.parametrize(("n", "d"), [(None, 1), (1, None), (1, 0), (0, 0), (1, Decimal("0.0"))])
def test_an_undefined_ratio_is_none(n, d):
    assert ratio(n, d) is None
    assert percent2(n, d) is None


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**15))
def test_a_ratio_is_unrounded_and_its_percent_rounded_once(n, d):
    assert abs(Fraction(ratio(n, d)) - Fraction(n, d)) < Fraction(1, 10**30)
    assert abs(Fraction(percent2(n, d)) - 100 * Fraction(n, d)) <= Fraction(1, 200)


def test_a_ratio_refuses_floats():
    with pytest.raises(TypeError):
        ratio(0.5, 1)


@pytest.mark.parametrize(
    ("total", "by", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (100, [62, 21, 17], [62, 21, 17]),
        (10, [Decimal("0.5"), Decimal("0.25"), Decimal("0.25")], [5, 3, 2]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
        (5, [0, 3], [0, 5]),
    ],
)
def test_shares_by_largest_remainder(total, by, parts):
    assert largest_remainder(total, by) == parts


@given(st.integers(-(10**15), 10**15), weights)
def test_shares_add_up_and_are_nearly_proportional(total, by):
    if not any(by):
        by = [*by, 1]
    parts = largest_remainder(total, by)
    assert sum(parts) == total
    assert all(
        abs(part - Fraction(total * weight, sum(by))) < 1 for part, weight in zip(parts, by, strict=True)
    )


@pytest.mark.parametrize(("total", "by"), [(5, [0, 0]), (5, []), (5, [2, -1])])
def test_shares_that_cannot_be_made(total, by):
    with pytest.raises(ValueError):
        largest_remainder(total, by)


# --- unit trap


@pytest.mark.parametrize(
    ("value", "last", "ceiling", "offered"),
    [
        (27_650_000_000, 25_000, None, 27_650),
        (27_650_000_000, None, 30_000, 27_650),
        (27_650_000_000, 25_000, 30_000, 27_650),
        (1000, 1, None, 0),
        (1_500_000, 1500, 0, 2),
    ],
)
def test_a_figure_that_looks_like_rials(value, last, ceiling, offered):
    assert unit_trap(value, last, ceiling) == UnitTrap(value, offered)


@pytest.mark.parametrize(
    ("value", "last", "ceiling"),
    [
        (None, 5, 5),
        (999, 1, None),
        (5000, 0, 0),
        (5000, None, None),
        (5000, 1, 6000),
        (5000, 1, 5000),
        (29_999_000, None, 30_000),
    ],
)
def test_a_figure_that_does_not(value, last, ceiling):
    assert unit_trap(value, last, ceiling) is None


def test_the_trap_says_what_it_thinks():
    assert UnitTrap(27_650_000_000, 27_650).message == (
        "به نظر ریال است، نه میلیون ریال. آیا ۲۷٬۶۵۰ میلیون ریال درست است؟"
    )
