"""The queue of the desk as a file: what the queue shows of each case, never who sent it nor what was written."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.models import User
from budget_portal import jalali
from budget_portal.exports import Column, Listing, listed, of_queryset
from complaints import permissions, queue
from complaints.models import Complaint


@listed("complaints", "میز شکایات")
def complaints(user: User, chosen: Mapping[str, str]) -> Listing:
    filters = {name: chosen.get(name, "") for name in ("kind", "state", "agency")}
    sees = user.role in permissions.SEES_DESK
    rows = queue.rows(user, _tab(user, chosen), filters) if sees else Complaint.objects.none()
    return of_queryset(
        rows,
        Column("شمارهٔ پیگیری", "public_number"),
        Column("نوع", lambda row: row.get_kind_display()),
        Column("گام خدمت", lambda row: row.get_service_step_display(), width=26),
        Column("دستگاه اجرایی", lambda row: row.agency.name if row.agency else "", width=36),
        Column("کد پروژه", lambda row: row.project.code if row.project else ""),
        Column("وضعیت", lambda row: row.get_state_display(), width=22),
        Column("ثبت", lambda row: jalali.local(row.registered_at).date(), "date"),
        Column("مهلت پاسخ", lambda row: row.extended_to or row.due_on, "date"),
        Column("رسیدگی‌کننده", lambda row: str(row.assignee) if row.assignee else "", width=24),
        Column("نتیجه", lambda row: row.get_outcome_display() if row.outcome else ""),
    )


def _tab(user: User, chosen: Mapping[str, str]) -> str:
    """Without a tab in the address the queue opens as its page does."""
    return chosen.get("tab") or ("mine" if queue.count_mine(user) else "all")
