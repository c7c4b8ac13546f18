"""Who reads and keeps classification: the national administrator, of whom the cast has none; all others are refused."""

from __future__ import annotations

from agreements.models import Affair
from tests.cast import Cast
from tests.factories import make_fiscal_year
from tests.matrix import Make, Row, by_role

READ = by_role(403, admin=200, consolidation=200, auditor=200, national_viewer=200)
REFUSED = by_role(403)


def affair(cast: Cast, *, abroad: bool = False) -> dict[str, object]:
    country = cast.abroad_organization if abroad else cast.national_organization
    row, _ = Affair.objects.get_or_create(organization=country, code="10", defaults={"title": "اقتصادی"})
    return {"tree": "affair", "pk": row.pk}


AFFAIR: dict[str, Make] = {"own": affair, "foreign": lambda cast: affair(cast, abroad=True)}
NO_ABROAD = {"abroad": 404, "abroad_consolidation": 404}


def year(cast: Cast, number: int = 1405) -> dict[str, object]:
    make_fiscal_year(cast.national_organization, 1404)
    return {"year": cast.fiscal_year.year}


YEAR: dict[str, Make] = {"own": year, "foreign": lambda cast: {"year": 1399}}
MAPPED: dict[str, Make] = {
    "own": lambda cast: {**year(cast), "tree": "affair", "code": "10"},
    "foreign": lambda cast: {"year": 1399, "tree": "affair", "code": "10"},
}

ROWS = {
    ("agreements:classification", "get"): Row(READ),
    ("agreements:classification-new", "get"): Row(REFUSED, fixed={"tree": "affair"}),
    ("agreements:classification-new", "post"): Row(REFUSED, fixed={"tree": "affair"}),
    ("agreements:classification-row", "get"): Row(READ | NO_ABROAD, **AFFAIR),
    ("agreements:classification-rename", "get"): Row(REFUSED, **AFFAIR),
    ("agreements:classification-rename", "post"): Row(REFUSED, **AFFAIR),
    ("agreements:classification-end", "get"): Row(REFUSED, **AFFAIR),
    ("agreements:classification-end", "post"): Row(REFUSED, **AFFAIR),
    ("agreements:classification-mapping", "get"): Row(READ | NO_ABROAD, **YEAR),
    ("agreements:classification-open", "post"): Row(REFUSED, **YEAR),
    ("agreements:classification-map", "get"): Row(REFUSED, **MAPPED),
    ("agreements:classification-map", "post"): Row(REFUSED, **MAPPED),
}
