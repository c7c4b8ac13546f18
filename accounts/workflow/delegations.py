"""A substitute's letter: registered by admin, confirmed or refused by the deputy, ended by its date or by a person.

What the law keeps apart is asked of the database only (accounts/sql/delegations.sql); its refusals are said here.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.decisions import Allowed, Decision, Denied, has_role, in_state, require
from accounts.models import Delegation, Membership, User
from accounts.services import end_sessions
from budget_portal import jalali, outbox
from budget_portal.audit import record
from budget_portal.errors import RuleBroken
from budget_portal.moves import Move, table, verb

if TYPE_CHECKING:
    from budget_portal.models import StoredFile

MOVES = table(
    Move(
        "confirm",
        ("registered",),
        "confirmed",
        ("budget_deputy",),
        "delegation.confirmed",
        "تأیید جانشینی",
    ),
    Move("refuse", ("registered",), "refused", ("budget_deputy",), "delegation.refused", "رد جانشینی"),
    Move(
        "end",
        ("registered", "confirmed"),
        "ended",
        ("admin", "budget_deputy"),
        "delegation.ended",
        "پایان پیش از موعد",
    ),
)
REASON_LENGTH = 10
APART = (
    "یک شخص ذیحساب و کارشناس یا رئیس یک دستگاه نمی‌شود، با جانشینی هم نه؛ و رئیس دستگاه کار خود را به ذیحساب"
    " نمی‌سپارد (مادهٔ ۵۳ قانون محاسبات عمومی)."
)
SENTENCES = {
    "delegation_role": "این نقش جانشین نمی‌پذیرد: تنها نقش‌هایی که گامی برمی‌دارند جانشین دارند.",
    "delegation_another": "جانشین باید شخص دیگری باشد.",
    "delegation_not_own": "جانشین، نامهٔ جانشینی خود را نه ثبت می‌کند و نه تأیید.",
    "delegation_within_role": "روزهای جانشینی باید درون مدت نقش باشد.",
    "delegation_outside_treasury": "برای رئیس دستگاه باید روشن باشد که جانشین از کارکنان ذیحسابی نیست"
    " (مادهٔ ۵۳ قانون محاسبات عمومی).",
    "delegation_powers_apart": APART,
    "delegation_one_at_a_time": "برای این نقش در همین روزها جانشین دیگری ثبت شده است.",
    "delegation_two_people": "جانشینی را شخصی جز ثبت‌کننده تأیید می‌کند.",
}


def can_register(user: User, membership: Membership | None = None) -> Decision:
    if user.role != "admin" or user.acting is None:
        return Denied("جانشینی را مدیر سامانهٔ سازمان از روی نامه ثبت می‌کند.")
    if membership is not None and membership.organization_id != user.acting.organization_id:
        return Denied("این نقش از سازمان شما نیست.")
    return Allowed()


def can(user: User | None, delegation: Delegation, move_name: str) -> Decision:
    """Role, then person, then state."""
    move = MOVES[move_name]
    for decision in (has_role(user, move), _another(user, delegation, move_name), in_state(delegation, move)):
        if not decision:
            return decision
    return _in_time(delegation, move_name)


def _in_time(delegation: Delegation, move_name: str) -> Decision:
    """A letter whose last day has passed gives nothing any more; refusing it is what is left."""
    if move_name == "refuse" or delegation.valid_to >= timezone.localdate():
        return Allowed()
    if move_name == "confirm":
        return Denied(f"{over(delegation.valid_to)} آن را رد کنید.", "state")
    return Denied("مهلت این جانشینی خود پایان یافته است.", "state")


def over(valid_to: dt.date) -> str:
    return f"آخرین روز این جانشینی ({jalali.format_date(valid_to)}) گذشته است."


def _another(user: User | None, delegation: Delegation, move_name: str) -> Decision:
    """Nobody confirms what he registered, nor a letter in his own favour."""
    if user is None or move_name != "confirm":
        return Allowed()
    if delegation.substitute_id in user.persons:
        return Denied(SENTENCES["delegation_not_own"])
    if delegation.registered_by_id in user.persons:
        return Denied(SENTENCES["delegation_two_people"])
    return Allowed()


@verb
def register(
    membership: Membership, substitute: User, data: dict[str, Any], document: StoredFile, *, by: User
) -> Delegation:
    """A letter names a substitute; it holds when the deputy has confirmed it."""
    require(can_register(by, membership))
    if data["valid_to"] < timezone.localdate():
        raise RuleBroken(f"{over(data['valid_to'])} روزهایی بنویسید که هنوز مانده است.")
    row = Delegation(
        membership=membership, substitute=substitute, document=document, registered_by=by, **data
    )
    _save(row)
    record("delegation.registered", row, by=by, after=_facts(row))
    outbox.add("delegation.registered", row)
    return row


@verb
def confirm(delegation_id: int, *, by: User) -> Delegation:
    row = _locked(delegation_id, by, "confirm")
    row.confirmed_by, row.confirmed_at = by, timezone.now()
    return _move(row, "confirm", by)


@verb
def refuse(delegation_id: int, *, by: User, reason: str) -> Delegation:
    return _closed(_locked(delegation_id, by, "refuse"), "refuse", by, reason)


@verb
def end(delegation_id: int, *, by: User, reason: str) -> Delegation:
    """Ends now, whatever its date: the next request of the substitute acts in a role of their own, and the
    sessions that stand open are closed; a letter that never held opened none."""
    row = _closed(_locked(delegation_id, by, "end"), "end", by, reason)
    if row.confirmed_at is not None:
        end_sessions(row.substitute)
    return row


def _locked(delegation_id: int, by: User, move: str) -> Delegation:
    row: Delegation = Delegation.objects.for_user(by).locked(delegation_id)
    require(can(by, row, move))
    return row


def _closed(row: Delegation, move: str, by: User, reason: str) -> Delegation:
    if len(reason.strip()) < REASON_LENGTH:
        raise RuleBroken("دلیل را در دست‌کم ۱۰ نویسه بنویسید.")
    row.closed_by, row.closed_at, row.reason = by, timezone.now(), reason.strip()
    return _move(row, move, by, note=row.reason)


def _move(row: Delegation, name: str, by: User, *, note: str = "") -> Delegation:
    move, before = MOVES[name], row.state
    row.state = move.target
    _save(row)
    record(move.event, row, by=by, before={"state": before}, after={"state": row.state}, note=note)
    outbox.add(move.event, row)
    return row


def _save(row: Delegation) -> None:
    """Save; what the database refuses is said in a sentence."""
    try:
        row.full_clean()
        with transaction.atomic():
            row.save()
    except ValidationError as problem:
        raise RuleBroken(" ".join(problem.messages), problem.messages) from problem
    except IntegrityError as refusal:
        name = getattr(getattr(refusal.__cause__, "diag", None), "constraint_name", "")
        raise RuleBroken(SENTENCES.get(name or "", "این جانشینی با نقش‌های موجود سازگار نیست.")) from refusal


def _facts(row: Delegation) -> dict[str, Any]:
    names = ("membership_id", "substitute_id", "letter_number", "letter_date", "valid_from", "valid_to")
    return {name: getattr(row, name) for name in names} | {"document_id": row.document_id}
