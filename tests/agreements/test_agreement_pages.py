"""Pages of agreements: the list, a version with its chain, its moves, its changes and what is in force."""

from __future__ import annotations

import datetime as dt
import html
import io
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from agreements.drafting import saving, starting
from agreements.drafting.spec import Path
from agreements.letters import NOTIFICATION
from agreements.models import CapitalAgreement, Plan, Project
from agreements.workflow import versions
from budget_portal import jalali
from budget_portal.digits import to_latin
from budget_portal.errors import RuleBroken
from budget_portal.keyset import slice_of
from tests import factories
from tests.agreements import letter_cases
from tests.agreements.drafting import capital_draft, shared
from tests.agreements.making import REASON, advance, drafted, exchange
from tests.cast import Cast
from tests.factories import make_paper, make_programme

pytestmark = pytest.mark.django_db


GROUNDS = {"reason": REASON, "valid_from": "1405/05/01"}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def in_state(cast: Cast, state: str, kind: str = "capital") -> Any:
    return advance(cast, kind, drafted(cast, kind), state)


def url(row: Any, tail: str = "") -> str:
    kind = "capital" if isinstance(row, CapitalAgreement) else "expense"
    return f"/agreements/{kind}/{row.pk}/{tail}"


def amended(cast: Cast) -> tuple[Any, Any]:
    first = in_state(cast, "exchanged")
    return first, drafted(cast, "capital", amends=first)


@pytest.mark.parametrize("kind", ["capital", "expense"])
def test_the_list_has_the_latest_version_that_the_person_sees(cast: Cast, kind: str) -> None:
    first = in_state(cast, "exchanged", kind)
    second = drafted(cast, kind, amends=first)
    agency = text(cast.client("agency_user").get(f"/agreements/?kind={kind}"))
    assert url(second) in agency
    assert url(first) not in agency
    expert = text(cast.client("expert").get(f"/agreements/?kind={kind}"))
    assert url(first) in expert
    assert url(second) not in expert


def test_the_list_is_narrowed_by_year_and_state(cast: Cast) -> None:
    row = in_state(cast, "submitted")
    client = cast.client("expert")
    assert url(row) in text(client.get("/agreements/?year=۱۴۰۵&state=submitted"))
    assert url(row) not in text(client.get("/agreements/?state=exchanged"))


def test_a_long_list_leads_to_its_next_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slice_of, "__defaults__", (1,))
    in_state(cast, "submitted")
    in_state(cast, "submitted", kind="expense")
    client = cast.client("agency_user")
    later = factories.make_fiscal_year(cast.national_organization, 1406)
    starting.start_expense(later.pk, by=cast.agency_user)
    first = text(client.get("/agreements/?kind=expense"))
    (more,) = re.findall(r'rel="next"\s+href="([^"]+)"', first)
    assert "تازه‌ترین‌ها" in text(client.get("/agreements/" + html.unescape(more)))


def test_the_list_asks_no_more_for_more_rows(cast: Cast) -> None:
    client, counts, programme = cast.client("consolidation"), [], make_programme(cast.national_organization)
    for numbers in (range(3), range(3, 30)):
        for number in numbers:
            code = {"organization": cast.organization, "programme": programme, "code": f"P{number}"}
            plan = Plan.objects.create(title=f"طرح {number}", **code)
            CapitalAgreement.objects.create(plan=plan, submitted_at=timezone.now(), **shared(cast))
        with CaptureQueriesContext(connection) as queries:
            client.get("/agreements/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_version_shows_its_forms_chain_and_actions(cast: Cast) -> None:
    first, second = amended(cast)
    page = text(cast.client("agency_head").get(url(second)))
    assert "امضا و ارسال" in page
    assert url(first) in page
    assert "نسخهٔ نخست" in page
    assert "عملیات" in page


def test_what_is_missing_is_listed_before_it_is_signed(cast: Cast) -> None:
    row = capital_draft(cast, content={"CA-2": {}})
    client = cast.client("agency_head")
    page = text(client.get(url(row, "moves/submit/")))
    assert "پیش از ارسال" in page
    assert client.post(url(row, "moves/submit/"), {"seen": versions.mark_of(row)}).status_code == 422
    row.refresh_from_db()
    assert row.state == "draft"


def test_a_wrong_exchange_keeps_what_was_typed(cast: Cast) -> None:
    row = in_state(cast, "expert_approved")
    data = {"system": "nezarat4", "number": "۹۱۴۴۰", "agreed_on": "1499/01/01", "valid_from": "1405/01/01"}
    data["seen"] = versions.mark_of(row)
    answer = cast.client("consolidation").post(url(row, "moves/exchange/"), data)
    assert answer.status_code == 422
    assert 'value="۹۱۴۴۰"' in text(answer)


def test_an_amendment_shows_before_and_after_of_every_changed_field(cast: Cast) -> None:
    _, second = amended(cast)
    code = next(iter(second.draft["CA-3"]))
    second.draft["CA-3"][code][""]["latest_estimate"] = "123456"
    second.save(update_fields=["draft"])
    page = text(cast.client("agency_user").get(url(second, "changes/")))
    assert "۱۲۳٬۴۵۶" in page
    assert "<del>" in page


def test_a_second_amendment_is_not_begun_beside_the_first(cast: Cast) -> None:
    first, _ = amended(cast)
    answer = cast.client("agency_user").post(url(first, "amend/"), GROUNDS)
    assert answer.status_code == 409


def png(name: str = "نامه.png") -> SimpleUploadedFile:
    image = io.BytesIO()
    Image.new("RGB", (8, 8)).save(image, "PNG")
    return SimpleUploadedFile(name, image.getvalue())


def test_an_amendment_is_begun_with_reason_document_and_date(cast: Cast) -> None:
    first = in_state(cast, "exchanged")
    client = cast.client("agency_user")
    client.post(url(first, "amend/"), {**GROUNDS, "document": png()})
    made = CapitalAgreement.objects.get(amends=first)
    assert made.draft["CA-8"] == {"": {"": {"reason": REASON, "valid_from": "1405/05/01"}}}
    page = text(client.get(url(made)))
    assert REASON in page and "نامه.png" in page and "۱۴۰۵/۰۵/۰۱" in page
    answer = client.get(url(made, "document/"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    assert cast.client("expert").get(url(made, "document/")).status_code == 404  # nobody else sees the draft


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"document": SimpleUploadedFile("نامه.pdf", b"MZ no paper")}, "PDF"),
        ({"valid_from": "1404/12/01"}, "پس از آغاز نسخهٔ پیشین"),
        ({"valid_from": "1406/02/01"}, "سال مالی گذشته"),
        ({"reason": " "}, "دلیل اصلاح"),
    ],
)
def test_a_refused_amendment_keeps_what_was_typed(cast: Cast, wrong: dict[str, Any], said: str) -> None:
    first = in_state(cast, "exchanged")
    typed = GROUNDS | wrong
    answer = cast.client("agency_user").post(url(first, "amend/"), typed)
    assert answer.status_code == 422
    page = text(answer)
    assert said in page
    assert typed["reason"].strip() in page and typed["valid_from"] in page
    assert not CapitalAgreement.objects.filter(amends=first).exists()


def test_a_document_is_attached_with_the_cells_of_its_form(cast: Cast) -> None:
    """Without script: a refused file loses no cell, an accepted one replaces the one before."""
    _, second = amended(cast)
    before, client = second.document_id, cast.client("agency_user")
    memory = json.dumps({"k": "CA-8", "id": "/", "v": 0, "c": {"reason": REASON}})
    data = {"row": memory, "CA-8:/:reason": "متمم دوم بودجه"}
    bad = client.post(url(second, "forms/CA-8/"), data | {"document": SimpleUploadedFile("a.pdf", b"MZ")})
    assert bad.status_code == 409
    second.refresh_from_db()
    assert second.draft["CA-8"][""][""]["reason"] == "متمم دوم بودجه"
    assert second.document_id == before
    assert client.post(url(second, "forms/CA-8/"), {"document": png()}).status_code == 302
    second.refresh_from_db()
    assert second.document.name == "نامه.png"


def test_without_its_document_an_amendment_is_not_signed_and_not_exchanged(cast: Cast) -> None:
    _, second = amended(cast)
    CapitalAgreement.objects.filter(pk=second.pk).update(document=None)
    with pytest.raises(RuleBroken) as refused:
        versions.submit("capital", second.pk, by=cast.agency_head)
    assert any("سند اصلاحیه" in sentence for sentence in refused.value.problems)
    CapitalAgreement.objects.filter(pk=second.pk).update(document=make_paper())
    advance(cast, "capital", second, "expert_approved")
    CapitalAgreement.objects.filter(pk=second.pk).update(document=None)
    with pytest.raises(RuleBroken, match="سند اصلاحیه پیوست نیست"):
        exchange(CapitalAgreement.objects.get(pk=second.pk), cast.consolidation)


def test_in_force_on_a_day_and_as_known_on_another(cast: Cast) -> None:
    first = in_state(cast, "exchanged")
    second = advance(cast, "capital", drafted(cast, "capital", amends=first), "expert_approved")
    day = first.valid_from + dt.timedelta(days=30)
    exchange(second, cast.consolidation, day)
    client, written = cast.client("expert"), to_latin(jalali.format_date(day))
    assert client.get(url(first, f"in-force/?on={written}")).url == url(second)
    earlier = to_latin(jalali.format_date(day - dt.timedelta(days=1)))
    assert client.get(url(second, f"in-force/?on={earlier}")).url == url(first)
    yesterday = to_latin(jalali.format_date(timezone.localdate() - dt.timedelta(days=1)))
    page = client.get(url(second, f"in-force/?on={written}&known={yesterday}"), follow=True)
    assert "هیچ نسخه‌ای لازم‌الاجرا نبود" in text(page)


def test_a_day_that_cannot_be_read_stays_with_its_sentence(cast: Cast) -> None:
    row = in_state(cast, "exchanged")
    answer = cast.client("expert").get(url(row, "in-force/?on=1405/12/30"))
    assert answer.status_code == 422
    assert 'value="1405/12/30"' in text(answer)


def test_what_changed_since_the_page_is_not_signed(cast: Cast) -> None:
    """The agency writes on while its head looks at the page of the signature."""
    row = capital_draft(cast)
    client = cast.client("agency_head")
    (seen,) = re.findall(r'name="seen" value="(\w+)"', text(client.get(url(row, "moves/submit/"))))
    path = Path("CA-1", "", "", "goal")
    saving.save_cell("capital", row.pk, path, "ایمنی پل", seen="ایمنی راه", by=cast.agency_user)
    answer = client.post(url(row, "moves/submit/"), {"seen": seen})
    assert answer.status_code == 409
    assert "پس از نمایش این صفحه تغییر کرده" in text(answer)
    for unread in ({}, {"seen": ""}):
        answer = client.post(url(row, "moves/submit/"), unread)
        assert answer.status_code == 409
        assert "پس از نمایش این صفحه تغییر کرده" in text(answer)
    (fresh,) = re.findall(r'name="seen" value="(\w+)"', text(answer))
    assert client.post(url(row, "moves/submit/"), {"seen": fresh}).status_code == 302


def test_a_county_reads_versions_of_its_own_projects_alone(cast: Cast) -> None:
    row = in_state(cast, "exchanged")
    assert cast.client("county_viewer").get(url(row)).status_code == 200
    factories.make_project(cast.agency)  # shares the plan, not the version
    Project.objects.filter(agreement_projects__agreement=row).update(county=cast.county2)
    assert cast.client("county_viewer").get(url(row)).status_code == 404
    assert cast.client("county_viewer2").get(url(row)).status_code == 200


def test_a_refused_exchange_names_line_and_figures(cast: Cast) -> None:
    row = in_state(cast, "expert_approved")
    line = {"plan_id": row.plan_id, "programme_id": row.plan.programme_id, "amount": 9_000}
    letter_cases.issued(cast, NOTIFICATION, line)
    data = {"system": "nezarat4", "number": "۹۱۴۴۰", "agreed_on": "1405/01/01", "valid_from": "1405/01/01"}
    data["seen"] = versions.mark_of(row)
    answer = cast.client("consolidation").post(url(row, "moves/exchange/"), data)
    assert answer.status_code == 422
    assert "۹٬۰۰۰" in text(answer)


def test_an_exchange_number_is_seen(cast: Cast) -> None:
    row = in_state(cast, "expert_approved")
    data = {"system": "nezarat4", "number": "\u200f", "agreed_on": "1405/01/01", "valid_from": "1405/01/01"}
    assert cast.client("consolidation").post(url(row, "moves/exchange/"), data).status_code == 422


def test_a_page_that_remembers_nonsense_changes_nothing(cast: Cast) -> None:
    row = capital_draft(cast)
    answer = cast.client("agency_user").post(url(row, "forms/CA-1/"), {"row": "[" * 50_000})
    assert answer.status_code == 302


def test_a_return_shows_its_reason_to_the_agency(cast: Cast) -> None:
    row = in_state(cast, "submitted")
    cast.client("expert").post(url(row, "moves/return/"), {"reason": REASON})
    assert REASON in text(cast.client("agency_user").get(url(row)))


def test_a_remark_names_its_field_and_is_settled(cast: Cast) -> None:
    row = in_state(cast, "submitted")
    client = cast.client("expert")
    code = next(iter(row.draft["CA-4"]))
    client.post(f"{url(row, 'remarks/new/')}?path=CA-4/{code}/1/weight", {"text": "وزن را بازبینی کنید."})
    page = text(client.get(url(row)))
    assert "وزن را بازبینی کنید." in page
    remark = row.remarks.get()
    client.post(url(row, f"remarks/{remark.pk}/resolve/"))
    remark.refresh_from_db()
    assert remark.resolved_by == cast.expert
    assert versions.review("capital", row.pk, by=cast.expert).state == "expert_approved"


def test_a_remark_stands_beside_its_cell_until_it_is_dealt_with_and_closed(cast: Cast) -> None:
    """From the reviewer's page of a form to the agency's draft and back, without script."""
    row = in_state(cast, "submitted")
    code, expert, agency = next(iter(row.draft["CA-4"])), cast.client("expert"), cast.client("agency_user")
    form, path = url(row, f"forms/CA-4/?part={code}"), f"CA-4/{code}/1/weight"
    assert f"path={path}" in text(expert.get(form)) and "نکته" in text(expert.get(form))
    assert f"path={path}" not in text(agency.get(form))
    asked = expert.get(f"{url(row, 'remarks/new/')}?path={path}")
    assert "۶۰" in text(asked)  # what stands there
    back = expert.post(f"{url(row, 'remarks/new/')}?path={path}", {"text": "با صورت‌جلسه نمی‌خواند."})
    assert back.url == f"{form}#n-CA-4-{code}-1-weight"
    assert str(cast.expert) in text(expert.get(form)) and "باز" in text(expert.get(form))
    versions.return_to_draft("capital", row.pk, by=cast.expert, reason=REASON)
    drafted_page = text(agency.get(form))
    assert "با صورت‌جلسه نمی‌خواند." in drafted_page and "۱ نکتهٔ باز" in drafted_page
    remark = row.remarks.get()
    memory = json.dumps({"k": "CA-4", "id": f"{code}/1", "v": 0, "c": {"weight": "60"}})
    agency.post(form, {"row": memory, f"CA-4:{code}/1:weight": "55", "answered": str(remark.pk)})
    remark.refresh_from_db()
    row.refresh_from_db()
    assert (remark.answered_by, remark.stage) == (cast.agency_user, "answered")
    assert row.draft["CA-4"][code]["1"]["weight"] == "55"  # what was typed is saved with the same press
    assert "دستگاه رفع کرد" in text(agency.get(form))
    assert agency.post(form, {"answered": "999999"}).status_code == 404


def test_places_that_the_version_does_not_have_take_no_remark(cast: Cast) -> None:
    row = in_state(cast, "submitted")
    code, expert = next(iter(row.draft["CA-4"])), cast.client("expert")
    for path in (
        "CA-9///",
        f"CA-4/{code}/9/weight",
        f"CA-4/{code}/1/share",
        "CA-8///reason",
        "CA-4/0/1/weight",
    ):
        assert expert.get(f"{url(row, 'remarks/new/')}?path={path}").status_code == 404
    assert expert.get(f"{url(row, 'remarks/new/')}?path=CA-5/{code}/q1405-1/planned").status_code == 200
