"""How values of a document and names of versions are written for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agreements.drafting import cells
from budget_portal.digits import group, to_persian

if TYPE_CHECKING:
    from agreements.drafting.lists import Lists
    from agreements.drafting.spec import Cell, Derived, Section
    from agreements.models.versions import AgreementVersion

QUARTER_MONTHS = {1: "خرداد", 2: "شهریور", 3: "آذر", 4: "اسفند"}


def version_name(agreement: AgreementVersion) -> str:
    """«نسخهٔ نخست», then «اصلاحی ۱» for the second."""
    return "نسخهٔ نخست" if agreement.version == 1 else f"اصلاحی {to_persian(agreement.version - 1)}"


def of_cell(cell: Cell, text: str, lists: Lists) -> str:
    """What stands in a cell, in words: the title instead of a code."""
    if not text:
        return ""
    if cell.sort == cells.CHOICE:
        return dict(cell.choices).get(text, text)
    if cell.sort == cells.REF:
        return lists.title(cell.listed, text)
    return cells.show(cell.sort, text)


def of_input(cell: Cell, text: str) -> str:
    """What the input holds: ASCII digits, whole figures grouped."""
    if cell.sort in {cells.AMOUNT, cells.QUANTITY, cells.COUNT, cells.COST} and text.isdecimal():
        return f"{int(text):,}"
    return text


def of_derived(derived: Derived, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if derived.sort in {"text", "year"}:
        return to_persian(value)
    return group(value)


def quarter_name(quarter: int, year: str) -> str:
    return f"{QUARTER_MONTHS.get(quarter, quarter)} {to_persian(year)}"


def of_row(section: Section, key: str, lists: Lists) -> str:
    """The name of a row that is not typed: a cut-off, a year, a chapter."""
    name = key[len(section.prefix) :]
    if section.rows == "points":
        year, _, quarter = name.partition("-")
        return quarter_name(int(quarter), year)
    if section.rows == "years":
        return to_persian(name)
    if section.rows == "chapters":
        return f"{to_persian(name)} – {lists.title('chapter', name)}"
    return ""
