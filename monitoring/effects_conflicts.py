"""What follows from conflicts: their owners are told, visits and tolerances are judged anew."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import Membership, User
from budget_portal.messages_out import notify
from budget_portal.models import OutboxMessage
from budget_portal.outbox import on
from monitoring.conflicts.judging import PAIRS
from monitoring.models import FieldVisit, PerformanceSubmission, SourceConflict, Tolerance
from monitoring.presenters import words
from monitoring.workflow import conflicts

# A draft is the agency's own; what is approved is closed.
JUDGED = ("submitted", "treasurer_confirmed", "under_review", "expert_reviewed", "returned", "reopened")


@on("visit.confirmed")
def judge_visit(message: OutboxMessage) -> None:
    visit = FieldVisit.objects.get(pk=message.target_id)
    rows = PerformanceSubmission.objects.filter(
        agency=visit.agency_id, period=visit.period_id, kind="capital", state__in=JUDGED
    )
    if visit.project_id:
        _judge(rows)


@on("tolerance.set")
def judge_all(message: OutboxMessage) -> None:
    row = Tolerance.objects.select_related("valid_from").get(pk=message.target_id)
    _judge(
        PerformanceSubmission.objects.filter(
            agency__organization=row.organization_id,
            period__cutoff_date__gte=row.valid_from.cutoff_date,
            state__in=JUDGED,
        )
    )


def _judge(rows: object) -> None:
    for pk in rows.order_by("pk").values_list("pk", flat=True):  # type: ignore[attr-defined]
        conflicts.refresh(pk, by=None)


@on("conflict.found", "conflict.renewed", "conflict.disputed")
def tell_owner(message: OutboxMessage) -> None:
    """Mails carry no figures (ux.md §6)."""
    row = SourceConflict.objects.select_related(
        "submission__agency", "submission__period__fiscal_year", "project", "programme"
    ).get(pk=message.target_id)
    if row.state != "open":
        return
    line = row.project or row.programme or "همهٔ پرونده"
    text = f"مغایرت «{PAIRS[row.pair].title}» در «{line}» ({words.period_name(row.submission.period)}) توضیح می‌خواهد."
    for person in _owners(row):
        notify(person, text, reverse("monitoring:conflict", args=[row.pk]), outbox=message, tone="warn")


@on("conflict.explained")
def tell_desk(message: OutboxMessage) -> None:
    row = SourceConflict.objects.select_related("submission__agency", "explained_by").get(
        pk=message.target_id
    )
    agency = row.submission.agency
    text = f"مغایرت «{PAIRS[row.pair].title}» در «{agency}» توضیح داده شد و در انتظار پذیرش شماست."
    people = Membership.objects.valid().filter(organization=agency.organization_id, role="consolidation")
    for person in {one.user for one in people.select_related("user")}:
        notify(person, text, reverse("monitoring:conflict", args=[row.pk]), outbox=message, mail=False)


def _owners(row: SourceConflict) -> set[User]:
    agency, found = row.submission.agency, set()
    for role in PAIRS[row.pair].owners:
        place = {"sector_group": agency.sector_group_id} if role == "budget_expert" else {"agency": agency.pk}
        members = Membership.objects.valid().filter(role=role, **place).select_related("user")
        found |= {one.user for one in members}
    return found
