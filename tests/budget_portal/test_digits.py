"""Digits: folding both ways, and numbers as people read them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget_portal.digits import ARABIC, LATIN, PERSIAN, drop_marks, group, to_latin, to_persian


def test_every_digit_of_the_three_scripts():
    assert to_latin(PERSIAN) == to_latin(ARABIC) == to_latin(LATIN) == LATIN
    assert to_persian(LATIN) == to_persian(ARABIC) == to_persian(PERSIAN) == PERSIAN


@given(st.text())
def test_folding_is_idempotent_and_keeps_the_length(text):
    assert to_latin(to_latin(text)) == to_latin(text)
    assert to_persian(to_latin(text)) == to_persian(text)
    assert len(to_latin(text)) == len(text)


@given(st.integers(0, 10**20))
def test_a_number_survives_the_way_to_persian_and_back(number):
    assert int(to_latin(to_persian(number))) == number


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "۰"),
        (27650, "۲۷٬۶۵۰"),
        (999_999_999_999_999, "۹۹۹٬۹۹۹٬۹۹۹٬۹۹۹٬۹۹۹"),
        (-14, "\u200e\u2212۱۴"),
        (Decimal("57.6"), "۵۷٫۶"),
        (Decimal("1234.50"), "۱٬۲۳۴٫۵۰"),
        (Decimal("-0.5"), "\u200e\u2212۰٫۵"),
        (Decimal("-0.0"), "۰٫۰"),
        (Decimal("1E+3"), "۱٬۰۰۰"),
    ],
)
def test_numbers_as_people_read_them(number, shown):
    assert group(number) == shown


def test_marks_are_dropped_and_nothing_else():
    assert drop_marks("\u200f\u202a1\u200e2\u2069\ufeff\u200b ۳") == "12 ۳"
