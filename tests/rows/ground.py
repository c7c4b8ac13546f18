"""Who sees entries of the log, jobs, alerts and sent messages."""

from __future__ import annotations

from django.db import transaction

from budget_portal import audit, outbox
from budget_portal.models import Alert, Job, SentMessage
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


ROWS = {
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
