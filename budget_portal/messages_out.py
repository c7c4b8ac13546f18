"""Words that leave the portal: alerts to people inside, mail and SMS to the outside (decision 27).

Every mail and SMS is a row that the administrator reads. Without EMAIL_URL or SMS_GATEWAY (a local run) the
words are also files under OUTBOX_DIR; with them a row of the outbox carries them outward, so that a dead mail
server delays a letter and refuses nothing. What is given an `outbox` row is written once for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import environ
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from budget_portal import outbox as box
from budget_portal.identifiers import mask
from budget_portal.models import Alert, OutboxMessage, SentMessage

if TYPE_CHECKING:
    from accounts.models import User

LINK = re.compile(r"https?://\S+")
HIDDEN = "[پیوند در نامهٔ اصلی]"
MAIL, SMS = SentMessage.Channel.MAIL, SentMessage.Channel.SMS


def notify(
    person: User,
    text: str,
    url: str = "",
    *,
    outbox: OutboxMessage | None = None,
    tone: str = "info",
    mail: bool = True,
) -> Alert:
    """An alert inside the portal at once, and a mail or SMS as the person chose and the hour allows (notices)."""
    values = {"text": text[:400], "url": url, "tone": tone}
    if outbox is None:
        alert, fresh = Alert.objects.create(person=person, **values), True
    else:
        alert, fresh = Alert.objects.get_or_create(outbox=outbox, person=person, defaults=values)
    if fresh and mail:
        from budget_portal.notices import sending  # it sends through this module

        sending.send(person, text, url, outbox)
    return alert


def send_mail(to: str, *, subject: str, text: str, outbox: OutboxMessage | None = None) -> None:
    message = EmailMessage(subject=" ".join(subject.split()), body=text, to=[to])
    # Read by the backend below.
    message.outbox = outbox  # type: ignore[attr-defined]
    message.send()


def send_sms(to: str, text: str, *, outbox: OutboxMessage | None = None) -> None:
    """What is kept names the mobile masked: beside a case number the whole one would open the case."""
    shown = mask(to)
    with transaction.atomic():
        sent = _written(SMS, shown, "", text, outbox, forwarded=bool(settings.SMS_GATEWAY))
        if sent is None:
            return
        if settings.SMS_GATEWAY:
            box.add("sms.forward", sent, to=to, text=text)
        else:
            _to_directory(sent, "txt", f"{shown}\n\n{text}\n".encode())


class RecordingEmailBackend(BaseEmailBackend):
    """What Django, allauth and the portal send, one row per recipient."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        count = 0
        for message in email_messages:
            for recipient in message.recipients():
                count += self._send(message, recipient)
        return count

    def _send(self, message: EmailMessage, recipient: str) -> bool:
        row = getattr(message, "outbox", None)
        with transaction.atomic():
            sent = _written(
                MAIL,
                recipient,
                str(message.subject),
                str(message.body),
                row,
                forwarded=bool(settings.EMAIL_URL),
            )
            if sent is None:
                return False
            if settings.EMAIL_URL:
                box.add("mail.forward", sent, **_parts(message, recipient))
            else:
                _to_directory(sent, "eml", message.message().as_bytes())
        return True


def _written(
    channel: str, to: str, subject: str, text: str, outbox: OutboxMessage | None, *, forwarded: bool
) -> SentMessage | None:
    """The row, or None when this effect has written it before.

    Links of a real letter may open an account, so the administrator's page does not keep them.
    """
    values: dict[str, Any] = {"subject": subject[:200], "text": LINK.sub(HIDDEN, text) if forwarded else text}
    if outbox is None:
        return SentMessage.objects.create(channel=channel, recipient=to[:200], **values)
    sent, fresh = SentMessage.objects.get_or_create(
        outbox=outbox, channel=channel, recipient=to[:200], defaults=values
    )
    return sent if fresh else None


def _to_directory(sent: SentMessage, suffix: str, content: bytes) -> None:
    directory = settings.OUTBOX_DIR
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M%S")
    (directory / f"{stamp}-{sent.pk:06}.{suffix}").write_bytes(content)


def _parts(message: EmailMessage, recipient: str) -> dict[str, str]:
    alternatives = getattr(message, "alternatives", None) or []
    html = next((str(content) for content, kind in alternatives if kind == "text/html"), "")
    return {
        "to": recipient,
        "sender": message.from_email,
        "subject": str(message.subject),
        "text": str(message.body),
        "html": html,
    }


# --- outward ------------------------------------------------------------------------------------------------


@box.on("mail.forward")
def forward_mail(row: OutboxMessage) -> None:
    data = row.data
    message = EmailMultiAlternatives(data["subject"], data["text"], data["sender"], [data["to"]])
    if data["html"]:
        message.attach_alternative(data["html"], "text/html")
    server = environ.Env.email_url_config(settings.EMAIL_URL)
    message.connection = get_connection(
        server["EMAIL_BACKEND"],
        host=server.get("EMAIL_HOST"),
        port=server.get("EMAIL_PORT"),
        username=server.get("EMAIL_HOST_USER"),
        password=server.get("EMAIL_HOST_PASSWORD"),
        use_tls=server.get("EMAIL_USE_TLS", False),
        use_ssl=server.get("EMAIL_USE_SSL", False),
        timeout=20,
    )
    message.send()
    _forget(row)


@box.on("sms.forward")
def forward_sms(row: OutboxMessage) -> None:
    """SMS_GATEWAY is the dotted path of `send(to, text)`; it raises when the gateway does not take it."""
    to = row.data["to"]
    try:
        import_string(settings.SMS_GATEWAY)(to, row.data["text"])
    except Exception as error:
        # The administrator's page and the log keep the reason; the whole number is nobody's business there.
        reason = f"{type(error).__name__}: {error}".replace(to, mask(to))
        raise ConnectionError(reason) from None
    _forget(row)


def _forget(row: OutboxMessage) -> None:
    """The words are gone out; a copy with its links and address would only be a danger."""
    row.data = {"organization": row.data.get("organization")}
    row.save(update_fields=["data"])
