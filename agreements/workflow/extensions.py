"""Late entry: asked for with a reason, granted by another person, ends by itself (decision 21)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.decisions import Allowed, Decision, Denied, has_role, in_state, require
from agreements.models import ExtensionRequest, PeriodWindow
from agreements.workflow.moves import EXTENSION_MOVES as MOVES
from budget_portal import audit, jalali, outbox
from budget_portal.errors import RuleBroken
from budget_portal.moves import verb

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import Agency, User

REASON_LENGTH = 20
NOT_YOURS = "درخواست تمدید را کارشناس همین دستگاه می‌دهد."

# Later apps say why an agency has nothing to ask for any more (its figures were sent).
_before_asking: list[Callable[[PeriodWindow, Agency], str]] = []


def before_asking(demand: Callable[[PeriodWindow, Agency], str]) -> Callable[[PeriodWindow, Agency], str]:
    _before_asking.append(demand)
    return demand


def can_ask(user: User, window: PeriodWindow) -> Decision:
    agency = user.acting.agency if user.acting else None
    if user.role != "agency_user" or agency is None or agency.organization_id != window.organization_id:
        return Denied(NOT_YOURS)
    if window.sector_group_id not in {None, agency.sector_group_id}:
        return Denied("این پنجره از گروه دیگری است.")
    if window.state not in {"open", "closed"}:
        return Denied("تنها برای پنجره‌ای که باز شده و هنوز منتشر نشده است تمدید می‌خواهند.", "state")
    if ExtensionRequest.objects.filter(window=window, agency=agency, state="requested").exists():
        return Denied("درخواست پیشین این مقطع هنوز بررسی نشده است.", "state")
    problem = next(filter(None, (demand(window, agency) for demand in _before_asking)), "")
    return Denied(problem, "state") if problem else Allowed()


def can(user: User | None, request: ExtensionRequest, move_name: str) -> Decision:
    """Role, then person (never the one who asked), then state."""
    move = MOVES[move_name]
    if not (answer := has_role(user, move)) or user is None:
        return answer
    if move_name == "withdraw":
        own = user.acting is not None and user.acting.agency_id == request.agency_id
        return in_state(request, move) if own else Denied(NOT_YOURS)
    if user.acting is None or user.acting.organization_id != request.window.organization_id:
        return Denied("این درخواست از سازمان دیگری است.")
    if request.requested_by_id == user.pk:
        return Denied("درخواست‌کننده خود دربارهٔ آن تصمیم نمی‌گیرد.")
    return in_state(request, move)


@verb
def ask(window_id: int, *, by: User, until: dt.date, reason: str) -> ExtensionRequest:
    window = PeriodWindow.objects.for_user(by).locked(window_id)
    require(can_ask(by, window))
    _refuse_short(reason)
    if until <= window.last_day or until < jalali.today():
        raise RuleBroken("تا روزی پس از مهلت کنونی و نه پیش از امروز درخواست کنید.")
    if until > window.publication_on:
        raise RuleBroken("تمدید پس از روز انتشار گزارش ممکن نیست.")
    row = ExtensionRequest.objects.create(
        window=window,
        agency=by.acting.agency,  # type: ignore[union-attr,misc]
        until=until,
        reason=reason.strip(),
        requested_by=by,
    )
    audit.record("extension.requested", row, by=by, after={"state": row.state, "until": until}, note=reason)
    outbox.add("extension.requested", row)
    return row


@verb
def grant(request_id: int, *, by: User, note: str = "") -> ExtensionRequest:
    """From now on figures are taken until that day; they are printed as late."""
    row = _locked(request_id, by, "grant")
    if row.window.state == "published":
        raise RuleBroken("این پنجره منتشر شده است.")
    if row.until < jalali.today():
        raise RuleBroken("روزی که خواسته شده گذشته است؛ درخواست را رد کنید تا دستگاه درخواست تازه بدهد.")
    return _decide(row, "grant", by, note)


@verb
def refuse(request_id: int, *, by: User, note: str) -> ExtensionRequest:
    row = _locked(request_id, by, "refuse")
    _refuse_short(note)
    return _decide(row, "refuse", by, note)


@verb
def withdraw(request_id: int, *, by: User) -> ExtensionRequest:
    """The agency takes its request back before it is decided."""
    row = _locked(request_id, by, "withdraw")
    return _decide(row, "withdraw", None, "", actor=by)


def _locked(request_id: int, by: User, move: str) -> ExtensionRequest:
    rows = ExtensionRequest.objects.for_user(by).select_related("window", "agency")
    row: ExtensionRequest = rows.locked(request_id)
    require(can(by, row, move))
    return row


def _decide(
    row: ExtensionRequest, name: str, decided_by: User | None, note: str, *, actor: User | None = None
) -> ExtensionRequest:
    move, before = MOVES[name], row.state
    row.state, row.decided_by, row.decided_at = move.target, decided_by, timezone.now()
    row.decision_note = note.strip()
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    person = actor or decided_by
    audit.record(move.event, row, by=person, before={"state": before}, after={"state": row.state}, note=note)
    outbox.add(move.event, row)
    return row


def _refuse_short(reason: str) -> None:
    if len(reason.strip()) < REASON_LENGTH:
        raise RuleBroken("دلیل را در دست‌کم ۲۰ نویسه بنویسید.")
