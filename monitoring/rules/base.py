"""What a rule is, and what it says when it is broken.

Pure: no database, no Django. A rule judges only the figures that are there: a missing figure breaks
nothing (that it is missing is counted elsewhere), and a cell that does not apply counts as nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from budget_portal.digits import group
from budget_portal.text import visible_length
from monitoring.ratios import Number, as_percent

RULE_SET_VERSION = "2"
"""Stored with every check result. Raised whenever a rule is added, dropped or raises its version."""

REASON_LENGTH = 20

Subject = TypeVar("Subject")
Setting = TypeVar("Setting")


class Severity(StrEnum):
    BLOCK = "block"  # the line cannot leave the agency
    WARN = "warn"  # travels on, for others to see and the agency to explain


class Scope(StrEnum):
    """The row that a rule judges."""

    FINANCE_LINE = "finance_line"
    PROJECT = "project"
    PROGRAMME = "programme"
    ACTIVITY = "activity"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Breach:
    """What a check found, at most once for each cell; its rule turns it into a `Hit`."""

    cell: str
    expected: Number | None
    actual: Number | None
    variant: str = ""
    explained: bool = False
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """One broken rule at one cell, with the sentence a person reads."""

    code: str
    severity: Severity
    cell: str
    sentence: str
    expected: Number | None
    actual: Number | None
    difference: Number | None
    explained: bool = False
    rule_version: int = 1
    asks: bool = False  # a warning that passes only with the agency's written explanation

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.BLOCK


@dataclass(frozen=True)
class Example(Generic[Subject, Setting]):
    """A case kept beside the rule. Every rule has some that pass and some that fail; a test runs them."""

    given: Subject
    setting: Setting


@dataclass(frozen=True)
class Parameter:
    """A threshold that an organization may set between its bounds; a check takes it by name."""

    label: str
    default: Decimal
    minimum: Decimal
    maximum: Decimal
    unit: str = ""


@dataclass(frozen=True)
class Rule(Generic[Subject, Setting]):
    """One row of the rule table. `messages` are told apart by the variant of the breach; «» is the usual
    one. `reason_lifts`: a written reason turns the block into a warning (V5 and V8 only). `floor`: the
    database refuses the same, so nobody may make the rule weaker."""

    code: str
    version: int
    severity: Severity
    scope: Scope
    title: str
    messages: Mapping[str, str]
    check: Callable[..., Iterator[Breach]]
    must_pass: tuple[Example[Subject, Setting], ...]
    must_fail: tuple[Example[Subject, Setting], ...]
    flag: str = ""
    reason_lifts: bool = False
    asks_reason: bool = False
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    values: Mapping[str, Decimal] = field(default_factory=dict)  # what was set otherwise than the default
    kinds: tuple[str, ...] = ("capital", "expense")
    law: str = ""
    floor: bool = False
    explainer: Literal["agency", "expert", "visitor"] = "agency"

    @property
    def message(self) -> str:
        return self.messages[""]

    def breaches(self, given: Subject, setting: Setting) -> Iterator[Breach]:
        return self.check(given, setting, **self.values)

    def judge(self, given: Subject, setting: Setting) -> list[Hit]:
        return [self._hit(breach) for breach in self.breaches(given, setting)]

    def threshold(self, name: str) -> Decimal:
        """What holds of a parameter: as set, else its default."""
        return self.values.get(name, self.parameters[name].default)

    def _hit(self, breach: Breach) -> Hit:
        difference = _difference(breach.actual, breach.expected)
        words = {
            "actual": said(breach.actual),
            "expected": said(breach.expected),
            "difference": said(max(difference, -difference) if difference else difference),
            **breach.words,
        }
        lifted = self.reason_lifts and breach.explained
        severity = Severity.WARN if lifted else self.severity
        return Hit(
            code=self.code,
            severity=severity,
            cell=breach.cell,
            sentence=self.messages[breach.variant].format(**words),
            expected=breach.expected,
            actual=breach.actual,
            difference=difference,
            explained=breach.explained,
            rule_version=self.version,
            asks=severity is Severity.WARN and self.explainer == "agency" and not breach.explained,
        )


def is_reason(text: str, length: Decimal | int = REASON_LENGTH) -> bool:
    """At least 20 characters that a reader sees, runs of blanks counted once."""
    return visible_length(text) >= length


def reason_parameter() -> dict[str, Parameter]:
    """How long a reason must be; never shorter than what the database asks (sql/rules.sql)."""
    least = Decimal(REASON_LENGTH)
    return {"reason_length": Parameter("کمترین طول علت", least, least, Decimal(200), "نویسه")}


def said(value: Number | None) -> str:
    """A figure inside a sentence: ۱۵٬۲۰۰ · ۵۵٫۷۵ · ۳۶; whole percents lose their zeros."""
    if value is None:
        return "—"
    if isinstance(value, int):
        return group(value)
    shown = as_percent(value)
    return group(shown.normalize() if shown % 1 else shown.quantize(Decimal(1)))


def _difference(actual: Number | None, expected: Number | None) -> Number | None:
    return None if actual is None or expected is None else actual - expected
