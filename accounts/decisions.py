"""The answer to «may this person do this now?», with the reason that button, verb, API and test share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from budget_portal.errors import NotAllowed, WrongState
from budget_portal.moves import Move

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Allowed:
    reason: str = ""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Denied:
    reason: str
    kind: Literal["person", "state"] = "person"

    def __bool__(self) -> bool:
        return False


Decision = Allowed | Denied

NOBODYS_STEP = {
    "clock": "این گام را ساعت سامانه خود برمی‌دارد.",
    "sender": "این گام را تنها فرستندهٔ درخواست برمی‌دارد.",
}


def require(decision: Decision) -> None:
    """Raise what the decision says: 403 for the wrong person, 409 for the wrong state."""
    if isinstance(decision, Denied):
        raise NotAllowed(decision.reason) if decision.kind == "person" else WrongState(decision.reason)


def has_role(user: User | None, move: Move) -> Decision:
    """Whether the role through which the person acts may make this move at all."""
    from accounts.models import Role

    if user is None:
        return Allowed() if move.also else Denied("این گام را سامانه برنمی‌دارد.")
    if user.role in move.roles:
        return Allowed()
    names = "، ".join(str(Role(role).label) for role in move.roles)
    return Denied(f"این کار با نقش «{names}» انجام می‌شود." if names else NOBODYS_STEP[move.also])


def in_state(target: Any, move: Move) -> Decision:
    """Whether the row, locked by the caller, stands where this move starts."""
    if move.allows_state(target.state):
        return Allowed()
    return Denied(
        f"وضعیت کنونی «{target.get_state_display()}» است و «{move.label}» از آن ممکن نیست.", "state"
    )
