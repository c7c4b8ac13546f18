"""Long workbooks in the background: read and judged, and written. A worker that takes over finds the load read or
untouched, written or untouched."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from budget_portal.digits import group
from budget_portal.jobs import Outcome, Progress, handler
from budget_portal.models import Job
from monitoring.models import SheetLoad
from monitoring.sheets import loads


@handler("sheets.read")
def read(job: Job, progress: Progress) -> Outcome:
    """Sheets of a long workbook, so that its preview can be opened."""
    progress(0, 1, "خواندن پرونده")
    load = _load(job)
    if load.is_open and load.tables is None:
        load = loads.read(load.pk, by=job.requester)
    return Outcome(url=url_of(load), message="پیش‌نمایش آماده است.")


@handler("sheets.apply")
def apply(job: Job, progress: Progress) -> Outcome:
    """All good rows of a long workbook in one transaction."""
    load = _load(job)
    progress(0, 1, "نوشتن ردیف‌ها")
    if load.applied_at is None:
        with progress.apart("نوشتن ردیف‌ها") as tick:
            load, _ = loads.apply(
                load.pk, None, by=job.requester, partly=bool(job.params["partly"]), tick=tick
            )
    return Outcome(url=url_of(load), message=f"{group(len(load.written))} خانه نوشته شد.")


def _load(job: Job) -> SheetLoad:
    rows: Any = SheetLoad.objects.for_user(job.requester).select_related("submission__period__fiscal_year")
    load: SheetLoad = rows.get(pk=job.params["load"])
    return load


def url_of(load: SheetLoad) -> str:
    submission = load.submission
    return reverse("monitoring:entry-sheet", args=[submission.period.code, submission.kind, load.public_id])
