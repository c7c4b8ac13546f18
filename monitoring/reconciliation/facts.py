"""What matching reads and what it answers. Money is whole rials, what was paid or received positive: a ledger is exact, a line is not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class MoneyKey(NamedTuple):
    """One money line of a submission: project, or programme and chapter; and its funding source."""

    project: int | None
    programme: int | None
    chapter: int | None
    source: int


class Standing(StrEnum):
    """Whether a row of the ledger counts, and if not, why."""

    COUNTED = "counted"
    UNREAD = "unread"  # no amount that can be read
    UNDATED = "undated"
    CARRIED = "carried"  # balance brought forward, total of a page
    OUTSIDE = "outside"  # of another fiscal year
    AFTER = "after"  # later than the cut-off
    DUPLICATE = "duplicate"
    REVERSED = "reversed"  # taken back by a row of the opposite amount, or such a row


# These say themselves why they do not count; all others that found no line are explained by a person.
SELF_EXPLAINED = frozenset(
    {Standing.CARRIED, Standing.OUTSIDE, Standing.AFTER, Standing.DUPLICATE, Standing.REVERSED}
)


class Method(StrEnum):
    """By what a row found its line."""

    CODE = "code"
    NEAR_CODE = "near_code"  # a code one slip away, and the text agrees
    TEXT = "text"
    STATEMENT = "statement"  # a contractor's statement of that amount, by number or date
    AMOUNT = "amount"  # what is missing on one line, to the rial, and the text does not contradict
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger."""

    number: int  # row of the file
    rials: int | None
    day: dt.date | None = None
    document: str = ""
    code: str = ""
    chapter: str = ""
    source: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """One money line as the ledger may call it. `subject` names the project or programme that it shares with others."""

    key: MoneyKey
    subject: str
    codes: tuple[str, ...]
    title: str
    sources: tuple[str, ...] = ()
    chapters: tuple[str, ...] = ()
    entered: int | None = None  # million rials


@dataclass(frozen=True, slots=True)
class Statement:
    """A contractor's statement of work on a project, which one payment of the ledger may be."""

    pk: int
    subject: str
    amounts: tuple[int, ...]  # million rials: gross, paid
    day: dt.date
    number: str
    contract: str


@dataclass(frozen=True, slots=True)
class Match:
    """What became of one row."""

    number: int
    standing: Standing
    key: MoneyKey | None = None
    method: Method | None = None
    score: int = 0  # 0–100
    partner: int | None = None  # the row that it repeats, or that takes it back
    statement: int | None = None
    suggestions: tuple[MoneyKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Year:
    """Which days count: from the first day of the fiscal year to the cut-off."""

    starts_on: dt.date
    cutoff: dt.date


@dataclass(frozen=True, slots=True)
class Found:
    """The whole ledger, judged."""

    matches: tuple[Match, ...] = field(default=())
