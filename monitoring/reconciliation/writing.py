"""Rows of a ledger into the database: as they were matched, with what people had written on them before."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Q

from budget_portal import copying
from monitoring.models import LedgerRow, Reconciliation, ReconciliationLine
from monitoring.reconciliation import targets
from monitoring.reconciliation.facts import Entry, Found, MoneyKey
from monitoring.reconciliation.ledger import Read


def kept(bench: Reconciliation) -> tuple[dict[int, LedgerRow], dict[MoneyKey, ReconciliationLine]]:
    """What people wrote so far, at first on the sheet that is renewed; then the old rows go."""
    of = bench.renews if bench.renews is not None and bench.state == "draft" else bench
    rows = LedgerRow.objects.filter(reconciliation=of)
    kept = {row.number: row for row in rows.filter(Q(moved_by__isnull=False) | ~Q(explanation=""))}
    lines = ReconciliationLine.objects.filter(reconciliation=of).exclude(explanation="")
    found = {targets.key_of(line): line for line in lines}
    LedgerRow.objects.filter(reconciliation=bench).delete()
    ReconciliationLine.objects.filter(reconciliation=bench).delete()
    return kept, found


ROW = (
    "reconciliation_id", "number", "document", "dated", "code", "chapter", "source", "text", "rials", "problem",
    "standing", "method", "score", "partner", "statement_id", "suggestions", "project_id", "programme_id",
    "expense_chapter_id", "funding_source_id",
)  # fmt: skip


def write_rows(bench: Reconciliation, read: Read, found: Found) -> None:
    def cells(entry: Entry, match: Any) -> tuple[Any, ...]:
        return (
            bench.pk,
            entry.number,
            entry.document,
            entry.day,
            entry.code,
            entry.chapter,
            entry.source,
            entry.text,
            entry.rials,
            read.problems.get(entry.number, ""),
            str(match.standing),
            str(match.method or ""),
            match.score,
            match.partner,
            match.statement,
            json.dumps([list(key) for key in match.suggestions]),
            *(match.key or (None,) * 4),
        )

    pairs = zip(read.entries, found.matches, strict=True)
    copying.Table(LedgerRow, *ROW).append(cells(entry, match) for entry, match in pairs)


def put_back(bench: Reconciliation, read: Read, old_rows: dict[int, LedgerRow], known: set[MoneyKey]) -> None:
    """A person's word holds for the same row of the same ledger, as long as its line is still there."""
    same = {entry.number: entry for entry in read.entries}
    rows = LedgerRow.objects.filter(reconciliation=bench, number__in=list(old_rows))
    for row in rows:
        old, entry = old_rows[row.number], same[row.number]
        if (old.rials, old.document, old.text) != (entry.rials, entry.document, entry.text):
            continue
        key = targets.key_of(old)
        if old.moved_by_id is not None and (old.funding_source_id is None or key in known):
            place(row, key if old.funding_source_id else None, old.reason)
            row.moved_by_id, row.moved_at = old.moved_by_id, old.moved_at
        row.explanation = old.explanation
        row.explained_by_id, row.explained_at = old.explained_by_id, old.explained_at
        row.save()


def place(row: LedgerRow, key: MoneyKey | None, reason: str) -> None:
    """By a person's hand; what the bench had found is kept for taking it back."""
    if row.before is None:
        row.before = {
            "key": list(targets.key_of(row)) if row.funding_source_id else None,
            "standing": row.standing,
            "method": row.method,
            "score": row.score,
        }
    for name, value in targets.columns_of(key).items():
        setattr(row, name, value)
    row.method, row.score, row.reason = "manual", 100, reason
    if key is not None:
        row.standing = "counted"
