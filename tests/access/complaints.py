"""Who is answered what by the public front, the sender's pages and the desk."""

from __future__ import annotations

import uuid
from typing import Any

from budget_portal import files
from complaints.models import ComplaintAttachment
from complaints.workflow import complaints as workflow
from tests.cast import PEOPLE, Cast
from tests.complaints.making import ANSWER, CONTACT, REASON, SUBJECT, make_case
from tests.matrix import Row, Status, by_role, cells

DESK_ROLES = {"complaints_officer", "budget_expert", "budget_deputy", "org_head", "auditor"}
EVERYBODY = cells(everyone=200, public=200)
SENT_ON = cells(everyone=302, public=302)  # no draft, no receipt, no case in this session
REFUSED = cells(everyone=422, public=422)


def on_case(**home: Status) -> dict[str, Status]:
    """Roles without a desk 403 wherever they are; those with one 404 outside the organization."""
    base = {name: 404 if role in DESK_ROLES else 403 for name, (role, _) in PEOPLE.items()}
    return by_role(403) | base | {"complaints": 403, "deputy": 403, "head": 403, "auditor": 403} | home


READS = on_case(complaints=200, expert=200, deputy=200, head=200, auditor=200)


def own(state: str, **fields: Any) -> Any:
    return lambda cast: {"pk": make_case(cast, state, **fields).pk}


def foreign(cast: Cast) -> dict[str, Any]:
    return {"pk": make_case(cast, organization=cast.far_organization).pk}


def held_by_officer(cast: Cast) -> dict[str, Any]:
    return {"pk": make_case(cast, "in_progress", assignee=cast.complaints).pk}


def written(cast: Cast) -> dict[str, Any]:
    case = make_case(cast, "in_progress")
    workflow.write_answer(case.pk, by=cast.expert, text=ANSWER, outcome="partly")
    return {"pk": case.pk}


def with_file(cast: Cast, **fields: Any) -> dict[str, Any]:
    case = make_case(cast, "assigned" if not fields else "registered", **fields)
    stored = files.store_made(
        b"%PDF-", name="a.pdf", media_type="application/pdf", organization=None, by=None
    )
    return {
        "pk": case.pk,
        "public_id": ComplaintAttachment.objects.create(complaint=case, file=stored).public_id,
    }


def post(own_case: Any, data: dict[str, Any] | Any, **home: Status) -> Row:
    return Row(on_case(**home), own=own_case, foreign=foreign, data=data)


ROWS = {
    **{
        (f"complaints:{name}", "get"): Row(EVERYBODY)
        for name in (
            "home",
            "service",
            "sla",
            "help",
            "contact",
            "privacy",
            "accessibility",
            "sitemap",
            "open",
            "track",
            "new-subject",
        )
    },
    ("complaints:help-page", "get"): Row(
        EVERYBODY, own=lambda cast: {"slug": "filing"}, foreign=lambda cast: {"slug": "x"}
    ),
    ("complaints:open-csv", "get"): Row(cells(everyone=404, public=404)),
    **{
        (f"complaints:{name}", "get"): Row(SENT_ON)
        for name in (
            "new-contact",
            "new-check",
            "done",
            "case",
            "case-add",
            "case-objection",
            "case-withdraw",
        )
    },
    **{
        (f"complaints:{name}", "post"): Row(SENT_ON)
        for name in ("new-check", "case-add", "case-objection", "case-withdraw", "case-leave")
    },
    ("complaints:new-contact", "post"): Row(SENT_ON, data=CONTACT),
    ("complaints:new-subject", "post"): Row(
        SENT_ON, data=lambda cast: SUBJECT | {"organization": cast.organization.pk if cast.complaints else 0}
    ),
    ("complaints:track", "post"): Row(REFUSED, data={"number": "4058731623", "key": "1"}),
    ("complaints:case-file", "get"): Row(
        cells(everyone=404, public=404),
        own=lambda cast: {"public_id": uuid.UUID(int=5)},
        foreign=lambda cast: {"public_id": uuid.UUID(int=6)},
    ),
    ("complaints:desk", "get"): Row(by_role(403, **dict.fromkeys(DESK_ROLES, 200))),
    ("complaints:desk-case", "get"): Row(READS, own=own("assigned"), foreign=foreign),
    ("complaints:desk-file", "get"): Row(
        READS, own=with_file, foreign=lambda cast: with_file(cast, organization=cast.far_organization)
    ),
    ("complaints:desk-assign", "post"): post(
        own("assigned"), lambda cast: {"assignee": cast.complaints.pk}, complaints=302, expert=403
    ),
    ("complaints:desk-start", "post"): post(own("assigned"), {}, expert=302),
    ("complaints:desk-take", "post"): post(own("objected"), {}, deputy=302),
    ("complaints:desk-ask", "post"): post(own("in_progress"), {"text": REASON}, expert=302),
    ("complaints:desk-extend", "post"): post(
        own("in_progress"), {"reason": REASON}, expert=302, complaints=302
    ),
    ("complaints:desk-refer", "post"): post(
        own("in_progress"), {"body": "شهرداری", "reason": REASON}, complaints=302, expert=403
    ),
    ("complaints:desk-reject", "post"): post(
        own("in_progress"), {"reason": REASON}, complaints=302, expert=403
    ),
    ("complaints:desk-reply", "post"): post(
        own("in_progress"), {"text": ANSWER, "outcome": "solved"}, expert=302
    ),
    ("complaints:desk-send", "post"): post(written, {}, complaints=302, deputy=302, expert=403),
    ("complaints:desk-send-back", "post"): post(
        written, {"note": REASON}, complaints=302, deputy=302, expert=403
    ),
    ("complaints:desk-note", "post"): post(own("assigned"), {"text": "یادداشت"}, complaints=302, expert=302),
    ("complaints:desk-sender", "post"): post(own("assigned"), {"reason": REASON}, complaints=200, expert=200),
}
READ_BY_API = cells(everyone=200, public=401)
ROWS |= {
    ("complaints-list", "get"): Row(READ_BY_API),
    ("complaints-detail", "get"): Row(
        cells(everyone=404, public=401, complaints=200, expert=200, deputy=200, head=200, auditor=200),
        own=own("assigned"),
        foreign=foreign,
    ),
}
