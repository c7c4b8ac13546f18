"""A ledger of 10,000 rows through the job: read, matched, written, moved and signed; seconds are printed."""

from __future__ import annotations

import sys
import time
from typing import Any

import pytest

from budget_portal import jobs
from monitoring.models import LedgerRow, ReconciliationLine
from monitoring.reconciliation import counting, sheet
from monitoring.workflow import ledger_rows, reconciliations
from tests.monitoring.benches import WHY, ledger_of, load, sent_case

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
ROWS, PROJECTS = 10_000, 40


def test_ten_thousand_rows(cast: Any) -> None:
    case = sent_case(cast, projects=PROJECTS)
    each = ROWS // PROJECTS
    rows = []
    for line in case.lines:
        part, rest = divmod(line.spent * 10**6, each)
        for number in range(each):
            amount = part + (rest if number == 0 else 0)
            day = f"1405/0{1 + number % 6}/{1 + number % 28:02}"
            code = line.project.code if number % 3 else ""
            rows.append((f"{line.pk}{number}", day, code, "", f"پرداخت {number} {line.project}", amount, 0))
    bench = load(case, ledger_of(case, rows=rows))
    job = reconciliations.ask_match(bench.pk, by=case.treasurer)
    times = {"match": _timed(lambda: jobs.run(job.pk))}
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert LedgerRow.objects.filter(reconciliation=bench).count() == ROWS
    left = list(counting.open_rows(bench).values_list("number", flat=True))
    if left:
        ledger_rows.explain_rows(bench.pk, left, text=WHY, by=case.treasurer)
    first = LedgerRow.objects.filter(reconciliation=bench, funding_source__isnull=False).first()
    assert first is not None
    times["move"] = _timed(lambda: ledger_rows.move_row(first.pk, None, reason=WHY, by=case.treasurer))
    for line in ReconciliationLine.objects.filter(reconciliation=bench, agrees=False):
        ledger_rows.explain_line(line.pk, text=WHY, by=case.treasurer)
    times["sign"] = _timed(lambda: reconciliations.sign(bench.pk, by=case.treasurer))
    bench.refresh_from_db()
    times["check"] = _timed(lambda: sheet.is_whole(bench))
    told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in times.items())
    sys.stdout.write(f"{ROWS} rows, {len(left)} open: {told}\n")
    assert times["match"] < 60


def _timed(work: Any) -> float:
    began = time.monotonic()
    assert work()
    return time.monotonic() - began
