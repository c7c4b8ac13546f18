"""Alerts to one person: read, counted, marked as read. They are written by messages_out.notify."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from budget_portal.models import Alert

if TYPE_CHECKING:
    from accounts.models import User


def mark_read(user: User, pk: int | None = None) -> int:
    """One alert or all of them."""
    rows = Alert.objects.for_user(user).unread()
    if pk is not None:
        rows = rows.filter(pk=pk)
    return int(rows.update(read_at=timezone.now()))
