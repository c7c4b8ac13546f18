"""What is signed: one canonical text of the ledger, the lines, every row with its place, and every word written."""

from __future__ import annotations

import hashlib
from typing import Any

from budget_portal import files
from monitoring.models import LedgerRow, Reconciliation, ReconciliationLine
from monitoring.reconciliation.targets import PARTS
from monitoring.signing import canonical

FORMAT = 1


def content_of(bench: Reconciliation) -> dict[str, Any]:
    """Codes, not keys of the database: the sheet is read without the portal. One that names no amount is of what was
    spent."""
    submission = bench.submission
    lines = list(
        ReconciliationLine.objects.filter(reconciliation=bench)
        .select_related(*PARTS, "explained_by")
        .order_by("pk")
    )
    rows = LedgerRow.objects.filter(reconciliation=bench).order_by("number")
    return {
        "format": FORMAT,
        "agency": submission.agency.code,
        "period": submission.period.code,
        "kind": submission.kind,
        **({"measure": bench.measure} if bench.measure != Reconciliation.Measure.SPENT else {}),
        "revision": bench.revision,
        "figures": bench.figures_digest,
        "ledger": {"name": bench.file.name, "sha256": bench.file.sha256, "unit": bench.mapping["unit"]},
        "tolerance": [int(bench.tolerance_amount), str(bench.tolerance_percent)],
        "lines": [_line(line) for line in lines],
        "rows": [_row(row) for row in rows.select_related(*PARTS)],
    }


def text_of(bench: Reconciliation) -> str:
    return canonical(content_of(bench))


def _names(row: Any) -> dict[str, Any]:
    return {name: part.code for name in PARTS if (part := getattr(row, name)) is not None}


def _line(line: ReconciliationLine) -> dict[str, Any]:
    return {
        **_names(line),
        "entered": line.entered,
        "ledger": line.ledger,
        "rials": line.rials,
        "rounding": line.rounding,
        "rows": line.rows_count,
        "agrees": line.agrees,
        "explanation": line.explanation,
        "explained_by": line.explained_by_id,
    }


def _row(row: LedgerRow) -> dict[str, Any]:
    told = {
        "number": row.number,
        "document": row.document,
        "dated": row.dated,
        "text": row.text,
        "rials": row.rials,
        "standing": row.standing,
        "method": row.method,
        "partner": row.partner,
        "statement": row.statement_id,
        "reason": row.reason,
        "moved_by": row.moved_by_id,
        "explanation": row.explanation,
        "explained_by": row.explained_by_id,
    }
    return _names(row) | {name: value for name, value in told.items() if value not in (None, "")}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def is_kept(bench: Reconciliation) -> bool:
    """Whether the kept text is the one that was signed."""
    if bench.sheet_file is None:
        return False
    try:
        kept = files.read(bench.sheet_file)
    except FileNotFoundError:
        return False
    return hashlib.sha256(kept).hexdigest() == bench.digest


def is_whole(bench: Reconciliation) -> bool:
    """Whether the rows in the database say it as well; of a long ledger this takes seconds."""
    return is_kept(bench) and bench.digest == digest(text_of(bench))
