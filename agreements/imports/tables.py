"""The fields of each table, and what all its writers share: lines, repeated rows, good rows or none."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.models import User
from agreements.imports.ground import Ground, Line
from budget_portal.digits import to_persian
from budget_portal.errors import NotAllowed
from budget_portal.tables.extract import Extract, Problem, Row, Spec
from budget_portal.tables.outcome import Outcome, Refused

EXPENSE = ("programme", "expense_chapter", "funding_source")
CAPITAL_ALLOCATION = ("project", "funding_source")
CAPITAL_NOTIFICATION = ("programme", "plan", "funding_source")

NOTIFICATIONS = Spec(
    texts=("agency", "programme", "expense_chapter", "funding_source", "plan", "budget_row"),
    money=("amount",),
    optional=frozenset({"expense_chapter", "plan", "budget_row"}),
)
EXPENSE_CREDITS = Spec(
    texts=("agency", *EXPENSE, "programme_title"),
    money=("amount",),
    optional=frozenset({"programme_title"}),
)
ALLOCATIONS = Spec(
    texts=("agency", *EXPENSE, "project"),
    money=("amount", "collected"),
    optional=frozenset({"programme", "expense_chapter", "project", "collected"}),
)
WRITERS = frozenset({"budget_expert", "consolidation", "budget_deputy"})
REPEATED = 'همین ردیف در سطر {first} هم آمده است. یکی را پاک کنید، یا در نگاشت repeated = "sum" بنویسید.'


@dataclass
class Sheet:
    """Rows that name a known line, and those that do not; the latter are errors, or are held."""

    ground: Ground
    outcome: Outcome
    hold: bool
    good: dict[Line, Row] = field(default_factory=dict)
    bad: list[tuple[Row, Line | None]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def held_lines(self) -> set[Line]:
        return {line for _, line in self.bad if line is not None}

    def refuse(self, line: Line, column: str, sentence: str) -> None:
        """A good row turns out to be none."""
        row = self.good.pop(line)
        row.refuse(column, sentence)
        self.bad.append((row, line))

    def settle(self) -> None:
        """All good rows or none; with `hold` the bad ones are kept back with their raw figures."""
        found = self.problems + [problem for row, _ in self.bad for problem in row.problems]
        if self.problems or (found and not self.hold):
            raise Refused(found)
        for row, _ in self.bad:
            self.outcome.hold(row, self.ground.place_of(row))


def require_writer(by: User) -> None:
    if by.role not in WRITERS:
        raise NotAllowed("ابلاغ، موافقتنامه و تخصیص را کارشناس بودجه، گروه تلفیق یا معاون بودجه وارد می‌کند.")


def sort_out(extract: Extract, ground: Ground, table: str, grain: tuple[str, ...], *, hold: bool) -> Sheet:
    """Give each row its line. Rows of one line are added up, or refused, as the mapping says."""
    if extract.problems:
        raise Refused(extract.problems)
    sheet = Sheet(ground, Outcome.of(table, extract), hold)
    for row in extract.rows:
        line = ground.line(row, grain=grain)
        if line is None or row.problems:
            sheet.bad.append((row, line))
        elif line not in sheet.good:
            sheet.good[line] = row
        elif ground.mapping.repeated == "sum":
            _add(sheet.good[line], row)
        else:
            first = to_persian(sheet.good[line].number)
            row.refuse("", REPEATED.format(first=first))
            sheet.bad.append((row, line))
    return sheet


def _add(row: Row, more: Row) -> None:
    for name, value in more.money.items():
        row.money[name] = row.money.get(name, 0) + value
