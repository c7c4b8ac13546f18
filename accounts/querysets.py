from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Case, F, Q, Value, When
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

    def held_by(self, person: Person) -> MembershipQuerySet:
        """Roles through which somebody may act today: first the own, then those held as a substitute.

        The latter carry `delegation_id`. Every request asks this: the letters first, which few people have, so that
        the roles are found by an index and not by reading those of everybody.
        """
        letters = self.model._meta.get_field("delegations").related_model._default_manager
        lent = dict(letters.in_force().filter(substitute=person).order_by().values_list("membership", "pk"))
        if not lent:
            return self.valid().filter(user=person)
        letter = Case(*(When(pk=role, then=Value(pk)) for role, pk in lent.items()))
        return (
            self.valid()
            .filter(Q(user=person) | Q(pk__in=lent))
            .annotate(delegation_id=letter)
            .order_by(F("delegation_id").asc(nulls_first=True), "pk")
        )

    def for_user(self, user: Person) -> MembershipQuerySet:
        """People and roles are managed by the administrator of the organization and read by its auditor."""
        acting = getattr(user, "acting", None)
        if acting is None or acting.role not in {"admin", "auditor"} & WHOLE_ORGANIZATION:
            return self.filter(NOBODY)
        return self.filter(organization=acting.organization_id)


class DelegationQuerySet(models.QuerySet[Any]):
    def in_force(self, on: Any = None) -> DelegationQuerySet:
        """Confirmed letters that hold on a day (today), of a substitute who may come in."""
        day = on or timezone.localdate()
        return self.filter(
            state="confirmed", valid_from__lte=day, valid_to__gte=day, substitute__is_active=True
        )

    def for_user(self, user: Person) -> DelegationQuerySet:
        """Registered by the administrator, confirmed by the deputy, read by the auditor of the organization."""
        acting = getattr(user, "acting", None)
        if acting is None or acting.role not in {"admin", "budget_deputy", "auditor"}:
            return self.filter(NOBODY)
        return self.filter(membership__organization=acting.organization_id)

    def locked(self, pk: int) -> Any:
        return self.select_for_update(of=("self",)).select_related("membership", "substitute").get(pk=pk)
