"""Cases in any state, made by the verbs; and the citizen's three pages as a client walks them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db import connection
from django.test import Client

from complaints.models import Complaint
from complaints.workflow import complaints as workflow
from complaints.workflow.complaints import Filing, Registered, Sender

TEXT = "پل موقت کنار جاده از خرداد نیمه‌کاره مانده و شب‌ها روشنایی ندارد."
REASON = "برای پاسخ درست به فرستنده باید محل دقیق روشن شود."
ANSWER = "در بازدید دیده شد که روشنایی نیست؛ دستگاه موظف شد تا هفتهٔ آینده نصب کند."
NATIONAL_CODE, MOBILE = "0012345679", "09161234427"
PERSON = Sender(kind="person", name="آرش نمونه‌ای", mobile=MOBILE, national_code=NATIONAL_CODE)

SUBJECT = {"kind": "complaint", "subject": "توقف کار و مسیر جایگزین ناایمن", "text": TEXT}
CONTACT = {
    "identity": "person",
    "name": PERSON.name,
    "national_code": "۰۰۱۲۳۴۵۶۷۹",
    "mobile": "۰۹۱۶ ۱۲۳ ۴۴۲۷",
    "wants_sms": "on",
}


def registered(who: Any, **fields: Any) -> Registered:
    organization = fields.pop("organization", None) or who.organization
    values: dict[str, Any] = {
        "organization": organization,
        "kind": "complaint",
        "subject": SUBJECT["subject"],
        "text": TEXT,
        "sender": PERSON,
        "wants_sms": True,
    }
    return workflow.register(Filing(**values | fields), by=None)


def make_case(who: Any, state: str = "registered", *, assignee: Any = None, **fields: Any) -> Complaint:
    """A case of the home organization, walked to a state by its people."""
    complaint = registered(who, **fields).complaint
    assignee = assignee or who.expert
    pk = complaint.pk
    officer = who.complaints
    if state in {"assigned", "in_progress", "needs_info", "answered", "objected"}:
        workflow.assign(pk, by=officer, assignee_id=assignee.pk)
    if state in {"in_progress", "needs_info", "answered", "objected"}:
        workflow.start(pk, by=assignee)
    if state == "needs_info":
        workflow.ask_info(pk, by=assignee, text=REASON)
    if state in {"answered", "objected"}:
        answer(who, pk, assignee)
    if state == "objected":
        workflow.object_to_answer(pk, by=None, text=REASON)
    if state == "forwarded":
        workflow.forward(pk, by=officer, body="سازمان بازرسی کل کشور، تهران", reason=REASON)
    if state == "rejected":
        workflow.reject(pk, by=officer, reason=REASON)
    if state in {"withdrawn", "closed"}:
        workflow.withdraw(pk, by=None)
    if state == "closed":
        age(pk, objection_due=dt.date(2020, 1, 1))
        workflow.close(pk, by=None)
    complaint.refresh_from_db()
    return complaint


def answer(who: Any, pk: int, assignee: Any, sender: Any = None) -> None:
    workflow.write_answer(pk, by=assignee, text=ANSWER, outcome="partly")
    workflow.send_answer(pk, by=sender or who.complaints)


def age(pk: int, **values: Any) -> None:
    """Put dates of a case into the past."""
    Complaint.objects.filter(pk=pk).update(**values)


def age_events(pk: int, days: int) -> None:
    """Move the whole timeline back; the append-only trigger stands aside for the test."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE complaints_complaintevent SET at = at - make_interval(days => %s) WHERE complaint_id = %s",
            [days, pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


def file_through_pages(client: Client, subject: dict[str, Any], contact: dict[str, Any] | None) -> Any:
    """The three steps; answers the receipt page."""
    response = client.post("/complaints/new/subject/", subject)
    assert response.status_code == 302, problems(response)
    if contact is not None:
        assert response["Location"] == "/complaints/new/contact/"
        response = client.post("/complaints/new/contact/", contact)
        assert response.status_code == 302, problems(response)
    assert response["Location"] == "/complaints/new/check/"
    assert client.get("/complaints/new/check/").status_code == 200
    response = client.post("/complaints/new/check/")
    assert response["Location"] == "/complaints/done/"
    return client.get("/complaints/done/")


def problems(response: Any) -> str:
    return "; ".join(re.findall(r'<li><a href="#[^"]*">([^<]*)', response.content.decode()))


def codes_of(receipt: Any) -> tuple[str, str]:
    """Number and secret as the receipt shows them."""
    number, secret = re.findall(r'tracking__code[^>]*">([۰-۹-]+)<', receipt.content.decode())
    return number, secret
