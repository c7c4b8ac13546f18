"""Writing to the append-only log. The database adds sequence and hash (sql/audit.sql)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone
from structlog.contextvars import get_contextvars

from budget_portal.models import AuditEntry

if TYPE_CHECKING:
    from accounts.models import User


def act_as(person: User | None, *, job_id: str = "") -> None:
    """Tell the triggers of this transaction who acts, in which role and by whose letter, for which request."""
    acting = person.acting if person else None
    values = {
        "portal.actor": str(person.pk) if person else "",
        "portal.role": acting.role if acting else "",
        "portal.organization": str(acting.organization_id) if acting else "",
        "portal.on_behalf_of": str((acting and acting.delegation_id) or ""),
        "portal.request": str(get_contextvars().get("request_id", "")),
        "portal.job": job_id or str(get_contextvars().get("job_id", "")),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(["set_config(%s, %s, true)"] * len(values)),
            [part for pair in values.items() for part in pair],
        )


def record(
    event: str,
    target: models.Model,
    *,
    by: User | None,
    before: Any = None,
    after: Any = None,
    note: str = "",
    organization_id: int | None = None,
) -> AuditEntry:
    """Write one fact; must run inside the transaction of what it tells of."""
    if not connection.in_atomic_block:
        raise RuntimeError("audit.record outside a transaction")
    acting = by.acting if by else None
    context = get_contextvars()
    return AuditEntry.objects.create(
        recorded_at=timezone.now(),
        actor=by,
        role=acting.role if acting else "",
        on_behalf_of_id=acting.delegation_id if acting else None,
        organization_id=organization_id
        or organization_of(target)
        or (acting.organization_id if acting else None),
        event=event,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        before=_json(before),
        after=_json(after),
        note=note,
        request_id=str(context.get("request_id", ""))[:64],
        job_id=str(context.get("job_id", ""))[:64],
        chain="",
        sequence=0,
        previous_hash="",
        hash="",
    )


def organization_of(target: Any) -> int | None:
    """The organization a row reaches: itself, its own column, or that of its parent (decision 7)."""
    if target._meta.label_lower == "accounts.organization":
        return int(target.pk)
    for name in (
        "organization_id",
        "agency",
        "submission",
        "visit",
        "complaint",
        "period",
        "project",
        "membership",
    ):
        value = getattr(target, name, None)
        if value is None:
            continue
        if name == "organization_id":
            return int(value)
        if (found := organization_of(value)) is not None:
            return found
    return None


def history(target: models.Model) -> models.QuerySet[AuditEntry]:
    """Everything the log knows of one object, oldest first."""
    return (
        AuditEntry.objects.filter(chain=f"{target._meta.label_lower}:{target.pk}")
        .select_related("actor", "on_behalf_of__membership__user")
        .order_by("sequence")
    )


def _json(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder)) if value is not None else None
