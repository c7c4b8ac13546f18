"""A person's word at the treasurer's bench: a row moved by hand or back, a leftover or a difference explained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.decisions import require
from accounts.models import User
from budget_portal import audit
from budget_portal.errors import RuleBroken, WrongState
from budget_portal.moves import verb
from budget_portal.text import normalise
from monitoring.models import LedgerRow, Reconciliation, ReconciliationLine
from monitoring.reconciliation import counting, targets
from monitoring.reconciliation.facts import MoneyKey
from monitoring.reconciliation.writing import place
from monitoring.rules import is_reason
from monitoring.workflow.reconciliations import can_write, locked

SHORT = "توضیح را در دست‌کم ۲۰ نویسه بنویسید."
NO_LINE = "این ردیف در پروندهٔ این مقطع نیست."
NO_FIGURE = "مبلغ این سطر خوانده نشده است و به ردیفی نمی‌رود؛ علت را توضیح دهید."
NOT_MOVED = "این سطر را کسی جابه‌جا نکرده است."
NOTHING = "سطری برگزیده نشده است."


@verb
def move_row(row_id: int, key: MoneyKey | None, *, reason: str, by: User) -> LedgerRow:
    """Put a row on a line by hand, or take it off every line (`None`), with the reason."""
    row, bench = _locked_row(row_id, by)
    if not is_reason(reason):
        raise RuleBroken(SHORT)
    if key is not None and row.rials is None:
        raise RuleBroken(NO_FIGURE)
    if key is not None and not _lines(bench).filter(**targets.columns_of(key)).exists():
        raise RuleBroken(NO_LINE)
    before = _told(row)
    place(row, key, normalise(reason))
    row.moved_by, row.moved_at = by, timezone.now()
    row.save()
    counting.recount(bench)
    _sum_up(bench)
    facts = {"row": row.number, **_told(row)}
    audit.record("reconciliation.row_moved", bench, by=by, before=before, after=facts, note=row.reason)
    return row


@verb
def undo_move(row_id: int, *, by: User) -> LedgerRow:
    """The row stands again as the bench had found it."""
    row, bench = _locked_row(row_id, by)
    if row.moved_by_id is None or row.before is None:
        raise WrongState(NOT_MOVED)
    before, found = _told(row), row.before
    key = MoneyKey(*found["key"]) if found["key"] else None
    for name, value in targets.columns_of(key).items():
        setattr(row, name, value)
    row.standing, row.method, row.score = found["standing"], found["method"], found["score"]
    row.before, row.reason, row.moved_by, row.moved_at = None, "", None, None
    row.save()
    counting.recount(bench)
    _sum_up(bench)
    facts = {"row": row.number, **_told(row)}
    audit.record("reconciliation.row_moved_back", bench, by=by, before=before, after=facts)
    return row


@verb
def explain_rows(bench_id: int, numbers: Sequence[int], *, text: str, by: User) -> int:
    """One sentence for the rows that it holds for; it may be written over while nothing is signed."""
    bench = locked_for_writing(bench_id, by)
    rows = counting.open_rows(bench).filter(number__in=list(numbers))
    _refuse_short(text)
    if not (count := rows.update(explanation=normalise(text), explained_by=by, explained_at=timezone.now())):
        raise RuleBroken(NOTHING)
    facts = {"rows": sorted(numbers)[:200], "count": count}
    audit.record("reconciliation.rows_explained", bench, by=by, after=facts, note=normalise(text))
    return count


@verb
def explain_line(line_id: int, *, text: str, by: User) -> ReconciliationLine:
    """Why a line and the ledger differ."""
    seen = ReconciliationLine.objects.for_user(by).get(pk=line_id)
    bench = locked_for_writing(seen.reconciliation_id, by)
    _refuse_short(text)
    line: ReconciliationLine = _lines(bench).select_for_update().get(pk=line_id)
    before = {"explanation": line.explanation}
    line.explanation, line.explained_by, line.explained_at = normalise(text), by, timezone.now()
    line.save(update_fields=["explanation", "explained_by", "explained_at"])
    facts = {"line": str(targets.line_of(targets.key_of(line))), "difference": line.difference}
    audit.record(
        "reconciliation.line_explained", bench, by=by, before=before, after=facts, note=line.explanation
    )
    return line


# --- steps --------------------------------------------------------------------------------------------------


def locked_for_writing(bench_id: int, by: User) -> Reconciliation:
    bench = locked(bench_id, by, "match")
    require(can_write(by, bench))
    return bench


def _locked_row(row_id: int, by: User) -> tuple[LedgerRow, Reconciliation]:
    seen = LedgerRow.objects.for_user(by).get(pk=row_id)
    bench = locked_for_writing(seen.reconciliation_id, by)
    row: LedgerRow = LedgerRow.objects.select_for_update(of=("self",)).get(pk=row_id)
    return row, bench


def _lines(bench: Reconciliation) -> QuerySet[ReconciliationLine]:
    rows: QuerySet[ReconciliationLine] = ReconciliationLine.objects.filter(reconciliation=bench)
    return rows


def _refuse_short(text: str) -> None:
    if not is_reason(text):
        raise RuleBroken(SHORT)


def _sum_up(bench: Reconciliation) -> None:
    bench.summary = {**bench.summary, **counting.summed_up(bench)}
    bench.save(update_fields=["summary"])


def _told(row: LedgerRow) -> dict[str, Any]:
    line = str(targets.line_of(targets.key_of(row))) if row.funding_source_id else ""
    return {"line": line, "standing": row.standing, "method": row.method}
