"""The API: every list answers whoever is signed in; a row answers who sees it by tests/rows; moves by role."""

from __future__ import annotations

from functools import partial
from typing import Any

import budget_portal.urls  # noqa: F401 - fills the router
from budget_portal.api import router
from monitoring.models import ReturnReason
from monitoring.workflow import submissions
from tests.access.accounts import ROWS as ACCOUNTS
from tests.access.complaints import ROWS as COMPLAINTS
from tests.access.periods import ROWS as PERIODS
from tests.builders import REASON, make_delay_cause
from tests.cast import COLUMNS, Cast
from tests.matrix import Row, Scoped, api, cells, collect
from tests.rows.figures import capital

SCOPES: dict[str, Scoped] = {
    label: row for _, table in collect("rows", "ROWS") for label, row in table.items()
}
MODELS = {prefix: viewset.queryset.model._meta.label for prefix, viewset, _ in router.registry}
BY_HAND = {name.removesuffix("-list") for name, _ in {**ACCOUNTS, **COMPLAINTS, **PERIODS}}
PUBLIC_FACTS = {
    "delay-causes": lambda cast: {"pk": make_delay_cause().pk},
    "return-reasons": lambda cast: {"pk": ReturnReason.objects.create(code="scan", title="سند ناخوانا").pk},
}


LIST = Row(cells(everyone=200, public=401))


def made(cast: Cast, label: str, *tags: str) -> Any:
    rows = SCOPES[label].make(cast)
    return next(rows[tag] for tag in tags if tag in rows)


def rows_of(prefix: str, label: str) -> dict[tuple[str, str], Row]:
    """«own» as tests/rows says, «foreign» what stands in the other province or country."""
    if label not in SCOPES:  # its rows are awaited there
        nothing = Row(cells(everyone=404, public=401), fixed={"pk": 999_999_999})
        return {(f"{prefix}-list", "get"): LIST, (f"{prefix}-detail", "get"): nothing}
    seen = SCOPES[label].sees
    return api(
        prefix,
        own=lambda cast: made(cast, label, "own"),
        foreign=lambda cast: made(cast, label, "far", "abroad"),
        sees={name: 200 if "own" in seen[name] else 404 for name in COLUMNS},
    )


# --- moves of a submission --------------------------------------------------------------------------------


def at(state: str, *, cast: Cast, tag: str = "own") -> dict[str, int]:
    case = capital(cast, tag, filled=True).at("submitted" if state == "accepted" else state)
    if state == "accepted":
        case.accept()
    return {"pk": (case.excuse_visits() if state == "under_review" else case).submission.pk}


def asked(*, cast: Cast, tag: str = "own") -> dict[str, int]:
    case = capital(cast, tag, filled=True).at("approved")
    submissions.ask_reopen(case.submission.pk, by=case.consolidation, reason=REASON)
    return {"pk": case.submission.pk}


def moved(own: Any, *movers: str, data: Any = None, **single: int) -> Row:
    """In scope but not yours 403, out of scope 404; those who may 200."""
    base = cells(home=403, national=403, complaints=404, admin=404, public=401)
    return Row(
        base | dict.fromkeys(movers, 200) | single,
        own=lambda cast: own(cast=cast),
        foreign=lambda cast: own(cast=cast, tag="far"),
        data=data or {},
        content_type="application/json",
    )


def waiting(state: str, *movers: str, data: Any = None, **single: int) -> Row:
    """The same before the final approval: viewers do not know of it yet."""
    return moved(partial(at, state), *movers, data=data, county_viewer=404, national=404, **single)


LINES = {"lines": [{"reason": REASON}]}
ROWS = {
    **{
        key: row
        for prefix, label in MODELS.items()
        if prefix not in BY_HAND and prefix not in PUBLIC_FACTS
        for key, row in rows_of(prefix, label).items()
    },
    **{
        key: row
        for prefix, make in PUBLIC_FACTS.items()
        for key, row in {
            (f"{prefix}-list", "get"): LIST,
            (f"{prefix}-detail", "get"): Row(cells(everyone=200, public=401), shared=make),
        }.items()
    },
    ("submissions-submit", "post"): waiting("draft", "agency_user", data={"accept_missing": True}),
    ("submissions-accept-lines", "post"): waiting("submitted", "treasurer", expert=409, consolidation=409),
    ("submissions-confirm", "post"): waiting("accepted", "treasurer"),
    ("submissions-return", "post"): waiting(
        "submitted", "treasurer", data=LINES, expert=409, consolidation=409
    ),
    ("submissions-start-review", "post"): waiting("treasurer_confirmed", "expert"),
    ("submissions-mark-reviewed", "post"): waiting("under_review", "expert"),
    ("submissions-approve", "post"): waiting("expert_reviewed", "consolidation"),
    ("submissions-ask-reopen", "post"): moved(
        partial(at, "approved"), "consolidation", data={"reason": REASON}
    ),
    ("submissions-reopen", "post"): moved(asked, "deputy"),
    ("submissions-decline-reopening", "post"): moved(asked, "deputy", data={"reason": REASON}),
}
