"""Who sees the rows of the shared ground. The role is read from the acting membership, as everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

READS_THE_LOG = frozenset({"admin", "auditor"})
NOBODY = Q(pk__in=[])


def acting_organization(user: User | AnonymousUser, roles: frozenset[str]) -> int | None:
    """The organization of a person who acts in one of these roles."""
    acting = getattr(user, "acting", None)
    return acting.organization_id if acting is not None and acting.role in roles else None


class AuditEntryQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User | AnonymousUser) -> AuditEntryQuerySet:
        """The log of an organization is read by its auditor and its administrator."""
        organization = acting_organization(user, READS_THE_LOG)
        return self.filter(NOBODY if organization is None else Q(organization=organization))


class HeadRecipientQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User | AnonymousUser) -> HeadRecipientQuerySet:
        """Named by the administrator of the organization, read by its auditor."""
        organization = acting_organization(user, READS_THE_LOG)
        return self.filter(NOBODY if organization is None else Q(organization=organization))


class JobQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User | AnonymousUser) -> JobQuerySet:
        """One's own jobs; the administrator sees those of the organization."""
        own = Q(requester=user.pk) if user.is_authenticated else NOBODY
        organization = acting_organization(user, frozenset({"admin"}))
        return self.filter(own if organization is None else own | Q(organization=organization))


class AlertQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User | AnonymousUser) -> AlertQuerySet:
        return self.filter(Q(person=user.pk) if user.is_authenticated else NOBODY)

    def unread(self) -> AlertQuerySet:
        return self.filter(read_at__isnull=True)


class SentMessageQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User | AnonymousUser) -> SentMessageQuerySet:
        """What was sent for the administrator's organization, or to its people."""
        organization = acting_organization(user, frozenset({"admin"}))
        if organization is None:
            return self.filter(NOBODY)
        people = self.model._meta.apps.get_model("accounts", "User")._default_manager.filter(
            memberships__organization=organization
        )
        return self.filter(
            Q(outbox__data__organization=organization)
            | Q(channel="mail", recipient__in=people.exclude(email="").values("email"))
            | Q(channel="sms", recipient__in=people.exclude(mobile="").values("mobile"))
        )


# The consolidation group enters tables; the deputy, the head and the auditor see what was entered.
READS_IMPORTS = frozenset({"consolidation", "budget_deputy", "org_head", "auditor"})


ADMIN_TABLE = "classification"
AGENCY_TABLES = "performance-"  # tables that an agency enters for itself: figures before they are sent


class _ImportQuerySet(models.QuerySet[Any]):
    path, person = "", ""

    def for_user(self, user: User | AnonymousUser) -> Any:
        """Who reads imports sees those of the organization; the administrator those of
        the classification, an agency's expert their own files."""
        own = Q(**{f"{self.path}table__startswith": AGENCY_TABLES})
        if organization := acting_organization(user, READS_IMPORTS):
            return self.filter(Q(**{f"{self.path}organization": organization}) & ~own)
        if organization := acting_organization(user, frozenset({"admin"})):
            trees = {f"{self.path}organization": organization, f"{self.path}table": ADMIN_TABLE}
            return self.filter(**trees)
        if organization := acting_organization(user, frozenset({"agency_user"})):
            mine = Q(**{f"{self.path}organization": organization, f"{self.path}{self.person}": user.pk})
            return self.filter(own & mine)
        return self.filter(NOBODY)


class ImportBatchQuerySet(_ImportQuerySet):
    person = "uploaded_by"

    def locked(self, pk: int) -> Any:
        return self.select_for_update(of=("self",)).get(pk=pk)


class ImportMappingQuerySet(_ImportQuerySet):
    person = "saved_by"


class ImportRowQuerySet(_ImportQuerySet):
    path, person = "batch__", "uploaded_by"
