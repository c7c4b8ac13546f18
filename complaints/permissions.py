"""Who may do what with a case now. Pure: reads the row it is given, which verbs have locked."""

from __future__ import annotations

from accounts.decisions import Allowed, Decision, Denied, has_role, in_state, require
from accounts.models import User
from accounts.standing import persons_of
from complaints.models import Complaint
from complaints.querysets import DESK
from complaints.workflow.moves import DEPUTY, EXPERT, MOVES, OFFICER

BY_ASSIGNEE = frozenset({"start", "ask_info", "write_answer"})
SEES_DESK = DESK | {EXPERT}
READS_SENDER = frozenset({OFFICER, EXPERT, DEPUTY})

NOT_ASSIGNEE = "این کار با کسی است که درخواست به او ارجاع شده است."
SAME_PERSON = "نویسندهٔ پاسخ آن را نمی‌فرستد؛ نفر دوم پاسخ را بازبینی و ارسال می‌کند."
NOT_WRITTEN = "هنوز پاسخی نوشته نشده است."
OBJECTED = "به این درخواست اعتراض شده است؛ رسیدگی به آن با معاون بودجه است و با پاسخ پایان می‌یابد."
EXTENDED = "مهلت پاسخ یک بار تمدید شده است و دوباره تمدید نمی‌شود."
OBJECTED_ONCE = "به این درخواست یک بار اعتراض شده است."
NO_OBJECTION = "به این پاسخ اعتراض نمی‌شود."
OBJECTION_OVER = "مهلت اعتراض به این پاسخ پایان یافته است."


def can(user: User | None, complaint: Complaint, move_name: str) -> Decision:
    """Role, then person (assignee, four eyes), then state; the first refusal is the answer."""
    move = MOVES[move_name]
    for decision in (
        has_role(user, move),
        _right_person(user, complaint, move_name),
        in_state(complaint, move),
        _allowed_now(complaint, move_name),
    ):
        if not decision:
            return decision
    return Allowed()


def allowed(user: User, complaint: Complaint) -> frozenset[str]:
    """The moves that are offered to this person on the case page."""
    return frozenset(name for name in MOVES if can(user, complaint, name))


def require_move(user: User, complaint: Complaint, name: str) -> None:
    """Raise 403 or 409 before any form is read; the verb asks again on the locked row."""
    require(may_note(user, complaint) if name == "note" else can(user, complaint, name))


def may_read_sender(user: User, complaint: Complaint) -> Decision:
    """Identity is opened by those who handle the case, each time with a written reason."""
    if user.role == OFFICER or (user.role in READS_SENDER and complaint.assignee_id in user.persons):
        return Allowed()
    return Denied("هویت فرستنده را تنها مسئول رسیدگی و دارندهٔ پرونده، با نوشتن دلیل، می‌بیند.")


def may_note(user: User, complaint: Complaint) -> Decision:
    if user.role == OFFICER or complaint.assignee_id in user.persons:
        return Allowed()
    return Denied("یادداشت را مسئول رسیدگی یا دارندهٔ پرونده می‌نویسد.")


def _right_person(user: User | None, complaint: Complaint, move_name: str) -> Decision:
    if user is None:
        return Allowed()
    holds = complaint.assignee_id in user.persons
    if move_name in BY_ASSIGNEE and not holds:
        return Denied(NOT_ASSIGNEE)
    if move_name == "extend" and not (holds or user.role == OFFICER):
        return Denied(NOT_ASSIGNEE)
    if move_name in {"send_answer", "send_back"}:
        if user.persons & persons_of(complaint, "answer_written"):
            return Denied(SAME_PERSON)
        if not (holds or user.role in {OFFICER, DEPUTY}):
            return Denied(NOT_ASSIGNEE)
    return Allowed()


def _allowed_now(complaint: Complaint, move_name: str) -> Decision:
    """What the state alone does not say."""
    if move_name in {"send_answer", "send_back"} and complaint.answer_written_by_id is None:
        return Denied(NOT_WRITTEN, "state")
    if move_name in {"assign", "forward", "reject"} and complaint.objected_at is not None:
        return Denied(OBJECTED, "state")
    if move_name == "extend" and complaint.extension_reason:
        return Denied(EXTENDED, "state")
    return Allowed()
