"""Rows of a ledger find their lines: precision before recall, on ledgers with slips; and each rule by itself."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.reconciliation.facts import Entry, Match, Method, MoneyKey, Standing, Statement, Target
from monitoring.reconciliation.matching import match_all
from monitoring.reconciliation.sums import RIALS, Tolerance, half_up, rounded
from monitoring.reconciliation.texts import one_slip
from tests.monitoring.ledgers import YEAR, Score, make_book, measure, table

GENERAL, OWN = 1, 2
BRIDGE = MoneyKey(1, None, None, GENERAL)
BRIDGE_OWN = MoneyKey(1, None, None, OWN)
ROAD = MoneyKey(2, None, None, GENERAL)
SOURCES = {GENERAL: ("general", "منابع عمومی"), OWN: ("own revenue", "درامد اختصاصی")}
LINES = (
    Target(BRIDGE, "p1", ("1503001-12",), "احداث پل روگذر شوشتر", SOURCES[GENERAL], entered=500),
    Target(BRIDGE_OWN, "p1", ("1503001-12",), "احداث پل روگذر شوشتر", SOURCES[OWN], entered=90),
    Target(ROAD, "p2", ("1503044-07",), "بهسازی راه روستایی دزفول", SOURCES[GENERAL], entered=1_000),
)
DAY = dt.date(2026, 7, 1)


def row(number: int = 2, rials: int | None = 100 * RIALS, **facts: Any) -> Entry:
    return Entry(number, rials, **{"day": DAY, "document": f"{number}", **facts})


def matched(*entries: Entry, lines: Any = LINES, statements: Any = ()) -> list[Match]:
    return list(match_all(entries, lines, YEAR, statements).matches)


def test_precision_on_noisy_ledgers() -> None:
    """At least 99 of 100 automatic matches are right, whatever the noise; and most rows find their line."""
    scores: dict[str, Score] = {}
    for seed in range(4):
        book = make_book(seed=seed)
        found = match_all(book.entries, book.targets, book.year, book.statements)
        for noise, score in measure(book, found).items():
            scores[noise] = scores.get(noise, Score()) + score
    whole = sum(scores.values(), Score())
    sys.stdout.write(f"{table(scores)}\n")
    assert whole.precision >= 0.99
    assert whole.recall >= 0.85
    assert all(score.standing == score.rows for score in scores.values())
    assert scores["clean"].recall == scores["code_slip"].recall == 1


@pytest.mark.parametrize(
    ("facts", "key", "method"),
    [
        ({"code": "1503044-07"}, ROAD, Method.CODE),
        ({"code": "۱۵۰۳۰۴۴/۰۷"}, ROAD, Method.CODE),
        ({"code": "1503001-12", "source": "منابع عمومي"}, BRIDGE, Method.CODE),
        ({"code": "1503001-12", "text": "از محل درآمد اختصاصی"}, BRIDGE_OWN, Method.CODE),
        ({"code": "1503001-12"}, None, None),  # two sources, none is said
        ({"code": "1503001-12", "source": "نفت و گاز"}, None, None),  # a source that the project has not
        ({"code": "1503054-07", "text": "بهسازي راه روستايي دزفول"}, ROAD, Method.NEAR_CODE),
        ({"code": "1503054-07"}, None, None),  # a slip alone is no proof
        ({"code": "1503001-12", "text": "بهسازی راه روستایی دزفول"}, None, None),  # code and text disagree
        ({"text": "پرداخت سند ۱۲ بابت بهسازی راه روستایی دزفول"}, ROAD, Method.TEXT),
        ({"text": "سند پروژهٔ 1503044-07 طبق فهرست"}, ROAD, Method.CODE),
        ({"text": "بهسازی راه"}, None, None),
        ({"text": "احداث پل روگذر شوشتر و بهسازی راه روستایی دزفول"}, None, None),  # two projects in one
        ({}, None, None),
    ],
)
def test_one_row(facts: dict[str, Any], key: MoneyKey | None, method: Method | None) -> None:
    found = matched(row(**facts))[0]
    assert (found.key, found.method) == (key, method)


def test_open_rows_say_what_they_may_be() -> None:
    assert matched(row(code="1503001-12"))[0].suggestions == (BRIDGE, BRIDGE_OWN)


def test_a_row_of_exactly_what_a_line_lacks() -> None:
    found = matched(
        row(2, 40 * RIALS, code="1503001-12", source="درآمد اختصاصی"), row(3, 50 * RIALS, code="1503001-12")
    )
    assert [match.key for match in found] == [BRIDGE_OWN, BRIDGE_OWN]
    assert found[1].method is Method.AMOUNT


def test_two_rows_of_what_one_line_lacks_stay_open() -> None:
    found = matched(row(2, 90 * RIALS, code="1503001-12"), row(3, 90 * RIALS, code="1503001-12"))
    assert [match.key for match in found] == [None, None]


def test_chapters_of_a_programme() -> None:
    lines = [
        Target(
            MoneyKey(None, 7, chapter, GENERAL),
            "g7",
            ("1307", f"1307{chapter}"),
            "پایش کیفیت آب",
            SOURCES[GENERAL],
            (str(chapter), name),
        )
        for chapter, name in ((1, "جبران خدمات کارکنان"), (2, "استفاده از کالاها و خدمات"))
    ]
    found = matched(
        row(2, code="1307", chapter="1"),
        row(3, code="1307-2"),
        row(4, code="1307", text="جبران خدمات کارکنان، تیر"),
        row(5, chapter="فصل ۲"),
        row(6, code="1307"),
        lines=lines,
    )
    assert [match.key and match.key.chapter for match in found] == [1, 2, 1, 2, None]


def test_a_statement_of_that_amount_names_the_project() -> None:
    paid = Statement(9, "p2", (130, 100), dt.date(2026, 6, 1), "5", "۱۲/۴۰۵")
    found = matched(row(text="صورت‌وضعیت ۵"), row(3, 101 * RIALS, text="صورت‌وضعیت ۵"), statements=[paid])
    assert [(match.key, match.statement) for match in found] == [(ROAD, 9), (None, None)]
    other = Statement(10, "p1", (100,), dt.date(2026, 6, 1), "5", "")
    assert matched(row(text="صورت‌وضعیت ۵"), statements=[paid, other])[0].key is None
    assert matched(row(code="1503044-07", text="صورت‌وضعیت ۵"), statements=[paid])[0].statement == 9


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ({"rials": None}, Standing.UNREAD),
        ({"rials": 0}, Standing.UNREAD),
        ({"day": None}, Standing.UNDATED),
        ({"day": dt.date(2026, 3, 20)}, Standing.OUTSIDE),
        ({"day": dt.date(2026, 9, 23)}, Standing.AFTER),
        ({"day": dt.date(2026, 9, 22)}, Standing.COUNTED),
        ({"text": "نقل از صفحهٔ قبل"}, Standing.CARRIED),
    ],
)
def test_rows_that_do_not_count(facts: dict[str, Any], standing: Standing) -> None:
    assert matched(row(code="1503044-07", **facts))[0].standing is standing


def test_a_row_written_twice_counts_once() -> None:
    one = row(2, code="1503044-07", document="41", text="صورت‌وضعیت ۳")
    found = matched(
        one,
        row(3, code="1503044-07", document="41", text="صورت وضعيت 3"),
        row(4, code="1503001-12", document="41", source="general", text="صورت‌وضعیت ۳"),  # another project
        row(5, code="1503044-07", document="", text="صورت‌وضعیت ۳"),  # no number: nothing to judge by
        row(6, code="1503044-07", document="41", text="علی‌الحساب پیمانکار"),
    )
    assert [match.standing for match in found] == [
        Standing.COUNTED, Standing.DUPLICATE, Standing.COUNTED, Standing.COUNTED, Standing.COUNTED,
    ]  # fmt: skip
    assert found[1].partner == 2


def test_a_reversal_takes_its_payment_with_it() -> None:
    found = matched(
        row(2, code="1503044-07"),
        row(3, code="1503044-07"),
        row(4, -100 * RIALS, code="1503044-07", day=DAY + dt.timedelta(days=2), text="برگشت سند"),
        row(5, -70 * RIALS, code="1503044-07"),
    )
    assert [match.standing for match in found] == [
        Standing.COUNTED, Standing.REVERSED, Standing.REVERSED, Standing.COUNTED,
    ]  # fmt: skip
    assert (found[1].partner, found[2].partner) == (4, 3)
    assert found[3].key == ROAD  # a credit without a payment lowers its line


def test_a_reversal_of_another_project_takes_nothing() -> None:
    found = matched(row(2, code="1503044-07"), row(3, -100 * RIALS, code="1503001-12", source="general"))
    assert [match.standing for match in found] == [Standing.COUNTED, Standing.COUNTED]


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("1234", "1234", False),
        ("1234", "1243", True),
        ("1234", "1235", True),
        ("1234", "123", True),
        ("1234", "12345", True),
        ("1234", "2134", True),
        ("1234", "4321", False),
        ("1234", "1256", False),
        ("", "1", True),
    ],
)
def test_one_slip(one: str, other: str, answer: bool) -> None:
    assert one_slip(one, other) is answer
    assert one_slip(other, one) is answer


@given(st.lists(st.integers(min_value=-(10**15), max_value=10**15), min_size=1, max_size=30))
def test_rounded_parts_add_up(amounts: list[int]) -> None:
    rials = {MoneyKey(place, None, None, 1): value for place, value in enumerate(amounts)}
    found = rounded(rials)
    assert sum(found.sums.values()) == found.total == half_up(sum(amounts))
    assert all(abs(value) < RIALS for value in found.rounding.values())
    assert all(found.sums[key] * RIALS - found.rounding[key] == value for key, value in rials.items())


@pytest.mark.parametrize(
    ("tolerance", "entered", "ledger", "holds"),
    [
        (Tolerance(), 100, 101, True),
        (Tolerance(), 100, 102, False),
        (Tolerance(0), 100, 101, False),
        (Tolerance(0, Decimal("0.5")), 1_000, 1_005, True),
        (Tolerance(0, Decimal("0.5")), 1_000, 1_006, False),
        (Tolerance(), None, 0, True),
        (Tolerance(), None, 1, False),
        (Tolerance(), 0, 0, True),
    ],
)
def test_tolerance(tolerance: Tolerance, entered: int | None, ledger: int, holds: bool) -> None:
    assert tolerance.holds(entered, ledger) is holds
