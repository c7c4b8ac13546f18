from __future__ import annotations

from typing import Any

from accounts.scopes import Scope, ScopedQuerySet

# The complaint desk sees agencies and projects, never figures in the making; admin takes no step.
NO_FIGURES = frozenset({"complaints_officer", "admin"})


class SubmissionQuerySet(ScopedQuerySet[Any]):
    scope = Scope(
        organization="agency__organization",
        agency="agency",
        county="agency__county",
        roles_without=NO_FIGURES,
    )

    def approved(self) -> Any:
        return self.filter(state="approved")


class SubmissionPartQuerySet(ScopedQuerySet[Any]):
    scope = Scope(
        organization="submission__agency__organization",
        agency="submission__agency",
        county="submission__agency__county",
        roles_without=NO_FIGURES,
    )


class LineQuerySet(SubmissionPartQuerySet):
    """Expense lines and activities; the county is the agency's until form 7 exists (decision 7)."""


class ProjectLineQuerySet(ScopedQuerySet[Any]):
    """Lines of a project: the county is the project's."""

    scope = Scope(
        organization="submission__agency__organization",
        agency="submission__agency",
        county="project__county",
        roles_without=NO_FIGURES,
    )


class OperationProgressQuerySet(ScopedQuerySet[Any]):
    scope = Scope(
        organization="progress__submission__agency__organization",
        agency="progress__submission__agency",
        county="progress__project__county",
        roles_without=NO_FIGURES,
    )


class VisitQuerySet(ScopedQuerySet[Any]):
    scope = Scope(
        organization="agency__organization",
        agency="agency",
        county="project__county",
        roles_without=NO_FIGURES,
    )


class VisitPartQuerySet(ScopedQuerySet[Any]):
    scope = Scope(
        organization="visit__agency__organization",
        agency="visit__agency",
        county="visit__project__county",
        roles_without=NO_FIGURES,
    )


class FindingQuerySet(VisitPartQuerySet):
    pass


class FollowUpQuerySet(ScopedQuerySet[Any]):
    scope = Scope(
        organization="finding__visit__agency__organization",
        agency="finding__visit__agency",
        county="finding__visit__project__county",
        roles_without=NO_FIGURES,
    )
