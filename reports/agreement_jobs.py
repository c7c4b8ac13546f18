"""Printing an agreement: long work, because a province's agreement of many projects has many sheets."""

from __future__ import annotations

from django.urls import reverse

from agreements.drafting import access
from budget_portal import files, jobs
from budget_portal.jobs import Outcome, Progress
from budget_portal.models import Job
from reports import agreement_print


@jobs.handler("agreement_print", queue="pdf")
def make(job: Job, progress: Progress) -> Outcome:
    """The version as PDF, for who may read it still."""
    kind, pk = job.params["kind"], job.params["agreement"]
    agreement = access.versions(kind, job.requester).select_related("submitted_by").get(pk=pk)
    progress(1, 2, "ساختن صفحه‌ها")
    content = agreement_print.pdf_of(agreement)
    stored = files.store_made(
        content,
        name=f"agreement-{pk}-{agreement.version}.pdf",
        media_type="application/pdf",
        organization=job.organization,
        by=job.requester,
    )
    url = reverse("agreements:agreement", args=[kind, pk])
    return Outcome(file=stored, url=url, message="موافقتنامه برای چاپ آماده است.")
