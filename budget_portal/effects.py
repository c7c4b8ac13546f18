"""Effects and jobs of the shared ground itself."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from budget_portal import (
    audit_check,
    audit_export,  # noqa: F401 - registers its list
    audit_heads,
    exports,
    files,
    jalali,
    messages_out,
)
from budget_portal.digits import group, to_persian
from budget_portal.jobs import Outcome, Progress, handler
from budget_portal.models import AuditCheckpoint, HeadRecipient, Job, OutboxMessage
from budget_portal.notices import sending  # noqa: F401 - registers its hour
from budget_portal.outbox import on


@on("job.done")
def tell_requester(row: OutboxMessage) -> None:
    job = Job.objects.select_related("requester").get(pk=row.target_id)
    title = job.title or job.kind
    url = reverse("ground:job", args=[job.public_id])
    messages_out.notify(job.requester, f"«{title}» آماده شد.", url, outbox=row, tone="ok", mail=False)


@on("audit.head_taken")
def mail_head(row: OutboxMessage) -> None:
    """The head of the day goes to whoever was named: outside the database nobody rewrites it."""
    point = AuditCheckpoint.objects.get(pk=row.target_id)
    subject = f"سرزنجیرهٔ رویدادنگار، شمارهٔ {to_persian(point.pk)}، {jalali.format_date(jalali.local(point.recorded_at), 'text')}"
    text = audit_heads.letter_of(point)
    for recipient in HeadRecipient.objects.filter(removed_at=None):
        messages_out.send_mail(recipient.email, subject=subject, text=text, outbox=row)


@handler("audit.verify")
def verify_audit(job: Job, progress: Progress) -> Outcome:
    """The test of all chains that an auditor asks for; its verdict is kept with the job."""
    progress(0, 1, "خواندن همهٔ رویدادها")
    verdict = audit_check.verify(copy=Path(settings.AUDIT_COPY) if settings.AUDIT_COPY else None)
    found = {"sound": verdict.sound, "problems": [str(problem) for problem in verdict.problems[:20]]}
    return Outcome(
        url=reverse("ground:audit"),
        message=_verdict(verdict),
        save=lambda: Job.objects.filter(pk=job.pk).update(params=found),
    )


@handler("export")
def write_export(job: Job, progress: Progress) -> Outcome:
    """A long list as a file; who asked reads it with the rights that they have now."""
    progress(0, 1, "خواندن ردیف‌ها")
    name, kind = job.params["name"], job.params["kind"]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"list.{kind}"
        count = exports.write(name, kind, job.params["chosen"], by=job.requester, path=path)
        made = files.store_made(
            path,
            name=exports.file_name(name, kind),
            media_type=exports.MEDIA_TYPES[kind],
            organization=job.organization,
            by=job.requester,
        )
    progress(1, 1, "")
    return Outcome(file=made, message=f"{group(count)} ردیف")


def _verdict(verdict: audit_check.Verdict) -> str:
    first = verdict.first
    if first is None:
        return (
            f"زنجیره سالم است: {group(verdict.entries)} رویداد در {group(verdict.chains)} زنجیره، "
            f"{group(verdict.checkpoints)} ایست بازرسی."
        )
    if first.entry:
        return (
            f"زنجیره درست نیست: نخستین رویداد دستکاری‌شده شمارهٔ {to_persian(first.entry)} است ({first.chain})."
        )
    return f"زنجیره درست نیست: {first.chain}، {first.text}"
