"""What follows from the moves of visits and findings: alerts to whoever acts next, and V10 judged anew."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from accounts.audience import holders
from accounts.models import Agency, User
from budget_portal import messages_out
from budget_portal.models import OutboxMessage
from budget_portal.outbox import on
from monitoring import checking
from monitoring.models import FieldVisit, PerformanceSubmission, VisitFinding


@on("visit.submitted")
def ask_confirmation(row: OutboxMessage) -> None:
    visit = _visit(row)
    people = _members("consolidation", organization=visit.agency.organization_id)
    _tell(people, f"بازدید «{_place(visit)}» در انتظار تأیید شماست.", visit, row)


@on("visit.confirmed")
def judge_dispute(row: OutboxMessage) -> None:
    """V10 compares the agency's claim with what was measured, once that is confirmed; until then the pages of the
    expert and of consolidation show the difference, and the agency sees nothing of the visit."""
    visit = _visit(row)
    submission = (
        PerformanceSubmission.objects.select_for_update()
        .filter(agency=visit.agency_id, period=visit.period_id, kind="capital")
        .exclude(state="approved")
        .first()
    )
    if submission is not None and visit.project_id is not None:
        checking.recheck(submission, project=visit.project_id)


@on("visit.returned")
def tell_expert_of_return(row: OutboxMessage) -> None:
    visit = _visit(row)
    _tell([visit.expert], f"بازدید «{_place(visit)}» با دلیل به شما برگشت.", visit, row, tone="warn")


@on("visit.confirmed")
def tell_agency(row: OutboxMessage) -> None:
    visit = _visit(row)
    text = f"بازدید «{_place(visit)}» تأیید شد؛ در صورت نیاز پاسخ دهید."
    _tell(_agency_users(visit.agency), text, visit, row)


@on("visit.agency_replied")
def tell_expert_of_reply(row: OutboxMessage) -> None:
    visit = _visit(row)
    _tell([visit.expert], f"دستگاه به بازدید «{_place(visit)}» پاسخ داد.", visit, row)


@on("finding.resolved")
def ask_verification(row: OutboxMessage) -> None:
    finding = _finding(row)
    text = f"دستگاه رفع یافته‌ای از «{_place(finding.visit)}» را اعلام کرد."
    _tell([finding.visit.expert], text, finding, row)


@on("finding.refused")
def tell_agency_of_refusal(row: OutboxMessage) -> None:
    finding = _finding(row)
    text = f"رفع یافته‌ای از «{_place(finding.visit)}» پذیرفته نشد."
    _tell(_agency_users(finding.visit.agency), text, finding, row, tone="warn")


def _visit(row: OutboxMessage) -> FieldVisit:
    return FieldVisit.objects.select_related("agency", "project", "expert").get(pk=row.target_id)


def _finding(row: OutboxMessage) -> VisitFinding:
    rows = VisitFinding.objects.select_related("visit__agency", "visit__project", "visit__expert")
    return rows.get(pk=row.target_id)


def _place(visit: FieldVisit) -> str:
    return str(visit.project or visit.agency)


def _members(role: str, **place: int) -> list[User]:
    return holders(role=role, **place)


def _agency_users(agency: Agency) -> list[User]:
    return _members("agency_user", agency=agency.pk)


def _tell(
    people: Iterable[User],
    text: str,
    about: FieldVisit | VisitFinding,
    row: OutboxMessage,
    *,
    tone: str = "info",
) -> None:
    name = "monitoring:visit" if isinstance(about, FieldVisit) else "monitoring:finding"
    url = reverse(name, args=[about.pk])
    for person in people:
        messages_out.notify(person, text, url, outbox=row, tone=tone)
