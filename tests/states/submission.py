"""States of a submission, as the domain guide §12 and decisions 15 and 21 say."""

from __future__ import annotations

from typing import Any

from monitoring.models import PerformanceSubmission
from monitoring.review import decisions
from monitoring.workflow import submissions
from monitoring.workflow.moves import SUBMISSION_MOVES
from monitoring.workflow.submissions import Return
from tests.builders import REASON, make_expense_case
from tests.cast import Cast
from tests.matrix import Machine

STATES = (
    "draft",
    "submitted",
    "treasurer_confirmed",
    "under_review",
    "expert_reviewed",
    "approved",
    "returned",
    "reopened",
)


def make(cast: Cast, state: str) -> PerformanceSubmission:
    """One money line without activities: the smallest whole submission. Approved ones are asked to be reopened."""
    case = make_expense_case(cast, chapters=("1",), activities=False, filled=True).at(state)
    if state == "expert_reviewed":
        return case.submission
    if state == "approved":
        submissions.ask_reopen(case.submission.pk, by=cast.consolidation, reason=REASON)
    return case.submission


def returning(verb: Any) -> Any:
    return lambda row, by: verb(row.pk, by=by, lines=[Return(REASON)])


def excuse_visit(row: PerformanceSubmission, by: Any) -> None:
    """The reason instead of a visit is already written."""
    if row.state == "under_review":
        row.no_visit_reasons.get_or_create(
            project=None, defaults={"reason": REASON, "written_by": row.confirmed_by}
        )


def accept_lines(row: PerformanceSubmission, by: Any) -> None:
    """Whoever may confirm has already accepted the lines."""
    if by is not None and decisions.may_decide(by, row) and row.state == "submitted":
        decisions.accept_each(row, by=by)


AGENCY, TREASURER, EXPERT = {"agency_user"}, {"treasurer"}, {"budget_expert"}
CONSOLIDATION, DEPUTY = {"consolidation"}, {"budget_deputy"}

MACHINE = Machine(
    name="submission",
    moves=SUBMISSION_MOVES,
    states=STATES,
    make=make,
    call={
        "submit": lambda row, by: submissions.submit(row.pk, by=by),
        "confirm": lambda row, by: submissions.confirm(row.pk, by=by),
        "return_by_treasurer": returning(submissions.return_by_treasurer),
        "start_review": lambda row, by: submissions.start_review(row.pk, by=by),
        "return_by_expert": returning(submissions.return_by_expert),
        "mark_reviewed": lambda row, by: submissions.mark_reviewed(row.pk, by=by),
        "approve": lambda row, by: submissions.approve(row.pk, by=by),
        "return_by_consolidation": returning(submissions.return_by_consolidation),
        "reopen": lambda row, by: submissions.reopen(row.pk, by=by),
    },
    ready={"mark_reviewed": excuse_visit, "confirm": accept_lines},
    expected={
        ("draft", "submit"): AGENCY,
        ("returned", "submit"): AGENCY,
        ("reopened", "submit"): AGENCY,
        ("submitted", "confirm"): TREASURER,
        ("submitted", "return_by_treasurer"): TREASURER,
        ("treasurer_confirmed", "start_review"): EXPERT,
        ("treasurer_confirmed", "return_by_expert"): EXPERT,
        ("under_review", "return_by_expert"): EXPERT,
        ("under_review", "mark_reviewed"): EXPERT,
        ("expert_reviewed", "approve"): CONSOLIDATION,
        ("expert_reviewed", "return_by_consolidation"): CONSOLIDATION,
        ("approved", "reopen"): DEPUTY,
    },
)
