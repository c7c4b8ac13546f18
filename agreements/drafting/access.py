"""Who may draw up an agreement: the agency's own people, while it is a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.decisions import Allowed, Decision, Denied
from agreements.agreement_rights import WRITERS, can_write
from agreements.models import CapitalAgreement, ExpenseAgreement

if TYPE_CHECKING:
    from accounts.models import User

__all__ = ["MODELS", "can_start", "can_write", "versions"]

MODELS: dict[str, Any] = {"capital": CapitalAgreement, "expense": ExpenseAgreement}
NOT_YOURS = "پیش‌نویس موافقتنامه را کارشناس یا رئیس همان دستگاه می‌نویسد."


def can_start(user: User) -> Decision:
    return Allowed() if user.role in WRITERS else Denied(NOT_YOURS)


def versions(kind: str, user: User) -> Any:
    """The versions that a person sees, with what their pages name."""
    rows = MODELS[kind].objects.for_user(user)
    linked = ["agency__organization__parent", "fiscal_year", "amends"]
    return rows.select_related(*linked, *(["plan__programme"] if kind == "capital" else []))
