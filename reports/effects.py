"""What follows from a report's moves."""

from __future__ import annotations

from budget_portal import outbox
from budget_portal.models import OutboxMessage
from reports.models import SupervisionReport
from reports.workflow.reports import request_print


@outbox.on("report.approved")
def print_edition(message: OutboxMessage) -> None:
    """A published edition is printed with all its signatures, in the name of who approved it."""
    report = SupervisionReport.objects.get(pk=message.target_id)
    approver = report.approved_by
    if approver is not None:
        # Of several roles the one that signed: the worker reads the report through it.
        heads = approver.memberships.valid().filter(role="org_head", organization=report.organization_id)
        approver.act_through(heads.first())
        request_print(report, approver)
