"""The log as a file, with the filters of the page: read in pieces, so that its length costs no memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from budget_portal import audit_words, jalali
from budget_portal.errors import NotAllowed
from budget_portal.exports import Column, Listing, listed
from budget_portal.models import AuditEntry

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

PIECE = 1_000


@dataclass(frozen=True)
class Line:
    number: int
    day: str
    time: str
    person: str
    on_behalf: str
    role: str
    event: str
    code: str
    target: str
    chain: str
    before: str
    after: str
    note: str
    request: str
    hash: str


COLUMNS = (
    Column("شماره", "number", "number", width=10),
    Column("روز", "day", width=12),
    Column("ساعت", "time", width=10),
    Column("شخص", "person", width=24),
    Column("به جانشینی از", "on_behalf", width=24),
    Column("نقش", "role", width=20),
    Column("کار", "event", width=30),
    Column("کد کار", "code", width=24),
    Column("بر چه چیز", "target", width=40),
    Column("زنجیره", "chain", width=28),
    Column("پیش", "before", width=40),
    Column("پس", "after", width=40),
    Column("دلیل", "note", width=40),
    Column("درخواست", "request", width=20),
    Column("اثر", "hash", width=66),
)


@listed("audit", "رویدادنگار")
def audit_log(user: User, chosen: Mapping[str, str]) -> Listing:
    from budget_portal.views_audit import READERS, AuditFilter

    if user.role not in READERS:
        raise NotAllowed(f"این فهرست برای نقش «{'، '.join(READERS.values())}» است.")
    form = AuditFilter(dict(chosen), user=user)
    entries = form.narrow(AuditEntry.objects.for_user(user).select_related(*audit_words.PEOPLE))
    return Listing(COLUMNS, lines(entries.order_by("-pk"), user), entries.order_by().count())


def lines(entries: QuerySet[AuditEntry], user: User) -> Iterator[Line]:
    """A fixed number of queries for each thousand entries."""
    found = entries.iterator(chunk_size=PIECE)
    while piece := list(islice(found, PIECE)):
        targets, links = audit_words.targets(piece, user), audit_words.linked(piece, user)
        for entry in piece:
            yield _line(entry, targets[entry.chain], links)


def _line(entry: AuditEntry, target: str, links: audit_words.Links) -> Line:
    changes = audit_words.changes(entry, links)
    when = jalali.local(entry.recorded_at)
    letter = entry.on_behalf_of
    return Line(
        number=entry.pk,
        day=jalali.format_date(when.date()),
        time=f"{when:%H:%M:%S}",
        person=str(entry.actor) if entry.actor else audit_words.CLOCK,
        on_behalf=str(letter.principal) if letter else "",
        role=audit_words.role_name(entry.role),
        event=audit_words.sentence(entry),
        code=entry.event,
        target=target,
        chain=entry.chain,
        before=_side(changes, "before"),
        after=_side(changes, "after"),
        note=entry.note,
        request=entry.request_id or entry.job_id,
        hash=entry.hash,
    )


def _side(changes: list[audit_words.Change], side: str) -> str:
    parts = [(change.field, getattr(change, side)) for change in changes]
    return "؛ ".join(f"{field}: {value}" if field else value for field, value in parts if value is not None)
