"""Who is answered what where an agreement is drawn up: a draft is its agency's until it is sent."""

from __future__ import annotations

from typing import Any

from agreements.models import CapitalAgreement, Project
from tests.agreements.drafting import capital_draft, shared
from tests.cast import Cast
from tests.factories import make_project
from tests.matrix import Row, by_role, cells

WRITERS = ("agency_user", "agency_head")


def own(cast: Cast) -> dict[str, Any]:
    return {"kind": "capital", "pk": capital_draft(cast).pk}


def foreign(cast: Cast) -> dict[str, Any]:
    project = make_project(cast.far_agency)
    fields = shared(cast) | {"agency": cast.far_agency, "created_by": None}
    made = CapitalAgreement.objects.create(plan=project.plan, draft={"CA-2": {project.code: {}}}, **fields)
    return {"kind": "capital", "pk": made.pk}


def another_project(cast: Cast) -> dict[str, Any]:
    """A project of the draft's plan that is not yet in the draft."""
    plan = Project.objects.filter(agency=cast.agency).values("plan")[:1]
    project = make_project(cast.agency)
    Project.objects.filter(pk=project.pk).update(plan=plan)
    return {"project": project.code}


def form(code: str, **more: Any) -> Any:
    return lambda cast: own(cast) | {"code": code, **more}


def far_form(code: str, **more: Any) -> Any:
    return lambda cast: foreign(cast) | {"code": code, **more}


READ = cells(home=404, agency_user=200, agency_head=200, treasurer=200)
NOTHING = {"kind": "capital", "pk": 999_999_999}
CELL = {"kind": "CA-1", "pk": "/", "cell": "goal", "text": "ایمنی", "seen": "ایمنی راه"}


def written(status: int) -> dict[str, Any]:
    return cells(home=404, treasurer=403, **dict.fromkeys(WRITERS, status))


ROWS = {
    ("agreements:draft-new", "get"): Row(by_role(403, **dict.fromkeys(WRITERS, 200))),
    ("agreements:draft-new", "post"): Row(by_role(403, **dict.fromkeys(WRITERS, 422))),
    ("agreements:draft", "get"): Row(
        cells(home=404, agency_user=302, agency_head=302, treasurer=302),
        own=own,
        foreign=foreign,
        missing=NOTHING,
    ),
    ("agreements:draft-form", "get"): Row(
        READ, own=form("CA-1"), foreign=far_form("CA-1"), missing=NOTHING | {"code": "CA-1"}
    ),
    ("agreements:draft-form", "post"): Row(
        written(302), own=form("CA-1"), foreign=far_form("CA-1"), missing=NOTHING | {"code": "CA-1"}
    ),
    ("agreements:draft-cell", "post"): Row(
        written(200), own=own, foreign=foreign, missing=NOTHING, data=CELL
    ),
    ("agreements:draft-projects", "post"): Row(
        written(302), own=own, foreign=foreign, missing=NOTHING, data=another_project
    ),
    ("agreements:draft-paste", "get"): Row(
        written(200),
        own=form("CA-4", number=0),
        foreign=far_form("CA-4", number=0),
        missing=NOTHING | {"code": "CA-4", "number": 0},
    ),
    ("agreements:draft-paste", "post"): Row(
        written(200),
        own=form("CA-4", number=0),
        foreign=far_form("CA-4", number=0),
        missing=NOTHING | {"code": "CA-4", "number": 0},
        data={"text": "خاکبرداری\tمتر مکعب\t100\t5"},
    ),
}
