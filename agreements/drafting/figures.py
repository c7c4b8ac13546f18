"""What is computed from a document and never typed: sums, unit costs, shares, the filled curve. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from agreements.drafting import cells, spec
from budget_portal.numbers import exact, round_half_up

if TYPE_CHECKING:
    from agreements.drafting.document import Document
    from agreements.drafting.spec import Cell, Form, Section

QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Point:
    """A point of the planned curve; `planned` is None where nothing can be said."""

    year: int
    quarter: int
    planned: Decimal | None
    interpolated: bool = False

    @property
    def key(self) -> str:
        return f"q{self.year}-{self.quarter}"


def value(cell: Cell | None, row: dict[str, str]) -> Any:
    """The value of a cell, None where it is empty or cannot be read."""
    return cells.read(cell.sort, row.get(cell.name, ""))[0] if cell else None


def form(kind: str, code: str) -> Form:
    found = spec.form_of(kind, code)
    if found is None:
        raise KeyError(code)
    return found


def column(document: Document, code: str, part: str, model: str, name: str) -> list[Any]:
    """The values of one column that can be read."""
    its_form = form(document.kind, code)
    section = next(section for section in its_form.sections if section.model == model)
    rows = document.rows(its_form, part, section)
    found = (value(section.cell(name), row) for _, row in rows)
    return [one for one in found if one is not None]


def total(section: Section, cell_name: str, rows: list[tuple[str, dict[str, str]]]) -> Any:
    """The sum of a column; zero where nothing can be read."""
    found = (value(section.cell(cell_name), row) for _, row in rows)
    return sum((one for one in found if one is not None), Decimal(0) if _decimal(section, cell_name) else 0)


def _decimal(section: Section, name: str) -> bool:
    cell = section.cell(name)
    return cell is not None and cell.sort in {cells.PERCENT, cells.QUANTITY, cells.COST}


# --- capital -------------------------------------------------------------------------------------------------------


def share(row: dict[str, str]) -> Decimal | None:
    """What an operation adds to progress: its weight times what is done of its target, never more than its weight."""
    section = form("capital", "CA-4").sections[0]
    weight, target = value(section.cell("weight"), row), value(section.cell("target_quantity"), row)
    done = value(section.cell("done_before"), row) or Decimal(0)
    if weight is None or not target:
        return None
    return round_half_up(exact(weight) * min(Fraction(1), exact(done) / exact(target)), 2)


def progress_before(document: Document, part: str) -> Decimal:
    """Physical progress at the start of the year, rounded once."""
    section = form("capital", "CA-4").sections[0]
    whole = Fraction(0)
    for _, row in document.rows(form("capital", "CA-4"), part, section):
        weight, target = value(section.cell("weight"), row), value(section.cell("target_quantity"), row)
        done = value(section.cell("done_before"), row)
        if weight and target and done:
            whole += exact(weight) * min(Fraction(1), exact(done) / exact(target))
    return round_half_up(min(whole, Fraction(100)), 2)


def schedule(document: Document, part: str, year: int) -> list[Point]:
    """The quarters of the year and the ends of later years; a gap between two typed points is filled in a line.

    The curve starts at the progress before the year. What lies after the last typed point stays open."""
    its_form = form("capital", "CA-5")
    section = its_form.sections[0]
    typed: dict[tuple[int, int], Decimal | None] = dict.fromkeys((year, q) for q in QUARTERS)
    for key, row in document.rows(its_form, part, section):
        place = point_of(key)
        if place:
            typed[place] = value(section.cell("planned"), row)
    for later in range(year + 1, max(place[0] for place in typed)):
        typed.setdefault((later, 4), None)
    places = sorted(typed)
    known = [(_at(place, year), exact(found)) for place in places if (found := typed[place]) is not None]
    start = progress_before(document, part)
    if known and exact(start) <= known[0][1]:
        known.insert(0, (0, exact(start)))
    return [_point(place, typed[place], known, year) for place in places]


def point_of(key: str) -> tuple[int, int] | None:
    year, _, quarter = key.removeprefix("q").partition("-")
    return (int(year), int(quarter)) if year.isdecimal() and quarter.isdecimal() else None


def _at(place: tuple[int, int], year: int) -> int:
    return (place[0] - year) * 4 + place[1]


def _point(
    place: tuple[int, int], typed: Decimal | None, known: list[tuple[int, Fraction]], year: int
) -> Point:
    if typed is not None:
        return Point(*place, typed)
    at = _at(place, year)
    before = [one for one in known if one[0] < at]
    after = [one for one in known if one[0] > at]
    if not before or not after:
        return Point(*place, None)
    (x0, y0), (x1, y1) = before[-1], after[0]
    return Point(*place, round_half_up(y0 + (y1 - y0) * Fraction(at - x0, x1 - x0), 2), interpolated=True)


def unit_cost(row: dict[str, str]) -> Decimal | None:
    """Latest estimate ÷ quantity, million rials with three decimals."""
    section = form("capital", "CA-3").sections[0]
    estimate, quantity = value(section.cell("latest_estimate"), row), value(section.cell("quantity"), row)
    return round_half_up(exact(estimate) / exact(quantity), 3) if estimate is not None and quantity else None


def project_credit(document: Document, part: str) -> int:
    return sum(column(document, "CA-6", part, "ProjectCredit", "amount"))


def later_credit(document: Document, part: str) -> int:
    return sum(column(document, "CA-6", part, "CreditSchedule", "amount"))


def spent_before(document: Document, part: str) -> int:
    return sum(column(document, "CA-6", part, "AgreementProject", "spent_before"))


def latest_estimate(document: Document, part: str) -> int | None:
    found = column(document, "CA-3", part, "AgreementProject", "latest_estimate")
    return found[0] if found else None


def credit(document: Document) -> int:
    """This year's credit of the whole version."""
    if document.kind == "capital":
        return sum(project_credit(document, part) for part in document.projects)
    return sum(column(document, "2-a", "", "ProgrammeCredit", "amount"))


# --- expense -------------------------------------------------------------------------------------------------------


def by(document: Document, code: str, keys: tuple[str, ...], amount: str = "amount") -> dict[Any, int]:
    """Sums of a form by some of its columns: {code: sum}, or {(code, code): sum} for several."""
    its_form = form(document.kind, code)
    section = its_form.sections[0]
    found: dict[Any, int] = defaultdict(int)
    for _, row in document.rows(its_form, "", section):
        money = value(section.cell(amount), row)
        names = tuple(row.get(key, "") for key in keys)
        if money is not None and all(names):
            found[names if len(keys) > 1 else names[0]] += money
    return dict(found)


def product(row: dict[str, str]) -> Decimal | None:
    """Volume × unit cost of an activity, unrounded."""
    section = form("expense", "3").sections[0]
    volume, cost = value(section.cell("target_volume"), row), value(section.cell("unit_cost"), row)
    return None if volume is None or cost is None else volume * cost
