"""The rule table: every rule of the portal once, pure, with its sentence and its examples.

Pages, imports, moves and the public catalogue read the same table. A `check_*` function takes what was
entered and what it is judged against, and gives the hits; storing them is not its business.
"""

from collections.abc import Iterable
from typing import Any

from budget_portal.places import Point, distance_m
from monitoring.rules.activities import (
    ACTIVITY_RULES,
    PROGRAMME_RULES,
    ActivityContext,
    ActivityFigures,
    ProgrammeFigures,
    check_activity,
    check_programme,
)
from monitoring.rules.base import (
    REASON_LENGTH,
    RULE_SET_VERSION,
    Example,
    Hit,
    Rule,
    Scope,
    Severity,
    is_reason,
)
from monitoring.rules.finance import LINE_RULES, check_line
from monitoring.rules.lines import LABELS, CapitalFigures, Context, ExpenseFigures, Figures
from monitoring.rules.physical import PROJECT_RULES, ProgressFigures, ProjectContext, check_project
from monitoring.rules.places import PLACE_RULES, PlaceContext, PlaceFigures, check_place

_TABLE: tuple[Rule[Any, Any], ...] = (
    *LINE_RULES,
    *PROJECT_RULES,
    *PROGRAMME_RULES,
    *ACTIVITY_RULES,
    *PLACE_RULES,
)
RULES: dict[str, Rule[Any, Any]] = {rule.code: rule for rule in _TABLE}


# Findings that are no rules of the table: text that is no figure, a rise without its document (monitoring/evidence).
OTHERS = {"READ": "رقم خوانده نشد", "EVIDENCE": "سند لازم پیوست نشده است"}


def title_of(code: str) -> str:
    """What a finding is about, for a list of those that hold a line; an organization's own rule by its code."""
    return RULES[code].title if code in RULES else OTHERS.get(code, code)


def blocking(hits: Iterable[Hit]) -> list[Hit]:
    """The hits that keep a line from leaving the agency; such a line may be held instead."""
    return [hit for hit in hits if hit.blocks]


__all__ = [
    "LABELS",
    "REASON_LENGTH",
    "RULES",
    "RULE_SET_VERSION",
    "ActivityContext",
    "ActivityFigures",
    "CapitalFigures",
    "Context",
    "Example",
    "ExpenseFigures",
    "Figures",
    "Hit",
    "PlaceContext",
    "PlaceFigures",
    "Point",
    "ProgrammeFigures",
    "ProgressFigures",
    "ProjectContext",
    "Rule",
    "Scope",
    "Severity",
    "blocking",
    "check_activity",
    "check_line",
    "check_place",
    "check_programme",
    "check_project",
    "distance_m",
    "is_reason",
    "title_of",
]
