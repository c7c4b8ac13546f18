"""What a form is: sections of cells, as data. The forms themselves: `capital_forms`, `expense_forms`.

A value has a path «form/part/row/cell». `part` is a project's code in forms that are filled per project, else empty;
`row` is the section's prefix with the row's own key, and is empty in a section of single fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from budget_portal.digits import to_persian

POSITION = "position"  # kept beside the cells of a row in a section where order has meaning
Rows = Literal["single", "free", "natural", "points", "years", "chapters"]


@dataclass(frozen=True)
class Cell:
    name: str  # also the model's field
    label: str
    sort: str
    unit: str = ""
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    listed: str = ""  # a cell of sort «ref»: the list it is picked from
    summed: bool = False  # the column has a total
    above_zero: bool = False
    most: int = 0  # longest text
    blank: str = ""  # what an empty cell means
    narrow: bool = False

    @property
    def figure(self) -> bool:
        return self.sort in {"amount", "quantity", "percent", "cost", "count"}


@dataclass(frozen=True)
class Derived:
    """A column or line that is computed and never typed."""

    name: str
    label: str
    sort: str = "amount"
    unit: str = ""
    summed: bool = False


@dataclass(frozen=True)
class Section:
    """Rows of one table of the database.

    `free`: rows with a key of their own. `natural`: rows told apart by `keys`. `points`: the quarters of the year and
    the ends of later years. `years`: later years. `chapters`: one row per chapter that form 2-a names.
    """

    model: str
    title: str
    cells: tuple[Cell, ...]
    rows: Rows = "single"
    prefix: str = ""
    keys: tuple[str, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()  # fields of the model that are the same in every row
    derived: tuple[Derived, ...] = ()
    noun: str = "ردیف"
    least: int = 0
    most: int = 200
    note: str = ""
    optional: bool = False
    ordered: bool = False  # the order of rows has meaning, and people may change it

    @property
    def may_grow(self) -> bool:
        return self.rows not in {"single", "chapters"}

    @property
    def may_paste(self) -> bool:
        return self.rows in {"free", "natural"}

    def cell(self, name: str) -> Cell | None:
        return next((cell for cell in self.cells if cell.name == name), None)

    def owns(self, row: str) -> bool:
        if self.rows == "single":
            return row == ""
        return bool(row) and row.startswith(self.prefix) and row[len(self.prefix) :][:1] not in {"", ":"}


@dataclass(frozen=True)
class Form:
    code: str
    title: str
    sections: tuple[Section, ...] = ()
    per_project: bool = False
    amendment_only: bool = False
    note: str = ""

    def section_of(self, row: str) -> Section | None:
        """The longest prefix wins, so that «c1» is not taken for a row of a section without prefix."""
        found = [section for section in self.sections if section.owns(row)]
        return max(found, key=lambda section: len(section.prefix), default=None)

    @cached_property
    def typed(self) -> bool:
        return any(section.cells for section in self.sections)

    @property
    def name(self) -> str:
        """The number as people write it: CA-4, ۲-الف."""
        if self.code.startswith("CA"):
            return self.code
        return to_persian(self.code.replace("-a", "-الف").replace("-b", "-ب"))


class Path(NamedTuple):
    form: str
    part: str
    row: str
    cell: str

    def __str__(self) -> str:
        return "/".join(self)

    @classmethod
    def parse(cls, text: str) -> Path | None:
        """A project's code may hold a slash."""
        form, _, rest = text.partition("/")
        pieces = rest.rsplit("/", 2)
        return cls(form, *pieces) if len(pieces) == 3 else None


def forms_of(kind: str, *, amends: bool) -> tuple[Form, ...]:
    """The forms that an agreement of this kind has; the form of the amendment only where there is one."""
    from agreements.drafting.capital_forms import FORMS as CAPITAL
    from agreements.drafting.expense_forms import FORMS as EXPENSE

    forms = CAPITAL if kind == "capital" else EXPENSE
    return tuple(form for form in forms if amends or not form.amendment_only)


def form_of(kind: str, code: str) -> Form | None:
    forms = forms_of(kind, amends=True)
    return next((form for form in forms if code == form.code), None)


def amendment_form(kind: str) -> Form:
    """The form in which an amendment says why and from when."""
    return next(form for form in forms_of(kind, amends=True) if form.amendment_only)


def sections(kind: str) -> Iterator[tuple[Form, Section]]:
    for form in forms_of(kind, amends=True):
        for section in form.sections:
            yield form, section
