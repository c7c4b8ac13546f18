"""Refusals. Each carries a Persian sentence that says what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied


class NotAllowed(PermissionDenied):
    """In scope, but not this person's to do: 403."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class DomainError(Exception):
    """A rule of the portal refuses; answered with `status`."""

    status = 422

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class WrongState(DomainError):
    """The object is not in a state that allows this: 409."""

    status = 409


class StaleVersion(DomainError):
    """Somebody else changed it meanwhile: both values are shown and a person decides (409)."""

    status = 409

    def __init__(self, message: str, *, mine: Any = None, theirs: Any = None) -> None:
        super().__init__(message)
        self.mine, self.theirs = mine, theirs


class RuleBroken(DomainError):
    """Figures break blocking rules; `problems` are the sentences, in the order of the rows."""

    def __init__(self, message: str, problems: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.problems = list(problems)
