"""Effects and jobs of the shared ground itself."""

from pathlib import Path

from django.conf import settings
from django.urls import reverse

from budget_portal import audit_check, messages_out
from budget_portal.digits import group, to_persian
from budget_portal.errors import RuleBroken
from budget_portal.jobs import Outcome, Progress, handler
from budget_portal.models import Job, OutboxMessage
from budget_portal.outbox import on


@on("job.done")
def tell_requester(row: OutboxMessage) -> None:
    job = Job.objects.select_related("requester").get(pk=row.target_id)
    title = job.title or job.kind
    url = reverse("ground:job", args=[job.public_id])
    messages_out.notify(job.requester, f"«{title}» آماده شد.", url, outbox=row, tone="ok", mail=False)


@handler("audit.verify")
def verify_audit(job: Job, progress: Progress) -> Outcome:
    """The test of all chains that an auditor asks for; a bad log fails the job and names the entry."""
    progress(0, 1, "خواندن همهٔ رویدادها")
    verdict = audit_check.verify(copy=Path(settings.AUDIT_COPY) if settings.AUDIT_COPY else None)
    if verdict.first is not None:
        entry = f"رویداد شمارهٔ {to_persian(verdict.first.entry)}" if verdict.first.entry else "زنجیره"
        raise RuleBroken(f"{entry} دستکاری شده است ({verdict.first.chain}). شرح: {verdict.first}")
    url = reverse("ground:audit")
    return Outcome(
        url=url,
        message=f"زنجیره سالم است: {group(verdict.entries)} رویداد در {group(verdict.chains)} زنجیره، "
        f"{group(verdict.checkpoints)} ایست بازرسی.",
    )
