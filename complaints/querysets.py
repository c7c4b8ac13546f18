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

    def by_number(self, number: str) -> Any:
        """The case of a public number with its sender's row in the same query; used only by tracking."""
        return self.select_related("sender").filter(public_number=number).first()

    def held_by_session(self, pk: int) -> Any:
        """The case whose codes this session has proved."""
        return self.select_related("organization", "agency", "project", "sender").filter(pk=pk).first()


class ComplaintPartQuerySet(ScopedQuerySet[Any]):
    scope = Scope(organization="complaint__organization")

    def for_user(self, user: Person) -> Any:
        from complaints.models import Complaint

        return self.filter(complaint__in=Complaint.objects.for_user(user))
