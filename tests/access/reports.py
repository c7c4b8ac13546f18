"""Who reads, makes and signs editions; what everybody reads of the published ones; who has a dashboard."""

from __future__ import annotations

import uuid
from typing import Any

from tests.cast import Cast
from tests.matrix import Make, Row, Status, by_role, cells
from tests.reports.making import REASON, make_report

READERS = ("consolidation", "deputy", "head", "auditor")
EVERYBODY = cells(everyone=200, public=200)


def on_draft(status: Status, **others: Status) -> dict[str, Status]:
    """A draft is read by four of its organization; to all others it does not exist."""
    return cells(home=404, **dict.fromkeys(READERS, status) | others)


def own(state: str = "draft", *, pdf: bool = False, **more: Any) -> Make:
    return lambda cast: {"pk": make_report(cast, state, pdf=pdf).pk, **more}


def foreign(**more: Any) -> Make:
    return lambda cast: {"pk": make_report(cast, "approved", far=True, pdf=True).pk, **more}


def published(cast: Cast) -> dict[str, uuid.UUID]:
    return {"public_id": make_report(cast, "approved", pdf=True).public_id}


def new(cast: Cast) -> dict[str, Any]:
    """A cut-off that has begun in both provinces."""
    cast.window()
    cast.window(organization=cast.far_organization)
    return {"period": cast.period().pk, "level": "organization"}


READS = Row(on_draft(200), own=own(pdf=True), foreign=foreign())

ROWS = {
    ("reports:dashboard", "get"): Row(
        by_role(
            403,
            consolidation=200,
            budget_deputy=200,
            org_head=200,
            auditor=200,
            county_viewer=200,
            national_viewer=200,
        )
    ),
    ("reports:report-list", "get"): Row(cells(everyone=200)),
    ("reports:report-new", "get"): Row(by_role(403, consolidation=200)),
    # The period of another country is no choice of its form.
    ("reports:report-new", "post"): Row(
        by_role(403, consolidation=302) | {"abroad_consolidation": 422}, data=new
    ),
    ("reports:report-detail", "get"): READS,
    ("reports:report-progress", "get"): READS,
    ("reports:report-pdf", "get"): READS,
    ("reports:report-sign", "post"): Row(
        on_draft(403, consolidation=302),
        own=own(move="review"),
        foreign=foreign(move="review"),
        missing={"pk": 999_999_999, "move": "review"},
    ),
    ("reports:report-sign", "post:confirm"): Row(
        on_draft(403, deputy=302),
        own=own("reviewed", move="confirm"),
        foreign=foreign(move="confirm"),
        missing={"pk": 999_999_999, "move": "confirm"},
    ),
    ("reports:report-sign", "post:approve"): Row(
        on_draft(403, head=302),
        own=own("confirmed", move="approve"),
        foreign=foreign(move="approve"),
        missing={"pk": 999_999_999, "move": "approve"},
    ),
    ("reports:report-return", "post"): Row(
        on_draft(403, deputy=302, head=302), own=own("reviewed"), foreign=foreign(), data={"reason": REASON}
    ),
    ("reports:report-rebuild", "post"): Row(on_draft(403, consolidation=302), own=own(), foreign=foreign()),
    ("reports:report-reprint", "post"): Row(
        cells(home=403, near=403, national=403, consolidation=302, head=302),
        own=own("approved"),
        foreign=foreign(),
    ),
    ("reports:published-list", "get"): Row(EVERYBODY),
    ("reports:published", "get"): Row(EVERYBODY, shared=published),
    ("reports:published-pdf", "get"): Row(EVERYBODY, shared=published),
}
