"""Who hears what: whoever holds a role today, with their substitutes. The one place that effects ask."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.models import Delegation, Membership, User


def holders(**held: Any) -> list[User]:
    """People who hold such a role today, or stand in for one who does, each once.

    `holders(agency=agency, role="treasurer")`, `holders(organization=3, role__in=[...])`
    """
    memberships = Membership.objects.valid().filter(Q(**held)).select_related("user")
    found = {row.user_id: row.user for row in memberships}
    letters = Delegation.objects.in_force().filter(membership__in=list(memberships))
    found |= {row.substitute_id: row.substitute for row in letters.select_related("substitute")}
    return list(found.values())
