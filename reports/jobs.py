"""Long work of reports: building a draft's package, printing a published edition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from budget_portal import jobs
from budget_portal.jobs import Outcome, Progress
from budget_portal.models import Job, StoredFile
from reports import agreement_jobs  # noqa: F401 - its handler registers itself
from reports.models import SupervisionReport
from reports.package import R1Report

STEPS = 6  # reading, four of printing, saving


@jobs.handler("report", queue="pdf")
def make(job: Job, progress: Progress) -> Outcome:
    """Build the package of a draft and print it marked as draft; read rights and state again."""
    report = _report(job)
    progress(1, STEPS, "خواندن ارقام و محاسبهٔ شاخص‌ها")
    from reports.builders import r01_periodic

    known_at = timezone.now()
    package, photos = r01_periodic.build(report, by=job.requester, known_at=known_at)
    content = _print(package, photos, draft=True, progress=progress)

    def save() -> None:
        row = SupervisionReport.objects.select_for_update().get(pk=report.pk)
        if row.state != "draft":
            return
        row.package, row.digest, row.known_at = package.to_plain(), package.digest, known_at
        row.pdf = store_pdf(row, content)
        row.save(update_fields=["package", "digest", "known_at", "pdf"])

    return Outcome(url=f"/reports/{report.pk}/", message="گزارش ساخته شد.", save=save)


@jobs.handler("report_print", queue="pdf")
def print_published(job: Job, progress: Progress) -> Outcome:
    """Print a published edition from its frozen package, with all signatures and without the draft mark."""
    report = _report(job)
    progress(1, STEPS, "خواندن بستهٔ گزارش")
    from reports.builders import r01_periodic

    package = r01_periodic.signed(R1Report.from_plain(report.package or {}), report)
    content = _print(package, stored_photos(package, report), draft=False, progress=progress)

    def save() -> None:
        row = SupervisionReport.objects.select_for_update().get(pk=report.pk)
        if row.pdf_id is None:
            row.pdf = store_pdf(row, content)
            row.save(update_fields=["pdf"])

    return Outcome(url=f"/reports/{report.pk}/", message="نسخهٔ منتشرشده چاپ شد.", save=save)


def stored_photos(package: R1Report, report: SupervisionReport) -> dict[str, StoredFile]:
    """The files of the photos that a package names by digest."""
    wanted = {photo.sha256 for page in package.pages if page.visit for photo in page.visit.photos}
    rows = StoredFile.objects.filter(sha256__in=wanted, organization=report.organization_id)
    return {row.sha256: row for row in rows}


def store_pdf(report: SupervisionReport, content: bytes) -> StoredFile:
    import hashlib

    stored = StoredFile(
        name=f"{report.number}-{report.edition}.pdf",
        media_type="application/pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        organization=report.organization,
    )
    path = settings.MEDIA_ROOT / stored.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    stored.save()
    return stored


def _report(job: Job) -> SupervisionReport:
    with transaction.atomic():
        rows = SupervisionReport.objects.for_user(job.requester)
        report: SupervisionReport = rows.select_related(
            "organization__parent", "organization__province", "period__fiscal_year"
        ).get(pk=job.params["report"])
    return report


def _print(package: R1Report, photos: Mapping[str, Any], *, draft: bool, progress: Progress) -> bytes:
    from reports.pdf_apart import render_pdf_apart

    pictures = {digest: (settings.MEDIA_ROOT / stored.path).read_bytes() for digest, stored in photos.items()}
    return render_pdf_apart(
        package,
        draft=draft,
        photos=pictures,
        progress=lambda done, total, message: progress(1 + done, STEPS, message),
    )
