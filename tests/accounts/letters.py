"""Letters of substitutes for tests: who stands in for whom, from when until when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import Delegation, User
from accounts.workflow import delegations as workflow
from tests.factories import make_paper

REASON = "صاحب نقش به کار بازگشت."


def letter(cast: Any, principal: User, substitute: User, **fields: Any) -> Delegation:
    """A letter that the administrator has registered: from today, for a week."""
    membership = fields.pop("membership", None) or principal.memberships.get()
    today = timezone.localdate()
    data = {
        "letter_number": "۱۲/۳۴",
        "letter_date": today,
        "valid_from": today,
        "valid_to": today + dt.timedelta(days=7),
        "outside_treasury": membership.role == "agency_head",
    }
    paper = make_paper(membership.organization)
    return workflow.register(membership, substitute, data | fields, paper, by=cast.admin)


def stand_in(
    cast: Any, principal: User, substitute: User, *, deputy: User | None = None, **fields: Any
) -> User:
    """The substitute, acting for the principal by a confirmed letter."""
    row = workflow.confirm(letter(cast, principal, substitute, **fields).pk, by=deputy or cast.deputy)
    membership = substitute.roles_today().get(pk=row.membership_id)
    # Another object than the cast's: that one goes on acting in a role of its own.
    return User.objects.get(pk=substitute.pk).act_through(membership)
