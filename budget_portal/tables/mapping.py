"""The mapping of one kind of file: a TOML page that says which column is what, in which unit, what to skip.

table = "allocations"

[set]                       # values of the whole file; `--set NAME=VALUE` overrides
organization = "qom"        # code
year = 1405
period = "1405-Q2"
letter_number = "31/4520"
letter_date = "1405/05/01"

[file]
sheet = 1                   # place or name; header_row = 1, encoding = "utf-8", delimiter = ","

[columns]                   # field = header, or headers whose texts are joined
agency = "کد دستگاه"
programme = ["برنامه", "زیربرنامه"]
amount = "تخصیص"

[constants]                 # field = text that every row has
expense_chapter = "7"

[numbers]
unit = "rial"               # toman, thousand-rials, million-rials, milliard-rials, milliard-toman; or per_million_rials = 1
decimals = 0                # most decimals of a figure; 0: whole figures

[agency]
by = "code"                 # "name", or "any": code, else name; ignore_spaces = true matches names that differ in blanks only

[rows]
skip_totals = ["عنوان"]     # rows whose text there says «جمع …»
skip = [{ column = "سطح", equals = "فصل" }]
repeated = "refuse"         # or "sum": several rows of one line add up
complete = false            # true: what the file does not name is gone
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from budget_portal.tables.grammar import UNITS

SECTIONS: dict[str, frozenset[str]] = {
    "file": frozenset({"sheet", "header_row", "encoding", "delimiter"}),
    "codes": frozenset({"separator"}),
    "numbers": frozenset({"unit", "per_million_rials", "decimals"}),
    "agency": frozenset({"by", "ignore_spaces"}),
    "rows": frozenset({"skip_totals", "skip", "repeated", "complete"}),
}
FREE = frozenset({"set", "columns", "constants"})


class MappingProblem(Exception):
    """The mapping itself is wrong; `problems` are Persian sentences."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("، ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Skip:
    """A row is passed over when the text of a column equals one of these."""

    column: str
    equals: tuple[str, ...]


@dataclass(frozen=True)
class Mapping:
    table: str
    values: Map[str, str] = field(default_factory=dict)
    columns: Map[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Map[str, str] = field(default_factory=dict)
    sheet: str | int = 1
    header_row: int = 1
    encoding: str = "utf-8"
    delimiter: str = ","
    separator: str = "-"
    unit: Fraction = Fraction(1)
    decimals: int = 0
    agency_by: str = "code"
    ignore_spaces: bool = False
    skip_totals: tuple[str, ...] = ()
    skip: tuple[Skip, ...] = ()
    repeated: str = "refuse"
    complete: bool = False
    # What the pages of imports say instead of a TOML page.
    places: Map[str, int] = field(
        default_factory=dict
    )  # header -> its place; empty: searched in the header row
    comma: bool = False  # is the decimal mark
    find_totals: bool = False  # rows that sum up others are recognised, whatever columns name them

    def with_values(self, **more: Any) -> Mapping:
        return replace(self, values={**self.values, **{key: str(value) for key, value in more.items()}})

    def has(self, name: str) -> bool:
        return name in self.columns or name in self.constants


def source(name: str, digest: str) -> str:
    """How a row that came in a table names its file: value «source» of every mapping that is written from."""
    return f"{name[:200]} · SHA-256 {digest}"


def load(path: Path) -> Mapping:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingProblem([f"نگاشت خوانده نشد: {error}"]) from error
    return parse(content)


def parse(content: Map[str, Any]) -> Mapping:
    """The mapping, or every problem of it at once."""
    problems = _unknown(content)
    numbers, rows, agency = (_section(content, name) for name in ("numbers", "rows", "agency"))
    file = _section(content, "file")
    mapping = Mapping(
        table=str(content.get("table", "")),
        values={key: str(value) for key, value in _section(content, "set").items()},
        columns={key: _headers(value) for key, value in _section(content, "columns").items()},
        constants={key: str(value) for key, value in _section(content, "constants").items()},
        sheet=file.get("sheet", 1),
        header_row=int(file.get("header_row", 1)),
        encoding=str(file.get("encoding", "utf-8")),
        delimiter=str(file.get("delimiter", ",")),
        separator=str(_section(content, "codes").get("separator", "-")),
        unit=_unit(numbers, problems),
        decimals=int(numbers.get("decimals", 0)),
        agency_by=str(agency.get("by", "code")),
        ignore_spaces=bool(agency.get("ignore_spaces", False)),
        skip_totals=tuple(rows.get("skip_totals", ())),
        skip=tuple(_skip(rule, problems) for rule in rows.get("skip", ())),
        repeated=str(rows.get("repeated", "refuse")),
        complete=bool(rows.get("complete", False)),
    )
    problems += _wrong_words(mapping)
    if problems:
        raise MappingProblem(problems)
    return mapping


def _section(content: Map[str, Any], name: str) -> dict[str, Any]:
    found = content.get(name, {})
    return dict(found) if isinstance(found, dict) else {}


def _headers(value: Any) -> tuple[str, ...]:
    return tuple(str(part) for part in value) if isinstance(value, list) else (str(value),)


def _unknown(content: Map[str, Any]) -> list[str]:
    problems = [
        f"بخش «{name}» در نگاشت شناخته نیست."
        for name in content
        if name != "table" and name not in FREE and name not in SECTIONS
    ]
    for name, known in SECTIONS.items():
        unknown = sorted(set(_section(content, name)) - known)
        problems += [f"«{key}» در بخش «{name}» شناخته نیست." for key in unknown]
    return problems


def _unit(numbers: dict[str, Any], problems: list[str]) -> Fraction:
    if "per_million_rials" in numbers:
        given = numbers["per_million_rials"]
        if isinstance(given, int) and given > 0:
            return Fraction(given)
        problems.append("«per_million_rials» عددی صحیح و مثبت است: چند واحد پرونده یک میلیون ریال می‌شود.")
        return Fraction(1)
    name = str(numbers.get("unit", "million-rials"))
    if name not in UNITS:
        problems.append(f"واحد «{name}» شناخته نیست؛ یکی از {'، '.join(UNITS)} را بنویسید.")
    return UNITS.get(name, Fraction(1))


def _skip(rule: Any, problems: list[str]) -> Skip:
    if not isinstance(rule, dict) or set(rule) != {"column", "equals"}:
        problems.append("هر قاعدهٔ skip یک column و یک equals دارد.")
        return Skip("", ())
    return Skip(str(rule["column"]), _headers(rule["equals"]))


def _wrong_words(mapping: Mapping) -> list[str]:
    problems = []
    if mapping.agency_by not in {"code", "name", "any"}:
        problems.append("«agency.by» یا code است یا name یا any.")
    if mapping.repeated not in {"refuse", "sum"}:
        problems.append("«rows.repeated» یا refuse است یا sum.")
    if not 0 <= mapping.decimals <= 6:
        problems.append("«numbers.decimals» از ۰ تا ۶ است.")
    both = sorted(set(mapping.columns) & set(mapping.constants))
    problems += [f"«{name}» هم ستون دارد و هم مقدار ثابت." for name in both]
    return problems
