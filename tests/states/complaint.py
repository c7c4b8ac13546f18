"""States of a case, as the domain guide §12 and decision 21 say. «clock» stands for everything without a person:
the sender, who proved the codes, and the clock itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from complaints.models import Complaint
from complaints.workflow import complaints as workflow
from complaints.workflow.moves import MOVES
from tests.cast import Cast
from tests.complaints.making import ANSWER, REASON, age_events, make_case
from tests.matrix import Machine

STATES = tuple(Complaint.State.values)
OFFICER, EXPERT, DEPUTY, NOBODY = "complaints_officer", "budget_expert", "budget_deputy", "clock"
HOLDERS = {OFFICER, EXPERT, DEPUTY}
LONG_AGO = dt.date(2020, 1, 1)


def make(cast: Cast, state: str) -> Complaint:
    case = make_case(cast, state)
    if state in {"answered", "rejected", "forwarded", "withdrawn"}:
        case.objection_due = dt.date(2100, 1, 1)
        case.save(update_fields=["objection_due"])
    return case


def verb(name: str, **fields: Any) -> Any:
    return lambda row, by: getattr(workflow, name)(row.pk, by=by, **fields)


def held(move: str, roles: set[str]) -> Any:
    """The case in the hands of whoever tries the move, if the role may hold cases at all."""

    def ready(row: Complaint, by: Any) -> None:
        if by is not None and by.role in roles and row.state in MOVES[move].sources:
            Complaint.objects.filter(pk=row.pk).update(assignee=by)

    return ready


def answered(row: Complaint, by: Any) -> None:
    """With an answer that another officer has written."""
    if row.state == "in_progress" and by is not None and by.role in HOLDERS:
        writer = row.events.exclude(by=None).exclude(by=by).values_list("by", flat=True).first()
        Complaint.objects.filter(pk=row.pk).update(
            assignee=by, answer=ANSWER, outcome="partly", answer_written_by=writer
        )


def overdue(row: Complaint, by: Any) -> None:
    if by is None and row.state in MOVES["close"].sources:
        Complaint.objects.filter(pk=row.pk).update(objection_due=LONG_AGO)


def unanswered(row: Complaint, by: Any) -> None:
    if by is None and row.state == "needs_info":
        with transaction.atomic():
            age_events(row.pk, 60)


def assign(row: Complaint, by: Any) -> None:
    holder = workflow.holders(row.organization_id).filter(role=OFFICER).first()
    workflow.assign(row.pk, by=by, assignee_id=holder.user_id if holder else 0)


MACHINE = Machine(
    name="complaint",
    moves=MOVES,
    states=STATES,
    make=make,
    call={
        "assign": assign,
        "start": verb("start"),
        "ask_info": verb("ask_info", text=REASON),
        "sender_answers": verb("sender_answers", text=REASON),
        "resume": verb("resume"),
        "extend": verb("extend", reason=REASON),
        "forward": verb("forward", body="شهرداری نمونه", reason=REASON),
        "reject": verb("reject", reason=REASON),
        "write_answer": verb("write_answer", text=ANSWER, outcome="solved"),
        "send_back": verb("send_back", note=REASON),
        "send_answer": verb("send_answer"),
        "object": verb("object_to_answer", text=REASON),
        "take_objection": verb("take_objection"),
        "withdraw": verb("withdraw"),
        "close": verb("close"),
    },
    ready={
        "start": held("start", {OFFICER, EXPERT}),
        **{move: held(move, HOLDERS) for move in ("ask_info", "extend", "write_answer")},
        **dict.fromkeys(("send_back", "send_answer"), answered),
        "resume": unanswered,
        "close": overdue,
    },
    expected={
        **{(state, "assign"): {OFFICER} for state in ("registered", "assigned", "in_progress")},
        **{(state, "forward"): {OFFICER} for state in ("registered", "assigned", "in_progress")},
        **{(state, "reject"): {OFFICER} for state in ("registered", "assigned", "in_progress")},
        ("assigned", "start"): {OFFICER, EXPERT},
        **{
            ("in_progress", move): HOLDERS
            for move in ("ask_info", "extend", "write_answer", "send_back", "send_answer")
        },
        **{("needs_info", move): {NOBODY} for move in ("sender_answers", "resume")},
        **{(state, "object"): {NOBODY} for state in ("answered", "rejected")},
        ("objected", "take_objection"): {DEPUTY},
        **{
            (state, "withdraw"): {NOBODY} for state in ("registered", "assigned", "in_progress", "needs_info")
        },
        **{(state, "close"): {NOBODY} for state in ("answered", "rejected", "forwarded", "withdrawn")},
    },
)
