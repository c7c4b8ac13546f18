"""Writes of the office calendar. Nothing is overwritten: a correction withdraws a row and writes another (decision 10).

What is withdrawn was true of what we knew; clocks that have stopped keep it, open ones are derived anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from accounts import permissions
from accounts.models import Role
from budget_portal import outbox
from budget_portal.audit import record
from budget_portal.clocks.calendar import Calendar, Hours, Week
from budget_portal.errors import RuleBroken, WrongState
from budget_portal.models import Holiday, WorkingWeek
from budget_portal.moves import verb
from budget_portal.office import office_calendar

if TYPE_CHECKING:
    from accounts.models import User

MEANWHILE = "شخص دیگری هم‌اکنون همین را ثبت کرد؛ فهرست را دوباره باز کنید."
GONE = "این ردیف دیگر برقرار نیست؛ فهرست را دوباره باز کنید."


@verb
def add_holiday(day: dt.date, title: str, *, by: User, reason: str = "") -> Holiday:
    permissions.require_role(by, Role.ADMIN)
    row: Holiday = _written(Holiday(day=day, title=title, reason=reason), by)
    record("holiday.added", row, by=by, after=_facts(row), note=reason, organization_id=_organization(by))
    return row


@verb
def correct_holiday(holiday_id: int, day: dt.date, title: str, *, by: User, reason: str) -> Holiday:
    """Lunar occasions shift by a day; an estimate that was corrected is an estimate no longer."""
    permissions.require_role(by, Role.ADMIN)
    old = _locked(Holiday, holiday_id)
    before = _facts(old)
    _withdraw(old, reason, by)
    new: Holiday = _written(Holiday(day=day, title=title, reason=reason, replaces=old), by)
    place = _organization(by)
    record(
        "holiday.changed", new, by=by, before=before, after=_facts(new), note=reason, organization_id=place
    )
    return new


@verb
def remove_holiday(holiday_id: int, *, by: User, reason: str) -> None:
    permissions.require_role(by, Role.ADMIN)
    row = _locked(Holiday, holiday_id)
    _withdraw(row, reason, by)
    outbox.add("calendar.changed", row, note=reason)
    record("holiday.removed", row, by=by, before=_facts(row), note=reason, organization_id=_organization(by))


@verb
def set_week(
    valid_from: dt.date,
    days_off: Iterable[int],
    *,
    by: User,
    reason: str,
    opens_at: dt.time | None = None,
    closes_at: dt.time | None = None,
) -> WorkingWeek:
    """The working week from a day on. One that holds from the same day is replaced."""
    permissions.require_role(by, Role.ADMIN)
    old = WorkingWeek.objects.current().select_for_update().filter(valid_from=valid_from).first()
    if old is not None:
        _withdraw(old, reason, by)
    new = WorkingWeek(
        valid_from=valid_from,
        days_off=sorted(set(days_off)),
        opens_at=opens_at,
        closes_at=closes_at,
        reason=reason,
    )
    row: WorkingWeek = _written(new, by)
    before, place = _facts(old) if old else None, _organization(by)
    record(
        "workingweek.set", row, by=by, before=before, after=_facts(row), note=reason, organization_id=place
    )
    return row


# --- what it would be, for looking before saving -------------------------------------------------------------


def with_holiday(day: dt.date, title: str, *, instead_of: Holiday | None = None) -> Calendar:
    return replace(without_holiday(instead_of), holidays={**without_holiday(instead_of).holidays, day: title})


def without_holiday(row: Holiday | None) -> Calendar:
    calendar = office_calendar()
    if row is None:
        return calendar
    return replace(
        calendar, holidays={day: title for day, title in calendar.holidays.items() if day != row.day}
    )


def with_week(
    valid_from: dt.date, days_off: Iterable[int], opens_at: dt.time | None, closes_at: dt.time | None
) -> Calendar:
    calendar = office_calendar()
    hours = Hours(opens_at, closes_at) if opens_at and closes_at else None
    week = Week(valid_from, frozenset(days_off), hours)
    others = [other for other in calendar.weeks if other.valid_from != valid_from]
    return replace(calendar, weeks=tuple(sorted([*others, week], key=lambda week: week.valid_from)))


# --- shared --------------------------------------------------------------------------------------------------


def _locked(model: Any, pk: int) -> Any:
    row = model.objects.select_for_update().get(pk=pk)
    if row.withdrawn_at is not None:
        raise WrongState(GONE)
    return row


def _withdraw(row: Holiday | WorkingWeek, reason: str, by: User) -> None:
    row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = timezone.now(), by, reason
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])


def _written(row: Any, by: User) -> Any:
    """Every open clock hears of it."""
    row.recorded_by = by
    try:
        row.validate_constraints()
    except ValidationError as problem:
        raise RuleBroken(" ".join(problem.messages), problem.messages) from problem
    try:
        row.save()
    except IntegrityError as clash:
        raise WrongState(MEANWHILE) from clash
    outbox.add("calendar.changed", row, note=row.reason)
    return row


def _organization(by: User) -> int | None:
    return by.acting.organization_id if by.acting else None


def _facts(row: Holiday | WorkingWeek) -> dict[str, Any]:
    names = ("day", "title", "is_estimate") if isinstance(row, Holiday) else WEEK
    return {name: getattr(row, name) for name in names}


WEEK = ("valid_from", "days_off", "opens_at", "closes_at")
