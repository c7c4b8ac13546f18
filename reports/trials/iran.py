"""Budget-law rows of 1400 and 1402 as notification trees: leaves only, and what becomes of the rows of 1400."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Sum

from accounts.models import Organization, User
from agreements import classification
from agreements.models import Affair, Chapter, FiscalYear, NotificationLine, Programme
from budget_portal import jalali
from budget_portal.models import ImportBatch
from budget_portal.text import fold, normalise
from reports.trials import files, ground
from reports.trials.files import Record
from reports.trials.pages import Pages, Sent

YEARS = (1400, 1402)
TREE = classification.TREES["programme"]
AGENCY, ROW = "دستگاه", "کد ردیف"
MILLIONS = 10_000  # million rials in one milliard toman


@dataclass
class Year:
    number: int
    batch: ImportBatch
    leaves: int
    printed: Decimal  # sum of the leaves in the file's unit
    notified: int  # million rials in the letters


@dataclass
class Mapped:
    rows: int = 0
    itself: int = 0
    renamed: int = 0
    lost: list[tuple[str, str]] = field(default_factory=list)
    carried_amount: Decimal = Decimal(0)
    lost_amount: Decimal = Decimal(0)


@dataclass
class Found:
    years: list[Year]
    mapped: Mapped


def run(folder: Path) -> Found:
    """Both years through the pages, then the mapping of the later one."""
    rows = {number: files.read(folder / f"budget_lines_{number}.csv") for number in YEARS}
    codes = _codes(rows)
    owner = ground.national("try-iran", "آزمون ردیف‌های قانون بودجه")
    years = {number: ground.year(owner, number) for number in range(YEARS[0], YEARS[-1] + 1)}
    since = years[YEARS[0]].starts_on
    admin = ground.person(owner, "admin", "مدیر سامانه", since)
    pages = Pages(ground.person(owner, "consolidation", "گروه تلفیق", since))
    places = {name: agency.code for name, agency in ground.agencies(owner, _offices(rows)).items()}
    _tree(owner, rows[YEARS[0]], codes[YEARS[0]], None)
    found = []
    for number in YEARS:
        if number != YEARS[0]:
            _next_year(owner, rows, codes, years[number], admin)
        found.append(_enter(pages, years[number], rows[number], codes[number], places))
    return Found(found, _mapping(rows, codes, years, admin))


# --- rows of the files ------------------------------------------------------------------------------------------------


def _leaves(rows: list[Record]) -> list[Record]:
    return [row for row in rows if row["is_leaf"] == "yes"]


def _codes(rows: dict[int, list[Record]]) -> dict[int, dict[str, str]]:
    """Line -> code. A printed code that several rows share, or that is missing, is told apart by the title, the same in
    both years."""
    shared = {""}
    for found in rows.values():
        shared |= {
            code for code, count in Counter(row["row_code"] for row in _leaves(found)).items() if count > 1
        }
    numbers: dict[tuple[str, str], int] = {}
    codes: dict[int, dict[str, str]] = {}
    for year, found in rows.items():
        seen: Counter[tuple[str, str]] = Counter()
        codes[year] = {}
        for row in _leaves(found):
            code = row["row_code"]
            if code in shared:
                name = code, fold(row["name_fa"])
                number = numbers.setdefault(name, len(numbers) + 1)
                seen[name] += 1
                code = f"{code or 'T' + row['table_no']}-{number}" + (
                    f"-{seen[name]}" if seen[name] > 1 else ""
                )
            codes[year][row["line_no"]] = code
    return codes


def _office(row: Record) -> str:
    """The lowest of the first three steps of the tree that a row names: to whom the letter goes."""
    steps = [row[f"level{step}_fa"] for step in (1, 2, 3)]
    return normalise(" – ".join(dict.fromkeys(step for step in steps if step)))


def _offices(rows: dict[int, list[Record]]) -> list[str]:
    return [_office(row) for found in rows.values() for row in _leaves(found)]


def _title(row: Record) -> str:
    return normalise(row["name_fa"])[:400]


# --- the tree ---------------------------------------------------------------------------------------------------------


def _tree(owner: Organization, rows: list[Record], codes: dict[str, str], year: FiscalYear | None) -> None:
    """Steps one and two of the tree as affairs and chapters, its leaves as programmes, from a year on."""
    since = year.starts_on if year else None
    known = set(Programme.objects.filter(organization=owner).values_list("code", flat=True))
    new = [row for row in _leaves(rows) if codes[row["line_no"]] not in known]
    chapters = {(row["level1_fa"], row["level2_fa"]): _chapter(owner, row) for row in new}
    Programme.objects.bulk_create(
        Programme(
            organization=owner,
            code=codes[row["line_no"]],
            title=_title(row),
            chapter=chapters[row["level1_fa"], row["level2_fa"]],
            valid_from=since,
        )
        for row in new
    )


def _chapter(owner: Organization, row: Record) -> Chapter:
    one, two = normalise(row["level1_fa"]), normalise(row["level2_fa"]) or "—"
    affair = Affair.objects.filter(organization=owner, title=one).first()
    if affair is None:
        count = Affair.objects.filter(organization=owner).count()
        affair = Affair.objects.create(organization=owner, code=f"L{count + 1}", title=one)
    found = Chapter.objects.filter(organization=owner, affair=affair, title=two).first()
    if found is None:
        count = Chapter.objects.filter(organization=owner).count()
        found = Chapter.objects.create(organization=owner, affair=affair, code=f"L{count + 1:03}", title=two)
    made: Chapter = found
    return made


def _next_year(
    owner: Organization,
    rows: dict[int, list[Record]],
    codes: dict[int, dict[str, str]],
    year: FiscalYear,
    admin: User,
) -> None:
    """Rows that the later law has no more end, others get its titles, new ones begin: with the verbs of the page."""
    titles = {codes[year.year][row["line_no"]]: _title(row) for row in _leaves(rows[year.year])}
    last_day = jalali.end_of_year(year.year - 1)
    for programme in Programme.objects.filter(organization=owner, valid_to=None):
        title = titles.get(programme.code)
        if title is None:
            classification.end_row(TREE, programme.pk, last_day=last_day, by=admin)
        elif title != programme.title:
            classification.rename_row(TREE, programme.pk, title=title, from_day=year.starts_on, by=admin)
    _tree(owner, rows[year.year], codes[year.year], year)


# --- the letters ------------------------------------------------------------------------------------------------------


def _enter(
    pages: Pages, year: FiscalYear, rows: list[Record], codes: dict[str, str], places: dict[str, str]
) -> Year:
    """The file as it is, with two columns more; subtotals stay in it and are passed over by their mark."""
    known = [
        {**row, AGENCY: places.get(_office(row), ""), ROW: codes.get(row["line_no"], "")} for row in rows
    ]
    sent = Sent(
        table="notifications-expense",
        name=f"budget_lines_{year.year}.csv",
        content=files.written(known, [AGENCY, ROW, *rows[0]]),
        columns={"agency": AGENCY, "programme": ROW, "amount": "total_bn_toman", "budget_row": "row_code"},
        values={
            "year": str(year.year),
            "letter_number": f"قانون {year.year}",
            "letter_date": jalali.format_iso(year.starts_on),
        },
        constants={"expense_chapter": "7", "funding_source": "general"},
        unit="milliard-toman",
        skip=("is_leaf", "no"),
    )
    batch = pages.enter(sent)
    lines = NotificationLine.objects.filter(notification__fiscal_year=year, notification__state="issued")
    leaves = _leaves(rows)
    return Year(
        number=year.year,
        batch=batch,
        leaves=len(leaves),
        printed=sum((Decimal(row["total_bn_toman"] or 0) for row in leaves), Decimal(0)),
        notified=int(lines.aggregate(sum=Sum("amount"))["sum"] or 0),
    )


# --- from year to year ------------------------------------------------------------------------------------------------


def _mapping(
    rows: dict[int, list[Record]], codes: dict[int, dict[str, str]], years: dict[int, FiscalYear], admin: User
) -> Mapped:
    """Each year is opened by copying the one before; what goes nowhere could not be mapped."""
    first, last = YEARS
    for number in range(first + 1, last + 1):
        classification.open_year(years[number].pk, by=admin)
    amounts = {
        codes[first][row["line_no"]]: Decimal(row["total_bn_toman"] or 0) * MILLIONS
        for row in _leaves(rows[first])
    }
    found, lost = classification.carried(TREE, years[last], amounts)
    mapped = classification.mapping_of(TREE, years[last])
    renamed = Programme.objects.filter(
        organization=years[last].organization, renames__isnull=False, valid_from=years[last].starts_on
    )
    return Mapped(
        rows=len(mapped),
        itself=sum(row.is_itself for row in mapped),
        renamed=renamed.count(),
        lost=[(row.code, row.title) for row in mapped if not row.targets],
        carried_amount=sum(found.values(), Decimal(0)),
        lost_amount=lost,
    )


def report(found: Found) -> list[str]:
    from reports.trials.pages import lines

    told: list[Any] = []
    for year in found.years:
        exact = year.printed * MILLIONS == year.notified
        told += lines(year.batch)
        told.append(
            f"  {year.number}: {year.leaves:,} برگ، {year.printed:,} میلیارد تومان؛ "
            f"در ابلاغیه‌ها {year.notified:,} میلیون ریال؛ {'دقیق' if exact else 'تفاوت دارد'}"
        )
    one = found.mapped
    told.append(
        f"  ۱۴۰۰ به ۱۴۰۲: {one.rows:,} ردیف؛ {one.itself:,} به خود ({one.renamed:,} با نام تازه)، {len(one.lost):,} بی‌جا؛ "
        f"مبلغ برده {one.carried_amount:,.0f} و بی‌جا {one.lost_amount:,.0f} میلیون ریال"
    )
    return told
