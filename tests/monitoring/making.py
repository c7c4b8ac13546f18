"""Submissions without lines, for tables that ask only who may: one insert instead of a whole case."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.models import Agency
from agreements.models import PeriodWindow
from budget_portal import files
from monitoring.models import PerformanceSubmission, SubmissionDocument
from tests.cast import Cast

ORDER = ("submitted", "treasurer_confirmed", "under_review", "expert_reviewed", "approved")
SIGNED = {
    "submitted": ("submitted", "agency_user"),
    "treasurer_confirmed": ("confirmed", "treasurer"),
    "expert_reviewed": ("reviewed", "expert"),
    "approved": ("approved", "consolidation"),
}


def make_submission(
    cast: Cast,
    state: str = "draft",
    *,
    kind: str = "capital",
    agency: Agency | None = None,
    far: bool = False,
) -> PerformanceSubmission:
    """A submission in a state, past the verbs but along the edges that the database allows."""
    agency = agency or (cast.far_agency if far else cast.agency)
    cast.window(kind, organization=agency.organization)
    return walk(
        cast, PerformanceSubmission.objects.create(agency=agency, period=cast.period(), kind=kind), state
    )


def walk(cast: Cast, row: PerformanceSubmission, state: str) -> PerformanceSubmission:
    """From a draft to a state; a submission of the far province by its own people."""
    prefix = "far_" if row.agency.organization_id == cast.far_organization.pk else ""
    for step in ORDER[: ORDER.index(state) + 1] if state in ORDER else ():
        _move(cast, row, step, prefix)
    return row


def make_decided_window(cast: Cast) -> PeriodWindow:
    """Closed, and nothing of it waits for the organization: what publishing demands."""
    make_submission(cast, "approved")
    window = cast.window()
    PeriodWindow.objects.filter(pk=window.pk).update(state="closed", closed_at=timezone.now())
    window.refresh_from_db()
    return window


def _move(cast: Cast, row: PerformanceSubmission, step: str, prefix: str) -> None:
    values: dict[str, Any] = {"state": step}
    if step in SIGNED:
        name, person = SIGNED[step]
        values |= {f"{name}_by": getattr(cast, prefix + person), f"{name}_at": timezone.now()}
    if step == "submitted":
        values["revision"] = 1
    PerformanceSubmission.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()


def make_document(cast: Any, submission: PerformanceSubmission, **line: Any) -> SubmissionDocument:
    """Of the whole, or of the line named by `project=` or `programme=`."""
    stored = files.store_made(
        b"%PDF-", name="a.pdf", media_type="application/pdf", organization=None, by=None
    )
    who = "far_agency_user" if submission.agency_id != cast.agency.pk else "agency_user"
    return SubmissionDocument.objects.create(
        submission=submission, file=stored, title="صورت‌وضعیت", added_by=getattr(cast, who), **line
    )
