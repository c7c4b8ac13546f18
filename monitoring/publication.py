"""What must hold before a window is published: nothing of it waits for the organization any more."""

from __future__ import annotations

from typing import Any

from accounts.models import Agency
from agreements.models import ExtensionRequest, PeriodWindow
from agreements.permissions import before_closing, before_publishing
from budget_portal.digits import to_persian
from monitoring.due import due_at
from monitoring.models import Absence, PerformanceSubmission

NOTHING = "هیچ پرونده‌ای از این پنجره تأیید نهایی نشده است؛ چیزی برای انتشار نیست."
EXTENDED = "مهلت «{agency}» تا پایان آن تمدید شده است؛ پس از آن منتشر کنید."
WAITING = "{count} پرونده هنوز در بررسی سازمان است ({agencies})؛ نخست آن‌ها را تأیید نهایی کنید یا برگردانید."
OWED = "{count} دستگاه تأیید نهایی ندارد و غیبت آن ثبت نشده است ({agencies})."
UNSENT = "{count} دستگاه هنوز چیزی نفرستاده و غیبت آن ثبت نشده است ({agencies})."
SENT = (
    "submitted",
    "treasurer_confirmed",
    "under_review",
    "expert_reviewed",
    "approved",
    "returned",
    "reopened",
)
WITH_THE_ORGANIZATION = ("treasurer_confirmed", "under_review", "expert_reviewed")
NAMED = 3


@before_publishing
def undecided(window: PeriodWindow) -> str:
    """Why these figures are not final; an agency that owes its own is absent on record before they are."""
    rows = _submissions(window)
    waiting = list(
        rows.filter(state__in=WITH_THE_ORGANIZATION).select_related("agency").order_by("agency__code")
    )
    if waiting:
        names = "، ".join(row.agency.name for row in waiting[:NAMED])
        more = " و دیگران" if len(waiting) > NAMED else ""
        return WAITING.format(count=to_persian(len(waiting)), agencies=f"{names}{more}")
    running = ExtensionRequest.objects.granted(window).running()
    if extension := running.select_related("agency").first():
        return EXTENDED.format(agency=extension.agency.name)
    if not rows.approved().exists():
        return NOTHING
    return _owing(window, OWED, ("approved",))


@before_closing
def unsent(window: PeriodWindow) -> str:
    """Nobody closes by hand over the head of an agency that sent nothing; the date does."""
    return _owing(window, UNSENT, SENT)


def _owing(window: PeriodWindow, sentence: str, states: tuple[str, ...]) -> str:
    """Agencies with credit whose submission is in none of the states and that are not absent on record."""
    agencies = {row.pk: row for row in agencies_of(window)}
    due = due_at(window.period, agencies)
    done = _submissions(window).filter(state__in=states).values_list("agency", flat=True)
    absent = Absence.objects.standing().filter(period=window.period_id, kind=window.kind)
    settled = {*done, *absent.values_list("agency", flat=True)}
    left = [row for pk, row in agencies.items() if (pk, window.kind) in due and pk not in settled]
    if not left:
        return ""
    names = "، ".join(row.name for row in sorted(left, key=lambda row: row.code)[:NAMED])
    more = " و دیگران" if len(left) > NAMED else ""
    return sentence.format(count=to_persian(len(left)), agencies=f"{names}{more}")


def agencies_of(window: PeriodWindow) -> Any:
    """The agencies of its sector group, else of all groups without a window of their own."""
    rows = Agency.objects.filter(organization=window.organization_id, is_active=True)
    if window.sector_group_id:
        return rows.filter(sector_group=window.sector_group_id)
    others = PeriodWindow.objects.filter(
        period=window.period_id, kind=window.kind, organization=window.organization_id
    )
    return rows.exclude(sector_group__in=others.exclude(sector_group=None).values("sector_group"))


def _submissions(window: PeriodWindow) -> Any:
    """Those for which it holds: of its sector group, else of all groups without a window of their own."""
    rows = PerformanceSubmission.objects.filter(
        period=window.period_id, kind=window.kind, agency__organization=window.organization_id
    )
    if window.sector_group_id:
        return rows.filter(agency__sector_group=window.sector_group_id)
    others = PeriodWindow.objects.filter(
        period=window.period_id, kind=window.kind, organization=window.organization_id
    )
    return rows.exclude(agency__sector_group__in=others.exclude(sector_group=None).values("sector_group"))
