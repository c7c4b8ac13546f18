"""Frozen packages: what is finally approved, and all of a published cut-off, chained per organization."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from accounts.models import User
from agreements.models import PeriodWindow
from agreements.workflow.periods import with_publishing
from monitoring.models import Package, PerformanceSubmission
from monitoring.packages import chain, content, cutoff
from monitoring.permissions import window_of

__all__ = ["freeze", "freeze_all", "freeze_window"]


def freeze(submission: PerformanceSubmission, *, by: User, assurance: str = "") -> Package:
    """In the transaction of the final approval. A cut-off that was published before is frozen anew beside
    its old package, since one of its figures is another now."""
    (package,) = freeze_all([submission], by={submission.pk: by}, assurance=assurance)
    window = window_of(submission)
    if window is not None and window.state == "published":
        freeze_window(window, by=by)
    return package


def freeze_all(
    submissions: Sequence[PerformanceSubmission],
    *,
    by: Mapping[int, User],
    at: Mapping[int, dt.datetime] | None = None,
    assurance: str = "",
) -> list[Package]:
    """One package each, read together; all of one organization, in the order given."""
    if not submissions:
        return []
    found = content.of_submissions(submissions)
    drafts = [
        chain.Draft(
            found[row.pk],
            by[row.pk],
            submission=row,
            revision=row.revision,
            assurance=assurance,
            at=(at or {}).get(row.pk),
        )
        for row in submissions
    ]
    return chain.append(submissions[0].agency.organization, drafts)


@with_publishing
def freeze_published(window: PeriodWindow, by: User) -> None:
    freeze_window(window, by=by)


def freeze_window(window: PeriodWindow, *, by: User, at: dt.datetime | None = None) -> Package:
    """The package of a cut-off: which packages it consists of, and who is missing."""
    edition = Package.objects.filter(window=window).count() + 1
    draft = chain.Draft(cutoff.of_window(window), by, window=window, revision=edition, at=at)
    return chain.append(window.organization, [draft])[0]
