"""The head of the log, once a day: one page to print, one mail to named people, each chained to the one before.

A head is a checkpoint (audit_check.take_checkpoint) as a short text. Its digest covers the heads of all chains
that grew and the digest of the day before, so whoever keeps one text proves everything that was written until
then, also against an owner of the database who rewrites entries, hashes and checkpoints alike.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import segno
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from budget_portal import audit
from budget_portal.errors import NotAllowed, RuleBroken
from budget_portal.models import AuditCheckpoint, HeadRecipient
from budget_portal.moves import verb

if TYPE_CHECKING:
    from accounts.models import User

TITLE = "BUDGET PORTAL AUDIT HEAD"
HEAD = re.compile(
    r"head:\s*(\d{1,18})\b.*?\bdigest:\s*((?:[0-9a-f]{4,64}\s*){1,16})", re.DOTALL | re.IGNORECASE
)
STAMP = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True)
class Published:
    """What somebody kept of a head."""

    number: int
    digest: str


def text_of(point: AuditCheckpoint) -> str:
    """What is printed, mailed and given back to `verify_audit --head`."""
    moment = point.recorded_at.astimezone(dt.UTC).strftime(STAMP)
    return (
        f"{TITLE}\nhead: {point.pk}\nat: {moment}\nlast-entry: {point.last_entry_id}\nchains: {point.chains}\n"
        f"previous: {point.previous_digest}\ndigest: {point.digest}\n"
    )


def letter_of(point: AuditCheckpoint) -> str:
    """The mail: what it is, what to do with it, and the text itself."""
    return (
        "این نامه اثر روزانهٔ رویدادنگار سامانهٔ نظارت بر عملکرد بودجه است. آن را نگه دارید: با همین چند سطر"
        " روشن می‌شود که هیچ رویدادی تا این لحظه، حتی به دست مدیر پایگاه داده، عوض یا حذف نشده است.\n\n"
        f"{text_of(point)}\n"
        "آزمون: manage.py verify_audit --head <این متن یا پروندهٔ آن>\n"
    )


def in_groups(digest: str) -> list[str]:
    """Four by four, as people compare it on paper."""
    return [digest[start : start + 4] for start in range(0, len(digest), 4)]


def qr_of(point: AuditCheckpoint) -> SafeString:
    """Number and digest for a phone's camera; works without the portal."""
    stream = BytesIO()
    code = segno.make(f"head: {point.pk} digest: {point.digest}", error="m", micro=False)
    code.save(stream, kind="svg", border=2, xmldecl=False, omitsize=True, nl=False, title="رمزینهٔ سرزنجیره")
    return mark_safe(stream.getvalue().decode())  # noqa: S308  (segno's own drawing)


# --- against the log ----------------------------------------------------------------------------------------


def read(text: str) -> list[Published]:
    """The heads in a text, however it was wrapped or grouped on its way."""
    found = ((int(number), re.sub(r"\s", "", digest).lower()) for number, digest in HEAD.findall(text))
    return [Published(number, digest[:64]) for number, digest in found if len(digest) >= 64]


def differences(text: str) -> Iterator[tuple[str, str]]:
    """Heads of the text that the database knows otherwise, or no more."""
    kept = read(text)
    known = dict(
        AuditCheckpoint.objects.filter(pk__in=[head.number for head in kept]).values_list("pk", "digest")
    )
    for head in kept:
        if head.number not in known:
            yield f"head {head.number}", "it was published and is gone from the database"
        elif known[head.number] != head.digest:
            yield f"head {head.number}", "it is not the one that was published"


# --- who is sent it -----------------------------------------------------------------------------------------


def may_name(user: User) -> bool:
    return user.role == "admin" and user.acting is not None


@verb
def add_recipient(name: str, email: str, *, by: User) -> HeadRecipient:
    if not may_name(by) or by.acting is None:
        raise NotAllowed("گیرندگان سرزنجیره را مدیر سامانه می‌نویسد.")
    row = HeadRecipient(
        organization_id=by.acting.organization_id, name=name, email=email.lower(), added_by=by
    )
    try:
        row.full_clean()
    except ValidationError as problem:
        raise RuleBroken(" ".join(problem.messages), problem.messages) from problem
    row.save()
    audit.record("head.recipient_added", row, by=by, after={"name": name, "email": row.email})
    return row


@verb
def remove_recipient(pk: int, *, by: User) -> HeadRecipient:
    if not may_name(by):
        raise NotAllowed("گیرندگان سرزنجیره را مدیر سامانه می‌نویسد.")
    row: HeadRecipient = HeadRecipient.objects.for_user(by).select_for_update().get(pk=pk)
    if row.removed_at is None:
        row.removed_by, row.removed_at = by, timezone.now()
        row.save(update_fields=["removed_by", "removed_at"])
        audit.record("head.recipient_removed", row, by=by, before={"name": row.name, "email": row.email})
    return row
