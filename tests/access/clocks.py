"""Who reads how a deadline came about, and who stops and resumes a clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from monitoring.clocks import keeping, terms
from monitoring.models import SubmissionClock
from tests.builders import REASON
from tests.cast import Cast
from tests.matrix import Row, by_role, cells
from tests.monitoring.making import make_submission


def clock(
    sort: str = "entry", *, far: bool = False, paused: bool = False
) -> Callable[[Cast], dict[str, int]]:
    def made(cast: Cast) -> dict[str, int]:
        row = make_submission(cast, "draft" if sort == "entry" else "treasurer_confirmed", far=far)
        if sort == "entry":
            keeping.start_entry(row)
        else:
            keeping.follow(row, by=None)
        found = SubmissionClock.objects.get(submission=row, sort=sort)
        if paused:
            keeping.pause(found, terms.reasons(row.agency.organization_id)["weather"], by=None)
        return {"pk": found.pk}

    return made


def window(*, far: bool = False) -> Callable[[Cast], dict[str, int]]:
    def made(cast: Cast) -> dict[str, int]:
        return {"pk": cast.window(organization=cast.far_organization if far else cast.organization).pk}

    return made


# Deadlines are seen by whoever sees the submission: not by the complaint desk and the administrator.
BLIND = {"complaints": 404, "admin": 404}
NOT_THEIRS = dict.fromkeys(("agency_user2", "agency_head2", "treasurer2", "expert2", "county_viewer2"), 404)
STOPPED: dict[str, Any] = {"code": "weather", "note": REASON}

TOLD = {"sort": "expert", "when": "before", "days": "۴", "role": "budget_deputy", "reason": "بخشنامهٔ نمونه"}

ROWS = {
    ("monitoring:clock", "get"): Row(
        cells(home=200, national=200, **BLIND, **NOT_THEIRS), own=clock(), foreign=clock(far=True)
    ),
    ("monitoring:clock-pause", "post"): Row(
        cells(home=403, national=403, expert=302, **BLIND, **NOT_THEIRS),
        own=clock("expert"),
        foreign=clock("expert", far=True),
        data=lambda cast: STOPPED,
    ),
    ("monitoring:clock-resume", "post"): Row(
        cells(home=403, national=403, expert=302, **BLIND, **NOT_THEIRS),
        own=clock("expert", paused=True),
        foreign=clock("expert", far=True, paused=True),
    ),
    ("monitoring:clock-window", "get"): Row(
        cells(home=200, near=200, national=200), own=window(), foreign=window(far=True)
    ),
    ("monitoring:clock-terms", "get"): Row(
        by_role(403, consolidation=200, budget_deputy=200, org_head=200, auditor=200, admin=200)
    ),
    ("monitoring:clock-step", "get"): Row(
        by_role(403, consolidation=200), shared=lambda cast: {"sort": "expert"}
    ),
    ("monitoring:clock-step", "post"): Row(
        by_role(403, consolidation=302),
        shared=lambda cast: {"sort": "expert"},
        data={"days": "۵", "minimum": "۱", "basis": "days", "reason": "بخشنامهٔ نمونه"},
    ),
    ("monitoring:clock-reason", "get"): Row(
        by_role(403, consolidation=200), shared=lambda cast: {"code": "new"}
    ),
    ("monitoring:clock-reason", "post"): Row(
        by_role(403, consolidation=302),
        shared=lambda cast: {"code": "new"},
        data={"title": "سیل", "limit": "۳", "reason": "بخشنامهٔ نمونه"},
    ),
    ("monitoring:clock-escalation", "get"): Row(by_role(403, consolidation=200)),
    ("monitoring:clock-escalation", "post"): Row(by_role(403, consolidation=302), data=TOLD),
    ("monitoring:clock-escalation-end", "get"): Row(by_role(403, consolidation=200)),
    ("monitoring:clock-escalation-end", "post"): Row(
        by_role(403, consolidation=302), data=TOLD | {"when": "after", "days": "۱", "role": "consolidation"}
    ),
}
