"""Is the portal alive, and can it work? Read by machines: JSON, no session, no detail for strangers."""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from budget_portal import heartbeat

log = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers; it asks nobody else."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    parts = {name: _checked(name, check) for name, check in CHECKS.items()}
    ready = all(part["ok"] for part in parts.values())
    body = {"status": "ok" if ready else "failing", **parts}
    return JsonResponse(body, status=200 if ready else 503)


def _checked(name: str, check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"ok": True, **check()}
    except Exception as error:
        log.warning("readyz: %s: %s", name, error)
        return {"ok": False}


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {}


def _queue() -> dict[str, Any]:
    from budget_portal.celery import app  # a tenth of a second that no command should pay

    with app.connection_for_write() as broker:
        broker.default_channel.client.ping()
    return {}


def _storage() -> dict[str, Any]:
    place = Path(settings.MEDIA_ROOT)
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=place) as probe:
        probe.write(b"ready")
        probe.flush()
    return {}


def _worker() -> dict[str, Any]:
    age = heartbeat.age()
    heard = age is not None and age <= heartbeat.QUIET_TOO_LONG
    return {"ok": heard, "heard_seconds_ago": None if age is None else round(age)}


CHECKS = {"database": _database, "queue": _queue, "storage": _storage, "worker": _worker}
