"""Who sees visits and what belongs to them: all inside the organization, from the confirmation on outside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agreements.models import Activity
from monitoring.models import FieldVisit
from monitoring.workflow import visits
from tests import factories
from tests.access.visits import Abroad
from tests.builders import make_delay_cause
from tests.cast import Cast
from tests.matrix import Scoped, sees
from tests.monitoring import visit_cases as cases

DRAFT, OWN, FAR = {"draft"}, {"own"}, {"far"}
INSIDE = ("expert", "consolidation", "deputy", "head", "auditor")
OUTSIDE = ("agency_user", "agency_head", "treasurer", "county_viewer")

SEES = sees(
    **dict.fromkeys(INSIDE, DRAFT | OWN),
    **dict.fromkeys(OUTSIDE, OWN),
    **dict.fromkeys((f"far_{name}" for name in (*INSIDE, *OUTSIDE)), FAR),
    national=OWN | FAR,
)


def each(part: Callable[[FieldVisit], Any]) -> Callable[[Cast], dict[str, Any]]:
    """A part of a draft, of a confirmed visit at home and of a confirmed one far away, all to projects."""

    def make(cast: Cast) -> dict[str, Any]:
        found = {}
        for who, tags in ((cast, ("draft", "own")), (Abroad(cast), ("far",))):
            for tag, project in zip(tags, _projects(who, cast, len(tags)), strict=True):
                visit = cases.fill(cases.plan(who, project))
                found[tag] = part(visit)
                if tag != "draft":
                    cases.bring_on(who, visit, "confirmed")
        return found

    return make


def _projects(who: Any, cast: Cast, count: int) -> list[Any]:
    source = factories.make_source(cast.national_organization)
    projects = [factories.make_project(who.agency) for _ in range(count)]
    factories.make_capital_agreement(
        who.agency, cast.fiscal_year, {project: {source: 1000} for project in projects}
    )
    return projects


def activity_check(visit: FieldVisit) -> Any:
    key = [
        maker(visit.period.fiscal_year.organization)
        for maker in (factories.make_programme, factories.make_expense_chapter, factories.make_source)
    ]
    activity = Activity.objects.filter(agreement__agency=visit.agency).first()
    if activity is None:
        agreement = factories.make_expense_agreement(
            visit.agency, visit.period.fiscal_year, {tuple(key): 1000}
        )
        activity = agreement.activities.first()
    return visit.activity_checks.create(activity=activity, volume_verified=1)


def followed(cast: Cast) -> dict[str, Any]:
    found = {}
    for tag, who in (("own", cast), ("far", Abroad(cast))):
        visit = cases.plan(who, _projects(who, cast, 1)[0])
        finding = cases.finding(visit)
        cases.bring(who, visit, "confirmed")
        visits.follow_finding(finding.pk, "start", by=who.agency_user, text="آغاز شد و پیگیری می‌شود.")
        found[tag] = finding.follow_ups.get()
    return found


ROWS = {
    "monitoring.FieldVisit": Scoped(make=each(lambda visit: visit), sees=SEES),
    "monitoring.VisitMeasurement": Scoped(make=each(lambda visit: visit.measurements.first()), sees=SEES),
    "monitoring.VisitActivityCheck": Scoped(make=each(activity_check), sees=SEES),
    "monitoring.VisitDelayCause": Scoped(
        make=each(lambda visit: visit.delay_causes.create(cause=make_delay_cause(), share=100)), sees=SEES
    ),
    "monitoring.VisitPhoto": Scoped(make=each(lambda visit: visit.photos.first()), sees=SEES),
    "monitoring.VisitFinding": Scoped(make=each(lambda visit: cases.finding(visit)), sees=SEES),
    "monitoring.FollowUp": Scoped(make=followed, sees={name: tags - DRAFT for name, tags in SEES.items()}),
}
