"""Who knows of deadlines, and who reads the terms by which an organization's clocks run."""

from __future__ import annotations

from functools import partial
from typing import Any

from monitoring.clocks import keeping, terms
from monitoring.models import (
    ClockNotice,
    EscalationTerms,
    PauseReason,
    PerformanceSubmission,
    StepTerms,
    SubmissionClock,
)
from tests.cast import Cast
from tests.matrix import Scoped, sees
from tests.rows.accounts import by_place

PLACES = {"own": "agency", "twin": "agency2", "far": "far_agency"}


def clock(cast: Cast, agency: str) -> SubmissionClock:
    place = getattr(cast, agency)
    cast.window(organization=place.organization)
    row = PerformanceSubmission.objects.create(agency=place, period=cast.period(), kind="capital")
    keeping.start_entry(row)
    return SubmissionClock.objects.get(submission=row)


def pause(cast: Cast, agency: str) -> Any:
    return keeping.pause(clock(cast, agency), terms.RETURNED, by=None)


def notice(cast: Cast, agency: str) -> ClockNotice:
    row = clock(cast, agency)
    return ClockNotice.objects.create(clock=row, role="agency_user", days=-1, due_on=row.due_on)


def everywhere(cast: Cast, make: Any) -> dict[str, Any]:
    return {tag: make(cast, agency) for tag, agency in PLACES.items()}


def of_organizations(cast: Cast, model: Any, **facts: Any) -> dict[str, Any]:
    return {
        "own": model.objects.create(organization=cast.organization, **facts),
        "far": model.objects.create(organization=cast.far_organization, **facts),
    }


WHOLE = ("consolidation", "deputy", "head", "complaints", "auditor", "admin")
DEADLINES = by_place(without=("complaints", "admin"))
TERMS = sees(
    **{name: {"own"} for name in WHOLE},
    **{f"far_{name}": {"far"} for name in WHOLE},
    national={"own", "far"},
)

ROWS = {
    "monitoring.SubmissionClock": Scoped(partial(everywhere, make=clock), DEADLINES),
    "monitoring.ClockPause": Scoped(partial(everywhere, make=pause), DEADLINES),
    "monitoring.ClockNotice": Scoped(partial(everywhere, make=notice), DEADLINES),
    "monitoring.StepTerms": Scoped(partial(of_organizations, model=StepTerms, sort="expert", days=3), TERMS),
    "monitoring.PauseReason": Scoped(
        partial(of_organizations, model=PauseReason, code="x", title="نمونه", limit_days=3), TERMS
    ),
    "monitoring.EscalationTerms": Scoped(
        partial(of_organizations, model=EscalationTerms, sort="expert", days=1, role="consolidation"), TERMS
    ),
}
