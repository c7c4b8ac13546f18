"""Who hears of a question and of its answer; registered by `monitoring.effects`."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import Membership, Role, User
from budget_portal.messages_out import notify
from budget_portal.models import OutboxMessage
from budget_portal.outbox import on
from monitoring.models import PerformanceSubmission, SubmissionRemark
from monitoring.presenters import words

AGENCY_SIDE = frozenset({"agency_user", "agency_head"})
HOLDER = {
    "draft": "treasurer",
    "submitted": "treasurer",
    "returned": "treasurer",
    "reopened": "consolidation",
    "treasurer_confirmed": "budget_expert",
    "under_review": "budget_expert",
    "expert_reviewed": "consolidation",
    "approved": "consolidation",
}


@on("remark.asked")
def tell_who_is_asked(message: OutboxMessage) -> None:
    """The agency's people; a question of theirs goes to whoever holds the submission now."""
    remark = _remark(message)
    row = remark.submission
    role = HOLDER[row.state] if remark.role in AGENCY_SIDE else "agency_user"
    asker = Role(remark.role).label
    for person in _people(row, role):
        notify(
            person,
            f"پرسش {asker} دربارهٔ {_named(remark)}: {remark.text}",
            _url(remark),
            outbox=message,
            tone="warn",
        )


@on("remark.answered")
def tell_the_asker(message: OutboxMessage) -> None:
    remark = _remark(message)
    text = f"پاسخ به نوشتهٔ شما دربارهٔ {_named(remark)}"
    notify(remark.author, text, _url(remark), outbox=message)


def _remark(message: OutboxMessage) -> SubmissionRemark:
    rows = SubmissionRemark.objects.select_related(
        "submission__agency", "submission__period__fiscal_year", "author"
    )
    return rows.get(pk=message.data["remark"])


def _named(remark: SubmissionRemark) -> str:
    row = remark.submission
    return remark.place or f"{words.KINDS[row.kind]} – {words.period_title(row.period)}"


def _url(remark: SubmissionRemark) -> str:
    return f"{reverse('monitoring:remarks', args=[remark.submission_id])}#remark-{remark.pk}"


def _people(row: PerformanceSubmission, role: str) -> Iterable[User]:
    place = {
        "budget_expert": {"sector_group": row.agency.sector_group_id},
        "consolidation": {"organization": row.agency.organization_id},
    }.get(role, {"agency": row.agency_id})
    members = Membership.objects.valid().filter(role=role, **place)
    return User.objects.filter(is_active=True, pk__in=members.values("user")).order_by("pk")
