"""States of a finding, as the domain guide §12 says; overdue is computed."""

from typing import Any

from monitoring.models import VisitFinding
from monitoring.workflow import visits
from tests.cast import Cast
from tests.matrix import Machine
from tests.monitoring import visit_cases as cases

SAID = "مصالح تعویض شد و صورت‌جلسه پیوست است."


def make(cast: Cast, state: str) -> VisitFinding:
    visit = cases.plan(cast, None)
    finding = cases.finding(visit)
    cases.bring(cast, visit, "confirmed")
    steps: list[tuple[str, Any]] = [
        ("start", cast.agency_user),
        ("resolve", cast.agency_user),
        ("verify", cast.expert),
    ]
    states = ("open", "in_progress", "resolved", "verified")
    for name, by in steps[: states.index(state)]:
        visits.follow_finding(finding.pk, name, by=by, text=SAID)
    finding.refresh_from_db()
    return finding


def follow(name: str) -> Any:
    return lambda finding, by: visits.follow_finding(finding.pk, name, by=by, text=SAID)


MACHINE = Machine(
    name="finding",
    moves=visits.FINDING_MOVES,
    states=("open", "in_progress", "resolved", "verified"),
    make=make,
    call={name: follow(name) for name in ("start", "resolve", "verify", "refuse")},
    expected={
        ("open", "start"): {"agency_user"},
        ("in_progress", "resolve"): {"agency_user"},
        ("resolved", "verify"): {"budget_expert"},
        ("resolved", "refuse"): {"budget_expert"},
    },
)
