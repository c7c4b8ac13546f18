"""The only place that turns a role into rows: which organizations, agencies and counties a person sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q

# A User or AnonymousUser. Named loosely: models import querysets, which must not import models back.
Person = Any
M = TypeVar("M", bound=models.Model)

NOBODY = Q(pk__in=[])
WHOLE_ORGANIZATION = frozenset(
    {"consolidation", "budget_deputy", "org_head", "complaints_officer", "auditor", "admin"}
)
AGENCY = frozenset({"agency_user", "agency_head", "treasurer"})


@dataclass(frozen=True)
class Scope:
    """Paths from a row to what decides who sees it; None where the row has no such link."""

    organization: str
    agency: str | None = None
    county: str | None = None
    roles_without: frozenset[str] = frozenset()  # roles that never see this kind of row


def rows_for(user: Person, scope: Scope) -> Q:
    """The filter that leaves a person exactly the rows of the membership through which they act."""
    acting = getattr(user, "acting", None)
    if acting is None or acting.role in scope.roles_without:
        return NOBODY
    role = acting.role
    if role in WHOLE_ORGANIZATION:
        return Q(**{scope.organization: acting.organization_id})
    if role == "national_viewer":
        return Q(**{scope.organization: acting.organization_id}) | Q(
            **{f"{scope.organization}__parent": acting.organization_id}
        )
    if role == "county_viewer" and scope.county:
        return Q(**{scope.organization: acting.organization_id, scope.county: acting.county_id})
    if role in AGENCY and scope.agency:
        return Q(**{scope.agency: acting.agency_id})
    if role == "budget_expert" and scope.agency:
        path = "sector_group" if scope.agency == "pk" else f"{scope.agency}__sector_group"
        return Q(**{path: acting.sector_group_id})
    return NOBODY


class ScopedQuerySet(models.QuerySet[M]):
    """Base of every queryset with an organization's rows; subclasses say where the links are."""

    scope: Scope

    def for_user(self, user: Person) -> Any:
        return self.filter(rows_for(user, self.scope))

    def locked(self, pk: int) -> M:
        """The row, locked for this transaction; raises DoesNotExist outside the scope it is called on."""
        return self.select_for_update(of=("self",)).get(pk=pk)
