"""What follows from a report's moves."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from accounts.audience import holders
from budget_portal import outbox
from budget_portal.digits import to_persian
from budget_portal.messages_out import notify
from budget_portal.models import OutboxMessage
from monitoring.models import PerformanceSubmission
from reports.models import SupervisionReport
from reports.workflow.reports import request_print


@outbox.on("report.approved")
def print_edition(message: OutboxMessage) -> None:
    """A published edition is printed with all its signatures, in the name of who approved it."""
    report = SupervisionReport.objects.get(pk=message.target_id)
    approver = report.approved_by
    if approver is not None:
        # Of several roles the one that signed: the worker reads the report through it.
        heads = approver.roles_today().filter(role="org_head", organization=report.organization_id)
        approver.act_through(heads.first())
        request_print(report, approver)


@outbox.on("submission.approved")
def ask_for_new_edition(message: OutboxMessage) -> None:
    """Figures approved after an edition was built, again or late, are not in it: a new edition is due."""
    row = PerformanceSubmission.objects.select_related("agency").get(pk=message.target_id)
    if row.approved_at is None:  # reopened since
        return
    agency = row.agency
    scopes = (
        Q(level__in=["organization", "county"]) | Q(agency=agency) | Q(sector_group=agency.sector_group_id)
    )
    editions = SupervisionReport.objects.published().filter(
        scopes,
        organization=agency.organization_id,
        period=row.period_id,
        superseded_by=None,
        known_at__lt=row.approved_at,
    )
    names = "، ".join(f"{report.number} ویرایش {to_persian(report.edition)}" for report in editions)
    if not names:
        return
    text = f"ارقام «{agency}» پس از انتشار {names} تأیید شد و در آن نیست؛ ویرایش تازه‌ای بسازید."
    for person in holders(role="consolidation", organization=agency.organization_id):
        notify(person, text, reverse("reports:report-new"), outbox=message, tone="warn")
