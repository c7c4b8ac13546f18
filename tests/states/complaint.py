"""States of a case, as the domain guide §12 and decision 21 say. «clock» stands for everything without a person:
the sender, who proved the codes, and the clock itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from complaints.models import Complaint
from complaints.workflow import complaints as workflow
from complaints.workflow.moves import MOVES
from tests.cast import Cast
from tests.complaints.making import ANSWER, REASON, make_case
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


def holding(move: str, roles: set[str], **fields: Any) -> Any:
    """The verb with the case in the hands of whoever tries it, if the role may hold cases at all."""

    def call(row: Complaint, by: Any) -> None:
        if by is not None and by.role in roles and row.state in MOVES[move].sources:
            Complaint.objects.filter(pk=row.pk).update(assignee=by)
        getattr(workflow, move)(row.pk, by=by, **fields)

    return call


def send(verb: str, **fields: Any) -> Any:
    """With an answer that another officer has written."""

    def call(row: Complaint, by: Any) -> None:
        if row.state == "in_progress" and by is not None and by.role in HOLDERS:
            writer = row.events.exclude(by=None).exclude(by=by).values_list("by", flat=True).first()
            Complaint.objects.filter(pk=row.pk).update(
                assignee=by, answer=ANSWER, outcome="partly", answer_written_by=writer
            )
        getattr(workflow, verb)(row.pk, by=by, **fields)

    return call


def close(row: Complaint, by: Any) -> None:
    if by is None and row.state in MOVES["close"].sources:
        Complaint.objects.filter(pk=row.pk).update(objection_due=LONG_AGO)
    workflow.close(row.pk, by=by)


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
        "start": holding("start", {OFFICER, EXPERT}),
        "ask_info": holding("ask_info", HOLDERS, text=REASON),
        "sender_answers": lambda row, by: workflow.sender_answers(row.pk, by=by, text=REASON),
        "extend": holding("extend", HOLDERS, reason=REASON),
        "forward": lambda row, by: workflow.forward(row.pk, by=by, body="شهرداری نمونه", reason=REASON),
        "reject": lambda row, by: workflow.reject(row.pk, by=by, reason=REASON),
        "write_answer": holding("write_answer", HOLDERS, text=ANSWER, outcome="solved"),
        "send_back": send("send_back", note=REASON),
        "send_answer": send("send_answer"),
        "object": lambda row, by: workflow.object_to_answer(row.pk, by=by, text=REASON),
        "take_objection": lambda row, by: workflow.take_objection(row.pk, by=by),
        "withdraw": lambda row, by: workflow.withdraw(row.pk, by=by),
        "close": close,
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
        ("needs_info", "sender_answers"): {NOBODY},
        **{(state, "object"): {NOBODY} for state in ("answered", "rejected")},
        ("objected", "take_objection"): {DEPUTY},
        **{
            (state, "withdraw"): {NOBODY} for state in ("registered", "assigned", "in_progress", "needs_info")
        },
        **{(state, "close"): {NOBODY} for state in ("answered", "rejected", "forwarded", "withdrawn")},
    },
)
