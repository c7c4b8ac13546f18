"""Contracts from files: what is written, refused, exported again and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements import contracts
from agreements.models import Contract
from agreements.workflow import imports
from budget_portal import jalali
from budget_portal.errors import RuleBroken
from budget_portal.models import AuditEntry, ImportBatch, ImportRow
from tests import factories
from tests.agreements.importing import REASON, make_batch, mapping
from tests.cast import Cast

pytestmark = pytest.mark.django_db

HEADERS = ("کد پروژه", "شمارهٔ پیمان", "شناسهٔ ملی", "نام شرکت", "مبلغ پیمان", "تاریخ امضا", "پایان")
FIELDS = ("project", "number", "legal_id", "company", "amount", "signed_on", "ends_on")
LEGAL_ID = factories.legal_id(7)


def row(project: Any, *, number: str = "۱۲/الف", legal_id: str = LEGAL_ID, **more: Any) -> tuple[Any, ...]:
    facts = {"amount": 500, "signed_on": "1404/02/01", "ends_on": "1404/12/29"} | more
    code = getattr(project, "code", project)
    return code, number, legal_id, "سازندهٔ نمونه", facts["amount"], facts["signed_on"], facts["ends_on"]


def batch_of(cast: Cast, state: str, *rows: Any) -> ImportBatch:
    told = mapping(cast, columns={name: place for place, name in enumerate(FIELDS)}, constants={})
    return make_batch(cast, state, *rows, table="contracts", headers=HEADERS, told=told)


def said(batch: ImportBatch) -> dict[int, str]:
    return dict(ImportRow.objects.filter(batch=batch, kind="error").values_list("number", "text"))


def test_a_contract_is_written_with_the_verb_of_the_page(cast: Cast) -> None:
    project = factories.make_project(cast.agency)
    batch_of(cast, "applied", row(project))
    (one,) = contracts.of_project(project)
    assert (one.amount, one.contract.duration_days) == (
        500,
        (jalali.parse("1404/12/29") - one.contract.signed_on).days + 1,
    )
    assert one.contract.subject == project.title
    assert AuditEntry.objects.filter(event="contract.added").count() == 1


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"legal_id": "12345678901"}, "شناسهٔ ملی"),
        ({"amount": "5.092.765,21 (dic 21)"}, "خوانده نشد"),
        ({"amount": ""}, "خالی"),
        ({"amount": "-5"}, "منفی"),
        ({"amount": "0"}, "صفر"),
        ({"signed_on": "10/21"}, ""),
        ({"signed_on": "1450/01/01"}, "امروز"),
        ({"ends_on": "1403/12/29"}, "پیش از آغاز"),
        ({"ends_on": ""}, "مدت"),
        ({"number": ""}, "خالی"),
    ],
)
def test_what_a_contract_lacks_is_said(cast: Cast, wrong: dict[str, Any], word: str) -> None:
    project = factories.make_project(cast.agency)
    (sentence,) = said(batch_of(cast, "previewed", row(project, **wrong))).values()
    assert word in sentence


def test_projects_of_others_and_twins_are_refused(cast: Cast) -> None:
    project = factories.make_project(cast.agency)
    batch = batch_of(cast, "previewed", row("9-9-9"), row(project), row(project))
    assert set(said(batch)) == {2, 4}


def test_a_known_contract_is_the_same_or_is_refused(cast: Cast) -> None:
    project = factories.make_project(cast.agency)
    batch_of(cast, "applied", row(project))
    assert batch_of(cast, "previewed", row(project)).counts["same"] == 1
    (sentence,) = said(batch_of(cast, "previewed", row(project, amount=600))).values()
    assert "مبلغ" in sentence


def test_it_is_taken_back_while_nothing_was_built_on_it(cast: Cast) -> None:
    project = factories.make_project(cast.agency)
    batch = batch_of(cast, "undone", row(project))
    assert not Contract.objects.exists()
    assert AuditEntry.objects.get(event="contract.removed").note == REASON
    batch = batch_of(cast, "applied", row(project))
    factories.make_statement(Contract.objects.get(), gross=5, paid=0)
    with pytest.raises(RuleBroken) as refused:
        imports.undo(batch.pk, reason=REASON, by=cast.consolidation)
    assert "صورت‌وضعیت" in refused.value.problems[0]


def test_the_export_comes_back_unchanged(cast: Cast) -> None:
    project = factories.make_project(cast.agency)
    batch_of(cast, "applied", row(project), row(project, number="۱۳", amount=7))
    client = cast.client("consolidation")
    content = client.get("/export/contracts.xlsx").content
    page = client.post("/imports/new/", {"table": "contracts", "file": SimpleUploadedFile("a.xlsx", content)})
    form = client.get(page.url).context["form"]
    chosen = {f"column_{column.place}": column.field for column in form.proposal.columns}
    answer = client.post(page.url, {**chosen, "sheet": "1", "header_row": "1", "unit": form["unit"].value()})
    assert answer.status_code == 302, answer.context["form"].errors
    assert ImportBatch.objects.latest("pk").counts["same"] == 2
