"""What follows from a report's moves."""

from __future__ import annotations

from budget_portal import jobs, outbox
from budget_portal.models import OutboxMessage
from reports.models import SupervisionReport


@outbox.on("report.approved")
def print_edition(message: OutboxMessage) -> None:
    """A published edition is printed with all its signatures, in the name of who approved it."""
    report = SupervisionReport.objects.get(pk=message.target_id)
    approver = report.approved_by
    if approver is not None:
        # Of several roles the one that signed: the worker reads the report through it.
        heads = approver.memberships.valid().filter(role="org_head", organization=report.organization_id)
        approver.act_through(heads.first())
        job = jobs.enqueue(
            "report_print", by=approver, title=f"چاپ گزارش {report.number}", params={"report": report.pk}
        )
        SupervisionReport.objects.filter(pk=report.pk).update(job=job)
