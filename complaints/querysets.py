from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.scopes import NOBODY, Person, Scope, ScopedQuerySet

DESK = frozenset({"complaints_officer", "budget_deputy", "org_head", "auditor"})


class ComplaintQuerySet(ScopedQuerySet[Any]):
    """The desk, deputy, head and auditor see the organization's cases; an expert those assigned to them.

    The agency concerned sees only what the desk asks it, never the case (its answers come as events).
    """

    scope = Scope(organization="organization")

    def for_user(self, user: Person) -> Any:
        acting = getattr(user, "acting", None)
        if acting is None:
            return self.filter(NOBODY)
        if acting.role in DESK:
            return self.filter(organization=acting.organization_id)
        if acting.role == "budget_expert":
            return self.filter(Q(assignee=user.pk), organization=acting.organization_id)
        return self.filter(NOBODY)


class ComplaintPartQuerySet(ScopedQuerySet[Any]):
    scope = Scope(organization="complaint__organization")

    def for_user(self, user: Person) -> Any:
        from complaints.models import Complaint

        return self.filter(complaint__in=Complaint.objects.for_user(user))
