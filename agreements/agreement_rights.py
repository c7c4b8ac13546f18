"""Who may do what with a version of an agreement now. Pure: reads the row it is given, which verbs have locked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.decisions import Allowed, Decision, Denied, has_role, in_state
from accounts.models import Role
from accounts.standing import persons_of
from agreements.workflow.moves import AGREEMENT_MOVES

if TYPE_CHECKING:
    from accounts.models import User

NOT_YOURS = "این موافقتنامه از دستگاه یا گروه دیگری است."
SAME_PERSON = "امضا، بررسی و مبادلهٔ یک نسخه کار سه نفر است؛ گام دیگری از همین نسخه را شما برداشته‌اید."
OPEN_REMARKS = "هنوز نکته‌ای باز است. آن را بسته بدانید یا موافقتنامه را برگردانید."
WRITERS = frozenset({Role.AGENCY_USER, Role.AGENCY_HEAD})
REVIEWERS = frozenset({Role.BUDGET_EXPERT, Role.CONSOLIDATION})
EARLIER = {"review": ("submitted",), "exchange": ("submitted", "reviewed")}


def can(user: User | None, agreement: Any, move_name: str) -> Decision:
    """Role, then whose it is, then that one person takes one step, then the state."""
    move = AGREEMENT_MOVES[move_name]
    if not (answer := has_role(user, move)):
        return answer
    if user is None or not is_own(user, agreement):
        return Denied(NOT_YOURS)
    if not (answer := in_state(agreement, move)):
        return answer
    if user.persons & persons_of(agreement, *EARLIER.get(move_name, ())):
        return Denied(SAME_PERSON)
    if move_name == "review" and agreement.remarks.filter(resolved_at=None).exists():
        return Denied(OPEN_REMARKS, "state")
    return Allowed()


def can_write(user: User, agreement: Any) -> Decision:
    """Drafts are written by their agency; whoever signs may correct what he signs."""
    if user.role not in WRITERS:
        return Denied("پیش‌نویس موافقتنامه را دستگاه می‌نویسد.")
    if not is_own(user, agreement):
        return Denied(NOT_YOURS)
    if agreement.state != "draft":
        return Denied(f"این نسخه «{agreement.get_state_display()}» است و دیگر نوشته نمی‌شود.", "state")
    return Allowed()


def can_amend(user: User, agreement: Any) -> Decision:
    """A new version of what is in force, unless one is already on its way."""
    if user.role not in WRITERS:
        return Denied("اصلاحیه را دستگاه تنظیم می‌کند.")
    if not is_own(user, agreement):
        return Denied(NOT_YOURS)
    if agreement.state != "exchanged":
        return Denied("تنها نسخهٔ لازم‌الاجرا اصلاح می‌شود.", "state")
    if agreement.amendments.exists():
        return Denied("اصلاحیهٔ دیگری از این نسخه در راه است؛ همان را ادامه دهید.", "state")
    return Allowed()


def can_remark(user: User, agreement: Any) -> Decision:
    if user.role not in REVIEWERS:
        return Denied("نکتهٔ بررسی را کارشناس بودجه یا گروه تلفیق می‌نویسد.")
    if not is_own(user, agreement):
        return Denied(NOT_YOURS)
    if agreement.state not in {"submitted", "expert_approved"}:
        return Denied("نکته را بر نسخهٔ ارسال‌شده می‌نویسند.", "state")
    return Allowed()


def is_own(user: User, agreement: Any) -> bool:
    """Of the person's agency, sector group or organization, by the role through which he acts."""
    acting, agency = user.acting, agreement.agency
    if acting is None:
        return False
    if acting.agency_id:
        return bool(acting.agency_id == agency.pk)
    if acting.sector_group_id and acting.sector_group_id != agency.sector_group_id:
        return False
    return bool(acting.organization_id == agency.organization_id)
