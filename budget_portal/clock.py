"""What happens because time passes: each app registers its functions, the beat calls them every hour."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import connection
from django.utils import timezone

log = logging.getLogger(__name__)

OnTick = Callable[[dt.datetime], None]
F = TypeVar("F", bound=OnTick)

LOCK = 0x7069_0001  # any number that no other advisory lock uses
_registered: list[OnTick] = []


def register(function: F) -> F:
    """`@clock.register def close_windows(now)` in `<app>/clock.py`; may be called twice for one moment."""
    if function not in _registered:
        _registered.append(function)
    return function


def registered() -> tuple[OnTick, ...]:
    return tuple(_registered)


def tick(now: dt.datetime | None = None) -> int:
    """Call everything that is registered; one failure stops no other. Says how many went well."""
    moment = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0  # another worker is at it
    try:
        return sum(_called(function, moment) for function in _registered)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _called(function: OnTick, moment: dt.datetime) -> bool:
    try:
        function(moment)
    except Exception:
        log.exception("The clock could not run %s.%s.", function.__module__, function.__qualname__)
        return False
    return True


@register
def checkpoint_of_the_day(now: dt.datetime) -> None:
    """Once a day the heads of the audit's chains are written down."""
    from budget_portal import audit_check
    from budget_portal.models import AuditCheckpoint

    last = AuditCheckpoint.objects.order_by("-pk").values_list("recorded_at", flat=True).first()
    if last is None or last < now - dt.timedelta(hours=23):
        audit_check.take_checkpoint()
