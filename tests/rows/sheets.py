"""Who sees what an agency brought from Excel: the people of that agency alone."""

from __future__ import annotations

from functools import partial
from typing import Any

from monitoring.models import SheetLoad
from tests.builders import Case
from tests.matrix import Scoped, sees
from tests.rows.accounts import AGENCY, FAR_AWAY, OWN, TWIN
from tests.rows.figures import capital, everywhere


def load(case: Case) -> Any:
    return SheetLoad.objects.create(submission=case.submission, way="paste", made_by=case.agency_user)


SEEN = sees(
    **dict.fromkeys(AGENCY, OWN),
    **dict.fromkeys((f"{name}2" for name in AGENCY), TWIN),
    **dict.fromkeys((f"far_{name}" for name in AGENCY), FAR_AWAY),
)
ROWS = {"monitoring.SheetLoad": Scoped(partial(everywhere, case=capital, part=load), SEEN)}
