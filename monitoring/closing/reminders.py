"""A reminder to whoever holds an agency's figures now: written in the log, carried by the outbox, not too often."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.decisions import Allowed, Decision, Denied, require
from accounts.models import Agency, User
from agreements.models import ReportingPeriod
from budget_portal import audit, outbox
from budget_portal.digits import to_persian
from budget_portal.models import AuditEntry
from budget_portal.moves import verb
from monitoring.models import PerformanceSubmission

EVERY = dt.timedelta(hours=20)
NOT_YOURS = "یادآوری را گروه تلفیق می‌فرستد."
LATELY = "یادآوری همین امروز فرستاده شده است ({at})."
NOBODY_LATE = "پروندهٔ این دستگاه نزد گروه تلفیق است؛ یادآوری لازم نیست."


def can_remind(user: User, agency: Agency, period: ReportingPeriod) -> Decision:
    return allowed(user, reminded_at([agency.pk], period).get(agency.pk))


def allowed(user: User, at: dt.datetime | None) -> Decision:
    """Decided with the time of the last reminder."""
    if user.role != "consolidation":
        return Denied(NOT_YOURS)
    if at is not None and timezone.now() - at < EVERY:
        return Denied(LATELY.format(at=to_persian(timezone.localtime(at).strftime("%H:%M"))), "state")
    return Allowed()


def reminded_at(agencies: list[int], period: ReportingPeriod) -> dict[int, dt.datetime]:
    """When each was last reminded of this cut-off."""
    rows = AuditEntry.objects.filter(
        target_type="accounts.agency",
        target_id__in=[str(pk) for pk in agencies],
        event="agency.reminded",
        after__period=period.code,
    )
    return {int(target): at for target, at in rows.order_by("pk").values_list("target_id", "recorded_at")}


@verb
def remind(agency_id: int, period: ReportingPeriod, *, by: User) -> None:
    """To the agency, its treasurer or the sector's expert, whoever holds what is open."""
    agency: Agency = Agency.objects.for_user(by).locked(agency_id)
    require(can_remind(by, agency, period))
    roles = waiting_roles(agency, period)
    require(Allowed() if roles else Denied(NOBODY_LATE, "state"))
    audit.record("agency.reminded", agency, by=by, after={"period": period.code, "roles": roles})
    outbox.add("agency.reminded", agency, period=period.pk, roles=roles)


def waiting_roles(agency: Agency, period: ReportingPeriod) -> list[str]:
    states = dict(
        PerformanceSubmission.objects.filter(agency=agency, period=period).values_list("kind", "state")
    )
    holders = {
        "submitted": "treasurer",
        "treasurer_confirmed": "budget_expert",
        "under_review": "budget_expert",
        "expert_reviewed": "",
        "approved": "",
    }
    found = {holders.get(state, "agency_user") for state in states.values()} or {"agency_user"}
    return sorted(found - {""})
