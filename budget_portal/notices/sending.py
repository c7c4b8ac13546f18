"""Mails of notices: now, in the morning, or in the one digest of a day; SMS beside them where that was chosen."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from budget_portal import clock, jalali, messages_out
from budget_portal.digits import to_persian
from budget_portal.models import NoticeChoice, NoticeHour, NoticeWaiting, OutboxMessage
from budget_portal.notices import hours, kinds
from budget_portal.office import office_calendar

if TYPE_CHECKING:
    from accounts.models import User

USUAL_HOUR = 8
MOST = 5_000  # of one beat


def send(person: User, text: str, url: str, outbox: OutboxMessage | None) -> None:
    """Decide by the person's choice and the hour; called once for each alert."""
    kind = kinds.kind_of(outbox.event if outbox else "")
    chosen = NoticeChoice.objects.filter(person=person, kind=kind.code).values_list("channel", flat=True)
    channel = kinds.channel(kind, chosen.first())
    if channel == kinds.OFF or not (person.email or (channel == kinds.SMS and person.mobile)):
        return
    subject, address = kinds.subject(kind, text), f"{settings.PUBLIC_URL}{url}" if url else ""
    calendar, now = office_calendar(), timezone.now()
    if channel != kinds.DIGEST and hours.is_open(now, calendar):
        body = kinds.letter(kind, text, address)
        _out(person, kind, subject, body, by_sms=channel == kinds.SMS, outbox=outbox)
        return
    hour = hour_of(person) if channel == kinds.DIGEST else None
    NoticeWaiting.objects.create(
        person=person,
        kind=kind.code,
        subject=subject,
        text=text,
        url=url,
        in_digest=channel == kinds.DIGEST,
        by_sms=channel == kinds.SMS,
        not_before=hours.next_opening(now, calendar, hour),
    )


def hour_of(person: User) -> int:
    found = NoticeHour.objects.filter(person=person).values_list("hour", flat=True).first()
    return found if found is not None else USUAL_HOUR


@clock.register
def send_waiting(now: dt.datetime) -> None:
    """Every hour: what waited for the morning, and the digests whose hour has come."""
    if not hours.is_open(now, office_calendar()):
        return
    waiting = NoticeWaiting.objects.filter(sent_at=None, not_before__lte=now)
    for pk in list(waiting.order_by().values_list("person", flat=True).distinct()[:MOST]):
        _send_to(pk, now)


@transaction.atomic
def _send_to(person_id: int, now: dt.datetime) -> None:
    """All that is due for one person: urgent ones each, the others in one mail. Locked, so that twice is once."""
    due = NoticeWaiting.objects.filter(person=person_id, sent_at=None, not_before__lte=now)
    rows = list(due.select_for_update(of=("self",)).select_related("person"))
    if not rows:
        return
    person = rows[0].person
    digest = [row for row in rows if row.in_digest]
    for row in rows:
        if not row.in_digest and person.is_active:
            kind = kinds.BY_CODE[row.kind]
            address = f"{settings.PUBLIC_URL}{row.url}" if row.url else ""
            _out(person, kind, row.subject, kinds.letter(kind, row.text, address), by_sms=row.by_sms)
    if digest and person.is_active and person.email:
        messages_out.send_mail(person.email, subject=_digest_subject(digest, now), text=digest_text(digest))
    due.filter(pk__in=[row.pk for row in rows]).update(sent_at=now)


def _out(
    person: User,
    kind: kinds.Kind,
    subject: str,
    body: str,
    *,
    by_sms: bool,
    outbox: OutboxMessage | None = None,
) -> None:
    if person.email:
        messages_out.send_mail(person.email, subject=subject, text=body, outbox=outbox)
    if by_sms and person.mobile:
        messages_out.send_sms(person.mobile, kinds.short_message(kind), outbox=outbox)


def _digest_subject(rows: list[NoticeWaiting], now: dt.datetime) -> str:
    day = jalali.format_date(jalali.local(now).date(), "text")
    return f"خلاصهٔ {day}: {to_persian(len(rows))} خبر"


def digest_text(rows: list[NoticeWaiting]) -> str:
    """By kind, each line with its address."""
    parts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        address = f"\n  {settings.PUBLIC_URL}{row.url}" if row.url else ""
        parts[kinds.BY_CODE[row.kind].label].append(f"- {row.text}{address}")
    body = "\n\n".join(f"{label}\n" + "\n".join(lines) for label, lines in parts.items())
    return f"{kinds.GREETING}\n\n{body}\n\nتنظیم خبرها: {settings.PUBLIC_URL}/accounts/alerts/\n"
