"""Who brings figures from Excel: the agency's own expert; its head and treasurer look, nobody else has the pages."""

from __future__ import annotations

from typing import Any

from monitoring.sheets import loads
from tests.access.monitoring import PERIOD, case, of_agency, of_home, period
from tests.cast import Cast
from tests.matrix import Row


def pasted(cast: Cast, *, applied: bool = False) -> dict[str, Any]:
    made = case(cast)
    text = f"کد پروژه\tهزینه\n{made.projects[0].code}\t12"
    load = loads.paste(made.submission.pk, text, by=cast.agency_user)
    if applied:
        loads.apply(load.pk, None, by=cast.agency_user)
    return {**PERIOD, "public_id": load.public_id}


def written(cast: Cast) -> dict[str, Any]:
    return pasted(cast, applied=True)


ROWS = {
    ("monitoring:entry-paste", "get"): Row(of_agency(200), shared=period),
    ("monitoring:entry-paste", "post"): Row(
        of_agency(403, agency_user=422, agency_user2=422, far_agency_user=409), shared=period
    ),
    ("monitoring:entry-import", "get"): Row(of_agency(200), shared=period),
    ("monitoring:entry-import", "post"): Row(
        of_agency(403, agency_user=422, agency_user2=422, far_agency_user=409), shared=period
    ),
    ("monitoring:entry-template", "get"): Row(
        of_agency(403, agency_user=200, agency_user2=200, far_agency_user=409), shared=period
    ),
    ("monitoring:entry-sheet", "get"): Row(of_home(200), shared=pasted),
    ("monitoring:entry-sheet", "post"): Row(of_home(403, agency_user=422), shared=pasted),
    ("monitoring:entry-sheet-errors", "get"): Row(of_home(200), shared=pasted),
    ("monitoring:entry-sheet-drop", "post"): Row(of_home(403, agency_user=302), shared=pasted),
    ("monitoring:entry-sheet-undo", "post"): Row(of_home(403, agency_user=302), shared=written),
}
