from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.scopes import AGENCY, NOBODY, Person, Scope, ScopedQuerySet


def national_id(user: Person) -> int | None:
    """The organization that owns years and classification used by the one in which the person acts."""
    acting = getattr(user, "acting", None)
    return acting.organization.national_id if acting else None


class NationalQuerySet(models.QuerySet[Any]):
    """Rows of a national organization that its provinces use and everybody there may read."""

    path = "organization"

    def for_user(self, user: Person) -> Any:
        owner = national_id(user)
        return self.filter(**{self.path: owner}) if owner else self.filter(NOBODY)


class ClassificationQuerySet(NationalQuerySet):
    def valid_on(self, day: dt.date) -> Any:
        return self.within(day, day)

    def within(self, first: dt.date, last: dt.date) -> Any:
        """Rows that hold on a day of these."""
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=last)
        return self.filter(begun, Q(valid_to__isnull=True) | Q(valid_to__gte=first))


class MappingQuerySet(NationalQuerySet):
    path = "fiscal_year__organization"


class FiscalYearQuerySet(NationalQuerySet):
    pass


class ReportingPeriodQuerySet(NationalQuerySet):
    path = "fiscal_year__organization"

    def by_code(self, code: str) -> Any:
        """Narrow to `1405-Q2`; a code of another shape finds nothing."""
        year, _, cutoff = code.partition("-")
        return self.filter(fiscal_year__year=int(year), cutoff=cutoff) if year.isdecimal() else self.none()

    def begun(self, user: Person) -> Any:
        """Cut-offs of which the person sees a window that has been opened."""
        windows = PeriodWindowQuerySet(self.model.windows.rel.related_model).for_user(user)
        return self.filter(pk__in=windows.exclude(state="planned").values("period"))


class PeriodWindowQuerySet(ScopedQuerySet[Any]):
    scope = Scope(organization="organization")

    def for_user(self, user: Person) -> Any:
        """Everybody in an organization sees its calendar; a national viewer that of the provinces."""
        acting = getattr(user, "acting", None)
        if acting is None:
            return self.filter(NOBODY)
        own = Q(organization=acting.organization_id)
        if acting.role == "national_viewer":
            own |= Q(organization__parent=acting.organization_id)
        return self.filter(own)

    def for_agency(self, agency: Any, kind: str) -> Any:
        """Windows that hold for an agency: its group's own first, else that of all groups."""
        return self.filter(
            Q(sector_group=agency.sector_group_id) | Q(sector_group__isnull=True),
            organization=agency.organization_id,
            kind=kind,
        ).order_by(models.F("sector_group").asc(nulls_last=True))


class ExtensionRequestQuerySet(ScopedQuerySet[Any]):
    scope = Scope(organization="window__organization", agency="agency")

    def granted(self, window: Any, agency: Any = None) -> Any:
        """What single agencies were granted in a window; the one place that says when an extension counts."""
        rows = self.filter(window=window, state="granted")
        return rows if agency is None else rows.filter(agency=agency)

    def running(self, today: dt.date | None = None) -> Any:
        """It ends by itself."""
        return self.filter(until__gte=today or timezone.localdate())


class PlanQuerySet(ScopedQuerySet[Any]):
    scope = Scope(organization="organization")

    def for_user(self, user: Person) -> Any:
        from agreements.models import Project

        rows = super().for_user(user)
        own = Project.objects.for_user(user).values("plan")
        return self.filter(Q(pk__in=rows.values("pk")) | Q(pk__in=own))


class ProjectQuerySet(ScopedQuerySet[Any]):
    scope = Scope(organization="agency__organization", agency="agency", county="county")


class ProjectPartQuerySet(ScopedQuerySet[Any]):
    """What hangs on a project for good: seen by whoever sees the project."""

    scope = Scope(
        organization="project__agency__organization", agency="project__agency", county="project__county"
    )


class IdentifierQuerySet(ProjectPartQuerySet):
    def valid_on(self, day: dt.date) -> Any:
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


class CompanyQuerySet(NationalQuerySet):
    """Companies work in many provinces: one list for the country."""


class ContractPartQuerySet(ScopedQuerySet[Any]):
    scope = Scope(
        organization="contract__project__agency__organization",
        agency="contract__project__agency",
        county="contract__project__county",
    )


class SentQuerySet(ScopedQuerySet[Any]):
    """Rows of an agreement version: what was never sent is seen by its agency alone."""

    version = ""  # path to the version, with its last «__»

    def for_user(self, user: Person) -> Any:
        acting = getattr(user, "acting", None)
        rows = super().for_user(user)
        if acting is None or acting.role in AGENCY:
            return rows
        return rows.exclude(**{f"{self.version}state": "draft", f"{self.version}submitted_at__isnull": True})


class VersionQuerySet(SentQuerySet):
    scope = Scope(organization="agency__organization", agency="agency", county="agency__county")
    chain: tuple[str, ...] = ()

    def in_force(self, on: dt.date, *, known_at: dt.datetime | None = None) -> Any:
        """Per chain the version that held on a day, as known at a moment (now)."""
        known = self.model._default_manager.filter(
            state__in=["exchanged", "superseded"],
            valid_from__lte=on,
            recorded_at__lte=known_at or timezone.now(),
            **{field: OuterRef(field) for field in self.chain},
        ).order_by("-valid_from", "-version")
        return self.filter(pk=Subquery(known.values("pk")[:1]))


class CapitalAgreementQuerySet(VersionQuerySet):
    scope = Scope(organization="agency__organization", agency="agency")
    chain = ("plan", "agency", "fiscal_year")

    def for_user(self, user: Person) -> Any:
        """A version is one document: a county reads it when all its projects lie there (decision 7), and what its own
        projects have in others on their pages."""
        acting = getattr(user, "acting", None)
        if acting is None or acting.role != "county_viewer":
            return super().for_user(user)
        parts = self.model._meta.get_field("projects").related_model._default_manager.filter(
            agreement=OuterRef("pk")
        )
        here = Exists(parts.filter(project__county=acting.county_id))
        elsewhere = Exists(parts.exclude(project__county=acting.county_id))
        rows = self.filter(here, ~elsewhere, agency__organization=acting.organization_id)
        return rows.exclude(state="draft")


class ExpenseAgreementQuerySet(VersionQuerySet):
    chain = ("agency", "fiscal_year")


class RemarkQuerySet(models.QuerySet[Any]):
    """Whoever sees a version sees what was said of it."""

    def for_user(self, user: Person) -> Any:
        from agreements.models import CapitalAgreement, ExpenseAgreement

        return self.filter(
            Q(capital__in=CapitalAgreement.objects.for_user(user))
            | Q(expense__in=ExpenseAgreement.objects.for_user(user))
        )


class AgreementProjectQuerySet(SentQuerySet):
    version = "agreement__"
    scope = Scope(
        organization="agreement__agency__organization", agency="agreement__agency", county="project__county"
    )

    def in_force(self, on: dt.date, *, known_at: dt.datetime | None = None) -> Any:
        from agreements.models import CapitalAgreement

        return self.filter(agreement__in=CapitalAgreement.objects.in_force(on, known_at=known_at))


class AgreementPartQuerySet(SentQuerySet):
    version = "agreement_project__agreement__"
    scope = Scope(
        organization="agreement_project__agreement__agency__organization",
        agency="agreement_project__agreement__agency",
        county="agreement_project__project__county",
    )


class ExpensePartQuerySet(SentQuerySet):
    version = "agreement__"
    scope = Scope(
        organization="agreement__agency__organization",
        agency="agreement__agency",
        county="agreement__agency__county",
    )


# Letters in the making are the organization's own.
OUTSIDERS = AGENCY | {"county_viewer", "national_viewer"}


def without_drafts(rows: Any, user: Person, letter: str = "") -> Any:
    acting = getattr(user, "acting", None)
    outside = acting is not None and acting.role in OUTSIDERS
    return rows.exclude(**{f"{letter}state": "draft"}) if outside else rows


def standing(letter: str, known_at: dt.datetime | None) -> Q:
    """Letters that stood at a moment (now): known by then, and not cancelled yet. A cancelled one never counted,
    as is known from its cancelling on."""
    issued = Q(**{f"{letter}state": "issued"})
    if known_at is None:
        return issued
    later = Q(**{f"{letter}state": "cancelled", f"{letter}cancelled_at__gt": known_at})
    return (issued | later) & Q(**{f"{letter}recorded_at__lte": known_at})


class NoticeQuerySet(ScopedQuerySet[Any]):
    scope = Scope(organization="agency__organization", agency="agency", county="agency__county")

    def for_user(self, user: Person) -> Any:
        return without_drafts(super().for_user(user), user)

    def issued(self) -> Any:
        return self.filter(state="issued")


class NoticePartQuerySet(ScopedQuerySet[Any]):
    scope = Scope(
        organization="notification__agency__organization",
        agency="notification__agency",
        county="notification__agency__county",
    )

    def for_user(self, user: Person) -> Any:
        return without_drafts(super().for_user(user), user, "notification__")

    def counted(self) -> Any:
        return self

    def valid_by(self, on: dt.date, *, known_at: dt.datetime | None = None) -> Any:
        """Lines of issued letters that count on a day, as known at a moment (now)."""
        return self.filter(standing("notification__", known_at), notification__valid_from__lte=on)


class AllocationLineQuerySet(ScopedQuerySet[Any]):
    scope = Scope(
        organization="notice__agency__organization", agency="notice__agency", county="notice__agency__county"
    )

    def for_user(self, user: Person) -> Any:
        """The county of a capital line is its project's, of an expense line the agency's (decision 7)."""
        acting = getattr(user, "acting", None)
        if acting is None or acting.role != "county_viewer":
            return without_drafts(super().for_user(user), user, "notice__")
        place = Q(project__county=acting.county_id)
        place |= Q(project__isnull=True, notice__agency__county=acting.county_id)
        rows = self.filter(place, notice__agency__organization=acting.organization_id)
        return without_drafts(rows, user, "notice__")

    def counted(self) -> Any:
        """An advance counted when it was given; its conversion is not counted again."""
        return self.filter(Q(converted_from__isnull=True) | Q(amount__lt=0))

    def valid_by(self, on: dt.date, *, known_at: dt.datetime | None = None) -> Any:
        """Lines of issued notices that count on a day, as known at a moment (now)."""
        return self.counted().filter(standing("notice__", known_at), notice__valid_from__lte=on)
