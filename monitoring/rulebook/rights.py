"""Who writes, tries, puts live and ends rules: consolidation makes them, another person, the deputy, decides."""

from __future__ import annotations

from typing import Any

from accounts.decisions import Allowed, Decision, Denied, has_role, in_state
from accounts.models import Role, User
from monitoring.models import RuleVersion
from monitoring.workflow.moves import RULE_MOVES

MAKERS = "قاعده‌ها را گروه تلفیق می‌نویسد و می‌آزماید."
READERS = "قاعده‌های در دست ساخت را گروه تلفیق، معاون، رئیس سازمان و حسابرس می‌بینند."
FOREIGN = "این قاعده از سازمان دیگری است."
SHIPPED = "این نسخه با سامانه آمده است؛ برای تغییر آستانه‌ها نسخه‌ای برای سازمان خود بسازید."
TWO_PEOPLE = "کسی که قاعده را نوشته یا آزموده است آن را جاری نمی‌کند؛ این گام را شخص دیگری برمی‌دارد."
READ = frozenset({Role.CONSOLIDATION, Role.BUDGET_DEPUTY, Role.ORG_HEAD, Role.AUDITOR})


def can_read(user: User) -> Decision:
    return Allowed() if user.role in READ else Denied(READERS)


def can_draft(user: User) -> Decision:
    return Allowed() if user.role == Role.CONSOLIDATION else Denied(MAKERS)


def can(user: User | None, row: RuleVersion, move_name: str) -> Decision:
    """Role, then organization, then person, then state."""
    move = RULE_MOVES[move_name]
    if not (answer := has_role(user, move)) or user is None:
        return answer
    if row.organization_id is None:
        return Denied(SHIPPED)
    if user.acting is None or user.acting.organization_id != row.organization_id:
        return Denied(FOREIGN)
    people: set[Any] = {row.drafted_by_id, row.tried_by_id}
    if move_name == "put_live" and user.pk in people:
        return Denied(TWO_PEOPLE)
    return in_state(row, move)


def can_edit(user: User, row: RuleVersion) -> Decision:
    """A draft is written on; a tried one becomes a draft first, and its trial is void."""
    return can(user, row, "revise" if row.state == "tried" else "withdraw")
