"""Write the official days off of FY 1403 to 1406 from the package `holidays`. Development only.

    .venv/bin/python scripts/make_holidays.py

Weekends are not in the file. Lunar days of coming years are estimates until the official calendar is out.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import holidays
import jdatetime

TARGET = Path(__file__).resolve().parent.parent / "budget_portal" / "reference" / "holidays.csv"
FIRST_YEAR, LAST_YEAR = 1403, 1406
ESTIMATE = "(تخمینی)"
DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def tidy(name: str) -> str:
    """One spelling and Persian digits; several occasions of one day are parted by «؛»."""
    spelled = name.replace(ESTIMATE, "").replace("عیدنوروز", "عید نوروز").replace(";", "؛")
    parts = [" ".join(part.split()) for part in spelled.split("؛")]
    return "؛ ".join(part for part in parts if part).translate(DIGITS)


def rows() -> list[tuple[date, str, str]]:
    start = jdatetime.date(FIRST_YEAR, 1, 1).togregorian()
    end = jdatetime.date(LAST_YEAR + 1, 1, 1).togregorian()
    found = holidays.country_holidays("IR", years=range(start.year, end.year + 1), language="fa_IR")
    return [
        (day, tidy(name), "yes" if ESTIMATE in name else "no")
        for day, name in sorted(found.items())
        if start <= day < end
    ]


def main() -> None:
    with TARGET.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["date", "name_fa", "is_estimate"])
        writer.writerows(rows())
    print(f"{len(rows())} days off in {TARGET.name}")


if __name__ == "__main__":
    main()
