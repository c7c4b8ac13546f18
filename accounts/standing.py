"""Whose step a step counts as, across substitutes; how it is signed says budget_portal.signers."""

from __future__ import annotations

from typing import Any


def persons_of(row: Any, *steps: str) -> set[int]:
    """Whoever took these steps of a row (`<step>_by`), with those for whom a substitute took them."""
    found: set[int] = set()
    for step in steps:
        if (person := getattr(row, f"{step}_by_id")) is not None:
            found.add(person)
            if getattr(row, f"{step}_for_id") is not None:
                found.add(getattr(row, f"{step}_for").membership.user_id)
    return found
