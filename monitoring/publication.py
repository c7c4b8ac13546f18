"""What must hold before a window is published: nothing of it waits for the organization any more."""

from __future__ import annotations

from typing import Any

from accounts.models import Agency
from agreements.models import ExtensionRequest, PeriodWindow
from agreements.permissions import before_publishing
from budget_portal.digits import to_persian
from monitoring.models import PerformanceSubmission

NOTHING = "هیچ پرونده‌ای از این پنجره تأیید نهایی نشده است؛ چیزی برای انتشار نیست."
EXTENDED = "مهلت «{agency}» تا پایان آن تمدید شده است؛ پس از آن منتشر کنید."
WAITING = "{count} پرونده هنوز در بررسی سازمان است ({agencies})؛ نخست آن‌ها را تأیید نهایی کنید یا برگردانید."
WITH_THE_ORGANIZATION = ("treasurer_confirmed", "under_review", "expert_reviewed")
NAMED = 3


@before_publishing
def undecided(window: PeriodWindow) -> str:
    """Why these figures are not final; what agencies themselves owe stops nothing, reports name it as absent."""
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
    return "" if rows.approved().exists() else NOTHING


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
