"""Who stood in for whom: whose step a step counts as, and how it is signed («به جانشینی از»)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accounts.models import Delegation


def persons_of(row: Any, *steps: str) -> set[int]:
    """Whoever took these steps of a row (`<step>_by`), with those for whom a substitute took them."""
    found: set[int] = set()
    for step in steps:
        if (person := getattr(row, f"{step}_by_id")) is not None:
            found.add(person)
            if getattr(row, f"{step}_for_id") is not None:
                found.add(getattr(row, f"{step}_for").membership.user_id)
    return found


def signed(person: object | None, letter: Delegation | None) -> str:
    """«مهتاب احمدی، به جانشینی از رامین کاظمی‌نیا»; empty for nobody."""
    if person is None:
        return ""
    return f"{person}، {letter.phrase}" if letter is not None else str(person)


def signer(row: Any, step: str) -> str:
    """Who took a step of a row, and for whom."""
    letter = getattr(row, f"{step}_for") if getattr(row, f"{step}_for_id", None) else None
    return signed(getattr(row, f"{step}_by"), letter)
