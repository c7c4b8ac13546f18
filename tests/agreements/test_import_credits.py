"""Versions of agreements from files: in force from a day, under the rules of the exchange, with all their forms."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.utils import timezone

from agreements.models import ExpenseAgreement, Programme, ProgrammeCredit
from agreements.workflow import imports
from budget_portal import jalali, outbox
from budget_portal.models import Alert, ImportBatch, ImportRow
from tests import factories
from tests.agreements.importing import exchanged, ground, make_batch, mapping, upload_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def versions(cast: Cast, state: str, *rows: Any, **said: str) -> ImportBatch:
    told = mapping(cast, values=exchanged(**said))
    return make_batch(cast, state, *rows, table="credits-expense", told=told)


def amend(cast: Cast, state: str, *rows: Any, since: str = "1405/04/01", **said: str) -> ImportBatch:
    return versions(cast, state, *rows, version="amendment", valid_from=since, **said)


def total(day: str, *, known_at: dt.datetime | None = None) -> int:
    held = ExpenseAgreement.objects.in_force(jalali.parse(day), known_at=known_at)
    return sum(ProgrammeCredit.objects.filter(agreement__in=held).values_list("amount", flat=True))


def refused(batch: ImportBatch) -> dict[int, str]:
    rows = ImportRow.objects.filter(batch=batch, kind="error")
    return dict(rows.values_list("number", "text"))


def test_an_amendment_holds_from_its_day_and_is_known_from_its_import(cast: Cast) -> None:
    versions(cast, "applied", (cast.agency.code, "101", 100), (cast.agency2.code, "102", 50))
    between = timezone.now()
    amend(cast, "applied", (cast.agency.code, "101", 130), number="۷۷")
    assert [total(day) for day in ("1405/03/31", "1405/04/01")] == [150, 180]
    assert total("1405/04/01", known_at=between) == 150
    two = ExpenseAgreement.objects.get(version=2)
    assert (two.external_system, two.external_number) == ("saba", "۷۷")
    assert two.reason == exchanged()["reason"]


def test_the_day_lies_after_the_beginning_of_the_version_before(cast: Cast) -> None:
    versions(cast, "applied", (cast.agency.code, "101", 100))
    amend(cast, "applied", (cast.agency.code, "101", 110))
    rows = (cast.agency.code, "101", 120), (cast.agency2.code, "101", 9)
    batch = amend(cast, "previewed", *rows, since="1405/02/01")
    assert "پس از آغاز نسخهٔ پیشین" in refused(batch)[2]
    assert "سال مالی" in refused(amend(cast, "previewed", *rows, since="1404/02/01"))[2]
    imports.apply(batch.pk, hold=True, by=cast.consolidation)
    imports.finish(batch.pk, by=cast.consolidation)
    assert ExpenseAgreement.objects.filter(agency=cast.agency).count() == 2
    assert ExpenseAgreement.objects.get(agency=cast.agency2).credits.get().amount == 9


def test_an_exchange_has_a_system_and_a_number(cast: Cast) -> None:
    row = cast.agency.code, "101", 100
    assert "شمارهٔ مبادله" in refused(versions(cast, "previewed", row, number="", letter_number=""))[2]
    assert "سامانهٔ مبادله" in refused(versions(cast, "previewed", row, system=""))[2]


def test_the_other_forms_go_along_and_what_they_lack_is_told(cast: Cast) -> None:
    ground(cast)
    national = cast.national_organization
    programme = Programme.objects.get(organization=national, code="101")
    key = programme, factories.make_expense_chapter(national, "7"), factories.make_source(national)
    one = factories.make_expense_agreement(cast.agency, cast.fiscal_year, {key: 40_000})
    batch = amend(cast, "previewed", (cast.agency.code, "101", 41_000))
    told = ImportRow.objects.get(batch=batch).text
    assert "جمع فعالیت‌های برنامهٔ" in told
    imports.apply(batch.pk, hold=False, by=cast.consolidation)
    imports.finish(batch.pk, by=cast.consolidation)
    two = ExpenseAgreement.objects.get(amends=one)
    assert list(two.activities.values_list("key", "credit")) == list(
        one.activities.values_list("key", "credit")
    )


def test_the_agency_hears_of_the_exchange(cast: Cast) -> None:
    person = cast.agency_user
    versions(cast, "applied", (cast.agency.code, "101", 100))
    outbox.deliver_all()
    assert Alert.objects.filter(person=person, text__contains="مبادله شد").count() == 1


def test_the_page_asks_for_the_day_and_the_reason_of_an_amendment(cast: Cast) -> None:
    ground(cast)
    assert cast.fiscal_year
    client = cast.client("consolidation")
    file = upload_of((cast.agency.code, "101", 5))
    page = client.post("/imports/new/", {"table": "credits-expense", "file": file})
    columns = {"column_0": "agency", "column_1": "programme", "column_2": "amount"}
    constants = {"constant_expense_chapter": "7", "constant_funding_source": "general"}
    told = {"year": "1405", "version": "amendment", "others": "stay", "system": "saba", "number": "۱"}
    place = {"sheet": "1", "header_row": "1", "unit": "million-rials"}
    answer = client.post(page.url, {**columns, **constants, **told, **place})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"valid_from", "reason"}
    more = {"valid_from": "۱۴۰۵/۴/۱", "reason": exchanged()["reason"]}
    assert client.post(page.url, {**columns, **constants, **told, **place, **more}).status_code == 302


def test_credits_are_exported_as_in_force_on_a_day_and_come_back_unchanged(cast: Cast) -> None:
    versions(cast, "applied", (cast.agency.code, "101", 100), (cast.agency2.code, "102", 50))
    amend(cast, "applied", (cast.agency.code, "101", 130))
    client = cast.client("consolidation")

    def rows(**asked: str) -> list[dict[str, str]]:
        answer = client.get("/export/credits.csv", asked)
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    amount = "اعتبار مصوب (میلیون ریال)"
    assert sum(int(row[amount]) for row in rows(on="1405/03/31")) == 150
    assert sum(int(row[amount]) for row in rows()) == 180
    assert client.get("/export/credits.csv?on=x").status_code == 422
    again = [(row["کد دستگاه"], row["کد برنامه"], row[amount]) for row in rows()]
    batch = amend(cast, "previewed", *again, since="1405/07/01", others="gone")
    assert set(batch.rows.values_list("kind", flat=True)) == {"same"}


def test_no_credit_falls_below_what_is_allocated_and_the_preview_says_it(cast: Cast) -> None:
    rows = (cast.agency.code, "101", 100), (cast.agency.code, "102", 50)
    versions(cast, "applied", *rows)
    factories.make_period(cast.fiscal_year, "Q1")
    told = mapping(cast, values={"period": f"{cast.fiscal_year.year}-Q1"})
    make_batch(cast, "applied", (cast.agency.code, "101", 80), table="allocations-expense", told=told)
    batch = amend(cast, "applied", (cast.agency.code, "101", 70), (cast.agency.code, "102", 40))
    assert "تخصیص" in refused(batch)[2]
    two = ExpenseAgreement.objects.get(version=2)
    assert sorted(two.credits.values_list("amount", flat=True)) == [40, 100]
