"""Supervision reports as a file: which editions there are and where each stands."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.models import User
from budget_portal import jalali
from budget_portal.exports import Column, Listing, listed, of_queryset
from reports.models import SupervisionReport


@listed("reports", "گزارش‌های نظارتی")
def reports(user: User, chosen: Mapping[str, str]) -> Listing:
    places = ("agency", "sector_group", "county", "organization")
    rows = SupervisionReport.objects.for_user(user).select_related("period__fiscal_year", *places)
    if chosen.get("state") in SupervisionReport.State.values:
        rows = rows.filter(state=chosen["state"])
    return of_queryset(
        rows.defer("package"),
        Column("شماره", "number", width=22),
        Column("مقطع", lambda row: row.period.code),
        Column("سطح", lambda row: row.get_level_display()),
        Column(
            "دامنه", lambda row: str(next(filter(None, (getattr(row, name) for name in places)))), width=36
        ),
        Column("ویرایش", "edition", "number"),
        Column("وضعیت", lambda row: row.get_state_display(), width=20),
        Column("پیش‌نویس", lambda row: jalali.local(row.drafted_at).date(), "date"),
        Column(
            "انتشار", lambda row: jalali.local(row.approved_at).date() if row.approved_at else None, "date"
        ),
    )
