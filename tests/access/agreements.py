"""Who reads agreements, moves them on, and says what of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agreements.models import CapitalAgreement
from agreements.workflow import versions
from tests.access.visits import Abroad
from tests.agreements.making import REASON, advance, drafted
from tests.cast import Cast
from tests.matrix import Make, Row, cells

Arguments = Callable[[Cast], dict[str, Any]]
SEEN = cells(home=200, national=200)
REMARK = {"text": "جمع وزن‌ها را بازبینی کنید."}


def version(state: str, *, far: bool = False, **more: Any) -> Make:
    """A capital agreement of the first agency of home or of the other province."""

    def make(cast: Cast) -> dict[str, Any]:
        who: Any = Abroad(cast) if far else cast
        return {"kind": "capital", "pk": advance(who, "capital", drafted(who, "capital"), state).pk, **more}

    return make


def amendment(*, far: bool = False) -> Make:
    def make(cast: Cast) -> dict[str, Any]:
        who: Any = Abroad(cast) if far else cast
        first = advance(who, "capital", drafted(who, "capital"), "exchanged")
        second = advance(who, "capital", drafted(who, "capital", amends=first), "submitted")
        return {"kind": "capital", "pk": second.pk}

    return make


def remark(*, far: bool = False) -> Make:
    def make(cast: Cast) -> dict[str, Any]:
        who: Any = Abroad(cast) if far else cast
        row = advance(who, "capital", drafted(who, "capital"), "submitted")
        said = versions.remark("capital", row.pk, "CA-4///", REMARK["text"], by=who.expert)
        return {"kind": "capital", "pk": row.pk, "remark": said.pk}

    return make


def of(state: str, status: dict[str, Any], **more: Any) -> Row:
    """A page or write of one version; the foreign one stands in the same state."""
    fixed = {name: more.pop(name) for name in ("name",) if name in more}
    missing = {"kind": "capital", "pk": 999_999_999, **fixed}
    return Row(
        status,
        own=version(state, **fixed),
        foreign=version(state, far=True, **fixed),
        missing=missing,
        **more,
    )


def exchange(cast: Cast) -> dict[str, str]:
    letter = {"system": "nezarat4", "number": "91440", "agreed_on": "1405/01/10", "valid_from": "1405/01/01"}
    return letter | seen(cast)


AMEND = {"reason": REASON, "valid_from": "1405/04/01"}
NOT_SENT = {"agency_user": 403, "treasurer": 403}


def seen(cast: Cast) -> dict[str, str]:
    """The mark that the page of a move shows."""
    found = CapitalAgreement.objects.order_by("pk").last()
    return {"seen": versions.mark_of(found)} if found else {}


ROWS = {
    ("agreements:agreement-list", "get"): Row(cells(everyone=200)),
    ("agreements:agreement-totals", "get"): Row(cells(everyone=200)),
    ("agreements:agreement", "get"): of("exchanged", SEEN),
    ("agreements:agreement-in-force", "get"): of("exchanged", cells(home=302, national=302)),
    ("agreements:agreement-changes", "get"): Row(
        SEEN,
        own=amendment(),
        foreign=amendment(far=True),
        missing={"kind": "capital", "pk": 999_999_999},
    ),
    ("agreements:agreement-move", "get"): of(
        "submitted", cells(home=403, national=403, expert=200), name="review"
    ),
    ("agreements:agreement-move", "post"): of(
        "submitted", cells(home=403, national=403, expert=302), name="review", data=seen
    ),
    ("agreements:agreement-move", "post:submit"): of(
        "draft", cells(home=404, **NOT_SENT, agency_head=302), name="submit", data=seen
    ),
    ("agreements:agreement-move", "post:return"): of(
        "submitted",
        cells(home=403, national=403, expert=302, consolidation=302),
        name="return",
        data={"reason": REASON},
    ),
    ("agreements:agreement-move", "post:exchange"): of(
        "expert_approved", cells(home=403, national=403, consolidation=302), name="exchange", data=exchange
    ),
    ("agreements:agreement-amend", "get"): of(
        "exchanged", cells(home=403, national=403, agency_user=200, agency_head=200)
    ),
    ("agreements:agreement-amend", "post"): of(
        "exchanged", cells(home=403, national=403, agency_user=302, agency_head=302), data=AMEND
    ),
    ("agreements:agreement-document", "get"): Row(
        SEEN,
        own=amendment(),
        foreign=amendment(far=True),
        missing={"kind": "capital", "pk": 999_999_999},
    ),
    ("reports:agreement-print", "post"): of("exchanged", cells(home=302, national=302)),
    ("agreements:remark-new", "get"): of(
        "submitted", cells(home=403, national=403, expert=200, consolidation=200), query="?path=CA-4///"
    ),
    ("agreements:remark-new", "post"): of(
        "submitted",
        cells(home=403, national=403, expert=302, consolidation=302),
        query="?path=CA-4///",
        data=REMARK,
    ),
    ("agreements:remark-resolve", "post"): Row(
        cells(home=403, national=403, expert=302, consolidation=302),
        own=remark(),
        foreign=remark(far=True),
        missing={"kind": "capital", "pk": 999_999_999, "remark": 999_999_999},
    ),
}
