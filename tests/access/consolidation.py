"""Who reads the matrix of a cut-off, decides on an agency, asks for reopening and reopens."""

from __future__ import annotations

from typing import Any

from monitoring.models import ExpenseFinanceLine, NoVisitReason, PerformanceSubmission, ReturnReason
from monitoring.workflow import submissions
from tests.builders import REASON, make_expense_case
from tests.cast import Cast
from tests.matrix import Make, Row, by_role, rename
from tests.monitoring.making import make_submission

# The role decides first (403); who reads here sees only the own organization (404 elsewhere).
READERS = {"consolidation": 200, "budget_deputy": 200, "org_head": 200, "auditor": 200}
STRANGERS = {
    "far_consolidation": 404,
    "far_deputy": 404,
    "far_head": 404,
    "far_auditor": 404,
    "abroad_consolidation": 404,
}


def bare(cast: Cast, state: str, *, lines: bool = False) -> PerformanceSubmission:
    """A submission without figures (with one line where it is returned): hundreds of probes make one each."""
    if lines:
        return make_expense_case(cast, chapters=("1",), activities=False).at(state).submission
    row = make_submission(cast, state, kind="expense")
    NoVisitReason.objects.create(submission=row, reason=REASON, written_by=cast.expert)
    return row


def at(state: str, *, kind: bool = True, lines: bool = False) -> Make:
    def own(cast: Cast) -> dict[str, Any]:
        found = bare(cast, state, lines=lines)
        names = {"p": found.period.code, "code": found.agency.code}
        return names | ({"kind": "expense"} if kind else {})

    return own


def foreign(kind: bool = True) -> Make:
    """The agency of the other province has a code that nobody at home has."""

    def other(cast: Cast) -> dict[str, Any]:
        rename(cast.far_agency, "9001")
        names = {"p": cast.period().code, "code": "9001"}
        return names | ({"kind": "expense"} if kind else {})

    return other


def missing(kind: bool = True) -> dict[str, Any]:
    return {"p": "1405-Q2", "code": "9999"} | ({"kind": "expense"} if kind else {})


def moved(state: str, done: dict[str, int], data: Make | None = None, *, lines: bool = False) -> Row:
    """A POST on one submission: readers without the role are told so."""
    readers = dict.fromkeys(READERS, 403)
    return Row(
        by_role(403) | {"consolidation": 403} | readers_at_home(readers | done) | STRANGERS,
        own=at(state, lines=lines),
        foreign=foreign(),
        missing=missing(),
        data=data,
    )


def readers_at_home(roles: dict[str, int]) -> dict[str, int]:
    names = {
        "consolidation": "consolidation",
        "budget_deputy": "deputy",
        "org_head": "head",
        "auditor": "auditor",
    }
    return {names[role]: status for role, status in roles.items()}


def returned(cast: Cast) -> dict[str, Any]:
    line = ExpenseFinanceLine.objects.filter(submission__agency=cast.agency).first()
    reason, _ = ReturnReason.objects.get_or_create(code="evidence", defaults={"title": "مستند ناقص"})
    return {
        "rows": f"line:{line.programme_id}:{line.expense_chapter_id}" if line else "",
        "reason": REASON,
        "reason_code": reason.pk,
    }


def asked(cast: Cast) -> dict[str, int]:
    """An approved submission that consolidation asked to reopen."""
    found = bare(cast, "approved")
    submissions.ask_reopen(found.pk, by=cast.consolidation, reason=REASON)
    return {"pk": found.pk}


def far_draft(cast: Cast) -> dict[str, int]:
    return {"pk": make_submission(cast, kind="expense", far=True).pk}


ROWS = {
    ("monitoring:consolidation-home", "get"): Row(by_role(403, **READERS)),
    ("monitoring:consolidation", "get"): Row(
        by_role(403, **READERS) | {"abroad_consolidation": 404},
        own=lambda cast: {"p": cast.period().code},
        foreign=lambda cast: {"p": "1399-Q1"},
    ),
    ("monitoring:final-review", "get"): Row(
        by_role(403) | readers_at_home(READERS) | STRANGERS,
        own=at("expert_reviewed", kind=False),
        foreign=foreign(kind=False),
        missing=missing(kind=False),
    ),
    ("monitoring:approve", "post"): moved(
        "expert_reviewed", {"consolidation": 302}, lambda cast: {"revision": "1"}
    ),
    ("monitoring:consolidation-return", "post"): moved(
        "expert_reviewed", {"consolidation": 302}, returned, lines=True
    ),
    ("monitoring:ask-reopen", "post"): moved(
        "approved", {"consolidation": 302}, lambda cast: {"reason": REASON}
    ),
    ("monitoring:reopen", "get"): Row(
        by_role(403) | readers_at_home(READERS) | STRANGERS, own=asked, foreign=far_draft
    ),
    ("monitoring:reopen", "post"): Row(
        by_role(403) | readers_at_home(dict.fromkeys(READERS, 403) | {"budget_deputy": 302}) | STRANGERS,
        own=asked,
        foreign=far_draft,
    ),
    ("monitoring:decline-reopening", "post"): Row(
        by_role(403) | readers_at_home(dict.fromkeys(READERS, 403) | {"budget_deputy": 302}) | STRANGERS,
        own=asked,
        foreign=far_draft,
        data=lambda cast: {"reason": REASON},
    ),
}
