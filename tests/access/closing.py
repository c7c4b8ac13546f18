"""Blockers, absences, reminders, closing; packages; and the public page of who submitted when."""

from __future__ import annotations

from typing import Any

from agreements.models import PeriodWindow
from monitoring.closing import absences
from monitoring.models import Package
from tests.access.conflicts import IN_REACH, OUT_OF_REACH
from tests.access.consolidation import READERS, at, foreign, missing, moved, readers_at_home
from tests.builders import REASON, make_expense_case
from tests.cast import Cast
from tests.matrix import Row, by_role, cells
from tests.rows.figures import expense


def period_page(**roles: int) -> Row:
    return Row(
        by_role(403, **(READERS | roles)) | {"abroad_consolidation": 404},
        own=lambda cast: {"p": cast.period().code},
        foreign=lambda cast: {"p": "1399-Q1"},
    )


def absent_because(cast: Cast) -> dict[str, str]:
    cast.window("expense")
    return {"reason": REASON}


def absent(cast: Cast) -> dict[str, int]:
    cast.window("expense")
    row = absences.record(cast.agency.pk, cast.period(), "expense", by=cast.consolidation, reason=REASON)
    return {"pk": row.pk}


def far_absent(cast: Cast) -> dict[str, int]:
    cast.window("expense", organization=cast.far_organization)
    row = absences.record(
        cast.far_agency.pk, cast.period(), "expense", by=cast.far_consolidation, reason=REASON
    )
    return {"pk": row.pk}


def open_window(cast: Cast) -> dict[str, Any]:
    """The deputy closes an open window in which nobody owes anything."""
    cast.window("expense")
    return {"p": cast.period().code}


def typed(cast: Cast) -> dict[str, Any]:
    window = PeriodWindow.objects.filter(organization=cast.organization, kind="expense").first()
    return {"window": window.pk if window else 0, "typed": "بستن مقطع شهریور ۱۴۰۵"}


def frozen(cast: Cast) -> dict[str, int]:
    case = make_expense_case(cast, chapters=("1",), activities=False, filled=True).at("approved")
    return {"pk": Package.objects.get(submission=case.submission).pk}


def far_frozen(cast: Cast) -> dict[str, int]:
    case = expense(cast, "far", chapters=("1",), activities=False, filled=True).at("approved")
    return {"pk": Package.objects.get(submission=case.submission).pk}


def two(cast: Cast) -> dict[str, int]:
    case = make_expense_case(cast, chapters=("1",), activities=False, filled=True).at("approved")
    case.reopen().at("approved")
    first, second = Package.objects.order_by("number").values_list("pk", flat=True)
    return {"pk": first, "other": second}


def far_two(cast: Cast) -> dict[str, int]:
    return {**far_frozen(cast), "other": 0}


PACKAGE = by_role(403) | OUT_OF_REACH | readers_at_home(READERS) | IN_REACH
PACKAGE_READERS = {**READERS, "agency_user": 200, "agency_head": 200, "treasurer": 200, "budget_expert": 200}

ROWS = {
    ("monitoring:timeliness", "get"): Row(by_role(403, **READERS)),
    ("monitoring:blockers", "get"): period_page(),
    ("monitoring:cutoff-close", "get"): period_page(),
    ("monitoring:cutoff-close", "post"): Row(
        by_role(403)
        | readers_at_home(dict.fromkeys(READERS, 403) | {"budget_deputy": 302})
        | dict.fromkeys(
            ("far_consolidation", "far_deputy", "far_head", "far_auditor", "abroad_consolidation"), 404
        ),
        own=open_window,
        foreign=lambda cast: {"p": "1399-Q1"},
        data=typed,
    ),
    ("monitoring:remind", "post"): Row(
        moved("submitted", {"consolidation": 302}).cells,
        own=at("submitted", kind=False),
        foreign=foreign(kind=False),
        missing=missing(kind=False),
    ),
    ("monitoring:absence-record", "post"): moved("submitted", {"consolidation": 302}, absent_because),
    ("monitoring:absence-withdraw", "post"): Row(
        moved("submitted", {"consolidation": 302}).cells, own=absent, foreign=far_absent
    ),
    ("monitoring:package-list", "get"): Row(by_role(403, **PACKAGE_READERS)),
    ("monitoring:package", "get"): Row(PACKAGE, own=frozen, foreign=far_frozen),
    ("monitoring:package-file", "get"): Row(
        PACKAGE,
        own=lambda cast: {**frozen(cast), "kind": "json"},
        foreign=lambda cast: {**far_frozen(cast), "kind": "json"},
        missing={"pk": 999_999_999, "kind": "json"},
    ),
    ("monitoring:package-compare", "get"): Row(PACKAGE, own=two, foreign=far_two),
    ("monitoring:submitted", "get"): Row(cells(everyone=200, public=200)),
    ("monitoring:submitted-csv", "get"): Row(cells(everyone=404, public=404)),
}
