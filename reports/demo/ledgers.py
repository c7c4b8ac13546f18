"""Ledgers of treasury accountants: one lies on the bench of agency 1001 with what ledgers have wrong, one is signed."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from budget_portal import files, jalali
from monitoring.models import PerformanceSubmission, Reconciliation, ReconciliationLine
from monitoring.reconciliation import counting, ledger, targets
from monitoring.workflow import ledger_rows, reconciliations
from reports.demo.ground import Ground
from reports.demo.own import CODE

SIGNED = "1006"  # its sheet was signed before the treasurer confirmed
TITLE = "دفتر معین هزینه‌ها – ارقام به ریال"
HEADS = ("شماره سند", "تاریخ سند", "کد پروژه", "منبع اعتبار", "شرح", "بدهکار", "بستانکار", "مانده")
RIALS = 1_000_000
WORDS = ("پرداخت صورت‌وضعیت {n}، {title}", "علی‌الحساب پیمانکار {title}", "تسویهٔ صورت‌وضعیت {n}، {title}")
STAFF = "هزینهٔ جاری ستاد است که ذیحسابی در همین دفتر نگه می‌دارد و به این پرونده مربوط نیست."
LATE = "این پرداخت در پایان شهریور انجام شده و سند آن پس از ارسال عملکرد رسیده است؛ در مقطع بعد ثبت می‌شود."
Cells = tuple[Any, ...]


def write(ground: Ground) -> None:
    """The bench of the demo's treasurer: matched, a part explained, the rest waits for him."""
    submission = (
        PerformanceSubmission.objects.filter(agency__code=CODE, state="submitted", kind="capital")
        .filter(agency__organization=ground.organizations["khuzestan"])
        .select_related("agency__organization", "period__fiscal_year")
        .first()
    )
    if submission is None:
        return
    treasurer = ground.people["treasurer"]
    bench = _matched(submission, treasurer, rows=list(_noisy(submission)))
    foreign = counting.open_rows(bench).filter(text__contains="ستاد").values_list("number", flat=True)
    ledger_rows.explain_rows(bench.pk, list(foreign), text=STAFF, by=treasurer)


def sign(submission: PerformanceSubmission, treasurer: User) -> None:
    """A ledger that agrees but for one line, explained and signed."""
    bench = _matched(submission, treasurer, rows=list(_clean(submission)))
    if left := list(counting.open_rows(bench).values_list("number", flat=True)):
        ledger_rows.explain_rows(bench.pk, left, text=STAFF, by=treasurer)
    for line in ReconciliationLine.objects.filter(reconciliation=bench, agrees=False):
        ledger_rows.explain_line(line.pk, text=LATE, by=treasurer)
    reconciliations.sign(bench.pk, by=treasurer)


def _matched(submission: PerformanceSubmission, treasurer: User, *, rows: list[Cells]) -> Reconciliation:
    text = io.StringIO()
    csv.writer(text).writerows([(TITLE,), HEADS, *sorted(rows, key=lambda row: row[1])])
    name = f"دفتر معین {jalali.cutoff_name(submission.period.code)}.csv"
    upload: Any = SimpleUploadedFile(name, text.getvalue().encode("utf-8-sig"), "text/csv")
    stored = files.store_table(upload, organization=submission.agency.organization, by=treasurer)
    bench = reconciliations.load(submission.pk, stored, by=treasurer)
    proposal = ledger.propose(ledger.heads_of(stored), [])
    bench = reconciliations.choose_columns(
        bench.pk,
        sheet=proposal.sheet,
        sheet_name=proposal.sheet_name,
        header_row=proposal.header_row,
        headers=proposal.headers,
        mapping={
            "columns": {column.field: column.place for column in proposal.columns if column.field},
            "unit": ledger.unit_of(proposal),
            "decimals": False,
        },
        by=treasurer,
    )
    return reconciliations.match(bench.pk, by=treasurer)


# --- rows -----------------------------------------------------------------------------------------------------


def _clean(submission: PerformanceSubmission) -> Iterator[Cells]:
    """Three payments for every line; of the first line the last one is one that the agency did not know of."""
    start = submission.period.fiscal_year.starts_on
    for number, line in enumerate(targets.lines_of(submission)):
        spent = targets.entered_of(line, "spent") or 0
        subject = line.project if submission.kind == "capital" else line.programme
        code = subject.code if submission.kind == "capital" else f"{subject.code}{line.expense_chapter.code}"
        shares = (spent * 2 // 5, spent * 7 // 20)
        parts = [*shares, spent - sum(shares) + (320 if number == 0 and spent else 0)]
        for part, amount in enumerate(parts):
            if amount > 0:
                day = start + dt.timedelta(days=24 + 11 * (number % 5) + 38 * part)
                words = WORDS[part].format(n=part + 2 + number % 4, title=subject)
                source = str(line.funding_source)
                yield _row(1001 + 10 * number + part, day, code, source, words, amount * RIALS)


def _noisy(submission: PerformanceSubmission) -> Iterator[Cells]:
    """The same with a code that has a slip, rows without code, one missing, one twice, one taken back, and others'."""
    rows = list(_clean(submission))
    start, cutoff = submission.period.fiscal_year.starts_on, submission.period.cutoff_date
    for number, row in enumerate(rows):
        document, day, code, source, words, debit, *rest = row
        if number == 2:
            code = code[:-1] + ("7" if code[-1] != "7" else "1")
        elif number in (4, 7):
            code, words = "", words.replace("ی", "ي").replace("ک", "ك")
        elif number == 5:
            continue  # never written into the ledger
        elif number == 8:
            code = source = ""
        yield (document, day, code, source, words, debit, *rest)
    if rows:
        yield rows[0]
        _, _, code, source, words, *_ = rows[1]
        paid = start + dt.timedelta(days=70)
        yield _row(2101, paid, code, source, f"پرداخت اشتباه {words}", 415 * RIALS)
        back = _row(2102, paid + dt.timedelta(days=2), code, source, f"برگشت سند ۲۱۰۱ {words}", 0)
        yield (*back[:6], 415 * RIALS, "")
        late = cutoff + dt.timedelta(days=6)
        yield _row(2190, late, code, source, f"پس از مقطع: {words}", 700 * RIALS)
    day = start + dt.timedelta(days=95)
    yield _row(3001, day, "", "", "پرداخت قبض برق و گاز ساختمان ستاد", 38_450_000)
    yield _row(3002, day, "", "", "خرید کاغذ و نوشت‌افزار ستاد", 12_600_000)
    yield _row(3003, day, "", "", "حق‌الزحمهٔ مشاور بدون قرارداد", 880 * RIALS)


def _row(document: int, day: dt.date, code: str, source: str, words: str, debit: int) -> Cells:
    return (str(document), jalali.format_date(day, "table"), code, source, words, debit, "", "")
