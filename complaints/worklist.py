"""کارتابل of the desk: what each holder of a case, second person or deputy has to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from accounts.models import User
from budget_portal import badges, worklist
from budget_portal.identifiers import format_public_number
from budget_portal.worklist import WorkItem
from complaints import queue
from complaints.models import Complaint
from complaints.workflow.moves import DEPUTY, EXPERT, OFFICER

MOST = 100


def _waiting(user: User) -> Any:
    return Complaint.objects.for_user(user).filter(queue.waiting_for(user)).order_by("due_on", "pk")[:MOST]


@worklist.source(OFFICER, EXPERT, DEPUTY, rows=lambda user: [_waiting(user)])
def cases(user: User) -> Iterator[WorkItem]:
    for row in _waiting(user).select_related("agency", "project"):
        badge = badges.find("complaints.complaint", row.state)
        second = row.answer_written_by_id is not None
        yield WorkItem(
            title=f"{_deed(row, second)}: {row.subject}",
            url=reverse("complaints:desk-case", kwargs={"pk": row.pk}),
            note=f"{row.get_kind_display()} {format_public_number(row.public_number)}"
            + (f" · {row.project or row.agency}" if row.project_id or row.agency_id else ""),
            badge_label="پاسخ منتظر نفر دوم" if second else badge.label if badge else "",
            badge_tone="info",
            badge_icon="eye" if second else badge.icon if badge else "",
            due=row.deadline,
        )


def _deed(row: Complaint, second: bool) -> str:
    if second:
        return "بازبینی و ارسال پاسخ"
    return {
        "registered": "ارجاع درخواست",
        "assigned": "آغاز بررسی",
        "objected": "رسیدگی به اعتراض",
    }.get(row.state, "پاسخ به درخواست")
