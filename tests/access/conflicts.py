"""Who reads conflicts between sources, explains one, accepts it, and sets tolerances."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from agreements.models import ReportingPeriod
from monitoring.models import SourceConflict
from monitoring.workflow import conflicts
from tests.access.consolidation import READERS, readers_at_home
from tests.builders import REASON
from tests.cast import Cast
from tests.matrix import Make, Row, by_role
from tests.monitoring.making import make_submission


def made(cast: Cast, *, far: bool = False, explained: bool = False) -> dict[str, int]:
    row = SourceConflict.objects.create(
        submission=make_submission(cast, "expert_reviewed", far=far),
        pair="contract_spent", reported=10, other=20, tolerance=10, unit="percent",
        found_at=timezone.now(), changed_at=timezone.now(),
    )  # fmt: skip
    if explained:
        conflicts.explain(row.pk, by=cast.far_treasurer if far else cast.treasurer, text=REASON)
    return {"pk": row.pk}


def explained(cast: Cast) -> dict[str, int]:
    return made(cast, explained=True)


def foreign(cast: Cast) -> dict[str, int]:
    return made(cast, far=True)


IN_REACH = dict.fromkeys(("agency_user", "agency_head", "treasurer", "expert"), 200)
OUT_OF_REACH = dict.fromkeys(
    (
        "agency_user2", "agency_head2", "treasurer2", "expert2", "far_consolidation", "far_deputy", "far_head",
        "far_auditor", "far_agency_user", "far_agency_head", "far_treasurer", "far_expert", "abroad_consolidation",
    ),
    404,
)  # fmt: skip


def written(who: dict[str, int], own: Make) -> Row:
    readers = dict.fromkeys((*readers_at_home(READERS), *IN_REACH), 403)
    return Row(
        by_role(403) | OUT_OF_REACH | readers | who,
        own=own,
        foreign=foreign,
        data=lambda cast: {"text": REASON},
    )


def tolerance(cast: Cast) -> dict[str, Any]:
    return {
        "pair": "visit_progress", "amount": "4", "reason": REASON,
        "valid_from": ReportingPeriod.objects.get(pk=cast.period().pk).pk,
    }  # fmt: skip


ROWS = {
    ("monitoring:conflict-list", "get"): Row(
        by_role(403, **READERS) | {"abroad_consolidation": 404},
        own=lambda cast: {"p": cast.period().code},
        foreign=lambda cast: {"p": "1399-Q1"},
    ),
    ("monitoring:conflict", "get"): Row(
        by_role(403) | OUT_OF_REACH | readers_at_home(READERS) | IN_REACH, own=made, foreign=foreign
    ),
    ("monitoring:conflict-explain", "post"): written(
        {"agency_user": 302, "treasurer": 302, "expert": 302}, made
    ),
    ("monitoring:conflict-resolve", "post"): written({"consolidation": 302}, explained),
    ("monitoring:conflict-dispute", "post"): written({"consolidation": 302}, explained),
    ("monitoring:tolerances", "get"): Row(by_role(403, **READERS)),
    ("monitoring:tolerances", "post"): Row(
        by_role(403, consolidation=302) | {"abroad_consolidation": 422, "far_consolidation": 302},
        data=tolerance,
    ),
}
