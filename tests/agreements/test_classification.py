"""Classification over the years: rows begin, are renamed and end; what goes into what makes 1, or went nowhere."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from agreements import classification
from agreements.classification import TREES
from agreements.models import Affair, Chapter, ClassificationMapping, FiscalYear
from budget_portal import audit, jalali
from budget_portal.errors import NotAllowed, RuleBroken, WrongState
from tests.cast import Cast
from tests.factories import make_fiscal_year, make_person

pytestmark = pytest.mark.django_db

TURN = jalali.fiscal_year_start(1405)
EVE = TURN - dt.timedelta(days=1)
AFFAIR, CHAPTER = TREES["affair"], TREES["chapter"]


def keeper(cast: Cast) -> User:
    return make_person("admin", cast.national_organization)


def add(by: User, code: str = "10", since: dt.date | None = None, **facts: Any) -> Any:
    tree = CHAPTER if "affair" in facts else AFFAIR
    values = {"code": code, "title": f"ردیف {code}", "valid_from": since or jalali.fiscal_year_start(1403)}
    return classification.add_row(tree, values | facts, by=by)


def years(cast: Cast) -> FiscalYear:
    make_fiscal_year(cast.national_organization, 1404)
    return cast.fiscal_year


# --- rows ---------------------------------------------------------------------------------------------------


def test_a_province_reads_and_only_the_national_administrator_writes(cast: Cast) -> None:
    row = add(keeper(cast))
    for person in (cast.admin, cast.consolidation, cast.national):
        assert classification.can_read(person)
        with pytest.raises(NotAllowed):
            classification.end_row(AFFAIR, row.pk, last_day=EVE, by=person)


def test_a_code_means_one_row_on_any_day(cast: Cast) -> None:
    by = keeper(cast)
    row = add(by)
    with pytest.raises(RuleBroken):
        add(by)
    classification.end_row(AFFAIR, row.pk, last_day=EVE, by=by)
    again = add(by, since=TURN)
    assert Affair.objects.valid_on(EVE).get() == row
    assert Affair.objects.valid_on(TURN).get() == again
    with pytest.raises(IntegrityError, match="affair_code_once"), transaction.atomic():
        Affair.objects.filter(pk=row.pk).update(valid_to=TURN)
    with pytest.raises(WrongState):
        classification.end_row(AFFAIR, row.pk, last_day=EVE, by=by)


def test_a_new_name_holds_from_its_day_and_the_old_one_before(cast: Cast) -> None:
    by = keeper(cast)
    row = add(by)
    new = classification.rename_row(AFFAIR, row.pk, title="نام تازه", from_day=TURN, by=by)
    row.refresh_from_db()
    assert (row.valid_to, new.valid_from, new.renames, new.code) == (EVE, TURN, row, row.code)
    entry = audit.history(new).get()
    assert (entry.before, entry.after["title"]) == ({"title": row.title}, "نام تازه")
    with pytest.raises(WrongState):
        classification.rename_row(AFFAIR, row.pk, title="نام دیگر", from_day=TURN, by=by)


def test_a_row_does_not_end_before_what_hangs_on_it(cast: Cast) -> None:
    by = keeper(cast)
    affair = add(by)
    add(by, "1001", affair=affair)
    new = classification.rename_row(AFFAIR, affair.pk, title="نام تازه", from_day=TURN, by=by)
    with pytest.raises(RuleBroken):  # its children hang on the row of the old name
        classification.end_row(AFFAIR, new.pk, last_day=TURN, by=by)
    classification.end_row(CHAPTER, Chapter.objects.get().pk, last_day=TURN, by=by)
    classification.end_row(AFFAIR, new.pk, last_day=TURN, by=by)


# --- years --------------------------------------------------------------------------------------------------


def test_a_year_is_a_copy_of_the_one_before_however_often_it_is_opened(cast: Cast) -> None:
    by, year = keeper(cast), years(cast)
    stays, ends = add(by, "10"), add(by, "20")
    add(by, "30", since=TURN)
    renamed = add(by, "40")
    classification.rename_row(AFFAIR, renamed.pk, title="نام تازه", from_day=TURN, by=by)
    classification.end_row(AFFAIR, ends.pk, last_day=EVE, by=by)
    assert classification.open_year(year.pk, by=by) == 2
    assert classification.open_year(year.pk, by=by) == 0
    assert audit.history(year).filter(event="classification.year_opened").count() == 1
    rows = {row.code: row for row in classification.mapping_of(AFFAIR, year)}
    assert set(rows) == {stays.code, ends.code, renamed.code}
    assert rows["10"].is_itself
    assert rows["40"].is_itself
    assert not rows["20"].targets  # could not be mapped


def test_the_first_year_has_nothing_to_copy(cast: Cast) -> None:
    with pytest.raises(RuleBroken):
        classification.open_year(cast.fiscal_year.pk, by=keeper(cast))


def test_a_row_is_split_and_its_amount_goes_along(cast: Cast) -> None:
    by, year = keeper(cast), years(cast)
    old = add(by, "10")
    classification.end_row(AFFAIR, old.pk, last_day=EVE, by=by)
    add(by, "11", since=TURN)
    add(by, "12", since=TURN)
    lost = add(by, "90")
    classification.end_row(AFFAIR, lost.pk, last_day=EVE, by=by)
    shares = {"11": Decimal("0.65"), "12": Decimal("0.35")}
    classification.map_row(year.pk, AFFAIR, "10", shares, by=by)
    found = classification.carried(AFFAIR, year, {"10": Decimal(200), "90": Decimal(7)})
    assert found == ({"11": Decimal(130), "12": Decimal(70)}, Decimal(7))


@pytest.mark.parametrize(
    "shares",
    [
        {"11": Decimal("0.5")},
        {"11": Decimal("0.7"), "12": Decimal("0.7")},
        {"11": Decimal(1), "99": Decimal(0)},
        {"99": Decimal(1)},
        {"11": Decimal("1.5"), "12": Decimal("-0.5")},
    ],
)
def test_shares_that_do_not_make_one_are_refused(cast: Cast, shares: dict[str, Decimal]) -> None:
    by, year = keeper(cast), years(cast)
    add(by, "10")
    add(by, "11")
    add(by, "12")
    with pytest.raises(RuleBroken):
        classification.map_row(year.pk, AFFAIR, "10", shares, by=by)
    assert not ClassificationMapping.objects.exists()


@given(st.lists(st.integers(min_value=0, max_value=1_000_000), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_the_database_lets_stand_what_makes_one_and_nothing_else(parts: list[int]) -> None:
    with transaction.atomic():
        cast = Cast()
        rows = [
            ClassificationMapping(
                fiscal_year=cast.fiscal_year,
                tree="affair",
                from_code="1",
                to_code=str(number),
                share=Decimal(part) / 1_000_000,
            )
            for number, part in enumerate(parts)
            if part
        ]
        try:
            with transaction.atomic():
                ClassificationMapping.objects.bulk_create(rows)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            stands = True
        except IntegrityError:
            stands = False
        assert stands is (sum(parts) in {0, 1_000_000})
        transaction.set_rollback(True)


@given(
    st.lists(st.integers(min_value=1, max_value=999), min_size=1, max_size=4),
    st.integers(min_value=0, max_value=10**9),
)
@settings(max_examples=25, deadline=None)
def test_what_is_carried_and_what_is_lost_is_what_there_was(weights: list[int], amount: int) -> None:
    with transaction.atomic():
        cast = Cast()
        by, year = keeper(cast), years(cast)
        add(by, "10")
        add(by, "20")
        shares = {}
        left = Decimal(1)
        for number, weight in enumerate(weights):
            add(by, f"3{number}")
            share = (
                left if number == len(weights) - 1 else (left * weight / 1000).quantize(Decimal("0.000001"))
            )
            if share:
                shares[f"3{number}"] = share
                left -= share
        if sum(shares.values()) == 1:
            classification.map_row(year.pk, AFFAIR, "10", shares, by=by)
        found, lost = classification.carried(AFFAIR, year, {"10": Decimal(amount), "20": Decimal(5)})
        assert sum(found.values()) + lost == amount + 5
        transaction.set_rollback(True)


# --- pages --------------------------------------------------------------------------------------------------


def test_the_administrator_keeps_a_tree_on_its_pages(cast: Cast) -> None:
    by, year = keeper(cast), years(cast)
    client, base = cast.sign_in(by), "/manage/classification/"
    data = {"code": "10", "title": "امور اقتصادی", "valid_from": "1403/01/01"}
    assert client.post(f"{base}affair/new/", data).status_code == 302
    row = Affair.objects.get()
    data = {"code": "1001", "title": "حمل و نقل", "valid_from": "1403/01/01", "affair": row.pk}
    assert client.post(f"{base}chapter/new/", data).status_code == 302
    new = {"title": "امور اقتصاد و بازرگانی", "from_day": "1405/01/01"}
    assert client.post(f"{base}affair/{row.pk}/rename/", new).status_code == 302
    now = client.get(f"{base}?year=1405").content.decode()
    assert "امور اقتصاد و بازرگانی" in now
    assert "حمل و نقل" in now
    then = client.get(f"{base}?year=۱۴۰۴").content.decode()
    assert "امور اقتصادی" in then
    assert "بازرگانی" not in then
    answer = client.post(f"/manage/periods/{year.year}/classification/open/", follow=True)
    assert "۲ ردیف از سال پیش آورده شد" in answer.content.decode()
    chapter = Chapter.objects.get()
    wrong = client.post(f"{base}affair/{Affair.objects.last().pk}/end/", {"last_day": "1405/02/01"})
    assert wrong.status_code == 422
    assert client.post(f"{base}chapter/{chapter.pk}/end/", {"last_day": "1404/12/29"}).status_code == 302
    url = f"/manage/periods/{year.year}/classification/chapter/1001/"
    assert client.post(url, {"to_1": "", "share_1": ""}).status_code == 302
    assert "بی‌نگاشت" in client.get(f"/manage/periods/{year.year}/classification/").content.decode()
    assert client.post(url, {"to_1": "", "share_1": "۵۰"}).status_code == 422
    assert client.get(f"{base}nothing/new/").status_code == 404


def test_a_province_reads_the_tree_without_buttons(cast: Cast) -> None:
    by = keeper(cast)
    row = add(by)
    years(cast)
    shown = cast.client("admin").get("/manage/classification/").content.decode()
    assert row.title.replace("10", "۱۰") in shown
    assert "تازه</a>" not in shown
