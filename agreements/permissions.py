"""Who may open, close and publish windows, and write letters. Pure: reads the row it is given, which verbs have locked; what has to
be finished before a window is published, later apps say (`before_publishing`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.decisions import Allowed, Decision, Denied, has_role, in_state
from accounts.models import Role
from agreements.workflow.moves import WINDOW_MOVES

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import Agency, User
    from agreements.models import AllocationNotice, BudgetNotification, PeriodWindow
    from budget_portal.moves import Move

    Letter = BudgetNotification | AllocationNotice

    Demand = Callable[[PeriodWindow], str]

_before_publishing: list[Demand] = []
_before_closing: list[Demand] = []


def before_closing(demand: Demand) -> Demand:
    """Registers what says why nobody closes a window by hand yet; its date closes it all the same."""
    _before_closing.append(demand)
    return demand


def before_publishing(demand: Demand) -> Demand:
    """Registers what says why a window may not be published yet, or nothing."""
    _before_publishing.append(demand)
    return demand


def can(user: User | None, window: PeriodWindow, move_name: str, *, asked: bool = True) -> Decision:
    """Who may, then what the state allows; the clock opens and closes by date only. A list of windows does not
    ask what is left before each is closed (`asked=False`): its page does, and the verb."""
    move = WINDOW_MOVES[move_name]
    if not (answer := has_role(user, move)):
        return answer
    if user is not None and not (answer := is_own(user, window)):
        return answer
    answer = in_state(window, move)
    if answer and move_name == "publish":
        return _finished(window, _before_publishing)
    if answer and asked and move_name == "close" and user is not None:
        return _finished(window, _before_closing)
    return answer


def _finished(window: PeriodWindow, demands: list[Demand]) -> Decision:
    problems = (demand(window) for demand in demands)
    problem = next(filter(None, problems), "")
    return Denied(problem, "state") if problem else Allowed()


def can_extend(user: User, window: PeriodWindow) -> Decision:
    if user.role != Role.BUDGET_DEPUTY:
        return Denied("مهلت را معاون بودجه تمدید می‌کند.")
    if not (answer := is_own(user, window)):
        return answer
    if not window.is_open:
        return Denied("تنها پنجرهٔ باز تمدید می‌شود؛ پنجرهٔ بسته را بازگشایی کنید.", "state")
    return Allowed()


def is_own(user: User, window: PeriodWindow) -> Decision:
    if user.acting is not None and user.acting.organization_id == window.organization_id:
        return Allowed()
    return Denied("این پنجره از سازمان دیگری است.")


def can_plan(user: User) -> Decision:
    """Years, cut-offs and first dates are look-ups: the administrator's."""
    if user.role == Role.ADMIN:
        return Allowed()
    return Denied("سال‌ها و مقاطع را مدیر سامانه تعریف می‌کند.")


def can_change_dates(user: User, window: PeriodWindow) -> Decision:
    if not (answer := can_plan(user)):
        return answer
    if not (answer := is_own(user, window)):
        return answer
    if window.state != "planned":
        return Denied("تنها تاریخ پنجره‌ای که هنوز باز نشده تغییر می‌کند.", "state")
    return Allowed()


# --- letters ------------------------------------------------------------------------------------------------------------

LETTERS_OF = "ابلاغیه‌ها را گروه تلفیق همین سازمان می‌نویسد."
ONLY_DRAFTS = "این نامه «{state}» است و دیگر تغییر نمی‌کند."


def can_draft_letter(user: User, agency: Agency) -> Decision:
    own = user.acting is not None and user.acting.organization_id == agency.organization_id
    return Allowed() if user.role == Role.CONSOLIDATION and own else Denied(LETTERS_OF)


def can_write_letter(user: User, letter: Letter) -> Decision:
    """Head and lines change while the letter is a draft."""
    if not (answer := can_draft_letter(user, letter.agency)):
        return answer
    if letter.state != "draft":
        return Denied(ONLY_DRAFTS.format(state=letter.get_state_display()), "state")
    return Allowed()


def can_move_letter(user: User, letter: Letter, move: Move) -> Decision:
    """Issue and cancel; the table refuses everybody else, and the clock."""
    if not (answer := has_role(user, move)):
        return answer
    if not (answer := can_draft_letter(user, letter.agency)):
        return answer
    return in_state(letter, move)
