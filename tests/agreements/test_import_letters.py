"""Letters of a file stand under the rules of typed letters, and what follows from them is the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from agreements import letter_rules
from agreements.models import AllocationNotice, BudgetNotification, Programme
from budget_portal import jalali, outbox
from budget_portal.models import Alert, ImportBatch, ImportRow
from tests import factories
from tests.agreements.importing import ground, make_batch, mapping
from tests.cast import Cast

pytestmark = pytest.mark.django_db
CREDIT = 1_000


def agree(cast: Cast, *, source: Any = None) -> None:
    """The first programme has a credit of 1,000."""
    ground(cast)
    national = cast.national_organization
    programme = Programme.objects.get(organization=national, code="101")
    key = programme, factories.make_expense_chapter(national, "7"), source or factories.make_source(national)
    factories.make_expense_agreement(cast.agency, cast.fiscal_year, {key: CREDIT}, activities=False)


def allocate(cast: Cast, *rows: Any, state: str = "previewed", **how: Any) -> ImportBatch:
    factories.make_period(cast.fiscal_year, "Q1")
    values = {"period": f"{cast.fiscal_year.year}-Q1", **how.pop("values", {})}
    return make_batch(
        cast, state, *rows, table="allocations-expense", told=mapping(cast, values=values, **how)
    )


def said(batch: ImportBatch) -> dict[int, str]:
    rows = ImportRow.objects.filter(batch=batch, kind="error")
    return dict(rows.values_list("number", "text"))


def test_more_than_the_agreement_has_is_refused_with_the_sentence_of_the_typed_letter(cast: Cast) -> None:
    agree(cast)
    assert said(allocate(cast, (cast.agency.code, "101", CREDIT))) == {}
    (sentence,) = said(allocate(cast, (cast.agency.code, "101", CREDIT + 1))).values()
    start = letter_rules.V1.format(title="…", sum="۱٬۰۰۱", day="۱۴۰۵/۰۲/۰۱", credit="۱٬۰۰۰").partition("»")[2]
    assert start in sentence


def test_a_programme_without_an_agreement_gets_nothing(cast: Cast) -> None:
    agree(cast)
    batch = allocate(cast, (cast.agency.code, "102", 1), (cast.agency.code, "101", 5), state="applied")
    (sentence,) = said(batch).values()
    assert "موافقتنامهٔ لازم‌الاجرا ندارد" in sentence
    assert [line.amount for line in AllocationNotice.objects.get().lines.all()] == [5]


def test_letters_of_one_file_are_judged_one_after_the_other(cast: Cast) -> None:
    agree(cast)
    headers = ("کد دستگاه", "برنامه", "مبلغ", "نامه", "تاریخ")
    told = mapping(cast, values={"period": f"{cast.fiscal_year.year}-Q1"})
    told["columns"] |= {"letter_number": 3, "letter_date": 4}
    factories.make_period(cast.fiscal_year, "Q1")
    rows = [
        (cast.agency.code, "101", 600, "ب", "1405/02/10"),
        (cast.agency.code, "101", 500, "الف", "1405/02/01"),
        (cast.agency.code, "101", -200, "ج", "1405/02/20"),
    ]
    batch = make_batch(cast, "previewed", *rows, table="allocations-expense", headers=headers, told=told)
    (number,) = said(batch)
    assert number == 2
    assert "۱٬۱۰۰" in said(batch)[2]


def test_own_revenue_asks_for_what_was_collected(cast: Cast) -> None:
    ground(cast)
    source = factories.make_source(cast.national_organization, "own_revenue")
    agree(cast, source=source)
    told = {"constants": {"expense_chapter": "7", "funding_source": "own-revenue"}}
    (sentence,) = said(allocate(cast, (cast.agency.code, "101", 10), **told)).values()
    assert "وصولی تجمعی آن را بنویسید" in sentence


def test_what_is_wrong_with_a_letter_is_wrong_with_all_its_rows(cast: Cast) -> None:
    tomorrow = jalali.format_iso(jalali.today() + dt.timedelta(days=1))
    told = mapping(cast, values={"letter_date": tomorrow})
    batch = make_batch(
        cast, "previewed", (cast.agency.code, "101", 5), (cast.agency.code, "102", 6), told=told
    )
    assert all("هنوز نرسیده است" in sentence for sentence in said(batch).values())
    assert set(said(batch)) == {2, 3}


def test_a_row_of_zero_writes_nothing_and_says_so(cast: Cast) -> None:
    batch = make_batch(cast, "applied", (cast.agency.code, "101", 0), (cast.agency.code, "102", 6))
    assert batch.counts["left_out"] == 1
    assert [line.amount for line in BudgetNotification.objects.get().lines.all()] == [6]


def test_the_agency_hears_of_imported_letters(cast: Cast) -> None:
    people = {cast.agency_user, cast.agency_head, cast.treasurer}
    make_batch(cast, "applied")
    outbox.deliver_all()
    letter = BudgetNotification.objects.get()
    heard = Alert.objects.filter(url__endswith=f"/{letter.pk}/")
    assert {alert.person for alert in heard} == people


PAPER = ("کد دستگاه", "برنامه", "مبلغ", "ابزار", "نماد", "سررسید", "تنخواه")
FIELDS = {name: place for place, name in enumerate(("instrument", "symbol", "due_date", "advance"), start=3)}


def papers(cast: Cast, state: str, *rows: Any, **values: str) -> ImportBatch:
    told = mapping(cast, values={"period": f"{cast.fiscal_year.year}-Q1", **values})
    told["columns"] |= FIELDS
    factories.make_period(cast.fiscal_year, "Q1")
    return make_batch(cast, state, *rows, table="allocations-expense", headers=PAPER, told=told)


def test_cash_securities_and_advances_of_one_line_stand_side_by_side(cast: Cast) -> None:
    agree(cast)
    code = cast.agency.code
    rows = [
        (code, "101", 300, "نقد", "", "", "خیر"),
        (code, "101", 200, "اسناد خزانه", "AKHZA104", "1406/02/01", ""),
        (code, "101", 100, "", "", "", "بله"),
    ]
    assert papers(cast, "applied", *rows).written == 3
    lines = AllocationNotice.objects.get().lines.order_by("amount")
    found = [(line.amount, line.instrument, line.symbol, line.is_advance) for line in lines]
    assert found == [
        (100, "cash", "", True),
        (200, "securities", "AKHZA104", False),
        (300, "cash", "", False),
    ]
    assert papers(cast, "previewed", *rows).counts["same"] == 3


def test_securities_ask_for_symbol_and_due_date_in_the_words_of_the_page(cast: Cast) -> None:
    agree(cast)
    code = cast.agency.code
    rows = [
        (code, "101", 5, "اسناد خزانه", "", "", ""),
        (code, "101", 6, "اسناد خزانه", "اخزا", "1405/01/05", ""),
        (code, "101", 7, "سهام", "", "", ""),
        (code, "101", 8, "", "", "", "شاید"),
    ]
    told = said(papers(cast, "previewed", *rows))
    words = {2: "نماد و سررسید", 3: "سررسید اسناد", 4: "نقد یا اسناد خزانه نیست", 5: "بله یا خیر نیست"}
    assert all(words[number] in told[number] for number in words)
    rows = [(code, "101", 5, "اسناد خزانه", "اخزا", "1406/02/01", "")]
    assert "تجمعی" in said(papers(cast, "previewed", *rows, figures="cumulative"))[2]
