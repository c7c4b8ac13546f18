"""One complaint from the three pages to the answer, an objection and its end."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from budget_portal import clock
from budget_portal.models import AuditEntry, OutboxMessage
from complaints.models import Complaint, ComplaintSender
from tests.cast import Cast
from tests.complaints.making import (
    ANSWER,
    CONTACT,
    MOBILE,
    NATIONAL_CODE,
    REASON,
    SUBJECT,
    TEXT,
    age,
    codes_of,
    file_through_pages,
    make_case,
)

pytestmark = pytest.mark.django_db


def open_case(number: str, key: str) -> Client:
    citizen = Client()
    response = citizen.post("/complaints/track/", {"number": number, "key": key})
    assert response.status_code == 302, response.content.decode()
    assert response["Location"] == "/complaints/case/"
    return citizen


def seen(client: Client) -> str:
    return client.get("/complaints/case/").content.decode()


def test_from_filing_to_the_end(cast: Cast) -> None:
    cast.complaints, cast.expert, cast.deputy  # noqa: B018 - a desk, an expert, a deputy
    number, secret = codes_of(file_through_pages(Client(), SUBJECT, CONTACT))
    complaint = Complaint.objects.get()
    citizen = open_case(number, secret)
    assert "دریافت و ثبت شد" in seen(citizen)

    desk, expert, deputy = cast.client("complaints"), cast.client("expert"), cast.client("deputy")
    page = f"/desk/{complaint.pk}/"
    assert desk.get(page).status_code == 200
    assert expert.get(page).status_code == 404  # not assigned yet
    moved = desk.post(f"{page}assign/", {"assignee": cast.expert.pk, "version": complaint.version})
    assert moved.status_code == 302
    assert expert.post(f"{page}start/").status_code == 302
    assert "در حال بررسی در گروه امور زیربنایی" in seen(citizen)
    assert cast.expert.full_name not in seen(citizen)

    assert expert.post(f"{page}ask/", {"text": REASON}).status_code == 302
    assert REASON in seen(citizen)
    assert citizen.post("/complaints/case/add/", {"text": "کنار سه‌راه دوم"}).status_code == 302

    assert expert.post(f"{page}reply/", {"text": ANSWER, "outcome": "partly"}).status_code == 302
    assert ANSWER not in seen(citizen)
    assert expert.post(f"{page}send/").status_code == 403  # the writer does not send
    assert desk.post(f"{page}send/").status_code == 302
    assert ANSWER in seen(citizen)

    assert citizen.post("/complaints/case/objection/", {"text": REASON}).status_code == 302
    assert citizen.post("/complaints/case/objection/", {"text": REASON}).status_code == 409
    assert deputy.post(f"{page}take/").status_code == 302
    assert deputy.post(f"{page}reply/", {"text": ANSWER + " دوباره", "outcome": "solved"}).status_code == 302
    assert desk.post(f"{page}send/").status_code == 302
    assert ANSWER + " دوباره" in seen(citizen)
    assert citizen.post("/complaints/case/objection/", {"text": REASON}).status_code == 409

    age(complaint.pk, objection_due=dt.date(2020, 1, 1))
    clock.tick()
    complaint.refresh_from_db()
    assert complaint.state == "closed"
    assert complaint.outcome == "solved"
    assert "مختومه" in seen(citizen)


def test_mobile_opens_the_case_of_an_identified_sender(cast: Cast) -> None:
    cast.complaints  # noqa: B018
    number, _ = codes_of(file_through_pages(Client(), SUBJECT, CONTACT))
    assert SUBJECT["subject"] in seen(open_case(number, "+98 916 123 4427"))


def test_receipt_is_shown_once(cast: Cast) -> None:
    cast.complaints  # noqa: B018
    citizen = Client()
    receipt = file_through_pages(citizen, SUBJECT, CONTACT)
    assert "no-store" in receipt["Cache-Control"]
    assert citizen.get("/complaints/done/")["Location"] == "/complaints/track/"
    assert Complaint.objects.count() == 1
    assert citizen.post("/complaints/new/check/").status_code == 302  # pressed again
    assert Complaint.objects.count() == 1


def test_nothing_personal_leaves_the_sealed_row(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    cast.complaints  # noqa: B018
    citizen = Client()
    number, secret = codes_of(file_through_pages(citizen, SUBJECT, CONTACT))
    open_case(number, secret)
    plain_secret = "".join(str("۰۱۲۳۴۵۶۷۸۹".index(char)) for char in secret if char != "-")
    sender = ComplaintSender.objects.get()
    told = [
        *[f"{entry.before}{entry.after}{entry.note}" for entry in AuditEntry.objects.all()],
        *[str(row.data) for row in OutboxMessage.objects.all()],
        *[str(dict(citizen.session))],
        str(bytes(sender.sealed)),
        caplog.text,
    ]
    for private in (NATIONAL_CODE, MOBILE, "آرش", plain_secret, TEXT):
        assert not [text for text in told if private in text], private
    complaint = Complaint.objects.get()
    assert plain_secret not in str([getattr(complaint, field.attname) for field in complaint._meta.fields])


@pytest.mark.parametrize(
    ("path", "state"), [("objection", "answered"), ("withdraw", "registered"), ("add", "needs_info")]
)
def test_the_codes_of_one_case_move_no_other(cast: Cast, path: str, state: str) -> None:
    """Signed in or not, whoever did not prove the codes of a case cannot move it, whatever is posted beside."""
    cast.complaints  # noqa: B018
    number, secret = codes_of(file_through_pages(Client(), SUBJECT, CONTACT))
    other = make_case(cast, state)
    before = other.events.count()
    posted = {"text": REASON, "pk": other.pk, "number": other.public_number, "case": other.pk}
    for client in (open_case(number, secret), Client(), cast.client("complaints")):
        client.post(f"/complaints/case/{path}/", posted)
    other.refresh_from_db()
    assert (other.state, other.events.count()) == (state, before)
