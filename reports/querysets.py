from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.scopes import NOBODY, WHOLE_ORGANIZATION, Scope, ScopedQuerySet

DRAFT_READERS = WHOLE_ORGANIZATION - {"admin", "complaints_officer"}


class ReportQuerySet(ScopedQuerySet[Any]):
    scope = Scope(organization="organization")

    def for_user(self, user: Any) -> Any:
        """Drafts are read inside the organization; others there see what is published."""
        acting = getattr(user, "acting", None)
        if acting is None:
            return self.filter(NOBODY)
        if acting.role in DRAFT_READERS:
            return self.filter(organization=acting.organization_id)
        own = Q(organization=acting.organization_id)
        if acting.role == "national_viewer":
            own |= Q(organization__parent=acting.organization_id)
        return self.filter(own, state="approved")

    def published(self) -> Any:
        return self.filter(state="approved")
