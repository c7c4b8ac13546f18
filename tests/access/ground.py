"""Who may open the pages of budget_portal itself."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from budget_portal import audit, audit_check, audit_heads, files, outbox
from budget_portal.models import Alert, AuditCheckpoint, HeadRecipient, Job, OutboxMessage
from tests.cast import Cast
from tests.matrix import Make, Row, by_role, cells


def alert(cast: Cast, name: str) -> dict[str, int]:
    return {"pk": Alert.objects.create(person=cast.person(name), text="متن").pk}


def job(cast: Cast, name: str, state: str = "done") -> dict[str, uuid.UUID]:
    """A finished job with its file, or one in another state."""
    person = cast.person(name)
    organization = person.acting.organization
    made = files.store_made(
        b"x", name="export.csv", media_type="text/csv", organization=organization, by=person
    )
    row = Job.objects.create(
        kind="audit.verify",
        state=state,
        requester=person,
        membership=person.acting,
        organization=organization,
        file=made,
        finished_at=timezone.now(),
    )
    return {"public_id": row.public_id}


def entry(organization: object) -> dict[str, int]:
    with transaction.atomic():
        return {"pk": audit.record("thing.made", organization, by=None).pk}


def failed_effect(organization: object) -> dict[str, int]:
    with transaction.atomic():
        row = outbox.add("thing.done", organization)
    OutboxMessage.objects.filter(pk=row.pk).update(failed_at=timezone.now())
    return {"pk": row.pk}


def head(cast: Cast) -> dict[str, int]:
    """The head of a day: of the whole log, not of one organization."""
    entry(cast.organization)
    point = audit_check.take_checkpoint() or AuditCheckpoint.objects.latest("pk")
    return {"pk": point.pk}


def recipient(cast: Cast, name: str) -> dict[str, int]:
    email = f"court-{HeadRecipient.objects.count()}@example.test"
    return {"pk": audit_heads.add_recipient("دیوان محاسبات", email, by=cast.person(name)).pk}


ALERT: dict[str, Make] = {
    "own": lambda cast: alert(cast, "expert"),
    "foreign": lambda cast: alert(cast, "far_head"),
}
JOB: dict[str, Make] = {
    "own": lambda cast: job(cast, "expert"),
    "foreign": lambda cast: job(cast, "far_expert"),
}
QUEUED: dict[str, Make] = {
    "own": lambda cast: job(cast, "expert", "queued"),
    "foreign": lambda cast: job(cast, "far_expert", "queued"),
}
ENTRY: dict[str, Make] = {
    "own": lambda cast: entry(cast.organization),
    "foreign": lambda cast: entry(cast.far_organization),
}
EFFECT: dict[str, Make] = {
    "own": lambda cast: failed_effect(cast.organization),
    "foreign": lambda cast: failed_effect(cast.far_organization),
}
RECIPIENT: dict[str, Make] = {
    "own": lambda cast: recipient(cast, "admin"),
    "foreign": lambda cast: recipient(cast, "far_admin"),
}
NONE_OF_IT = cells(everyone=404)

ROWS = {
    ("healthz", "get"): Row(cells(everyone=200, public=200)),
    ("readyz", "get"): Row(cells(everyone=503, public=503)),  # no worker is heard in a test
    ("language", "get"): Row(cells(everyone=302, public=302)),
    ("gallery", "get"): Row(by_role(404, admin=200)),
    ("gallery-public", "get"): Row(by_role(404, admin=200)),
    ("api-root", "get"): Row(cells(everyone=200, public=401)),
    ("ground:api-schema", "get"): Row(cells(everyone=200, public=401)),
    ("ground:api-docs", "get"): Row(cells(everyone=200)),
    ("api-nothing", "get"): Row(cells(everyone=404, public=404)),
    # --- one's own
    ("ground:alerts", "get"): Row(cells(everyone=200)),
    ("ground:alerts-read", "post"): Row(cells(everyone=302)),
    ("ground:alert-read", "post"): Row(NONE_OF_IT | {"expert": 302}, **ALERT),
    ("ground:job", "get"): Row(NONE_OF_IT | {"expert": 200, "admin": 200}, **JOB),
    ("ground:job-cancel", "post"): Row(NONE_OF_IT | {"expert": 302, "admin": 302}, **QUEUED),
    ("ground:job-file", "get"): Row(NONE_OF_IT | {"expert": 200}, **JOB),
    # --- administration and audit
    ("ground:manage-jobs", "get"): Row(by_role(403, admin=200)),
    ("ground:effect-again", "post"): Row(by_role(403, admin=302) | {"far_admin": 404}, **EFFECT),
    ("ground:manage-messages", "get"): Row(by_role(403, admin=200)),
    ("ground:audit", "get"): Row(by_role(403, admin=200, auditor=200)),
    ("ground:heads", "get"): Row(by_role(403, admin=200, auditor=200)),
    ("ground:head", "get"): Row(by_role(403, admin=200, auditor=200), shared=head),
    ("ground:head-text", "get"): Row(by_role(403, admin=200, auditor=200), shared=head),
    ("ground:head-recipient-add", "post"): Row(
        by_role(403, admin=302), data={"name": "دیوان محاسبات", "email": "court@example.test"}
    ),
    ("ground:head-recipient-remove", "post"): Row(by_role(403, admin=302) | {"far_admin": 404}, **RECIPIENT),
    ("ground:audit-verify", "post"): Row(by_role(403, admin=302, auditor=302)),
    ("ground:audit-entry", "get"): Row(
        by_role(403, admin=200, auditor=200) | {"far_admin": 404, "far_auditor": 404}, **ENTRY
    ),
}
