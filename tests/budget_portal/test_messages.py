"""Mail, SMS and alerts: written once per effect, kept for the administrator, carried outward by the outbox."""

import socket
import threading

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives, get_connection

from budget_portal import alerts, messages_out, outbox
from budget_portal.models import Alert, OutboxMessage, SentMessage

from . import ground_people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def recording(settings, tmp_path):
    """Django's tests put a backend of their own in the place of ours."""
    settings.EMAIL_BACKEND = "budget_portal.messages_out.RecordingEmailBackend"
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.EMAIL_URL = settings.SMS_GATEWAY = ""
    return settings


@pytest.fixture
def effect():
    return outbox.add("thing.done", ground_people.organization())


def written(settings):
    return [path.read_bytes() for path in sorted(settings.OUTBOX_DIR.glob("*"))]


def test_a_notice_is_an_alert_and_a_mail_once_per_effect(settings):
    effect = outbox.add("submission.returned", ground_people.organization())
    person = ground_people.person("a", email="a@example.ir")
    for _ in range(2):
        messages_out.notify(person, "عملکرد شما برگشت خورد.", "/entry/1405-Q2/capital/", outbox=effect)
    alert, sent = Alert.objects.get(), SentMessage.objects.get()
    assert (alert.text, alert.url) == ("عملکرد شما برگشت خورد.", "/entry/1405-Q2/capital/")
    assert (sent.channel, sent.recipient, sent.outbox) == ("mail", "a@example.ir", effect)
    assert "http://localhost:8000/entry/1405-Q2/capital/" in sent.text
    assert len(written(settings)) == 1


def test_who_gave_no_address_gets_no_mail_and_without_an_effect_each_notice_counts():
    person = ground_people.person("a")
    messages_out.notify(person, "یک")
    messages_out.notify(person, "یک")
    assert Alert.objects.count() == 2 and not SentMessage.objects.exists()


def test_mail_of_others_is_recorded_for_each_recipient(settings):
    message = mail.EmailMessage("موضوع", "متن", to=["a@example.ir", "b@example.ir"], bcc=["c@example.ir"])
    assert message.send() == 3
    assert set(SentMessage.objects.values_list("recipient", flat=True)) == {
        "a@example.ir",
        "b@example.ir",
        "c@example.ir",
    }
    assert len(written(settings)) == 3 and not OutboxMessage.objects.exists()


def test_a_local_sms_is_a_row_and_a_file(effect, settings):
    for _ in range(2):
        messages_out.send_sms("09120000000", "کد شما ۱۲۳", outbox=effect)
    assert SentMessage.objects.get().text == "کد شما ۱۲۳"
    assert SentMessage.objects.get().recipient == "091*****000"
    assert written(settings) == ["091*****000\n\nکد شما ۱۲۳\n".encode()]


sent_by_gateway = []


def gateway(to, text):
    if text == "broken":
        raise ConnectionError(f"no gateway for {to}")
    sent_by_gateway.append((to, text))


def test_a_gateway_is_fed_by_the_outbox(settings):
    settings.SMS_GATEWAY = f"{__name__}.gateway"
    sent_by_gateway.clear()
    messages_out.send_sms("09120000000", "نشانی https://portal.ir/x?token=1 را باز کنید")
    assert sent_by_gateway == [] and written(settings) == []
    outbox.deliver_all()
    outbox.deliver_all()
    assert sent_by_gateway == [("09120000000", "نشانی https://portal.ir/x?token=1 را باز کنید")]
    assert "token" not in SentMessage.objects.get().text
    assert list(OutboxMessage.objects.get().data) == ["organization"]  # neither words nor number stay


def test_a_dead_gateway_refuses_nothing_and_keeps_the_words(settings):
    settings.SMS_GATEWAY = f"{__name__}.gateway"
    messages_out.send_sms("09120000000", "broken")
    assert outbox.deliver_all() == 0
    row = OutboxMessage.objects.get()
    assert row.done_at is None and row.data["text"] == "broken" and "ConnectionError" in row.error
    assert "091*****000" in row.error and "09120000000" not in row.error  # an administrator reads the reason


def test_with_a_mail_server_the_letter_goes_through_the_outbox(settings):
    """A small SMTP server in this test takes the letter."""
    server, letters = _mail_server()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{server.getsockname()[1]}"
    message = EmailMultiAlternatives("موضوع", "متن https://portal.ir/reset/1", to=["a@example.ir"])
    message.attach_alternative("<p>متن</p>", "text/html")
    message.send()
    assert letters == []
    assert outbox.deliver_all() == 1
    assert len(letters) == 1 and "multipart/alternative" in letters[0]
    assert "reset" not in SentMessage.objects.get().text
    assert list(OutboxMessage.objects.get().data) == ["organization"]


def test_a_dead_mail_server_delays_and_refuses_nothing(settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    assert get_connection().send_messages([mail.EmailMessage("x", "y", to=["a@example.ir"])]) == 1
    assert outbox.deliver_all() == 0
    assert OutboxMessage.objects.get().data["text"] == "y"


def _mail_server():
    server, letters = socket.create_server(("127.0.0.1", 0)), []

    def serve():
        with server:
            talk, _ = server.accept()
        with talk, talk.makefile("rw", newline="\r\n", encoding="utf-8") as lines:

            def say(line):
                lines.write(line + "\n")
                lines.flush()

            say("220 here")
            body = None
            for line in lines:
                if body is not None:
                    if line.strip() == ".":
                        letters.append("".join(body))
                        body = None
                        say("250 taken")
                    else:
                        body.append(line)
                elif line.upper().startswith("DATA"):
                    body = []
                    say("354 go on")
                elif line.upper().startswith("QUIT"):
                    say("221 bye")
                    return
                else:
                    say("250 well")

    threading.Thread(target=serve, daemon=True).start()
    return server, letters


def test_a_finished_job_is_told_to_its_requester():

    from budget_portal.models import Job

    person = ground_people.person("a", email="a@example.ir")
    job = Job.objects.create(kind="report", title="گزارش فصل دوم", requester=person)
    outbox.add("job.done", job)
    assert outbox.deliver_all() == 1
    alert = Alert.objects.for_user(person).get()
    assert str(job.public_id) in alert.url and "گزارش فصل دوم" in alert.text
    assert not SentMessage.objects.exists()
    assert (alerts.mark_read(person), alerts.mark_read(person)) == (1, 0)
