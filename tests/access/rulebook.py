"""Who reads the catalogue of rules, writes and tries rules, and decides on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agreements.models import ReportingPeriod
from tests.cast import Cast
from tests.matrix import Make, Row, by_role, cells
from tests.monitoring.making import make_submission
from tests.monitoring.ruling import REASON, make_rule

READERS = {"consolidation": 200, "budget_deputy": 200, "org_head": 200, "auditor": 200}
# The role decides first; the other province has rules of its own, and none of this code.
FAR = {
    "far_consolidation": 404,
    "far_deputy": 404,
    "far_head": 404,
    "far_auditor": 404,
    "abroad_consolidation": 404,
}


def rule(state: str) -> Make:
    def make(cast: Cast) -> dict[str, Any]:
        cast.window(state="open")
        cast.period("Q3")
        return {"code": make_rule(cast, state).code}

    return make


def ahead(cast: Cast) -> dict[str, Any]:
    return {
        "period": ReportingPeriod.objects.get(cutoff="Q3", fiscal_year=cast.fiscal_year).pk,
        "reason": REASON,
    }


def decided(state: str, who: str, data: Callable[[Cast], dict[str, Any]] | None = None) -> Row:
    """A POST on the rule of one's own organization: readers without the role are told so."""
    readers = dict.fromkeys(READERS, 403)
    return Row(by_role(403, **readers) | FAR | {who: 302}, shared=rule(state), data=data)


ROWS = {
    ("monitoring:rules", "get"): Row(cells(everyone=200, public=200)),
    ("monitoring:rules-csv", "get"): Row(cells(everyone=200, public=200)),
    ("monitoring:rule-list", "get"): Row(by_role(403, **READERS)),
    ("monitoring:rule-new", "get"): Row(by_role(403, consolidation=200)),
    ("monitoring:rule-new", "post"): Row(by_role(403, consolidation=422)),
    ("monitoring:rule", "get"): Row(by_role(403, **READERS) | FAR, shared=rule("tried")),
    ("monitoring:rule-change", "get"): Row(
        by_role(403, consolidation=200) | dict.fromkeys(("far_consolidation", "abroad_consolidation"), 404),
        shared=rule("draft"),
    ),
    ("monitoring:rule-change", "post"): Row(
        by_role(403, consolidation=422) | dict.fromkeys(("far_consolidation", "abroad_consolidation"), 404),
        shared=rule("draft"),
    ),
    ("monitoring:rule-try", "post"): Row(
        by_role(403, consolidation=302) | dict.fromkeys(("far_consolidation", "abroad_consolidation"), 404),
        shared=rule("draft"),
    ),
    ("monitoring:rule-live", "post"): decided("tried", "deputy", ahead),
    ("monitoring:rule-withdraw", "post"): decided("draft", "consolidation"),
    ("monitoring:rule-end", "post"): decided("live", "deputy", ahead),
    ("monitoring:submission-recheck", "post"): Row(
        cells(home=403, treasurer=302) | {"complaints": 404, "admin": 404, "county_viewer": 404},
        own=lambda cast: {"pk": make_submission(cast, "submitted").pk},
        foreign=lambda cast: {"pk": make_submission(cast, "submitted", far=True).pk},
    ),
}
