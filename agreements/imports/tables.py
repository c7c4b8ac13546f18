"""The fields of each table, and what all its writers share: lines, repeated rows, good rows or none, and what
each row will do."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Role, User
from agreements.imports.ground import Ground, Line
from budget_portal.digits import PLUS, group, to_persian
from budget_portal.errors import NotAllowed
from budget_portal.numbers import round_half_up
from budget_portal.tables.extract import Extract, Problem, Row, Spec
from budget_portal.tables.outcome import Change, Effect, Outcome, Refused

EXPENSE = ("programme", "expense_chapter", "funding_source")
CAPITAL_ALLOCATION = ("project", "funding_source")
CAPITAL_NOTIFICATION = ("programme", "plan", "funding_source")
LETTER = frozenset({"letter_number", "letter_date"})
PAPER = frozenset({"instrument", "symbol", "due_date", "advance"})

NOTIFICATIONS = Spec(
    texts=("agency", "programme", "expense_chapter", "funding_source", "plan", "budget_row", "letter_number"),
    money=("amount",),
    optional=frozenset({"expense_chapter", "plan", "budget_row"}) | LETTER,
    days=("letter_date",),
)
EXPENSE_CREDITS = Spec(
    texts=("agency", *EXPENSE, "programme_title"),
    money=("amount",),
    optional=frozenset({"programme_title"}),
)
ALLOCATIONS = Spec(
    texts=("agency", *EXPENSE, "project", "letter_number", "instrument", "symbol", "advance"),
    money=("amount", "collected"),
    optional=frozenset({"programme", "expense_chapter", "project", "collected"}) | LETTER | PAPER,
    days=("letter_date", "due_date"),
)
REPEATED = 'همین ردیف در سطر {first} هم آمده است. یکی را پاک کنید، یا در نگاشت repeated = "sum" بنویسید.'
REPEATED_HERE = (
    "همین ردیف در سطر {first} هم آمده است. یکی را پاک کنید، یا «سطرهای تکراری جمع شود» را برگزینید."
)
ROUNDED = "گرد شد: {difference} میلیون ریال"
Tick = Callable[[int, int], None]


def no_tick(done: int, total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a good row does; the words for its figure are made when somebody reads them."""

    kind: str
    title: str = ""
    told: Sequence[Change] = ()
    money: tuple[str, int | None, int | None] | None = None  # label, before, after

    @property
    def changes(self) -> list[Change]:
        return [*self.told, *([money_change(*self.money)] if self.money else [])]


@dataclass
class Sheet:
    """Rows that name a known line, and those that do not; the latter are errors, or are held. Rows of registers
    are keyed by their code instead of a line."""

    ground: Ground
    outcome: Outcome
    hold: bool
    good: dict[Any, Row] = field(default_factory=dict)
    bad: list[tuple[Row, Any]] = field(default_factory=list)
    kept: list[tuple[Row, Any]] = field(default_factory=list)  # readable, and a rule keeps them back
    problems: list[Problem] = field(default_factory=list)
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)  # what the writer knows from judging
    added: dict[int, int] = field(
        default_factory=dict
    )  # row that was added up -> the row that has its figure

    @property
    def held_lines(self) -> set[Line]:
        return {line for _, line in (*self.bad, *self.kept) if line is not None}

    def refuse(self, line: Hashable, column: str, sentence: str) -> None:
        """A good row turns out to be none."""
        row = self.good.pop(line)
        row.refuse(column, sentence)
        self.bad.append((row, line))

    def keep_back(self, line: Hashable, sentence: str) -> None:
        """A good row waits for something else; it is no error."""
        row = self.good.pop(line)
        row.warnings.append(sentence)
        self.kept.append((row, line))

    def settle(self) -> None:
        """All good rows or none; with `hold` the bad ones are kept back with their raw figures."""
        found = self.problems + [problem for row, _ in self.bad for problem in row.problems]
        if self.problems or (found and not self.hold):
            raise Refused(found)
        for row, _ in (*self.bad, *self.kept):
            self.outcome.hold(row, self.ground.place_of(row))

    def effects(self, extract: Extract) -> list[Effect]:
        """What every row of the file will do, in the order of the file."""
        said: dict[int, list[str]] = {}
        for problem in self.problems:
            said.setdefault(problem.row, []).append(problem.sentence)
        found = [self._effect(row, said.get(row.number, [])) for row in self.good.values()]
        found += [
            Effect(row.number, "error", place(row), self._title(row), read(row), sentences(row))
            for row, _ in self.bad
        ]
        found += [
            Effect(
                row.number, "held", place(row), self._title(row), self.verdict(row).changes, sentences(row)
            )
            for row, _ in self.kept
        ]
        found += [
            Effect(out.number, "left_out", "", f"«{out.label}»" if out.label else "", [], [out.sentence])
            for out in extract.left_out
        ]
        by_number = {row.number: row for row in extract.rows} if self.added else {}
        found += [self._added(by_number[number]) for number in self.added]
        return sorted(found, key=lambda effect: effect.row)

    def _title(self, row: Row) -> str:
        """What people call the row; an agency by its name, also when the file has its code."""
        text = title(row)
        return self.ground.name_of(text) if text == row.texts.get("agency") else text

    def verdict(self, row: Row) -> Verdict:
        return self.verdicts.get(row.number, Verdict("new"))

    def _effect(self, row: Row, problems: list[str]) -> Effect:
        if problems:
            return Effect(
                row.number, "error", place(row), self._title(row), read(row), problems + sentences(row)
            )
        verdict = self.verdict(row)
        said = sentences(row) + rounded(row, self.ground)
        return Effect(
            row.number, verdict.kind, place(row), verdict.title or title(row), verdict.changes, said
        )

    def _added(self, row: Row) -> Effect:
        first = self.added[row.number]
        said = [f"با سطر {to_persian(first)} جمع شد.", *rounded(row, self.ground)]
        kind = self.verdicts.get(first, Verdict("new")).kind
        return Effect(row.number, kind, place(row), title(row), [], said)


def place(row: Row) -> str:
    names = ("code", "project", "plan", "programme", "agency")
    return next((row.texts[name] for name in names if row.texts.get(name)), "")


def title(row: Row) -> str:
    names = ("title", "programme_title", "agency")
    return next((row.texts[name] for name in names if row.texts.get(name)), "")


def sentences(row: Row) -> list[str]:
    told = [
        f"{problem.column}: {problem.sentence}" if problem.column else problem.sentence
        for problem in row.problems
    ]
    return list(dict.fromkeys(told + row.warnings))


def read(row: Row) -> list[Change]:
    """What stood in the cells that could not be used, else the figure."""
    raw = row.unread or ({"amount": row.raw["amount"]} if row.raw.get("amount") else {})
    return [Change("مبلغ" if name == "amount" else name, "", text) for name, text in list(raw.items())[:1]]


def rounded(row: Row, ground: Ground) -> list[str]:
    """By how much a row was rounded, in million rials."""
    total = sum(row.rounding.values()) / ground.mapping.unit if row.rounding else 0
    if not total:
        return []
    exact = round_half_up(total, 3).normalize()
    return [ROUNDED.format(difference=f"{PLUS if exact > 0 else ''}{group(exact)}")] if exact else []


def money_change(label: str, before: int | None, after: int | None) -> Change:
    """Before → after of an amount, with its difference."""
    difference = (after or 0) - (before or 0)
    signed = f"{PLUS if difference > 0 else ''}{group(difference)}" if before is not None else ""
    return Change(
        label, "" if before is None else group(before), "" if after is None else group(after), signed
    )


def require_writer(by: User) -> None:
    if by.role != Role.CONSOLIDATION:
        raise NotAllowed("ابلاغ، موافقتنامه و تخصیص را گروه تلفیق وارد می‌کند.")


def sort_out(
    extract: Extract,
    ground: Ground,
    table: str,
    grain: tuple[str, ...],
    *,
    hold: bool,
    paper: Callable[[Row, Ground], str] = lambda row, ground: "",
) -> Sheet:
    """Give each row its line. Rows of one line are added up, or refused, as the mapping says."""
    if extract.problems:
        raise Refused(extract.problems)
    sheet = Sheet(ground, Outcome.of(table, extract), hold)
    several = ground.mapping.has("letter_number")
    for row in extract.rows:
        letter = row.texts.get("letter_number", "") if several else ""
        line = ground.line(row, grain=grain, letter=letter, paper=paper(row, ground))
        if line is None or row.problems:
            sheet.bad.append((row, line))
        elif line not in sheet.good:
            sheet.good[line] = row
        elif ground.mapping.repeated == "sum":
            _add(sheet.good[line], row)
            sheet.added[row.number] = sheet.good[line].number
        else:
            first = to_persian(sheet.good[line].number)
            sentence = REPEATED_HERE if ground.mapping.places else REPEATED
            row.refuse("", sentence.format(first=first))
            sheet.bad.append((row, line))
    return sheet


def _add(row: Row, more: Row) -> None:
    for name, value in more.money.items():
        row.money[name] = row.money.get(name, 0) + value
