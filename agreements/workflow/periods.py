"""Moves of a window: lock, decide on the locked row, save, audit, outbox (domain guide §12, decision 21)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.decisions import require
from agreements import permissions
from agreements.models import PeriodWindow
from agreements.workflow.moves import WINDOW_MOVES as MOVES
from budget_portal import audit, jalali, outbox
from budget_portal.clocks.calendar import Calendar, next_working_day
from budget_portal.errors import RuleBroken
from budget_portal.moves import verb
from budget_portal.office import office_calendar

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

REASON_LENGTH = 20


@verb
def open_window(window_id: int, *, by: User | None) -> PeriodWindow:
    """Figures are taken from now on. The clock does it on the day, the deputy any day."""
    window = _locked(window_id, by, "open")
    window.opened_at = timezone.now()
    return _move(window, "open", by, "opened_at")


@verb
def close_window(window_id: int, *, by: User | None) -> PeriodWindow:
    """No first figures any more; returned lines and extensions of single agencies go on."""
    window = _locked(window_id, by, "close")
    window.closed_at = timezone.now()
    return _move(window, "close", by, "closed_at")


@verb
def reopen_window(window_id: int, *, by: User, until: dt.date, reason: str) -> PeriodWindow:
    """The deputy opens a closed window again, with a written reason and a new last day."""
    window = _locked(window_id, by, "reopen")
    _extend(window, by, until, reason)
    window.opened_at, window.closed_at = timezone.now(), None
    return _move(window, "reopen", by, "opened_at", "closed_at", *EXTENSION, note=reason)


@verb
def publish_window(window_id: int, *, by: User) -> PeriodWindow:
    """Consolidation declares the window final; monitoring says what has to be finished first."""
    window = _locked(window_id, by, "publish")
    window.published_at, window.published_by = timezone.now(), by
    _move(window, "publish", by, "published_at", "published_by")
    for freeze in _with_publishing:
        freeze(window, by)
    return window


_with_publishing: list[Callable[[PeriodWindow, User], object]] = []


def with_publishing(
    freeze: Callable[[PeriodWindow, User], object],
) -> Callable[[PeriodWindow, User], object]:
    """Registers what later apps do in the transaction of a publication."""
    _with_publishing.append(freeze)
    return freeze


@verb
def extend_window(window_id: int, *, by: User, until: dt.date, reason: str) -> PeriodWindow:
    """A later last day for everybody in an open window. Not a move: the state stays."""
    window = PeriodWindow.objects.for_user(by).locked(window_id)
    require(permissions.can_extend(by, window))
    before = window.last_day
    _extend(window, by, until, reason)
    window.save(update_fields=list(EXTENSION))
    audit.record("window.extended", window, by=by, before=before, after=until, note=reason)
    outbox.add("window.extended", window, until=until.isoformat())
    return window


def keep_dates(now: dt.datetime) -> None:
    """The clock: opens what is due and not yet over, closes what is past its last day."""
    today, calendar = jalali.local(now).date(), office_calendar()
    rows = PeriodWindow.objects.annotate(ends=Coalesce(F("extended_to"), F("entry_due")))
    due = Q(state="open", ends__lt=today) | Q(state="planned", opens_on__lte=today, ends__gte=today)
    for pk in rows.filter(due).values_list("pk", flat=True):
        _keep_date(pk, today, calendar, by=None)


@verb
def _keep_date(window_id: int, today: dt.date, calendar: Calendar, *, by: None) -> None:
    """Decided on the locked row: the deputy may have moved or extended the window in this very moment.

    A last day on which offices are closed moves to the next working day (ux.md §5)."""
    window: PeriodWindow = PeriodWindow.objects.locked(window_id)
    if window.state == "open" and next_working_day(window.last_day, calendar) < today:
        close_window(window_id, by=by)
    elif window.state == "planned" and window.opens_on <= today <= window.last_day:
        open_window(window_id, by=by)


EXTENSION = ("extended_to", "extended_by", "extension_reason")


def _locked(window_id: int, by: User | None, move: str) -> PeriodWindow:
    rows = PeriodWindow.objects.for_user(by) if by else PeriodWindow.objects.all()
    window: PeriodWindow = rows.locked(window_id)
    require(permissions.can(by, window, move))
    return window


def _extend(window: PeriodWindow, by: User, until: dt.date, reason: str) -> None:
    if len(reason.strip()) < REASON_LENGTH:
        raise RuleBroken("دلیل را دست‌کم در ۲۰ نویسه بنویسید.")
    if until < window.entry_due or until < jalali.today():
        raise RuleBroken("آخرین روز تازه نباید پیش از امروز یا پیش از مهلت اصلی باشد.")
    window.extended_to, window.extended_by, window.extension_reason = until, by, reason.strip()


def _move(window: PeriodWindow, name: str, by: User | None, *fields: str, note: str = "") -> PeriodWindow:
    move = MOVES[name]
    before, window.state = window.state, move.target
    window.save(update_fields=["state", *fields])
    facts: dict[str, Any] = {"period": str(window.period), "kind": window.kind}
    audit.record(move.event, window, by=by, before=before, after=move.target, note=note)
    outbox.add(move.event, window, **facts)
    return window
