"""The log page: by agency, by a name however spelt, as a file; the page of an entry leads to its object."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.urls import reverse

from accounts.workflow import delegations
from budget_portal import audit, audit_places, exports, jobs
from budget_portal.models import AuditEntry, Job
from tests.accounts.letters import letter, stand_in
from tests.builders import make_expense_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db
LIST = "ground:audit"


def found(cast: Cast, **query: Any) -> list[AuditEntry]:
    answer = cast.client("auditor").get(reverse(LIST), query)
    assert answer.status_code == 200
    return [row["entry"] for row in answer.context["rows"]]


def test_everything_of_an_agency_is_found_along_its_links(cast: Cast) -> None:
    make_expense_case(cast, chapters=("1",), activities=False, filled=True).at("submitted")
    audit.record("agency.changed", cast.agency2, by=cast.admin)
    mine = {entry.target_type for entry in found(cast, agency=cast.agency.pk)}
    assert {"monitoring.performancesubmission", "monitoring.expensefinanceline"} <= mine
    assert [entry.event for entry in found(cast, agency=cast.agency2.pk)] == ["agency.changed"]
    paths = audit_places.paths()
    assert paths["monitoring.performancesubmission"] == "agency"
    assert paths["monitoring.expensefinanceline"] == "submission__agency"


def test_an_agency_of_another_province_is_no_choice(cast: Cast) -> None:
    answer = cast.client("auditor").get(reverse(LIST), {"agency": cast.far_agency.pk})
    assert "agency" in answer.context["form"].errors


def test_a_name_is_found_however_it_is_spelt_and_for_whom_one_stood_in(cast: Cast) -> None:
    person = cast.complaints
    person.full_name = "مهدی كریمی‌نیا"
    person.save()
    by = stand_in(cast, cast.deputy, person)
    delegations.confirm(letter(cast, cast.treasurer, cast.expert).pk, by=by)
    for asked in ("کریمی نیا", "كريمي‌نيا", cast.complaints.username, cast.deputy.full_name):
        assert "delegation.confirmed" in {entry.event for entry in found(cast, person=asked)}
    assert found(cast, person="هیچکس") == []


def test_the_entry_leads_to_its_object(cast: Cast) -> None:
    row = letter(cast, cast.treasurer, cast.expert)
    entry = AuditEntry.objects.get(event="delegation.registered")
    page = cast.client("auditor").get(reverse("ground:audit-entry", args=[entry.pk])).content.decode()
    assert f'href="{reverse("accounts:delegation", args=[row.pk])}"' in page


def test_a_number_that_is_none_finds_nothing(cast: Cast) -> None:
    assert cast.client("auditor").get(reverse("ground:audit"), {"object": "²"}).status_code == 200


def test_the_filtered_log_as_a_file(cast: Cast) -> None:
    by = stand_in(cast, cast.deputy, cast.complaints)
    delegations.confirm(letter(cast, cast.treasurer, cast.expert).pk, by=by)
    url = reverse("ground:export", args=["audit", "csv"])
    answer = cast.client("auditor").get(url, {"event": "delegation.confirmed"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[0]["به جانشینی از"] == str(cast.deputy)
    assert rows[0]["شخص"] == str(cast.complaints)
    assert "وضعیت: تأییدشده" in rows[0]["پس"]
    assert cast.client("deputy").get(url).status_code == 403
    assert cast.client("auditor").get(reverse("ground:export", args=["audit", "xlsx"])).status_code == 200


def test_a_long_log_is_written_in_the_background(cast: Cast, monkeypatch: Any) -> None:
    letter(cast, cast.treasurer, cast.expert)
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    answer = cast.client("auditor").get(reverse("ground:export", args=["audit", "csv"]))
    assert answer.status_code == 302
    job = Job.objects.get(kind="export")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    assert job.file is not None


def test_the_page_asks_no_more_for_more_entries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = cast.client("auditor")
    client.get(reverse(LIST))
    for _ in range(30):
        audit.record("agency.changed", cast.agency, by=cast.admin, before={"name": "a"}, after={"name": "b"})
    with django_assert_max_num_queries(14):
        client.get(reverse(LIST))
    with django_assert_max_num_queries(14):
        client.get(reverse(LIST), {"agency": cast.agency.pk, "person": "نمونه"})
