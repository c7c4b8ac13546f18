from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.models import Agency
from accounts.scopes import AGENCY, NOBODY, Scope, ScopedQuerySet
from agreements.models import Project

# The complaint desk sees agencies and projects, never figures in the making; admin takes no step.
NO_FIGURES = frozenset({"complaints_officer", "admin"})


VIEWERS = frozenset({"county_viewer", "national_viewer"})


def agencies_of(user: Any, kind: str) -> Any:
    """Agencies of whose credit a person sees something: a county sees its own, of capital those too that build there."""
    rows = Agency.objects.for_user(user)
    if user.role != "county_viewer" or kind != "capital":
        return rows
    building = Project.objects.for_user(user).values("agency")
    return Agency.objects.filter(Q(pk__in=rows.values("pk")) | Q(pk__in=building))


class SubmissionQuerySet(ScopedQuerySet[Any]):
    """How far a submission is concerns those who work on it; viewers know of it once it is approved."""

    scope = Scope(
        organization="agency__organization",
        agency="agency",
        county="agency__county",
        roles_without=NO_FIGURES,
    )

    def for_user(self, user: Any) -> Any:
        rows = super().for_user(user)
        return rows.approved() if getattr(user, "role", "") in VIEWERS else rows

    def approved(self) -> Any:
        return self.filter(state="approved")


class _Sent(ScopedQuerySet[Any]):
    """Figures in the making are the agency's own; viewers read what is approved, others what was sent."""

    submission_path = "submission"

    def for_user(self, user: Any) -> Any:
        rows = super().for_user(user)
        if (role := getattr(user, "role", "")) in AGENCY:
            return rows
        if role in VIEWERS:
            return rows.filter(**{f"{self.submission_path}__state": "approved"})
        return rows.filter(**{f"{self.submission_path}__revision__gt": 0})


class SubmissionPartQuerySet(_Sent):
    scope = Scope(
        organization="submission__agency__organization",
        agency="submission__agency",
        county="submission__agency__county",
        roles_without=NO_FIGURES,
    )


class AbsenceQuerySet(ScopedQuerySet[Any]):
    scope = Scope(organization="agency__organization", agency="agency", roles_without=NO_FIGURES)

    def standing(self) -> Any:
        return self.filter(withdrawn_at__isnull=True)


class PackageQuerySet(ScopedQuerySet[Any]):
    """Packages of submissions belong to the agency too; those of a cut-off to the organization alone. A county
    has none: a package holds the whole agency."""

    scope = Scope(organization="organization", agency="submission__agency", roles_without=NO_FIGURES)


class CheckQuerySet(SubmissionPartQuerySet):
    def waiting(self) -> Any:
        """Warnings that have no explanation yet."""
        return self.filter(asks=True, explanation="")


class LineQuerySet(SubmissionPartQuerySet):
    """Expense lines and activities: the county is the agency's until form 7 exists (decision 7)."""


class ProjectLineQuerySet(_Sent):
    """Lines of a project: the county is the project's."""

    scope = Scope(
        organization="submission__agency__organization",
        agency="submission__agency",
        county="project__county",
        roles_without=NO_FIGURES,
    )


class _Money:
    # The same as FinanceLine.is_counted, for the database.
    COUNTED = Q(held=False) & (Q(submission__state="approved") | Q(spent__isnull=False))

    def counted(self: Any) -> Any:
        """What stands in totals: no held line (decision 16). Allocation without a figure would only lower the
        ratios, so it waits for the final approval; from then on a line stands as it was approved."""
        return self.filter(self.COUNTED)


class CapitalLineQuerySet(ProjectLineQuerySet, _Money):
    pass


class ExpenseLineQuerySet(LineQuerySet, _Money):
    pass


class OperationProgressQuerySet(_Sent):
    submission_path = "progress__submission"
    scope = Scope(
        organization="progress__submission__agency__organization",
        agency="progress__submission__agency",
        county="progress__project__county",
        roles_without=NO_FIGURES,
    )


# A visit is seen outside the organization from its confirmation on: no draft, no visit that is only planned.
OUTSIDERS = frozenset({"agency_user", "agency_head", "treasurer", "county_viewer", "national_viewer"})
CONFIRMED = ("confirmed", "agency_replied", "closed")


class _VisitScoped(ScopedQuerySet[Any]):
    state_path: str

    def for_user(self, user: Any) -> Any:
        rows = super().for_user(user)
        acting = getattr(user, "acting", None)
        if acting is not None and acting.role in OUTSIDERS:
            return rows.filter(**{f"{self.state_path}__in": CONFIRMED})
        return rows


class VisitQuerySet(_VisitScoped):
    state_path = "state"
    scope = Scope(
        organization="agency__organization",
        agency="agency",
        county="project__county",
        roles_without=NO_FIGURES,
    )


class VisitPartQuerySet(_VisitScoped):
    state_path = "visit__state"
    scope = Scope(
        organization="visit__agency__organization",
        agency="visit__agency",
        county="visit__project__county",
        roles_without=NO_FIGURES,
    )


class FindingQuerySet(VisitPartQuerySet):
    pass


class FollowUpQuerySet(_VisitScoped):
    state_path = "finding__visit__state"
    scope = Scope(
        organization="finding__visit__agency__organization",
        agency="finding__visit__agency",
        county="finding__visit__project__county",
        roles_without=NO_FIGURES,
    )


class RemarkQuerySet(_Sent):
    """The talk about a submission is that of those who work on it; viewers read approved figures only."""

    submission_path = "submission"
    scope = Scope(
        organization="submission__agency__organization",
        agency="submission__agency",
        roles_without=NO_FIGURES | VIEWERS,
    )

    def open(self) -> Any:
        """Said and not yet resolved; answers go with what they answer."""
        return self.filter(parent=None, resolved_at=None)


class BenchQuerySet(_Sent):
    """Ledgers name payees: no viewer of county or country reads them."""

    scope = Scope(
        organization="submission__agency__organization",
        agency="submission__agency",
        roles_without=NO_FIGURES | VIEWERS,
    )


class BenchPartQuerySet(_Sent):
    submission_path = "reconciliation__submission"
    scope = Scope(
        organization="reconciliation__submission__agency__organization",
        agency="reconciliation__submission__agency",
        roles_without=NO_FIGURES | VIEWERS,
    )


class ToleranceQuerySet(ScopedQuerySet[Any]):
    scope = Scope(organization="organization", roles_without=NO_FIGURES | VIEWERS)


class ClockQuerySet(ScopedQuerySet[Any]):
    """Deadlines are known to whoever sees the submission, drafts of an agency included."""

    scope = Scope(
        organization="submission__agency__organization",
        agency="submission__agency",
        county="submission__agency__county",
        roles_without=NO_FIGURES,
    )

    def running(self) -> Any:
        return self.filter(stopped_at__isnull=True)


class ClockPartQuerySet(ScopedQuerySet[Any]):
    scope = Scope(
        organization="clock__submission__agency__organization",
        agency="clock__submission__agency",
        county="clock__submission__agency__county",
        roles_without=NO_FIGURES,
    )


class TermsQuerySet(ScopedQuerySet[Any]):
    """By which terms clocks run: read by those who answer for the whole organization."""

    scope = Scope(organization="organization")

    def current(self) -> Any:
        return self.filter(withdrawn_at__isnull=True)


# Rules that are still being made are the organization's own; what was put live, everybody may read.
MAKES_RULES = frozenset({"consolidation", "budget_deputy", "org_head", "auditor"})


class RuleVersionQuerySet(ScopedQuerySet[Any]):
    scope = Scope(organization="organization")

    def for_user(self, user: Any) -> Any:
        acting = getattr(user, "acting", None)
        if acting is None:
            return self.filter(NOBODY)
        owners = Q(organization=acting.organization_id) | Q(organization=acting.organization.national_id)
        if acting.role == "national_viewer":
            owners |= Q(organization__parent=acting.organization_id)
        seen = Q(organization=None) | owners & Q(live_at__isnull=False)
        if acting.role in MAKES_RULES:
            seen |= Q(organization=acting.organization_id)
        return self.filter(seen)

    def published(self) -> Any:
        """What is shipped and what was put live, of every organization: no secret to anybody."""
        return self.filter(Q(organization=None) | Q(live_at__isnull=False))


class RuleTrialQuerySet(ScopedQuerySet[Any]):
    """A trial names agencies and their figures: for those who decide on the rule."""

    scope = Scope(organization="version__organization")

    def for_user(self, user: Any) -> Any:
        acting = getattr(user, "acting", None)
        if acting is None or acting.role not in MAKES_RULES:
            return self.filter(NOBODY)
        return self.filter(version__organization=acting.organization_id)
