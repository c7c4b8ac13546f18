"""A ledger file: its columns by the names that treasury accountants give them, and its rows as entries in whole rials.

The limited reader child of `budget_portal/tables` reads the file; nothing of it is written here.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Any

from agreements.imports import batches
from agreements.imports.batches import Proposal
from agreements.imports.choices import Field, Table
from budget_portal import files
from budget_portal.models import ImportMapping, StoredFile
from budget_portal.tables.extract import Row, Spec, extract
from budget_portal.tables.grammar import UNIT_NAMES, UNITS
from budget_portal.tables.mapping import Mapping
from budget_portal.tables.outcome import Refused
from budget_portal.tables.reader import Head, read_sheet
from monitoring.reconciliation.facts import Entry
from monitoring.reconciliation.sums import RIALS

TABLE = "ledger"
MAPPINGS = {"spent": "دفتر {agency}", "received": "دفتر دریافتی {agency}"}  # an agency keeps one of each
UNITS_OF_LEDGERS = ("rial", "thousand-rials", "million-rials", "toman")
MOST_ROWS = 50_000
TEXTS = ("document", "code", "chapter", "source", "text", "title")
MONEY = ("debit", "credit", "amount")
SPEC = Spec(
    texts=TEXTS,
    money=MONEY,
    optional=frozenset({*TEXTS, *MONEY, "day"}) - {"document"},
    days=("day",),
    blank_is_missing=True,
)
LONGEST = {"document": 60, "code": 80, "chapter": 120, "source": 120, "text": 300}


LEDGER = Table(
    TABLE,
    "دفتر معین ذیحسابی",
    SPEC,
    (
        Field("document", "شمارهٔ سند", ("سند", "شماره سند حسابداری", "ش سند", "شماره سند", "شماره")),
        Field("day", "تاریخ", ("تاریخ سند", "تاریخ پرداخت", "تاریخ ثبت"), required=False, sort="day"),
        Field("text", "شرح", ("شرح سند", "شرح عملیات", "شرح آرتیکل", "بابت", "توضیحات"), required=False),
        Field("debit", "بدهکار", ("مبلغ بدهکار", "گردش بدهکار", "بدهکار ریال"), required=False, sort="money"),
        Field("credit", "بستانکار", ("مبلغ بستانکار", "گردش بستانکار"), required=False, sort="money"),
        Field(
            "amount",
            "مبلغ",
            ("مبلغ پرداخت", "مبلغ سند", "پرداخت", "خالص پرداخت", "مبلغ دریافت", "دریافت", "دریافتی"),
            required=False,
            sort="money",
        ),
        Field(
            "code",
            "کد پروژه یا برنامه",
            ("کد پروژه", "کد برنامه", "کد طرح", "پروژه", "برنامه", "کد", "تفصیلی", "کد تفصیلی"),
            required=False,
        ),
        Field(
            "title",
            "عنوان پروژه یا برنامه",
            ("عنوان پروژه", "عنوان برنامه", "نام پروژه", "عنوان"),
            required=False,
        ),
        Field("chapter", "فصل هزینه", ("فصل", "کد فصل"), required=False),
        Field("source", "منبع اعتبار", ("منبع", "محل اعتبار", "کد منبع", "منبع تأمین"), required=False),
    ),
)


def heads_of(stored: StoredFile) -> list[Head]:
    return batches.heads_of(stored)


def propose(
    heads: list[Head], saved: list[ImportMapping], *, sheet: int = 0, header_row: int = 0
) -> Proposal:
    """Where the table stands and what its columns are. Ledgers are kept in rials unless they say otherwise."""
    return batches.propose(LEDGER, heads, saved, sheet=sheet, header_row=header_row)


def unit_of(proposal: Proposal) -> str:
    """What the file says, or its agency's last one; a ledger that says nothing is in rials."""
    if proposal.mapping_name or proposal.unit != "million-rials":
        return proposal.unit if proposal.unit in UNITS_OF_LEDGERS else "rial"
    said = [column.header for column in proposal.columns]
    head = proposal.heads[proposal.sheet - 1]
    said += [str(cell) for row in head.rows[: proposal.header_row - 1] for cell in row if cell]
    return "million-rials" if any(UNIT_NAMES["million-rials"] in text for text in said) else "rial"


@dataclass(frozen=True)
class Read:
    """The rows of a ledger; `problems` says of a row why its figure or day is not known."""

    entries: list[Entry]
    problems: dict[int, str]
    totals: int  # rows that only sum up others


def read(
    stored: StoredFile,
    told: Map[str, Any],
    headers: list[str],
    *,
    measure: str,
    sheet: int,
    header_row: int,
) -> Read:
    """Every row of the file; `Refused` when nothing of it can be used."""
    suffix = f".{stored.name.rpartition('.')[2].lower()}"
    cells = read_sheet(files.path_of(stored), kind=suffix, sheet=sheet, delimiter="")
    found = extract(cells.rows, _mapping(told, headers, header_row), SPEC, covered=cells.covered)
    if found.problems:
        raise Refused(found.problems)
    entries, problems = [], {}
    for row in found.rows:
        entries.append(_entry(row, measure))
        if sentence := _problem(row):
            problems[row.number] = sentence
    return Read(entries, problems, len(found.left_out))


def _mapping(told: Map[str, Any], headers: list[str], header_row: int) -> Mapping:
    """Figures are asked for in rials: the unit of the reader is how many of the file's make one of them."""
    fields = {name: int(place) for name, place in told["columns"].items()}
    return Mapping(
        table=TABLE,
        columns={name: (headers[place],) for name, place in fields.items()},
        header_row=header_row,
        unit=UNITS[told["unit"]] / RIALS,
        decimals=6 if told.get("decimals") else 0,
        places={headers[place]: place for place in fields.values()},
        find_totals=True,
    )


def _entry(row: Row, measure: str) -> Entry:
    texts = {name: row.texts.get(name, "") for name in TEXTS}
    said = texts["text"] or texts["title"]
    if texts["title"] and texts["title"] not in said:
        said = f"{said} – {texts['title']}"
    return Entry(
        row.number,
        _rials(row, measure),
        row.days.get("day"),
        **{name: texts[name][: LONGEST[name]] for name in ("document", "code", "chapter", "source")},
        text=said[: LONGEST["text"]],
    )


def _rials(row: Row, measure: str) -> int | None:
    """Of payments debit less credit, of receipts credit less debit, else the amount; nothing where a figure could not
    be read."""
    if row.unread:
        return None
    if "debit" in row.money or "credit" in row.money:
        rials = row.money.get("debit", 0) - row.money.get("credit", 0)
        return rials if measure == "spent" else -rials
    return row.money.get("amount")


def _problem(row: Row) -> str:
    """Of figures and days only: a row without a number may still be matched."""
    told = [problem.sentence for problem in row.problems if problem.sentence != "خالی است."]
    return " ".join(told)[:200]
