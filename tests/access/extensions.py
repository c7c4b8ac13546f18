"""Who asks for more time, takes it back, and decides on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from agreements.models import ExtensionRequest
from budget_portal import jalali
from tests.cast import Cast
from tests.matrix import Row, by_role, cells
from tests.states.extension import SAID


def request(*, far: bool = False) -> Callable[[Cast], dict[str, int]]:
    def made(cast: Cast) -> dict[str, int]:
        agency = cast.far_agency if far else cast.agency
        window = cast.window(organization=agency.organization)
        row = ExtensionRequest.objects.create(
            window=window,
            agency=agency,
            until=window.entry_due + dt.timedelta(days=3),
            reason=SAID,
            requested_by=cast.far_agency_user if far else cast.agency_user,
        )
        return {"pk": row.pk}

    return made


def asked(cast: Cast) -> dict[str, object]:
    """A window that holds for every agency of the province of the one who asks."""
    window = cast.window()
    until = window.entry_due + dt.timedelta(days=3)
    return {"window": window.pk, "until": jalali.format_iso(until), "reason": SAID}


# Seen by the agency, its expert and the organization; decided by the consolidation group alone.
SEES = {"county_viewer": 404, "county_viewer2": 404}
NOT_THEIRS = dict.fromkeys(("agency_user2", "agency_head2", "treasurer2", "expert2"), 404)

ROWS = {
    ("monitoring:entry-extension", "get"): Row(by_role(403, agency_user=200, agency_head=200, treasurer=200)),
    ("monitoring:entry-extension", "post"): Row(
        by_role(403, agency_user=422) | {"agency_user": 302, "agency_user2": 302}, data=asked
    ),
    ("monitoring:extension-withdraw", "post"): Row(
        cells(home=403, national=403, agency_user=302, **SEES, **NOT_THEIRS),
        own=request(),
        foreign=request(far=True),
    ),
    ("monitoring:extensions", "get"): Row(
        by_role(403, consolidation=200, budget_deputy=200, org_head=200, auditor=200)
    ),
    ("monitoring:extension-grant", "post"): Row(
        cells(home=403, national=403, consolidation=302, **SEES, **NOT_THEIRS),
        own=request(),
        foreign=request(far=True),
        data=lambda cast: {"note": SAID},
    ),
    ("monitoring:extension-refuse", "post"): Row(
        cells(home=403, national=403, consolidation=302, **SEES, **NOT_THEIRS),
        own=request(),
        foreign=request(far=True),
        data=lambda cast: {"note": SAID},
    ),
}
