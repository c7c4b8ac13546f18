"""Documents of a submission as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from accounts.models import User
from monitoring import documents
from monitoring.evidence import openings
from monitoring.models import (
    CapitalFinanceLine,
    EvidenceOpening,
    ExpenseFinanceLine,
    PerformanceSubmission,
    ProjectProgress,
    SubmissionDocument,
)
from monitoring.presenters.words import size
from monitoring.querysets import VIEWERS
from monitoring.reconciliation.figures import is_stale, sheets_of


@dataclass(frozen=True)
class Evidence:
    pk: int
    title: str
    line: str
    name: str
    facts: str
    icon: str
    by: str
    at: Any
    url: str
    may_remove: bool
    shown_url: str = ""  # to look at it within the page; empty where the browser may not show it
    opened: bool = False  # by this person, in this revision
    demanded: bool = False  # of the random sample that must be opened


WHOLE = "همهٔ پرونده"
OLD = "کهنه: پس از امضا رقم یا نوبت ارسال عوض شده است"


def listing(
    user: User, rows: Iterable[SubmissionDocument], submission: PerformanceSubmission
) -> list[Evidence]:
    """Documents that were not taken away, oldest first."""
    papers = list(rows)
    seen = set(
        EvidenceOpening.objects.for_user(user)
        .filter(document__in=papers, revision=submission.revision, person=user)
        .values_list("document", flat=True)
    )
    wanted = set(openings.demanded(submission)) if papers and submission.state == "submitted" else set()
    decided: dict[tuple[int | None, int | None], bool] = {}
    found = []
    for row in papers:
        key = (row.project_id, row.programme_id)
        if key not in decided:
            decided[key] = bool(documents.may_add(user, submission, project=key[0], programme=key[1]))
        shown = _evidence(row, decided[key])
        found.append(replace(shown, opened=row.pk in seen, demanded=row.pk in wanted))
    return [*found, *_sheets(user, submission)]


def _sheets(user: User, submission: PerformanceSubmission) -> list[Evidence]:
    """The signed sheets of the treasurer's bench are documents of the whole; each says when it is old."""
    if user.role in VIEWERS:
        return []
    return [
        Evidence(
            pk=0,
            title=f"صورت تطبیق {sheet.get_measure_display()} با دفتر ذیحسابی",
            line=WHOLE,
            name=sheet.file.name,
            facts=OLD if is_stale(sheet) else "امضاشده، با ارقام کنونی",
            icon="document-text",
            by=str(sheet.signed_by),
            at=sheet.signed_at,
            url=reverse("monitoring:reconciliation-sheet", args=[sheet.pk]),
            may_remove=False,
        )
        for sheet in sheets_of(submission)
    ]


def _evidence(row: SubmissionDocument, may_remove: bool) -> Evidence:
    kind = "PDF" if row.file.media_type == "application/pdf" else "تصویر"
    return Evidence(
        pk=row.pk,
        title=row.title,
        line=str(row.project or row.programme or WHOLE),
        name=row.file.name,
        facts=f"{kind} · {size(row.file.size)}",
        icon="document-text" if kind == "PDF" else "photo",
        by=str(row.added_by),
        at=row.added_at,
        url=reverse("monitoring:document", args=[row.pk]),
        may_remove=may_remove,
        shown_url=f"{reverse('monitoring:document', args=[row.pk])}?show=1" if kind == "تصویر" else "",
    )


def lines(submission: PerformanceSubmission) -> list[tuple[str, str]]:
    """Choices of the upload form: the whole, then every project or programme."""
    if submission.kind == "capital":
        rows = {
            *CapitalFinanceLine.objects.filter(submission=submission).values_list("project", "project__title")
        }
        rows |= {
            *ProjectProgress.objects.filter(submission=submission).values_list("project", "project__title")
        }
        name = "project"
    else:
        rows = {
            *ExpenseFinanceLine.objects.filter(submission=submission).values_list(
                "programme", "programme__title"
            )
        }
        name = "programme"
    ordered = sorted(rows, key=lambda row: str(row[1]))
    return [("", WHOLE), *((f"{name}:{pk}", title) for pk, title in ordered)]
