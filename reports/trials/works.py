"""Public works of a city as a register of projects with their contracts, faults and all, beside the cleaned file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from accounts.models import County
from agreements.models import Contract, Programme
from budget_portal import jalali
from budget_portal.identifiers import legal_id_problem
from budget_portal.models import ImportBatch
from budget_portal.text import fold, normalise
from reports.trials import files, ground
from reports.trials.files import Record
from reports.trials.pages import Pages, Sent, lines

RAW, CLEAN = "works_raw_2023-12.csv", "works_clean_2023-12.csv"
CODE, PLAN, LEGAL_ID = "کد پروژه", "کد طرح", "شناسهٔ ملی شرکت"
DATES = ("fecha_inicio", "fecha_fin_inicial")
THOUSANDS = 1_000  # million rials that one peso counts as, so that its cents stay whole
_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


@dataclass
class Found:
    batches: list[ImportBatch]
    works: int
    contracts: int
    written: int  # million rials of the contracts in the register
    known: int  # works whose amount the cleaned file knows
    clean: Decimal
    clean_of_written: Decimal
    differing: list[str]


def run(folder: Path) -> Found:
    rows, clean = files.read(folder / RAW), files.read(folder / CLEAN)
    owner = ground.national("try-works", "آزمون شناسنامهٔ پروژه‌ها")
    day = jalali.today()
    pages = Pages(ground.person(owner, "consolidation", "گروه تلفیق", day.replace(year=day.year - 1)))
    ground.agencies(owner, (normalise(row["area"]) for row in rows))
    Programme.objects.create(organization=owner, code="1", title="کارهای عمومی شهر")
    county = County.objects.order_by("code")[0]
    known = _known(rows, owner.code)
    headers = [CODE, PLAN, LEGAL_ID, *rows[0]]
    batches = [pages.enter(_plans(known)), pages.enter(_projects(known, headers, county.code))]
    batches.append(pages.enter(_contracts(known, headers)))
    return _compared(batches, rows, clean, owner.code)


def _known(rows: list[Record], stem: str) -> list[Record]:
    """The city's rows with the codes that the portal asks for. Nothing is mended: only days that are written as day,
    month and year are turned round, since the portal reads days in that order from no file."""
    plans = {
        name: f"{place:03}"
        for place, name in enumerate(dict.fromkeys(fold(row["entorno"]) for row in rows), 1)
    }
    ids = _legal_ids(rows)
    return [
        {
            **row,
            **{
                name: _DAY.sub(r"\3/\2/\1", row[name].strip())
                for name in DATES
                if _DAY.fullmatch(row[name].strip())
            },
            CODE: f"{stem}-{row['ID']}",
            PLAN: plans[fold(row["entorno"])],
            LEGAL_ID: ids.get(fold(row["licitacion_oferta_empresa"]), ""),
        }
        for row in rows
    ]


def _legal_ids(rows: list[Record]) -> dict[str, str]:
    """The tax numbers of another country are no legal ids: every contractor gets a well-formed one by its place."""
    names = dict.fromkeys(fold(row["licitacion_oferta_empresa"]) for row in rows)
    return {name: _legal_id(place) for place, name in enumerate(names, 1) if name}


def _legal_id(place: int) -> str:
    stem = f"140{place:04}345"
    return next(code for digit in range(10) if not legal_id_problem(code := f"{stem}{digit}"))


def _plans(rows: list[Record]) -> Sent:
    plans = {row[PLAN]: row for row in rows if row["entorno"].strip()}
    return Sent(
        table="plans",
        name="plans.csv",
        content=files.written(plans.values(), [PLAN, "entorno"]),
        columns={"code": PLAN, "title": "entorno"},
        constants={"programme": "1"},
    )


def _projects(rows: list[Record], headers: list[str], county: str) -> Sent:
    return Sent(
        table="projects",
        name=RAW,
        content=files.written(rows, headers),
        columns={
            "code": CODE,
            "title": "nombre",
            "agency": "area",
            "plan": PLAN,
            "address": "direccion",
            "latitude": "lat",
            "longitude": "lng",
        },
        constants={"county": county},
    )


def _contracts(rows: list[Record], headers: list[str]) -> Sent:
    """The work's number names its contract: the city's own numbers of tenders repeat."""
    return Sent(
        table="contracts",
        name=RAW,
        content=files.written(rows, headers),
        columns={
            "project": CODE,
            "number": "ID",
            "legal_id": LEGAL_ID,
            "company": "licitacion_oferta_empresa",
            "amount": "monto_contrato",
            "signed_on": DATES[0],
            "ends_on": DATES[1],
        },
        unit="milliard-rials",
        comma=True,
    )


def _compared(batches: list[ImportBatch], rows: list[Record], clean: list[Record], stem: str) -> Found:
    amounts = {
        row["work_id"]: Decimal(row["contract_amount_ars"]) for row in clean if row["contract_amount_ars"]
    }
    written = dict(
        Contract.objects.filter(project__code__startswith=f"{stem}-").values_list("number", "amount")
    )
    total = sum(int(amount) for amount in written.values())
    return Found(
        batches=batches,
        works=len(rows),
        contracts=len(written),
        written=total,
        known=len(amounts),
        clean=sum(amounts.values(), Decimal(0)),
        clean_of_written=sum((amounts.get(number, Decimal(0)) for number in written), Decimal(0)),
        differing=[
            number
            for number, amount in written.items()
            if amounts.get(number, Decimal(0)) * THOUSANDS != amount
        ],
    )


def report(found: Found) -> list[str]:
    told = [line for batch in found.batches for line in lines(batch)]
    return [
        *told,
        f"  {found.works:,} کار خوانده شد؛ {found.contracts:,} پیمان نوشته شد، جمع {found.written:,} میلیون ریال "
        f"(یک پزو هزار میلیون ریال)",
        f"  پروندهٔ پاک: {found.known:,} مبلغ، جمع {found.clean:,}؛ از همین پیمان‌ها {found.clean_of_written:,}؛ "
        f"{len(found.differing)} پیمان با آن تفاوت دارد {found.differing[:10]}",
    ]
