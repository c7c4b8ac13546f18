"""How a step is signed wherever a person reads it: with the substitute's name and whom he stood in for."""

from __future__ import annotations

from typing import Any


def signed(person: object | None, letter: Any) -> str:
    """«مهتاب احمدی، به جانشینی از رامین کاظمی‌نیا»; empty for nobody. `letter`: an accounts.Delegation or None."""
    if person is None:
        return ""
    return f"{person}، {letter.phrase}" if letter is not None else str(person)


def signer(row: Any, step: str) -> str:
    """Who took a step of a row (`<step>_by`), and for whom (`<step>_for`)."""
    letter = getattr(row, f"{step}_for") if getattr(row, f"{step}_for_id", None) else None
    return signed(getattr(row, f"{step}_by"), letter)
