"""کارتابل of people: letters of substitutes that wait for the deputy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from accounts.models import Delegation, User
from budget_portal import worklist
from budget_portal.worklist import WorkItem

MOST = 100


def _waiting(user: User) -> Any:
    return Delegation.objects.for_user(user).filter(state=Delegation.State.REGISTERED)[:MOST]


@worklist.source("budget_deputy", rows=lambda user: [_waiting(user)])
def to_confirm(user: User) -> Iterator[WorkItem]:
    rows = _waiting(user).select_related(
        "substitute", "membership__agency", "membership__sector_group", "membership__organization"
    )
    for row in rows.select_related("membership__county", "membership__user"):
        yield WorkItem(
            title=f"جانشینی {row.substitute} برای {row.membership.user}",
            url=reverse("accounts:delegation", args=[row.pk]),
            note=str(row.membership),
            badge_label="در انتظار تأیید شما",
            badge_tone="act",
            since=row.registered_at,
        )
