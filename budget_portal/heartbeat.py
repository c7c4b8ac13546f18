"""When a worker was last heard: its own task says so, which proves that it takes work and not only lives."""

import time

from django.core.cache import cache

KEY = "worker.heard"
QUIET_TOO_LONG = 60.0  # seconds


def note() -> None:
    cache.set(KEY, time.time(), timeout=None)


def forget() -> None:
    """At a start: what an earlier worker said is no sign of life of the new one."""
    cache.delete(KEY)


def age() -> float | None:
    """Seconds since a worker was heard; None: never."""
    heard: float | None = cache.get(KEY)
    return None if heard is None else max(0.0, time.time() - heard)
