"""Long work of the register: previewing and applying a table that came as a file."""

from __future__ import annotations

from django.urls import reverse

from agreements.workflow import imports
from budget_portal.digits import group
from budget_portal.errors import DomainError, RuleBroken
from budget_portal.jobs import JobCancelled, Outcome, Progress, handler
from budget_portal.models import ImportBatch, Job
from budget_portal.tables.outcome import Refused


@handler("import.preview")
def preview(job: Job, progress: Progress) -> Outcome:
    """What every row of a long file will do."""
    progress(0, 1, "خواندن پرونده")
    batch = _batch(job)
    if batch.state == "mapped":
        imports.preview(batch.pk, by=job.requester)
    return Outcome(url=_url(batch), message="پیش‌نمایش آماده است.")


@handler("import.apply")
def apply(job: Job, progress: Progress) -> Outcome:
    """Write a batch in one transaction; a worker that takes over finds it applied or untouched."""
    batch = _batch(job)
    progress(0, batch.written or 1, "خواندن پرونده")
    if batch.state == "applying":
        try:
            with progress.apart("نوشتن سطرها") as tick:
                batch = imports.finish(batch.pk, by=job.requester, tick=tick)
        except JobCancelled:
            imports.halt(batch.pk, by=job.requester)
            raise
        except Refused as refused:
            imports.fail(batch.pk, by=job.requester, error=imports.told(refused))
            raise RuleBroken(imports.told(refused)) from refused
        except DomainError as refusal:
            imports.fail(batch.pk, by=job.requester, error=refusal.message)
            raise
    return Outcome(url=_url(batch), message=f"{group(batch.written)} سطر نوشته شد.")


def _batch(job: Job) -> ImportBatch:
    rows = ImportBatch.objects.for_user(job.requester).select_related("organization", "file")
    batch: ImportBatch = rows.get(pk=job.params["batch"])
    return batch


def _url(batch: ImportBatch) -> str:
    return reverse("agreements:import-detail", args=[batch.public_id])
