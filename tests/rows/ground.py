"""Who sees entries of the log, jobs, alerts and sent messages."""

from __future__ import annotations

from django.db import transaction

from budget_portal import audit, audit_heads, outbox
from budget_portal.models import Alert, ImportMapping, ImportRow, Job, SentMessage
from tests.agreements.importing import make_batch
from tests.cast import Cast
from tests.matrix import Scoped, sees


def entries(cast: Cast) -> dict[str, object]:
    with transaction.atomic():
        return {
            "own": audit.record("thing.made", cast.organization, by=None),
            "far": audit.record("thing.made", cast.far_organization, by=None),
            "top": audit.record("thing.made", cast.national_organization, by=None),
        }


def job(cast: Cast, name: str) -> Job:
    person = cast.person(name)
    return Job.objects.create(
        kind="audit.verify",
        requester=person,
        membership=person.acting,
        organization=person.acting.organization,
    )


def messages(cast: Cast) -> dict[str, object]:
    """To a person at home, to a citizen about a matter at home, to a citizen about one far away."""
    person = cast.person("agency_user")
    type(person).objects.filter(pk=person.pk).update(email="agency@example.ir")

    def sent(to: str, organization: object) -> SentMessage:
        with transaction.atomic():
            effect = outbox.add("thing.done", organization)
        return SentMessage.objects.create(channel="sms", recipient=to, text="متن", outbox=effect)

    return {
        "person": SentMessage.objects.create(channel="mail", recipient="agency@example.ir", text="متن"),
        "citizen": sent("09120000001", cast.organization),
        "far": sent("09120000002", cast.far_organization),
    }


def mapping(cast: Cast, name: str) -> ImportMapping:
    person = cast.person(name)
    return ImportMapping.objects.create(
        organization=person.acting.organization, table="notifications-expense", name="خزانه", saved_by=person
    )


# Who enters tables, and who reads what was entered.
IMPORTS = sees(
    **{name: {"own"} for name in ("consolidation", "deputy", "head", "auditor")},
    **{f"far_{name}": {"far"} for name in ("consolidation", "deputy", "head", "auditor")},
)

ROWS = {
    "budget_portal.ImportBatch": Scoped(
        make=lambda cast: {
            "own": make_batch(cast, "uploaded"),
            "far": make_batch(cast, "uploaded", by=cast.far_consolidation),
        },
        sees=IMPORTS,
    ),
    "budget_portal.ImportRow": Scoped(
        make=lambda cast: {
            "own": ImportRow.objects.create(batch=make_batch(cast, "uploaded"), number=2, kind="new"),
            "far": ImportRow.objects.create(
                batch=make_batch(cast, "uploaded", by=cast.far_consolidation), number=2, kind="new"
            ),
        },
        sees=IMPORTS,
    ),
    "budget_portal.ImportMapping": Scoped(
        make=lambda cast: {"own": mapping(cast, "consolidation"), "far": mapping(cast, "far_consolidation")},
        sees=IMPORTS,
    ),
    "budget_portal.HeadRecipient": Scoped(
        make=lambda cast: {
            "own": audit_heads.add_recipient("دیوان", "own@example.test", by=cast.admin),
            "far": audit_heads.add_recipient("دیوان", "far@example.test", by=cast.person("far_admin")),
        },
        sees=sees(auditor={"own"}, admin={"own"}, far_auditor={"far"}, far_admin={"far"}),
    ),
    "budget_portal.AuditEntry": Scoped(
        make=entries,
        sees=sees(auditor={"own"}, admin={"own"}, far_auditor={"far"}, far_admin={"far"}),
    ),
    "budget_portal.Job": Scoped(
        make=lambda cast: {
            "own": job(cast, "expert"),
            "twin": job(cast, "expert2"),
            "far": job(cast, "far_head"),
        },
        sees=sees(
            expert={"own"}, expert2={"twin"}, far_head={"far"}, admin={"own", "twin"}, far_admin={"far"}
        ),
    ),
    "budget_portal.Alert": Scoped(
        make=lambda cast: {
            name: Alert.objects.create(person=cast.person(name), text="متن")
            for name in ("expert", "far_head")
        },
        sees=sees(expert={"expert"}, far_head={"far_head"}),
    ),
    "budget_portal.SentMessage": Scoped(
        make=messages, sees=sees(admin={"person", "citizen"}, far_admin={"far"})
    ),
}
