"""Agreement versions in every state, brought there by the verbs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from agreements.models import CapitalAgreement, ExpenseAgreement
from agreements.workflow import versions
from agreements.workflow.moves import AGREEMENT_MOVES
from tests.agreements.drafting import capital_draft, expense_draft
from tests.factories import make_paper
from tests.matrix import Machine

REASON = "جمع اعتبار فرم با ابلاغیهٔ بودجه نمی‌خواند."
STATES = ("draft", "submitted", "expert_approved", "exchanged", "superseded")


def drafted(cast: Any, kind: str, amends: Any = None) -> CapitalAgreement | ExpenseAgreement:
    """A complete first draft, or an amendment of what is in force, by the agency's own person."""
    if amends is None:
        return capital_draft(cast) if kind == "capital" else expense_draft(cast)
    day = amends.valid_from + dt.timedelta(days=30)
    paper = make_paper(cast.organization)
    return versions.amend(
        kind, amends.pk, reason=REASON, valid_from=day, document_id=paper.pk, by=cast.agency_user
    )


def exchange(agreement: Any, by: Any, valid_from: dt.date | None = None) -> Any:
    kind = "capital" if isinstance(agreement, CapitalAgreement) else "expense"
    return versions.exchange(
        kind,
        agreement.pk,
        by=by,
        system="nezarat4" if kind == "capital" else "saba",
        number="۹۱۴۴۰",
        agreed_on=agreement.fiscal_year.starts_on,
        valid_from=valid_from or agreement.valid_from,
    )


def advance(cast: Any, kind: str, agreement: Any, state: str) -> Any:
    """Along the edges with the verbs, up to a state."""
    steps = STATES[1 : STATES.index(state) + 1]
    if "submitted" in steps:
        versions.submit(kind, agreement.pk, by=cast.agency_head)
    if "expert_approved" in steps:
        versions.review(kind, agreement.pk, by=cast.expert)
    agreement.refresh_from_db()
    if "exchanged" in steps:
        exchange(agreement, cast.consolidation)
    if "superseded" in steps:
        following = advance(cast, kind, drafted(cast, kind, amends=agreement), "expert_approved")
        exchange(following, cast.consolidation, agreement.valid_from + dt.timedelta(days=30))
    agreement.refresh_from_db()
    return agreement


def agreement_machine(kind: str) -> Machine:
    return Machine(
        name=f"{kind} agreement",
        moves={name: move for name, move in AGREEMENT_MOVES.items() if name != "supersede"},
        states=STATES,
        make=lambda cast, state: advance(cast, kind, drafted(cast, kind), state),
        call={
            "submit": lambda row, by: versions.submit(kind, row.pk, by=by),
            "review": lambda row, by: versions.review(kind, row.pk, by=by),
            "return": lambda row, by: versions.return_to_draft(kind, row.pk, by=by, reason=REASON),
            "exchange": exchange,
        },
        expected={
            ("draft", "submit"): {"agency_head"},
            ("submitted", "review"): {"budget_expert"},
            ("submitted", "return"): {"budget_expert", "consolidation"},
            ("expert_approved", "return"): {"budget_expert", "consolidation"},
            ("expert_approved", "exchange"): {"consolidation"},
        },
    )
