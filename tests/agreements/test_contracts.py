"""Contracts of a project: companies by legal id, amounts that make one chain, statements and what was paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements import contracts
from agreements.models import Company, Contract, ContractChange, ContractStatement
from budget_portal import audit, jalali
from budget_portal.errors import NotAllowed, RuleBroken, StaleVersion, WrongState
from budget_portal.identifiers import legal_id_problem
from tests.access.register import CHANGED, STATED, TERMS
from tests.cast import Cast
from tests.factories import (
    legal_id,
    make_company,
    make_contract,
    make_contract_change,
    make_project,
    make_statement,
)

pytestmark = pytest.mark.django_db

DAY = jalali.gregorian(1404, 6, 1)
REASON = "افزایش مقادیر کار برابر صورت‌جلسهٔ کارگاه"
FACTS: dict[str, Any] = {
    "number": "۱۴۰۴/۱۲",
    "signed_on": jalali.gregorian(1404, 2, 1),
    "subject": "اجرای ابنیهٔ پل",
    "part": "contractor",
    "amount": 80_000,
    "duration_days": 365,
    "starts_on": jalali.gregorian(1404, 2, 15),
    "guarantee": 4_000,
    "retention": Decimal(10),
}


def state(contract: Contract, by: Any, **facts: Any) -> ContractStatement:
    values = {
        "sort": "interim",
        "number": 1,
        "worked_from": jalali.gregorian(1404, 4, 1),
        "worked_to": jalali.gregorian(1404, 4, 31),
        "stated_on": jalali.gregorian(1404, 5, 2),
        "gross": 10_000,
        "paid": 0,
    }
    return contracts.state(contract.pk, values | facts, by=by)


# --- companies ----------------------------------------------------------------------------------------------


@given(
    st.from_regex(r"[0-9]{10,12}", fullmatch=True)
    | st.text(max_size=12).filter(lambda text: "\0" not in text)
)
@settings(max_examples=150, deadline=None)
def test_the_database_judges_a_legal_id_as_the_form_does(code: str) -> None:
    plain = code if code.isascii() else "x"
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_legal_id_valid(%s)", [plain])
        assert cursor.fetchone()[0] is (plain.isdecimal() and legal_id_problem(plain) is None)


@given(st.integers(min_value=1, max_value=99_999_999))
@settings(max_examples=100, deadline=None)
def test_of_ten_last_digits_exactly_one_is_right(seed: int) -> None:
    ten = f"14{seed:08d}"
    right = [digit for digit in range(10) if legal_id_problem(f"{ten}{digit}") is None]
    assert len(right) == (0 if ten[3:9] == "000000" else 1)


def test_a_company_is_one_row_however_its_name_is_written(cast: Cast) -> None:
    project = make_project(cast.agency)
    known = make_company(cast.national_organization, "سازه‌گستر جنوب")
    row = contracts.add_contract(
        project.pk, FACTS, legal_id=known.legal_id, company_name="سازه گستر", by=cast.agency_user
    )
    assert row.company == known
    assert Company.objects.get().name == "سازه‌گستر جنوب"


# --- contracts ----------------------------------------------------------------------------------------------


def add(cast: Cast, project: Any, by: Any, **facts: Any) -> Contract:
    return contracts.add_contract(
        project.pk, FACTS | facts, legal_id=legal_id(77), company_name="راه‌آوران", by=by
    )


def test_the_agency_writes_a_contract_and_the_log_knows(cast: Cast) -> None:
    project = make_project(cast.agency)
    row = add(cast, project, cast.agency_user)
    assert row.number_folded == "1404/12"
    entry = audit.history(project).get()
    assert entry.event == "contract.added"
    assert entry.after["amount"] == 80_000
    with pytest.raises(RuleBroken):
        add(cast, project, cast.agency_user)
    for stranger in (cast.expert, cast.treasurer, cast.agency_head):
        with pytest.raises(NotAllowed):
            add(cast, project, stranger, number="۲")


AHEAD = jalali.today() + dt.timedelta(days=2)  # a run may pass midnight


@pytest.mark.parametrize(
    ("facts", "field", "remedy"),
    [
        ({"amount": 0}, "amount", "بنویسید"),
        ({"signed_on": AHEAD, "starts_on": AHEAD}, "signed_on", "پس از امضا ثبت کنید"),
        ({"starts_on": FACTS["signed_on"] - dt.timedelta(days=1)}, "starts_on", "۱ اردیبهشت ۱۴۰۴"),
    ],
)
def test_terms_that_cannot_be_are_refused_with_their_remedy(
    cast: Cast, facts: dict[str, Any], field: str, remedy: str
) -> None:
    project = make_project(cast.agency)
    with pytest.raises(contracts.TermRefused, match=remedy) as refusal:
        add(cast, project, cast.agency_user, **facts)
    assert refusal.value.field == field
    row = add(cast, project, cast.agency_user, starts_on=FACTS["signed_on"])
    row.refresh_from_db()
    with pytest.raises(contracts.TermRefused, match=remedy):
        contracts.change_contract(
            row.pk,
            FACTS | facts,
            seen=contracts.stamp(row),
            legal_id=legal_id(77),
            company_name="x",
            by=cast.agency_user,
        )


def test_a_refused_term_is_said_at_its_field(cast: Cast) -> None:
    url = f"/projects/{make_project(cast.agency).code}/contracts/new/"
    page = cast.client("agency_user").post(url, {**TERMS, "amount": "۰"})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"amount"}


def test_work_is_not_begun_after_what_was_stated_of_it(cast: Cast) -> None:
    row = make_contract(make_project(cast.agency))
    statement = make_statement(row)
    row.refresh_from_db()
    terms = {name: getattr(row, name) for name in contracts.TERMS}
    late = {**terms, "starts_on": statement.worked_from + dt.timedelta(days=1)}
    with pytest.raises(contracts.TermRefused, match="کارکرد"):
        contracts.change_contract(row.pk, late, seen=contracts.stamp(row), by=cast.agency_user)


def test_of_project_gives_form_ca7_what_it_shows(cast: Cast, django_assert_num_queries: Any) -> None:
    project = make_project(cast.agency)
    old = make_contract(project, amount=100_000, signed_on=jalali.gregorian(1403, 1, 20))
    new = make_contract(project, part="consultant")
    make_contract_change(old, 120_000)
    make_statement(old, gross=20_000, paid=5_000)
    make_statement(old, sort="adjustment", gross=3_000, paid=0)
    with django_assert_num_queries(3):
        found = contracts.of_project(project)
    assert [facts.contract for facts in found] == [new, old]
    facts = found[1]
    assert (facts.signed, facts.amount, facts.change_percent) == (100_000, 120_000, Decimal(20))
    assert (facts.gross, facts.adjusted, facts.paid) == (20_000, 3_000, 5_000)
    assert facts.ends_on == old.starts_on + dt.timedelta(days=359)
    assert not facts.warnings


@pytest.mark.parametrize(("amount", "beyond"), [(125, False), (126, True), (75, False), (74, True)])
def test_beyond_a_quarter_is_warned_of_and_not_refused(cast: Cast, amount: int, beyond: bool) -> None:
    row = make_contract(make_project(cast.agency), amount=100)
    contracts.change_amount(row.pk, new_amount=amount, reason=REASON, decided_on=DAY, by=cast.agency_user)
    facts = contracts.facts_of(row)
    assert facts.is_beyond is beyond
    assert (contracts.BEYOND in facts.warnings) is beyond


def test_two_small_changes_may_go_beyond_together(cast: Cast) -> None:
    row = make_contract(make_project(cast.agency), amount=100)
    for amount in (120, 140):
        contracts.change_amount(row.pk, new_amount=amount, reason=REASON, decided_on=DAY, by=cast.agency_user)
    change = row.changes.first()
    assert (change.old_amount, change.new_amount) == (120, 140)
    assert contracts.facts_of(row).is_beyond


@given(st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_changes_make_one_chain_whatever_is_typed(amounts: list[int]) -> None:
    with transaction.atomic():
        cast = Cast()
        row = make_contract(make_project(cast.agency), amount=500)
        for amount in amounts:
            if contracts.facts_of(row).amount == amount:
                with pytest.raises(RuleBroken):
                    contracts.change_amount(
                        row.pk, new_amount=amount, reason=REASON, decided_on=DAY, by=cast.agency_user
                    )
                continue
            contracts.change_amount(
                row.pk, new_amount=amount, reason=REASON, decided_on=DAY, by=cast.agency_user
            )
        chain = [*reversed(row.changes.all())]
        assert [change.old_amount for change in chain] == [500, *(change.new_amount for change in chain)][
            : len(chain)
        ]
        transaction.set_rollback(True)


def test_the_database_keeps_the_chain_and_the_past(cast: Cast) -> None:
    row = make_contract(make_project(cast.agency), amount=500)
    row.amount = 400
    with pytest.raises(IntegrityError, match="does not begin"), transaction.atomic():
        make_contract_change(row)
    row.refresh_from_db()
    change = make_contract_change(row)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ContractChange.objects.filter(pk=change.pk).update(new_amount=1)
    with pytest.raises(IntegrityError, match="what was signed stays"), transaction.atomic():
        Contract.objects.filter(pk=row.pk).update(amount=1)


def test_what_was_signed_stays_once_built_on(cast: Cast) -> None:
    row = make_contract(make_project(cast.agency))
    row.refresh_from_db()
    terms = {name: getattr(row, name) for name in contracts.TERMS}
    signed = {"legal_id": row.company.legal_id, "company_name": "x", "by": cast.agency_user}
    contracts.change_contract(row.pk, {**terms, "amount": 99}, seen=contracts.stamp(row), **signed)
    row.refresh_from_db()
    assert row.amount == 99
    make_statement(row, gross=50, paid=0)
    with pytest.raises(WrongState):
        contracts.change_contract(row.pk, {**terms, "amount": 98}, seen=contracts.stamp(row), **signed)
    contracts.change_contract(
        row.pk, {**terms, "subject": "موضوع درست"}, seen=contracts.stamp(row), by=cast.agency_user
    )
    entry = audit.history(row.project).last()
    assert set(entry.after) == {"subject"}


def test_a_contract_that_changed_meanwhile_is_not_overwritten(cast: Cast) -> None:
    row = make_contract(make_project(cast.agency), subject="موضوع نخست", guarantee=None)
    row.refresh_from_db()
    terms = {name: getattr(row, name) for name in contracts.TERMS}
    seen = contracts.stamp(row)
    contracts.change_contract(row.pk, {**terms, "guarantee": 700}, seen=seen, by=cast.consolidation)
    with pytest.raises(StaleVersion) as stale:
        contracts.change_contract(row.pk, {**terms, "subject": "دومی"}, seen=seen, by=cast.agency_user)
    assert stale.value.mine == {"subject": "دومی", "guarantee": None}
    assert stale.value.theirs == {"subject": "موضوع نخست", "guarantee": 700}
    row.refresh_from_db()
    assert (row.subject, row.guarantee) == ("موضوع نخست", 700)
    same = {**terms, "guarantee": 700}
    contracts.change_contract(row.pk, same, seen=seen, by=cast.agency_user)  # nothing to lose


# --- statements ---------------------------------------------------------------------------------------------


def test_statements_are_numbered_once_per_sort(cast: Cast) -> None:
    row = make_contract(make_project(cast.agency))
    state(row, cast.agency_user)
    state(row, cast.agency_user, sort="adjustment")
    with pytest.raises(RuleBroken):
        state(row, cast.agency_user)


@pytest.mark.parametrize(
    "facts",
    [
        {"paid": 10_001},
        {"worked_to": jalali.gregorian(1404, 3, 1)},
        {"stated_on": AHEAD},
    ],
)
def test_a_statement_that_cannot_be_is_refused(cast: Cast, facts: dict[str, Any]) -> None:
    row = make_contract(make_project(cast.agency))
    with pytest.raises(RuleBroken):
        state(row, cast.agency_user, **facts)


JULY = {"worked_from": jalali.gregorian(1404, 4, 1), "worked_to": jalali.gregorian(1404, 4, 31)}
AUGUST = {"worked_from": jalali.gregorian(1404, 5, 1), "worked_to": jalali.gregorian(1404, 5, 31)}
STATED_ON = jalali.gregorian(1404, 7, 1)


@pytest.mark.parametrize(
    ("facts", "remedy"),
    [
        ({"stated_on": JULY["worked_to"] - dt.timedelta(days=1)}, "تا همان روز"),
        ({"worked_from": jalali.gregorian(1404, 2, 31)}, "۱ خرداد ۱۴۰۴"),
        ({"sort": "adjustment", "worked_from": jalali.gregorian(1404, 2, 31)}, "۱ خرداد ۱۴۰۴"),
    ],
)
def test_a_period_that_cannot_be_is_refused_with_its_remedy(
    cast: Cast, facts: dict[str, Any], remedy: str
) -> None:
    row = make_contract(make_project(cast.agency))
    with pytest.raises(RuleBroken, match=remedy):
        state(row, cast.agency_user, **facts)
    state(row, cast.agency_user, stated_on=JULY["worked_to"], worked_from=row.starts_on)


@pytest.mark.parametrize(("first", "last"), [(31, 31), (1, 1), (10, 20)])
def test_days_of_interim_statements_are_stated_once(cast: Cast, first: int, last: int) -> None:
    row, by = make_contract(make_project(cast.agency)), cast.agency_user
    state(row, by, **AUGUST, stated_on=STATED_ON)
    again = {
        "worked_from": jalali.gregorian(1404, 5, first),
        "worked_to": jalali.gregorian(1404, 5, last),
        "stated_on": STATED_ON,
    }
    with pytest.raises(RuleBroken, match="موقت ۱"):
        state(row, by, number=2, **again)
    state(row, by, number=2, **JULY, stated_on=STATED_ON)  # the days before may come later
    state(row, by, sort="adjustment", **again)  # what is adjusted was stated already


def test_after_the_final_statement_there_is_no_interim_one(cast: Cast) -> None:
    row, by = make_contract(make_project(cast.agency)), cast.agency_user
    state(row, by, **JULY)
    with pytest.raises(RuleBroken, match="آخرین صورت‌وضعیت موقت"):
        state(row, by, sort="final", worked_to=JULY["worked_to"] - dt.timedelta(days=1))
    state(row, by, sort="final", **AUGUST, stated_on=STATED_ON)
    with pytest.raises(RuleBroken, match="قطعی"):
        september = {"worked_from": jalali.gregorian(1404, 6, 1), "worked_to": jalali.gregorian(1404, 6, 9)}
        state(row, by, number=2, **september, stated_on=STATED_ON)
    state(row, by, sort="adjustment", **AUGUST, stated_on=STATED_ON)


def test_what_is_paid_is_written_with_what_was_paid_before(cast: Cast) -> None:
    row = make_contract(make_project(cast.agency))
    statement = state(row, cast.agency_user, paid=1_000)
    contracts.pay(statement.pk, paid=4_000, seen="1000", by=cast.agency_user)
    entry = audit.history(row.project).last()
    assert (entry.event, entry.before, entry.after) == ("contract.paid", {"paid": 1_000}, {"paid": 4_000})
    with pytest.raises(RuleBroken):
        contracts.pay(statement.pk, paid=10_001, seen="4000", by=cast.agency_user)
    with pytest.raises(StaleVersion) as stale:
        contracts.pay(statement.pk, paid=2_000, seen="1000", by=cast.consolidation)
    assert (stale.value.mine, stale.value.theirs) == ({"paid": 2_000}, {"paid": 4_000})
    assert contracts.facts_of(row).paid == 4_000


def test_more_work_than_the_contract_is_warned_of(cast: Cast) -> None:
    row = make_contract(make_project(cast.agency), amount=10_000)
    state(row, cast.agency_user, gross=10_001)
    assert contracts.facts_of(row).warnings


# --- pages --------------------------------------------------------------------------------------------------


def test_a_contract_from_its_form_to_its_page(cast: Cast) -> None:
    project = make_project(cast.agency)
    client, base = cast.client("agency_user"), f"/projects/{project.code}/contracts/"
    assert "پیمانی ثبت نشده است" in client.get(base).content.decode()
    wrong = client.post(f"{base}new/", {**TERMS, "legal_id": "۱۴۰۰۰۰۰۴۷۱۳"})
    assert wrong.status_code == 422
    assert 'value="۱۴۰۰۰۰۰۴۷۱۳"' in wrong.content.decode()
    assert client.post(f"{base}new/", TERMS).status_code == 302
    row = Contract.objects.get()
    assert client.post(f"{base}{row.pk}/statements/new/", STATED).status_code == 302
    assert client.post(f"{base}{row.pk}/change/", {**CHANGED, "new_amount": "۲۰٬۰۰۰"}).status_code == 302
    shown = client.get(f"{base}{row.pk}/").content.decode()
    for text in ("۱۲٬۰۰۰", "۲۰٬۰۰۰", "شرکت نمونه", contracts.BEYOND, CHANGED["reason"]):
        assert text in shown, text
    assert "تغییر مبلغ</a>" not in cast.client("expert").get(f"{base}{row.pk}/").content.decode()


def typed_of(page: Any) -> dict[str, str]:
    """What the form of a page would send: as a person sees and sends it."""
    form = page.context["form"]
    return {name: str(form[name].value() or "") for name in form.fields}


def test_two_people_correct_one_contract_and_nobody_is_lost(cast: Cast) -> None:
    project = make_project(cast.agency)
    one, two = cast.client("agency_user"), cast.client("consolidation")
    base = f"/projects/{project.code}/contracts/"
    one.post(f"{base}new/", TERMS)
    row = Contract.objects.get()
    url = f"{base}{row.pk}/edit/"
    seen = typed_of(one.get(url))["seen"]
    assert two.post(url, {**TERMS, "seen": seen, "subject": "اجرای روسازی"}).status_code == 302
    mine = {**TERMS, "seen": seen, "amount": "۱۳٬۰۰۰"}
    clash = one.post(url, mine)
    assert clash.status_code == 409
    shown = clash.content.decode()
    for text in ("اجرای روسازی", TERMS["subject"], "۱۲٬۰۰۰", 'value="۱۳٬۰۰۰"'):
        assert text in shown, text
    row.refresh_from_db()
    assert (row.subject, row.amount) == ("اجرای روسازی", 12_000)
    decided = {**mine, "seen": typed_of(clash)["seen"]}
    assert one.post(url, decided).status_code == 302
    row.refresh_from_db()
    assert (row.subject, row.amount) == (TERMS["subject"], 13_000)


def test_an_amount_typed_while_a_statement_came_is_said_and_kept(cast: Cast) -> None:
    project = make_project(cast.agency)
    client, base = cast.client("agency_user"), f"/projects/{project.code}/contracts/"
    client.post(f"{base}new/", TERMS)
    row = Contract.objects.get()
    url = f"{base}{row.pk}/edit/"
    seen = typed_of(client.get(url))["seen"]
    make_statement(row, gross=10, paid=0)
    clash = client.post(url, {**TERMS, "seen": seen, "amount": "۱۳٬۰۰۰"})
    assert clash.status_code == 409
    assert 'value="۱۳٬۰۰۰"' in clash.content.decode()
    assert "تغییر مبلغ را جداگانه ثبت کنید" in clash.content.decode()
    row.refresh_from_db()
    assert row.amount == 12_000


def test_two_people_write_one_payment_and_nobody_is_lost(cast: Cast) -> None:
    row = make_contract(make_project(cast.agency))
    statement = make_statement(row, gross=20_000, paid=5_000)
    url = f"/projects/{row.project.code}/contracts/{row.pk}/statements/{statement.pk}/pay/"
    one, two = cast.client("agency_user"), cast.client("consolidation")
    seen = typed_of(one.get(url))["seen"]
    assert two.post(url, {"paid": "۹۰۰۰", "seen": seen}).status_code == 302
    clash = one.post(url, {"paid": "۷۰۰۰", "seen": seen})
    assert clash.status_code == 409
    assert "۹٬۰۰۰" in clash.content.decode()
    assert 'value="۷۰۰۰"' in clash.content.decode()
    statement.refresh_from_db()
    assert statement.paid == 9_000
    assert one.post(url, {"paid": "۷۰۰۰", "seen": typed_of(clash)["seen"]}).status_code == 302
    statement.refresh_from_db()
    assert statement.paid == 7_000
