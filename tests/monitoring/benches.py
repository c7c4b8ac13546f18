"""Benches of the treasurer in every state, with ledgers made from the figures of a case.

case = make_capital_case(cast, filled=True).at("submitted")
bench = make_bench(case, "matched")                      # agrees but for one row of another body
bench = make_bench(case, "signed")
book = ledger_of(case, ("77", "1405/05/02", "", "", "قبض برق", 9_000_000))
"""

from __future__ import annotations

import csv
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from budget_portal import files
from budget_portal.models import StoredFile
from monitoring.models import LedgerRow, Reconciliation
from monitoring.workflow import ledger_rows, reconciliations
from tests.builders import Case, make_capital_case

STATES = ("draft", "matched", "signed", "superseded")
HEADERS = ("شماره سند", "تاریخ سند", "کد پروژه", "منبع اعتبار", "شرح", "بدهکار", "بستانکار")
WHY = "این پرداخت از محل تنخواه ستاد است و به این پرونده مربوط نیست."
FOREIGN = ("990", "1405/05/02", "", "", "پرداخت قبض برق ساختمان ستاد", 9_000_000, 0)
TREASURY = ("991", "1405/05/02", "", "", "سپرده‌ای که به این دستگاه مربوط نیست", 0, 9_000_000)
STRANGE = {"spent": FOREIGN, "received": TREASURY}
Row = tuple[Any, ...]


def rows_of(case: Case, measure: str = "spent") -> list[Row]:
    """Two payments (or receipts, which are credit) for every line that has a figure, together what was entered, in
    rials."""
    found: list[Row] = []
    for line in case.lines:
        if not (value := getattr(line, measure)):
            continue
        subject = line.project if case.kind == "capital" else line.programme
        code = subject.code if case.kind == "capital" else f"{subject.code}{line.expense_chapter.code}"
        half = value // 3
        for number, amount in enumerate((half, value - half), start=1):
            rials = amount * 1_000_000
            sides = (rials, 0) if measure == "spent" else (0, rials)
            source = line.funding_source.title
            found.append(
                (f"{line.pk}{number}", f"1405/0{number + 3}/12", code, source, f"پرداخت {subject}", *sides)
            )
    return found


def ledger_of(
    case: Case, *more: Row, rows: list[Row] | None = None, title: str = "", measure: str = "spent"
) -> StoredFile:
    """A file as the treasury accountant saves it."""
    text = io.StringIO()
    writer = csv.writer(text)
    if title:
        writer.writerow([title])
    writer.writerow(HEADERS)
    writer.writerows([*(rows_of(case, measure) if rows is None else rows), *more])
    upload = SimpleUploadedFile("daftar.csv", text.getvalue().encode("utf-8-sig"), "text/csv")
    return files.store_table(upload, organization=case.agency.organization, by=case.treasurer)


def told(unit: str = "rial", **columns: int) -> dict[str, Any]:
    places = {"document": 0, "day": 1, "code": 2, "source": 3, "text": 4, "debit": 5, "credit": 6}
    return {"columns": places | columns, "unit": unit, "decimals": False}


def load(
    case: Case, stored: StoredFile | None = None, *, unit: str = "rial", measure: str = "spent"
) -> Reconciliation:
    """Loaded, its columns chosen."""
    stored = stored or ledger_of(case, STRANGE[measure], measure=measure)
    bench = reconciliations.load(case.submission.pk, stored, by=case.treasurer, measure=measure)
    return reconciliations.choose_columns(
        bench.pk,
        sheet=1,
        sheet_name="",
        header_row=bench.header_row,
        headers=bench.headers,
        mapping=told(unit),
        by=case.treasurer,
    )


def explain(bench: Reconciliation, case: Case) -> None:
    numbers = LedgerRow.objects.filter(reconciliation=bench, standing="counted", funding_source=None)
    ledger_rows.explain_rows(
        bench.pk, list(numbers.values_list("number", flat=True)), text=WHY, by=case.treasurer
    )


def make_bench(
    case: Case, state: str = "matched", stored: StoredFile | None = None, *, measure: str = "spent"
) -> Reconciliation:
    bench = load(case, stored, measure=measure)
    if state == "superseded":
        return reconciliations.supersede(bench.pk, by=case.treasurer)
    if state != "draft":
        bench = reconciliations.match(bench.pk, by=case.treasurer)
    if state == "signed":
        if stored is None:
            explain(bench, case)
        bench = reconciliations.sign(bench.pk, by=case.treasurer)
    return bench


def sent_case(cast: Any, **facts: Any) -> Case:
    return make_capital_case(cast, filled=True, **facts).at("submitted")
