"""Who reads the waterfall of an agency: those who see its lines; a county those of its own projects."""

from __future__ import annotations

from typing import Any

from tests.cast import Cast
from tests.matrix import Row, by_role, cells, rename

ROLES = (
    "agency_user",
    "agency_head",
    "treasurer",
    "budget_expert",
    "consolidation",
    "budget_deputy",
    "org_head",
    "county_viewer",
    "national_viewer",
    "auditor",
)
# The role decides first: these read no page of a whole agency.
OTHERS = dict.fromkeys(
    (
        *("complaints", "admin"),
        *("far_complaints", "far_admin"),
    ),
    403,
)


def own(cast: Cast) -> dict[str, Any]:
    rename(cast.agency, "7001")
    return {"code": "7001", "p": cast.period().code, "k": "capital"}


def foreign(cast: Cast) -> dict[str, Any]:
    rename(cast.far_agency, "9001")
    return {"code": "9001", "p": cast.period().code, "k": "capital"}


PAGE = Row(
    cells(home=200, national=200, nobody=403, **OTHERS),
    own=own,
    foreign=foreign,
    missing={"code": "9999", "p": "1405-Q2", "k": "capital"},
)
ROWS = {
    ("monitoring:waterfall-home", "get"): Row(by_role(403, **dict.fromkeys(ROLES, 200))),
    ("monitoring:waterfall", "get"): PAGE,
    ("monitoring:waterfall-csv", "get"): PAGE,
    ("monitoring:waterfall-json", "get"): PAGE,
}
