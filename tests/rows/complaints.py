"""Who sees which cases: the desk, deputy, head and auditor of the organization; an expert only own ones."""

from __future__ import annotations

from typing import Any

from budget_portal import files
from complaints.models import Complaint, ComplaintAttachment, ComplaintEvent, ComplaintSender
from tests.cast import Cast
from tests.complaints.making import make_case
from tests.matrix import Scoped, sees

DESK = ("complaints", "deputy", "head", "auditor")
SEES = sees(
    **{name: {"assigned", "new"} for name in DESK},
    **{f"far_{name}": {"far"} for name in DESK},
    expert={"assigned"},
)


def cases(cast: Cast) -> dict[str, Complaint]:
    return {
        "assigned": make_case(cast, "assigned"),
        "new": make_case(cast),
        "far": make_case(cast, organization=cast.far_organization),
    }


def events(cast: Cast) -> dict[str, ComplaintEvent]:
    return {tag: case.events.earliest("pk") for tag, case in cases(cast).items()}


def senders(cast: Cast) -> dict[str, ComplaintSender]:
    return {tag: case.sender for tag, case in cases(cast).items()}


def attachments(cast: Cast) -> dict[str, Any]:
    stored = files.store_made(b"x", name="a.pdf", media_type="application/pdf", organization=None, by=None)
    return {
        tag: ComplaintAttachment.objects.create(complaint=case, file=stored)
        for tag, case in cases(cast).items()
    }


ROWS = {
    "complaints.Complaint": Scoped(cases, SEES),
    "complaints.ComplaintEvent": Scoped(events, SEES),
    "complaints.ComplaintSender": Scoped(senders, SEES),
    "complaints.ComplaintAttachment": Scoped(attachments, SEES),
}
