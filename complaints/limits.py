"""Brakes on the public forms: wrong pairs of codes, and filings of one address (decision 25).

Wrong tries are counted in the database, so they hold without the queue's server and across processes. Rows
keep a keyed hash of number and address, nothing that names anybody.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django_ratelimit.core import is_ratelimited

from budget_portal.cache import gone
from complaints import sealing
from complaints.models import WrongTry

WINDOW = dt.timedelta(minutes=15)
WRONG_TRIES = 5
WRONG_MOBILES_OVERALL = 200  # guessing mobiles over many numbers and addresses at once
FILINGS_PER_HOUR = 20


def client_address(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw; whatever a client writes itself is left of it."""
    direct = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    hops = settings.TRUSTED_PROXIES
    seen = forwarded[-hops] if 0 < hops <= len(forwarded) else direct
    try:
        return str(ipaddress.ip_address(seen))
    except ValueError:
        return direct


def address_block(request: HttpRequest) -> str:
    """One IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def try_keys(number: str, block: str) -> list[str]:
    return [sealing.digest("try", "number", number), sealing.digest("try", "address", block)]


def overall_key() -> str:
    return sealing.digest("try", "overall", "mobile")


def take_turn(keys: Sequence[str]) -> None:
    """Parallel guesses of one number or address wait for each other, so that the count is exact."""
    with connection.cursor() as cursor:
        for key in sorted(keys):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [key])


def is_exhausted(keys: Sequence[str], limit: int = WRONG_TRIES, window: dt.timedelta = WINDOW) -> bool:
    since = timezone.now() - window
    return any(WrongTry.objects.filter(key=key, at__gt=since).count() >= limit for key in keys)


def note_wrong(keys: Sequence[str]) -> None:
    WrongTry.objects.bulk_create([WrongTry(key=key) for key in keys])


def forget_old(now: dt.datetime) -> int:
    return WrongTry.objects.filter(at__lt=now - dt.timedelta(hours=1)).delete()[0]


def too_many(request: HttpRequest, group: str, per_hour: int = FILINGS_PER_HOUR) -> bool:
    """Count this request of the address against the hour; the cache counts, the database when it is gone."""
    try:
        limited: bool = is_ratelimited(
            request,
            group=f"complaints.{group}",
            key=lambda _group, asked: address_block(asked),
            rate=f"{per_hour}/h",
            increment=True,
        )
    except gone():
        return _too_many_by_database(address_block(request), group, per_hour)
    return limited


def _too_many_by_database(block: str, group: str, per_hour: int) -> bool:
    keys = [sealing.digest("try", group, block)]
    with transaction.atomic():
        take_turn(keys)
        if is_exhausted(keys, per_hour, dt.timedelta(hours=1)):
            return True
        note_wrong(keys)
    return False
