"""Who enters tables from files: the consolidation group; deputy, head and auditor read what was entered. An agency's
expert enters performance, and sees no other file (tests/monitoring/test_import_batch.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from budget_portal.models import ImportBatch
from tests.agreements.importing import REASON, make_batch, mapping, upload_of
from tests.cast import Cast
from tests.matrix import Make, Row, by_role, cells

READERS = {"deputy": 200, "head": 200, "auditor": 200}
HIDDEN = cells(everyone=404)


def batch(state: str, *, far: bool = False) -> Callable[[Cast], dict[str, Any]]:
    def made(cast: Cast) -> dict[str, Any]:
        rows = [(cast.far_agency.code, "101", 5)] if far else []
        by = cast.far_consolidation if far else None
        # The same letter a second time would change nothing.
        told = mapping(cast, values={"letter_number": f"۱۲/{ImportBatch.objects.count()}"})
        return {"public_id": make_batch(cast, state, *rows, by=by, told=told).public_id}

    return made


def own(state: str, done: int, readers: int, data: Make | dict[str, str] | None = None) -> Row:
    """A page of one batch: the consolidation group may, readers see it or are refused, others know nothing."""
    told = dict.fromkeys(READERS, readers) | {"consolidation": done}
    return Row(HIDDEN | told, own=batch(state), foreign=batch(state, far=True), data=data)


def answers(cast: Cast) -> dict[str, str]:
    return {
        "sheet": "1",
        "header_row": "1",
        "year": str(cast.fiscal_year.year),
        "letter_number": "۱۲/۴",
        "letter_date": "۱۴۰۵/۰۲/۰۱",
        "column_0": "agency",
        "column_1": "programme",
        "column_2": "amount",
        "constant_expense_chapter": "7",
        "constant_funding_source": "general",
        "unit": "million-rials",
    }


def file(cast: Cast) -> dict[str, Any]:
    return {"table": "notifications-expense", "file": upload_of((cast.agency.code, "101", 5))}


ROWS = {
    ("agreements:import-list", "get"): Row(
        by_role(403, consolidation=200, agency_user=200, budget_deputy=200, org_head=200, auditor=200)
    ),
    ("agreements:import-new", "get"): Row(by_role(403, consolidation=200, agency_user=200)),
    # The expert of an agency enters performance alone: letters are no choice of theirs.
    ("agreements:import-new", "post"): Row(by_role(403, consolidation=302, agency_user=422), data=file),
    ("agreements:import-detail", "get"): own("previewed", 200, 200),
    ("agreements:import-columns", "get"): own("uploaded", 200, 403),
    ("agreements:import-columns", "post"): own("uploaded", 302, 403, answers),
    ("agreements:import-apply", "post"): own("previewed", 302, 403),
    ("agreements:import-stop", "post"): own("applying", 302, 403),
    ("agreements:import-discard", "post"): own("previewed", 302, 403),
    ("agreements:import-undo", "get"): own("applied", 200, 403),
    ("agreements:import-undo", "post"): own("applied", 302, 403, {"reason": REASON}),
    # The rows are those that the person sees; what is no list is not there.
    ("ground:export", "get"): Row(cells(everyone=200), fixed={"name": "projects", "kind": "csv"}),
    ("agreements:import-errors", "get"): own("previewed", 200, 200),
}
