"""Who hears what, by which way and when: choices, office hours, one digest a day, an SMS gateway over HTTP."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts import services
from budget_portal import messages_out, outbox, sms_http
from budget_portal.clocks.calendar import Calendar, Hours, Week
from budget_portal.clocks.hours import TEHRAN
from budget_portal.models import Alert, NoticeWaiting, OutboxMessage, SentMessage
from budget_portal.notices import hours, kinds, sending
from tests.cast import Cast

MONDAY = dt.date(2026, 11, 23)
OFFICE = Calendar(
    weeks=(Week(dt.date(2020, 1, 1), frozenset({3, 4}), Hours(dt.time(7, 30), dt.time(14, 30))),)
)


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), TEHRAN)


# --- kinds ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ("clock.escalated", "deadline"),
        ("window.opened", "deadline"),
        ("submission.returned", "returned"),
        ("submission.submitted", "turn"),
        ("submission.approved", "news"),
        ("delegation.confirmed", "account"),
        ("thing.done", "news"),
        ("", "news"),
    ],
)
def test_every_event_has_its_kind(event: str, code: str) -> None:
    assert kinds.kind_of(event).code == code


def test_what_is_mandatory_cannot_be_switched_off() -> None:
    for kind in kinds.KINDS:
        assert kinds.channel(kind, "off") == ("off" if not kind.is_mandatory else kind.usual)
        assert kind.usual in kind.allowed
    assert {kind.code for kind in kinds.KINDS if kind.is_mandatory} == {"deadline", "returned", "account"}


def test_subjects_say_what_it_is() -> None:
    assert (
        kinds.subject(kinds.BY_CODE["deadline"], "مهلت تا شنبه است. بشتابید.") == "یادآوری: مهلت تا شنبه است"
    )


def test_a_short_message_says_nothing_of_anybody() -> None:
    for kind in kinds.KINDS:
        text = kinds.short_message(kind)
        assert not any(letter.isdigit() for letter in text)


# --- hours ----------------------------------------------------------------------------------------------


def test_never_at_night_nor_on_a_day_off(real_hours: None) -> None:
    thursday = MONDAY + dt.timedelta(days=3)
    assert hours.is_open(at(MONDAY, 10), OFFICE)
    assert not hours.is_open(at(MONDAY, 3), OFFICE)
    assert not hours.is_open(at(MONDAY, 14, 30), OFFICE)
    assert not hours.is_open(at(thursday, 10), OFFICE)
    holiday = Calendar(holidays={MONDAY: "تعطیل"}, weeks=OFFICE.weeks)
    assert not hours.is_open(at(MONDAY, 10), holiday)


def test_the_next_opening(real_hours: None) -> None:
    wednesday, saturday = MONDAY + dt.timedelta(days=2), MONDAY + dt.timedelta(days=5)
    assert hours.next_opening(at(MONDAY, 3), OFFICE) == at(MONDAY, 7, 30)
    assert hours.next_opening(at(wednesday, 20), OFFICE) == at(saturday, 7, 30)
    assert hours.next_opening(at(MONDAY, 9), OFFICE, 10) == at(MONDAY, 10)
    assert hours.next_opening(at(wednesday, 10), OFFICE, 10) == at(saturday, 10)
    assert hours.next_opening(at(MONDAY, 3), OFFICE, 17) == at(MONDAY, 14, 30)


@given(st.datetimes(dt.datetime(2022, 1, 1), dt.datetime(2040, 1, 1)), st.none() | st.integers(7, 17))  # noqa: DTZ001
def test_what_waits_goes_in_office_time(naive: dt.datetime, hour: int | None) -> None:
    now = naive.replace(tzinfo=TEHRAN)
    moment = hours.next_opening(now, OFFICE, hour)
    assert moment >= now
    assert OFFICE.is_working(moment.date())
    opens, closes = hours.span(moment.date(), OFFICE)
    assert opens <= moment.time() <= closes


# --- sending --------------------------------------------------------------------------------------------


@pytest.fixture
def recording(settings: Any, tmp_path: Any) -> Any:
    settings.EMAIL_BACKEND = "budget_portal.messages_out.RecordingEmailBackend"
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.EMAIL_URL = settings.SMS_GATEWAY = ""
    return settings


def effect(event: str, cast: Cast) -> OutboxMessage:
    return outbox.add(event, cast.organization)


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hours, "is_open", lambda now, calendar: False)


@pytest.mark.django_db
def test_news_go_in_one_digest(cast: Cast, recording: Any) -> None:
    person = cast.agency_user
    for number in range(3):
        messages_out.notify(person, f"خبر {number}", "/x/", outbox=effect("submission.approved", cast))
    assert Alert.objects.count() == 3
    assert not SentMessage.objects.exists()
    later = timezone.now() + dt.timedelta(days=9)
    sending.send_waiting(later)
    sending.send_waiting(later)
    sent = SentMessage.objects.get()
    assert "۳ خبر" in sent.subject
    assert all(f"خبر {number}" in sent.text for number in range(3))


@pytest.mark.django_db
def test_what_is_urgent_waits_for_the_morning_only(cast: Cast, recording: Any, night: None) -> None:
    messages_out.notify(cast.agency_user, "برگشت ۲ ردیف.", "/x/", outbox=effect("submission.returned", cast))
    assert not SentMessage.objects.exists()
    assert not NoticeWaiting.objects.get().in_digest
    sending.send_waiting(timezone.now() + dt.timedelta(days=9))
    assert not SentMessage.objects.exists()  # still night


@pytest.mark.django_db
def test_in_the_morning_each_urgent_one_goes(cast: Cast, recording: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(hours, "is_open", lambda now, calendar: False)
    messages_out.notify(cast.agency_user, "برگشت ۲ ردیف.", "/x/", outbox=effect("submission.returned", cast))
    monkeypatch.setattr(hours, "is_open", lambda now, calendar: True)
    sending.send_waiting(timezone.now() + dt.timedelta(days=9))
    sent = SentMessage.objects.get()
    assert sent.subject == "برگشت: برگشت ۲ ردیف"
    assert sent.text.startswith("با سلام و احترام،")


@pytest.mark.django_db
def test_choices_hold(cast: Cast, recording: Any) -> None:
    person = cast.expert
    person.mobile = "09120000000"
    person.save()
    chosen = {"deadline": "sms", "returned": "mail", "account": "mail", "turn": "off", "news": "mail"}
    answer = cast.client("expert").post(reverse("accounts:alerts"), {**chosen, "hour": "9"})
    assert answer.status_code == 302
    assert sending.hour_of(person) == 9
    messages_out.notify(person, "نوبت شما.", outbox=effect("submission.treasurer_confirmed", cast))
    assert not SentMessage.objects.exists()
    messages_out.notify(person, "مهلت نزدیک است.", outbox=effect("clock.escalated", cast))
    assert set(SentMessage.objects.values_list("channel", flat=True)) == {"mail", "sms"}
    assert "مهلت نزدیک" not in SentMessage.objects.get(channel="sms").text
    messages_out.notify(person, "خبر.", outbox=effect("submission.approved", cast))
    assert SentMessage.objects.filter(channel="mail").count() == 2


@pytest.mark.django_db
def test_mandatory_kinds_are_not_offered_off(cast: Cast) -> None:
    chosen = {"deadline": "off", "returned": "mail", "account": "mail", "turn": "off", "news": "off"}
    answer = cast.client("expert").post(reverse("accounts:alerts"), {**chosen, "hour": "9"})
    assert answer.status_code == 422
    services.choose_notices(9, {"deadline": "off"}, by=cast.expert)  # past the form it changes nothing
    assert kinds.channel(kinds.BY_CODE["deadline"], "off") == "mail"


# --- the gateway ----------------------------------------------------------------------------------------


class Gateway(HTTPServer):
    """Answers what it is told to, and remembers what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.answers: list[tuple[int, bytes]] = []
        self.stall = threading.Event()


class Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), json.loads(body)))
        status, content = self.server.answers.pop(0) if self.server.answers else (200, b'{"status": "sent"}')
        if status == 0:
            self.server.stall.wait(5)
            return
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def gateway(recording: Any) -> Iterator[Gateway]:
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    recording.SMS_GATEWAY = "budget_portal.sms_http.send"
    recording.SMS_URL = f"http://127.0.0.1:{server.server_port}/send"
    recording.SMS_TOKEN, recording.SMS_SENDER, recording.SMS_TIMEOUT = "secret", "3000", 0.3
    yield server
    server.stall.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.mark.django_db
def test_a_message_goes_out_over_http(gateway: Gateway) -> None:
    messages_out.send_sms("09120000000", "سلام")
    outbox.deliver_all()
    ((headers, body),) = gateway.got
    assert body == {"to": "09120000000", "text": "سلام", "sender": "3000"}
    assert headers["Authorization"] == "Bearer secret"
    assert OutboxMessage.objects.get(event="sms.forward").done_at is not None


@pytest.mark.django_db
def test_a_refusal_is_tried_again_with_the_same_key(gateway: Gateway) -> None:
    gateway.answers = [(500, b""), (200, b'{"status": "failed"}'), (200, b"")]
    messages_out.send_sms("09120000000", "سلام")
    row = OutboxMessage.objects.get(event="sms.forward")
    for attempt in range(3):
        assert outbox.deliver(row.pk) is (attempt == 2)
        row.refresh_from_db()
        assert "09120000000" not in row.error
    assert len({headers["Idempotency-Key"] for headers, _ in gateway.got}) == 1
    assert "to" not in row.data


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [(0, b""), (302, b"")])
def test_a_gateway_that_hangs_or_sends_elsewhere_is_given_up_for_now(
    gateway: Gateway, answer: tuple[int, bytes]
) -> None:
    gateway.answers = [answer]
    messages_out.send_sms("09120000000", "سلام")
    assert outbox.deliver(OutboxMessage.objects.get(event="sms.forward").pk) is False
    assert OutboxMessage.objects.get(event="sms.forward").done_at is None


def test_only_http_is_spoken(settings: Any) -> None:
    settings.SMS_URL = "file:///etc/passwd"
    with pytest.raises(Exception, match="SMS_URL"):
        sms_http.send("09120000000", "سلام")
