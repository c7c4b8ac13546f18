from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.scopes import NOBODY, WHOLE_ORGANIZATION, Person, Scope, ScopedQuerySet


class OrganizationQuerySet(models.QuerySet[Any]):
    def for_user(self, user: Person) -> Any:
        """The person's organization; a national viewer also sees its provinces."""
        acting = getattr(user, "acting", None)
        if acting is None:
            return self.filter(NOBODY)
        own = Q(pk=acting.organization_id)
        return self.filter(
            own | Q(parent=acting.organization_id) if acting.role == "national_viewer" else own
        )


class SectorGroupQuerySet(ScopedQuerySet[Any]):
    scope = Scope(organization="organization")

    def for_user(self, user: Person) -> Any:
        acting = getattr(user, "acting", None)
        if acting is not None and acting.role == "budget_expert":
            return self.filter(pk=acting.sector_group_id)
        return super().for_user(user)


class AgencyQuerySet(ScopedQuerySet[Any]):
    scope = Scope(organization="organization", agency="pk", county="county")


class MembershipQuerySet(models.QuerySet[Any]):
    def valid(self, on: Any = None) -> MembershipQuerySet:
        """Memberships that hold on a day (today), of active people and organizations."""
        day = on or timezone.localdate()
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
            valid_from__lte=day,
            user__is_active=True,
            organization__is_active=True,
        ).order_by("pk")

    def for_user(self, user: Person) -> MembershipQuerySet:
        """People and roles are managed by the administrator of the organization and read by its auditor."""
        acting = getattr(user, "acting", None)
        if acting is None or acting.role not in {"admin", "auditor"} & WHOLE_ORGANIZATION:
            return self.filter(NOBODY)
        return self.filter(organization=acting.organization_id)
