"""From matched rows to lines: sums, rounding, what agrees; and what is still to be explained."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import Organization
from monitoring.models import (
    LedgerRow,
    Reconciliation,
    ReconciliationLine,
    ReconciliationTolerance,
)
from monitoring.reconciliation.facts import SELF_EXPLAINED, MoneyKey
from monitoring.reconciliation.sums import Rounded, Tolerance, rounded
from monitoring.reconciliation.targets import PARTS, columns_of, entered_of, key_of

IDS = tuple(f"{name}_id" for name in PARTS)
# Rows that found no line, say no reason of their own, and were not told away by a person.
OPEN_ROWS = Q(funding_source__isnull=True, method="") & ~Q(standing__in=[str(one) for one in SELF_EXPLAINED])
OPEN_LINES = Q(agrees=False)


def tolerance_in_force(organization: Organization, cutoff: Any) -> Tolerance:
    """Of the organization, for a cut-off; one million rials where it has said nothing."""
    row = ReconciliationTolerance.objects.filter(organization=organization, valid_from__lte=cutoff).first()
    return Tolerance(int(row.amount), row.percent) if row else Tolerance()


def tolerance_of(bench: Reconciliation) -> Tolerance:
    return Tolerance(int(bench.tolerance_amount), bench.tolerance_percent)


def sums_of(bench: Reconciliation) -> tuple[Rounded, dict[MoneyKey, int]]:
    """Million rials per line as the rows stand now, and how many rows."""
    rows = LedgerRow.objects.filter(reconciliation=bench, funding_source__isnull=False).order_by()
    found = {
        MoneyKey(*(row[name] for name in IDS)): (row["rials_sum"], row["rows"])
        for row in rows.values(*IDS).annotate(rials_sum=Sum("rials"), rows=Count("pk"))
    }
    return rounded({key: int(rials) for key, (rials, _) in found.items()}), {
        key: rows for key, (_, rows) in found.items()
    }


def make_lines(bench: Reconciliation, lines: list[Any], kept: dict[MoneyKey, ReconciliationLine]) -> None:
    """Every line of the submission anew; an explanation stays while the difference is the one it was written for."""
    sums, counts = sums_of(bench)
    tolerance = tolerance_of(bench)
    made = []
    for row in lines:
        key = key_of(row)
        line = ReconciliationLine(
            reconciliation=bench, entered=entered_of(row, bench.measure), **columns_of(key)
        )
        _count(line, sums, counts, tolerance)
        old = kept.get(key)
        if old is not None and not line.agrees and old.difference == line.difference:
            line.explanation, line.explained_by_id = old.explanation, old.explained_by_id
            line.explained_at = old.explained_at
        made.append(line)
    ReconciliationLine.objects.bulk_create(made)


def recount(bench: Reconciliation) -> None:
    """After a person moved a row: the sums of all lines, since rounding is shared. What a line's explanation said no
    longer holds when its difference is another."""
    sums, counts = sums_of(bench)
    tolerance = tolerance_of(bench)
    changed = []
    for line in ReconciliationLine.objects.filter(reconciliation=bench).select_for_update():
        before = (line.rials, line.ledger, line.rows_count)
        _count(line, sums, counts, tolerance)
        if (line.rials, line.ledger, line.rows_count) != before:
            if line.explanation and line.ledger != before[1]:
                line.explanation, line.explained_by, line.explained_at = "", None, None
            changed.append(line)
    fields = ["rials", "ledger", "rounding", "rows_count", "allowed", "agrees"]
    ReconciliationLine.objects.bulk_update(
        changed, [*fields, "explanation", "explained_by", "explained_at"], batch_size=500
    )


def _count(
    line: ReconciliationLine, sums: Rounded, counts: dict[MoneyKey, int], tolerance: Tolerance
) -> None:
    key = key_of(line)
    line.ledger, line.rounding = sums.sums.get(key, 0), sums.rounding.get(key, 0)
    line.rials = line.ledger * 1_000_000 - line.rounding
    line.rows_count = counts.get(key, 0)
    line.allowed = tolerance.of(line.entered)
    line.agrees = tolerance.holds(line.entered, line.ledger)


def summed_up(bench: Reconciliation) -> dict[str, Any]:
    """Rows and rials by standing, and of those that count by method."""
    rows = LedgerRow.objects.filter(reconciliation=bench).order_by()
    by_standing = rows.values("standing").annotate(rows=Count("pk"), rials_sum=Sum("rials"))
    by_method = rows.filter(standing="counted").values("method").annotate(rows=Count("pk"))
    return {
        "standings": {row["standing"]: [row["rows"], int(row["rials_sum"] or 0)] for row in by_standing},
        "methods": {row["method"]: row["rows"] for row in by_method},
    }


def open_rows(bench: Reconciliation) -> QuerySet[LedgerRow]:
    rows: QuerySet[LedgerRow] = LedgerRow.objects.filter(OPEN_ROWS, reconciliation=bench)
    return rows


def unexplained(bench: Reconciliation) -> tuple[int, int]:
    """How many rows and how many lines a person still has to explain."""
    rows = open_rows(bench).filter(explanation="").count()
    lines = ReconciliationLine.objects.filter(OPEN_LINES, reconciliation=bench, explanation="").count()
    return rows, lines
