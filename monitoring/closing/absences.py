"""Leaving an agency out of a cut-off, on record; and taking that back."""

from __future__ import annotations

from django.utils import timezone

from accounts.decisions import Allowed, Decision, Denied, require
from accounts.models import Agency, User
from agreements.models import PeriodWindow, ReportingPeriod
from budget_portal import audit
from budget_portal.errors import RuleBroken, WrongState
from budget_portal.moves import verb
from monitoring.models import Absence, PerformanceSubmission
from monitoring.rules import is_reason

NOT_YOURS = "غیبت دستگاه را گروه تلفیق ثبت می‌کند."
SHORT = "دلیل را در دست‌کم ۲۰ نویسه بنویسید."
APPROVED = "این پرونده تأیید نهایی دارد و غایب نیست."
TWICE = "غیبت این دستگاه پیش‌تر ثبت شده است."
UNOPENED = "ورود عملکرد این مقطع هنوز برای این دستگاه گشوده نشده است؛ غیبت پس از گشایش ثبت می‌شود."
GONE = "این غیبت پیش‌تر برداشته شده است."


def can_record(user: User) -> Decision:
    return Allowed() if user.role == "consolidation" else Denied(NOT_YOURS)


@verb
def record(agency_id: int, period: ReportingPeriod, kind: str, *, by: User, reason: str) -> Absence:
    """The agency is absent from the cut-off, with the reason that everybody reads beside the total."""
    agency: Agency = Agency.objects.for_user(by).locked(agency_id)
    require(can_record(by))
    if not is_reason(reason):
        raise RuleBroken(SHORT)
    window = PeriodWindow.objects.for_agency(agency, kind).filter(period=period).first()
    if window is None or window.state == "planned":
        raise WrongState(UNOPENED)
    own = PerformanceSubmission.objects.filter(agency=agency, period=period, kind=kind)
    if own.filter(state="approved").exists():
        raise WrongState(APPROVED)
    if Absence.objects.standing().filter(agency=agency, period=period, kind=kind).exists():
        raise WrongState(TWICE)
    row = Absence.objects.create(
        agency=agency,
        period=period,
        kind=kind,
        reason=reason.strip(),
        recorded_at=timezone.now(),
        recorded_by=by,
    )
    audit.record(
        "absence.recorded", row, by=by, after={"period": period.code, "kind": kind}, note=reason.strip()
    )
    return row


@verb
def withdraw(absence_id: int, *, by: User) -> Absence:
    row: Absence = Absence.objects.for_user(by).locked(absence_id)
    require(can_record(by))
    if row.withdrawn_at is not None:
        raise WrongState(GONE)
    row.withdrawn_at, row.withdrawn_by = timezone.now(), by
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    audit.record("absence.withdrawn", row, by=by)
    return row


def absent_pairs(period: ReportingPeriod, organization: int) -> dict[tuple[int, str], Absence]:
    """Who is absent on record, by agency and kind."""
    rows = Absence.objects.standing().filter(period=period, agency__organization=organization)
    return {(row.agency_id, row.kind): row for row in rows.select_related("recorded_by")}
