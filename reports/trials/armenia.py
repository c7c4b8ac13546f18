"""A year of a programme budget as versions: the law first, then the revised plan of each quarter as an amendment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from django.db.models import Sum
from django.utils import timezone

from agreements.models import ExpenseAgreement, FiscalYear, ProgrammeCredit
from budget_portal import jalali
from budget_portal.models import ImportBatch
from reports.execution import ground as execution
from reports.execution.plan import load
from reports.trials import files, ground
from reports.trials.files import Record
from reports.trials.pages import Pages, Sent, lines

KEYS = ("program_code", "subprogram_code")
ROW = "کد برنامه"
THOUSANDS = 1_000  # million rials that one thousand AMD counts as, so that its decimals stay whole
REASON = "برنامهٔ سالانهٔ اصلاح‌شدهٔ {quarter} در گزارش اجرای بودجه"
LAW = "2023_BUDGET_LAW.csv"
QUARTERS = {1: "2023_SPENDING_Q1.csv", 2: "2023_SPENDING_Q12.csv", 3: "2023_SPENDING_Q123.csv"} | {
    4: "2023_SPENDING_Q1234.csv"
}


@dataclass
class Step:
    """One file: what it says, what of it is refused, and what the portal says of the day afterwards."""

    name: str
    batch: ImportBatch
    day: dt.date
    known_at: dt.datetime
    published: Decimal
    refused: Decimal
    in_force: int = 0
    exported: int = 0
    known_then: int = 0

    @property
    def is_exact(self) -> bool:
        expected = (self.published - self.refused) * THOUSANDS
        return self.in_force == self.exported == self.known_then == expected


def run(folder: Path, plan: Path) -> list[Step]:
    wanted = load(plan, folder)
    place = execution.build(
        replace(wanted, code=ground.free_code("try-versions"), name="آزمون نسخه‌های موافقتنامه")
    )
    pages = Pages(place.staff["consolidation"])
    found = [_law(pages, place.year, folder)]
    found += [_quarter(pages, place.year, folder, quarter) for quarter in QUARTERS]
    for step in found:
        step.in_force = _total(place.year, step.day)
        step.exported = _exported(pages, place.year, step.day)
        step.known_then = _total(place.year, step.day, known_at=step.known_at)
    return found


def _law(pages: Pages, year: FiscalYear, folder: Path) -> Step:
    values = {"version": "first", "number": "قانون بودجه"}
    return _enter(pages, year, folder / LAW, "subprogram_total", year.starts_on, year.starts_on, values)


def _quarter(pages: Pages, year: FiscalYear, folder: Path, quarter: int) -> Step:
    """An amendment holds from the first day of its quarter; in the first quarter the law holds on that day."""
    start = jalali.quarter_start(year.year, quarter) + dt.timedelta(days=quarter == 1)
    code = f"{year.year}-Q{quarter}"
    values = {
        "version": "amendment",
        "valid_from": jalali.format_iso(start),
        "number": f"اصلاحیه {code}",
        "reason": REASON.format(quarter=code),
    }
    day = jalali.quarter_end(year.year, quarter)
    return _enter(pages, year, folder / QUARTERS[quarter], "subprogram_rev_annual_plan", start, day, values)


def _enter(
    pages: Pages,
    year: FiscalYear,
    path: Path,
    amount: str,
    start: dt.date,
    day: dt.date,
    values: dict[str, str],
) -> Step:
    rows = files.read(path)
    known = [{**row, ROW: "-".join(row[key] for key in KEYS)} for row in rows]
    sent = Sent(
        table="credits-expense",
        name=path.name,
        content=files.written(known, [ROW, *rows[0]]),
        columns={"agency": "state_body", "programme": ROW, "amount": amount},
        values={"year": str(year.year), "system": "saba", "others": "gone", **values},
        constants={"expense_chapter": "7", "funding_source": "general"},
        unit="milliard-rials",
        save_as="اجرای بودجهٔ برنامه‌ای" if values["version"] == "amendment" else "قانون بودجهٔ برنامه‌ای",
    )
    batch = pages.enter(sent)
    return Step(path.name, batch, day, timezone.now(), _sum(rows, amount), _refused(batch, rows, amount))


def _sum(rows: list[Record], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows), Decimal(0))


def _refused(batch: ImportBatch, rows: list[Record], amount: str) -> Decimal:
    """What stands in the rows that the portal did not take; the header is the first row of the file."""
    numbers = batch.rows.filter(kind__in=["error", "held"]).values_list("number", flat=True)
    return sum((Decimal(rows[number - 2][amount]) for number in numbers), Decimal(0))


def _total(year: FiscalYear, day: dt.date, *, known_at: dt.datetime | None = None) -> int:
    held = ExpenseAgreement.objects.in_force(day, known_at=known_at).filter(fiscal_year=year)
    return int(ProgrammeCredit.objects.filter(agreement__in=held).aggregate(sum=Sum("amount"))["sum"] or 0)


def _exported(pages: Pages, year: FiscalYear, day: dt.date) -> int:
    """The same question through the list that people export."""
    content = pages.read("/export/credits.csv", year=str(year.year), on=jalali.format_iso(day))
    rows = files.read_bytes(content)
    return sum(int(row["اعتبار مصوب (میلیون ریال)"]) for row in rows)


def report(found: list[Step]) -> list[str]:
    told: list[str] = []
    for step in found:
        told += lines(step.batch)
        told.append(
            f"  لازم‌الاجرا در {jalali.format_date(step.day)}: {step.in_force:,} میلیون ریال؛ در پرونده {step.published:,} و "
            f"رد شده {step.refused:,} هزار درام؛ در خروجی {step.exported:,}، چنان‌که همان هنگام دانسته شد "
            f"{step.known_then:,}؛ {'دقیق' if step.is_exact else 'تفاوت دارد'}"
        )
    return told
