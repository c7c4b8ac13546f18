"""The treasurer's bench: its agency's treasurer writes; agency, expert and organization read; nobody else knows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from monitoring.models import LedgerRow, Reconciliation
from monitoring.workflow import ledger_rows
from tests.access.monitoring import far, in_scope, sent
from tests.cast import Cast
from tests.matrix import Row, by_role
from tests.monitoring.benches import WHY, ledger_of, make_bench
from tests.rows.figures import capital

TREASURER = in_scope(403, treasurer=302)
READS = in_scope(200)


def bench(
    state: str = "matched", *, at: str = "own", agrees: bool = False
) -> Callable[[Cast], dict[str, Any]]:
    def make(cast: Cast) -> dict[str, Any]:
        case = capital(cast, at, filled=True).at("submitted")
        return {"pk": make_bench(case, state, ledger_of(case) if agrees else None).pk}

    return make


def part(of: Callable[[Reconciliation], Any], *, at: str = "own") -> Callable[[Cast], dict[str, Any]]:
    def make(cast: Cast) -> dict[str, Any]:
        found = Reconciliation.objects.get(**bench(at=at)(cast))
        return {"pk": of(found).pk}

    return make


def first(found: Reconciliation) -> LedgerRow:
    return found.rows.order_by("number")[0]


def moved(found: Reconciliation) -> LedgerRow:
    return ledger_rows.move_row(first(found).pk, None, reason=WHY, by=found.loaded_by)


def line(found: Reconciliation) -> Any:
    return found.lines.order_by("pk")[0]


def of_bench(cells: Any, state: str = "matched", *, data: Any = None, agrees: bool = False) -> Row:
    return Row(
        cells, own=bench(state, agrees=agrees), foreign=bench(state, at="far", agrees=agrees), data=data
    )


def of_part(cells: Any, of: Callable[[Reconciliation], Any], data: Any = None) -> Row:
    return Row(cells, own=part(of), foreign=part(of, at="far"), data=data)


def upload(cast: Cast) -> dict[str, Any]:
    return {
        "measure": "spent",
        "file": SimpleUploadedFile("daftar.csv", "شماره سند,شرح,مبلغ\n۱,پل,۵\n".encode(), "text/csv"),
    }


COLUMNS = {
    "sheet": "1",
    "header_row": "1",
    "unit": "rial",
    "column_0": "document",
    "column_1": "day",
    "column_2": "code",
    "column_3": "source",
    "column_4": "text",
    "column_5": "debit",
    "column_6": "credit",
}


def place(cast: Cast) -> dict[str, Any]:
    return {"line": "off", "reason": WHY}


def tolerance(cast: Cast) -> dict[str, Any]:
    return {"amount": "5", "percent": "0.5", "valid_from": cast.period().pk, "reason": WHY}


DESK = dict.fromkeys(("consolidation", "budget_deputy", "org_head", "auditor"), 200)

ROWS = {
    ("monitoring:reconciliation-tolerance", "get"): Row(by_role(403, **DESK)),
    ("monitoring:reconciliation-tolerance", "post"): Row(
        by_role(403, consolidation=302) | {"abroad_consolidation": 422}, data=tolerance
    ),
    ("monitoring:reconciliation", "get"): Row(READS, own=sent("submitted"), foreign=far("submitted")),
    ("monitoring:reconciliation-received", "get"): Row(
        READS, own=sent("submitted"), foreign=far("submitted")
    ),
    ("monitoring:reconciliation-load", "post"): Row(
        TREASURER, own=sent("submitted"), foreign=far("submitted"), data=upload
    ),
    ("monitoring:reconciliation-columns", "get"): of_bench(in_scope(403, treasurer=200)),
    ("monitoring:reconciliation-columns", "post"): of_bench(TREASURER, "draft", data=COLUMNS),
    ("monitoring:reconciliation-match", "post"): of_bench(TREASURER),
    ("monitoring:reconciliation-renew", "post"): of_bench(TREASURER, "signed"),
    ("monitoring:reconciliation-discard", "post"): of_bench(TREASURER),
    ("monitoring:reconciliation-explain", "post"): of_bench(TREASURER, data={"rows": "4", "text": WHY}),
    ("monitoring:reconciliation-sign", "post"): of_bench(TREASURER, agrees=True),
    ("monitoring:reconciliation-sheet", "get"): of_bench(READS, "signed"),
    ("monitoring:reconciliation-sheet-file", "get"): of_bench(READS, "signed"),
    ("monitoring:reconciliation-ledger", "get"): of_bench(READS),
    ("monitoring:reconciliation-row", "get"): of_part(in_scope(403, treasurer=200), first),
    ("monitoring:reconciliation-row", "post"): of_part(TREASURER, first, place),
    ("monitoring:reconciliation-row-undo", "post"): of_part(TREASURER, moved),
    ("monitoring:reconciliation-line", "post"): of_part(TREASURER, line, {"text": WHY}),
}
