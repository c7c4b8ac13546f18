"""What the waterfall is built from, read in a fixed number of queries: letters, agreements, figures, names.

A leaf is ("project", pk) or ("chapter", programme, chapter); a unit is ("plan", pk) or the chapter leaf itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, Sum

from accounts.models import Agency, User
from agreements import in_force
from agreements.models import (
    AllocationLine,
    ExpenseChapter,
    FundingSource,
    NotificationLine,
    Plan,
    Programme,
    Project,
    ReportingPeriod,
)
from agreements.querysets import standing
from budget_portal.digits import to_persian
from monitoring.models import CapitalFinanceLine, ExpenseFinanceLine, SubmissionSnapshot
from monitoring.waterfall_letters import Leaf, Letter, Lines, read_letters

Source = int
KEYS = {
    "capital": ("project", "funding_source"),
    "expense": ("programme", "expense_chapter", "funding_source"),
}
CELLS = {
    "capital": ("received_cash", "received_securities", "spent", "advances_open", "commitments_open"),
    "expense": ("received", "spent", "commitments_open"),
}


@dataclass(slots=True)
class Money:
    """Million rials of one line and source."""

    agreed: int = 0
    cash: int = 0
    securities: int = 0
    received: int | None = None
    spent: int | None = None
    advances: int = 0
    commitments: int = 0
    held: bool = False

    @property
    def allocated(self) -> int:
        return self.cash + self.securities


@dataclass
class Names:
    titles: dict[Leaf, str] = field(default_factory=dict)
    codes: dict[Leaf, str] = field(default_factory=dict)
    programme_of: dict[Leaf, int] = field(default_factory=dict)
    programmes: dict[int, tuple[str, str]] = field(default_factory=dict)
    sources: dict[Source, str] = field(default_factory=dict)
    plan_of: dict[int, int] = field(default_factory=dict)


@dataclass
class Cut:
    kind: str
    on: dt.date
    notified: dict[tuple[Leaf, Source], int]
    money: dict[tuple[Leaf, Source], Money]
    names: Names
    letters: tuple[Letter, ...]
    advances: dict[Leaf, int]  # what is open of each line's advances
    county: str = ""

    def unit_of(self, leaf: Leaf) -> Leaf:
        return ("plan", self.names.plan_of[leaf[1]]) if self.kind == "capital" else leaf


def read(
    user: User,
    agency: Agency,
    period: ReportingPeriod,
    kind: str,
    *,
    basis: str,
    on: dt.date | None,
    known_at: dt.datetime | None,
    at: Leaf = (),
) -> Cut:
    day = on or period.cutoff_date
    year = period.fiscal_year_id
    near = _near(user, agency) if kind == "capital" else None
    # A plan gets its credit as a whole: of one county nothing is notified.
    notified = _notified(agency, year, kind, day, known_at) if near is None else {}
    money: dict[tuple[Leaf, Source], Money] = {}
    for key, amount in in_force.credits(agency.pk, year, kind, day, known_at=known_at).items():
        money.setdefault(_split(kind, key), Money()).agreed = amount
    for (*parts, instrument), amount in _allocated(agency, year, kind, day, known_at).items():
        setattr(money.setdefault(_split(kind, tuple(parts)), Money()), instrument, amount)
    figures = _as_known(user, agency, period, kind, basis, known_at)
    for key, cells, held in figures if known_at else _figures(user, agency, period, kind, basis):
        _take(money.setdefault(_split(kind, key), Money()), cells, held=held)
    if near is not None:
        money = {(leaf, source): row for (leaf, source), row in money.items() if leaf[1] in near}
    names = _names(kind, notified, money)
    letters = read_letters(user, agency, year, kind, day, known_at, Lines(at, near))
    advances = _open_advances(agency, year, kind, day, known_at)
    known = {leaf for leaf, _ in money}
    return Cut(
        kind,
        day,
        notified,
        money,
        names,
        letters,
        {leaf: amount for leaf, amount in advances.items() if leaf in known},
        str(user.acting.county) if near is not None and user.acting else "",
    )


def _near(user: User, agency: Agency) -> set[int] | None:
    """The projects that a county sees of an agency; None for whoever sees them all."""
    if user.role != "county_viewer":
        return None
    return set(Project.objects.for_user(user).filter(agency=agency).values_list("pk", flat=True))


def _split(kind: str, key: tuple[int, ...]) -> tuple[Leaf, Source]:
    leaf: Leaf = ("project", key[0]) if kind == "capital" else ("chapter", *key[:2])
    return leaf, key[-1]


# --- letters ----------------------------------------------------------------------------------------------------------


def _notified(
    agency: Agency, year: int, kind: str, on: dt.date, known_at: dt.datetime | None
) -> dict[tuple[Leaf, Source], int]:
    names = ("plan",) if kind == "capital" else ("programme", "expense_chapter")
    rows = NotificationLine.objects.valid_by(on, known_at=known_at).filter(
        notification__agency=agency, notification__kind=kind, notification__fiscal_year=year
    )
    sums = rows.order_by().values_list(*names, "funding_source").annotate(Sum("amount"))
    level = "plan" if kind == "capital" else "chapter"
    return {((level, *key), source): int(amount) for *key, source, amount in sums}


def _allocated(
    agency: Agency, year: int, kind: str, on: dt.date, known_at: dt.datetime | None
) -> dict[tuple[Any, ...], int]:
    rows = AllocationLine.objects.valid_by(on, known_at=known_at).filter(
        notice__agency=agency, notice__kind=kind, notice__period__fiscal_year=year
    )
    sums = rows.order_by().values_list(*KEYS[kind], "instrument").annotate(Sum("amount"))
    return {tuple(key): int(amount) for *key, amount in sums}


def _open_advances(
    agency: Agency, year: int, kind: str, on: dt.date, known_at: dt.datetime | None
) -> dict[Leaf, int]:
    """Advances less what was converted or taken back of them, per line."""
    rows = AllocationLine.objects.filter(
        standing("notice__", known_at),
        Q(is_advance=True) | Q(converted_from__isnull=False),
        notice__valid_from__lte=on,
        notice__agency=agency,
        notice__kind=kind,
        notice__period__fiscal_year=year,
    )
    found: dict[Leaf, int] = {}
    for *key, amount, is_advance in rows.values_list(*KEYS[kind], "amount", "is_advance"):
        leaf, _ = _split(kind, tuple(key))
        found[leaf] = found.get(leaf, 0) + (amount if is_advance else -abs(amount))
    return found


# --- figures of performance -------------------------------------------------------------------------------------------

Row = tuple[tuple[int, ...], dict[str, Any], bool]


def _figures(user: User, agency: Agency, period: ReportingPeriod, kind: str, basis: str) -> list[Row]:
    """Of the cut-off as they stand; whoever sees only approved ones gets no others."""
    model: Any = CapitalFinanceLine if kind == "capital" else ExpenseFinanceLine
    rows = model.objects.for_user(user).filter(submission__agency=agency, submission__period=period)
    if basis == "approved":
        rows = rows.filter(submission__state="approved", held=False)
    names = [f"{name}_id" for name in KEYS[kind]]
    found = []
    for row in rows.only(*names, *CELLS[kind], "held", "held_raw", "submission").order_by("pk"):
        cells = row.held_raw if row.held else {name: getattr(row, name) for name in CELLS[kind]}
        found.append((tuple(getattr(row, name) for name in names), cells, row.held))
    return found


def _as_known(
    user: User,
    agency: Agency,
    period: ReportingPeriod,
    kind: str,
    basis: str,
    known_at: dt.datetime | None,
) -> list[Row]:
    """Of the last snapshot by that moment: what was sent, confirmed, or approved then."""
    if known_at is None:
        return []
    rows = SubmissionSnapshot.objects.for_user(user).filter(
        submission__agency=agency, submission__period=period, submission__kind=kind, taken_at__lte=known_at
    )
    last = (rows.filter(event="approved") if basis == "approved" else rows).order_by("-pk").first()
    lines = [
        line for line in (last.content["lines"] if last else []) if basis == "entered" or not line["held"]
    ]
    ids = _ids(agency, kind, lines)
    found = []
    for line in lines:
        names = (line["project"],) if kind == "capital" else (line["programme"], line["chapter"])
        cells = line["held_raw"] if line["held"] else line
        found.append(((*ids[names], ids["source", line["source"]][0]), cells, line["held"]))
    return found


def _ids(agency: Agency, kind: str, lines: list[dict[str, Any]]) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Keys of what a snapshot names by code."""
    country = agency.organization.national_id
    sources = FundingSource.objects.filter(organization=country, code__in={line["source"] for line in lines})
    found: dict[tuple[str, ...], tuple[int, ...]] = {("source", row.code): (row.pk,) for row in sources}
    if kind == "capital":
        projects = Project.objects.filter(code__in={line["project"] for line in lines})
        return found | {(code,): (pk,) for code, pk in projects.values_list("code", "pk")}
    programmes = Programme.objects.filter(
        organization=country, code__in={line["programme"] for line in lines}
    )
    chapters = ExpenseChapter.objects.filter(
        organization=country, code__in={line["chapter"] for line in lines}
    )
    of, within = (dict(rows.values_list("code", "pk")) for rows in (programmes, chapters))
    return found | {
        (line["programme"], line["chapter"]): (of[line["programme"]], within[line["chapter"]])
        for line in lines
    }


def _take(money: Money, cells: dict[str, Any], *, held: bool) -> None:
    known = {name: value for name, value in cells.items() if isinstance(value, int)}
    parts = [known[name] for name in ("received", "received_cash", "received_securities") if name in known]
    money.received = sum(parts) if parts else None
    money.spent = known.get("spent")
    money.advances = known.get("advances_open", 0)
    money.commitments = known.get("commitments_open", 0)
    money.held = held


# --- names ------------------------------------------------------------------------------------------------------------


def _names(
    kind: str, notified: dict[tuple[Leaf, Source], int], money: dict[tuple[Leaf, Source], Money]
) -> Names:
    names = Names()
    leaves = {leaf for leaf, _ in money} | {leaf for leaf, _ in notified}
    sources = {source for _, source in money} | {source for _, source in notified}
    names.sources = {row.pk: str(row) for row in FundingSource.objects.filter(pk__in=sources)}
    if kind == "capital":
        _name_plans(names, leaves)
    else:
        _name_chapters(names, leaves)
    return names


def _name_plans(names: Names, leaves: Iterable[Leaf]) -> None:
    wanted = {leaf[1] for leaf in leaves if leaf[0] == "project"}
    for project in Project.objects.filter(pk__in=wanted).only("code", "title", "plan"):
        names.titles["project", project.pk] = project.title
        names.codes["project", project.pk] = project.code
        names.plan_of[project.pk] = project.plan_id
    plans = set(names.plan_of.values()) | {leaf[1] for leaf in leaves if leaf[0] == "plan"}
    for plan in Plan.objects.filter(pk__in=plans).select_related("programme"):
        names.titles["plan", plan.pk], names.codes["plan", plan.pk] = plan.title, plan.code
        names.programme_of["plan", plan.pk] = plan.programme_id
        names.programmes[plan.programme_id] = (plan.programme.code, str(plan.programme))


def _name_chapters(names: Names, leaves: Iterable[Leaf]) -> None:
    rows = [leaf for leaf in leaves if leaf[0] == "chapter"]
    programmes = Programme.objects.in_bulk({row[1] for row in rows})
    chapters = ExpenseChapter.objects.in_bulk({row[2] for row in rows})
    for row in rows:
        programme, chapter = programmes[row[1]], chapters[row[2]]
        names.titles[row] = f"فصل {to_persian(chapter.code)}: {chapter}"
        names.codes[row] = chapter.code
        names.programme_of[row] = programme.pk
        names.programmes[programme.pk] = (programme.code, str(programme))
