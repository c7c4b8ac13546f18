"""Effects that survive a lost queue (decision 20): written with the change, carried out by a worker, once.

A verb calls `add` in its transaction. Every second the relay hands open rows to the queue; `deliver` locks a
row and runs its consumers in one transaction with «done», so that twice is once. What the queue lost is sent
again, what keeps failing is closed with its reason. Consumers live in `<app>/effects.py` and are short: long
work is a job (`jobs.enqueue`).
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from budget_portal import audit
from budget_portal.errors import WrongState
from budget_portal.models import OutboxMessage
from budget_portal.moves import verb

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)

Consumer = Callable[[OutboxMessage], None]
C = TypeVar("C", bound=Consumer)

BATCH = 500
_consumers: dict[str, list[Consumer]] = {}


def on(*events: str) -> Callable[[C], C]:
    """Register a consumer: `@on("submission.approved")`. It gets the row and may run again after a failure."""

    def register(consumer: C) -> C:
        for event in events:
            _consumers.setdefault(event, []).append(consumer)
        return consumer

    return register


def consumers(event: str) -> tuple[Consumer, ...]:
    return tuple(_consumers.get(event, ()))


def add(event: str, target: models.Model, **data: Any) -> OutboxMessage:
    """Write down an effect; must run inside the transaction of the change that causes it."""
    if not connection.in_atomic_block:
        raise RuntimeError("outbox.add outside a transaction")
    return OutboxMessage.objects.create(
        event=event,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        data={"organization": audit.organization_of(target), **data},
    )


def waiting() -> models.QuerySet[OutboxMessage]:
    """Rows whose effect is neither done nor given up."""
    return OutboxMessage.objects.filter(done_at__isnull=True, failed_at__isnull=True)


def relay(limit: int = BATCH) -> int:
    """Hand what is due to the queue and say how many went; without a queue the rows wait for the next time."""
    from budget_portal import tasks

    _give_up()
    claimed = _claim(limit)
    for position, pk in enumerate(claimed):
        try:
            tasks.deliver.apply_async((pk,), retry=False)
        except Exception as error:
            log.warning("The queue takes nothing (%s); %d effects wait.", error, len(claimed) - position)
            OutboxMessage.objects.filter(pk__in=claimed[position:]).update(sent_at=None)
            return position
    return len(claimed)


def _claim(limit: int) -> list[int]:
    """Mark rows as sent, in a transaction of its own: two relays never take the same row."""
    now = timezone.now()
    with transaction.atomic():
        rows = waiting().filter(_due(now)).order_by("pk").select_for_update(skip_locked=True)
        claimed = list(rows.values_list("pk", flat=True)[:limit])
        OutboxMessage.objects.filter(pk__in=claimed).update(sent_at=now)
    return claimed


def _due(now: dt.datetime) -> Q:
    """Never sent, or sent so long ago that it was lost or failed; each failure doubles the wait, to ten minutes."""
    due = Q(sent_at__isnull=True)
    for attempts in range(settings.OUTBOX_ATTEMPTS):
        wait = min(settings.OUTBOX_RESEND_SECONDS * 2 ** max(0, attempts - 1), 600)
        due |= Q(attempts=attempts, sent_at__lt=now - dt.timedelta(seconds=wait))
    return due


def _give_up() -> None:
    """Close rows that were tried too often, so that a person sees them; `try_again` opens them."""
    spent = waiting().filter(
        attempts__gte=settings.OUTBOX_ATTEMPTS,
        sent_at__lt=timezone.now() - dt.timedelta(seconds=settings.OUTBOX_RESEND_SECONDS),
    )
    reason = "پس از چند بار تلاش، کارگر این کار را به پایان نرساند."
    spent.filter(error="").update(error=reason)
    if count := spent.update(failed_at=timezone.now()):
        log.error("%d effects of the outbox failed for good.", count)


@verb
def try_again(pk: int, *, by: User) -> None:
    """Open a row that was tried too often; one that another person has opened already stays as it is."""
    row = OutboxMessage.objects.select_for_update().get(pk=pk)
    if row.failed_at is None:
        raise WrongState("این کار دیگر ناموفق نیست؛ دوباره در نوبت است یا انجام شده است.")
    before = {"event": row.event, "error": row.error}
    row.failed_at, row.attempts, row.sent_at = None, 0, None
    row.save(update_fields=["failed_at", "attempts", "sent_at"])
    audit.record(
        "effect.tried_again", row, by=by, before=before, organization_id=row.data.get("organization")
    )


def deliver(pk: int) -> bool:
    """Run all consumers of one row; True when this call did it. A failure leaves nothing but its reason."""
    # Counted outside the transaction below: an effect that kills its worker is counted too.
    if not waiting().filter(pk=pk).update(attempts=F("attempts") + 1):
        return False
    try:
        with transaction.atomic():
            row = waiting().select_for_update().filter(pk=pk).first()
            if row is None:
                return False
            audit.act_as(None)
            for consumer in consumers(row.event):
                consumer(row)
            row.done_at, row.error = timezone.now(), ""
            row.save(update_fields=["done_at", "error"])
    except Exception as error:
        log.exception("Effect %s failed.", pk)
        OutboxMessage.objects.filter(pk=pk).update(error=f"{type(error).__name__}: {error}"[:1000])
        return False
    return True


def deliver_all(limit: int = 10_000) -> int:
    """Carry out what waits in this process, effects of effects included: for loading data and for tests."""
    count = 0
    tried: set[int] = set()
    while count < limit and (pk := _next_untried(tried)) is not None:
        tried.add(pk)
        count += deliver(pk)
    return count


def _next_untried(tried: set[int]) -> int | None:
    rows = waiting().exclude(pk__in=tried).order_by("pk").values_list("pk", flat=True)
    return rows.first()
