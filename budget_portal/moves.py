"""What every state machine is made of: a table of moves, and verbs that run in one transaction."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, ParamSpec, TypeVar

from django.db import transaction

from budget_portal import audit

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Move:
    """One arrow: from which states, to which, by which roles, under which event code."""

    name: str
    sources: tuple[str, ...]
    target: str
    roles: tuple[str, ...]
    event: str
    label: str  # Persian, on the button
    also: Literal["", "clock", "sender"] = ""  # may make it with nobody signed in: `by=None`

    def allows_state(self, state: str) -> bool:
        return state in self.sources


def table(*moves: Move) -> dict[str, Move]:
    return {move.name: move for move in moves}


VERBS: set[Callable[..., Any]] = set()  # every verb that is loaded; docs/actions.md is made from them


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """One transaction, with the actor (`by=`) known to the audit triggers. `by=None` is the clock."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic():
            audit.act_as(_person(kwargs))
            return function(*args, **kwargs)

    VERBS.add(run)
    return run


def _person(kwargs: dict[str, Any]) -> Any:
    if "by" not in kwargs:
        raise TypeError("a verb is called with by=")
    return kwargs["by"]
