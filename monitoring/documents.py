"""Evidence of a line or of the whole submission: added and taken away while the line is open for writing."""

from __future__ import annotations

from django.utils import timezone

from accounts.decisions import Decision, require
from accounts.models import User
from agreements.models import Programme, Project
from budget_portal import audit
from budget_portal.errors import RuleBroken
from budget_portal.models import StoredFile
from budget_portal.moves import verb
from budget_portal.text import normalise
from monitoring import checking, permissions
from monitoring.models import (
    CapitalFinanceLine,
    ExpenseFinanceLine,
    PerformanceSubmission,
    ProjectProgress,
    SubmissionDocument,
)

MOST = 20
TOO_MANY = "برای هر ردیف حداکثر ۲۰ سند پیوست می‌شود."
NOT_THERE = "این ردیف در پروندهٔ این مقطع نیست."


def may_add(
    user: User, submission: PerformanceSubmission, *, project: int | None = None, programme: int | None = None
) -> Decision:
    """Evidence follows its line; that of the whole goes with a draft, or with a return of the whole."""
    return permissions.can_edit(user, submission, project=project, programme=programme)


@verb
def add(
    submission_id: int,
    *,
    by: User,
    file: StoredFile,
    title: str,
    project: Project | None = None,
    programme: Programme | None = None,
) -> SubmissionDocument:
    """Attach a stored file. The file was checked and kept before this transaction."""
    submission = PerformanceSubmission.objects.for_user(by).locked(submission_id)
    require(may_add(by, submission, **_part(project, programme)))
    if not _belongs(submission, project, programme):
        raise RuleBroken(NOT_THERE)
    rows = SubmissionDocument.objects.filter(
        submission=submission, project=project, programme=programme, removed_at=None
    )
    if rows.count() >= MOST:
        raise RuleBroken(TOO_MANY)
    document = SubmissionDocument.objects.create(
        submission=submission,
        project=project,
        programme=programme,
        file=file,
        title=normalise(title)[:200] or file.name,
        added_by=by,
    )
    _recheck(document, submission)
    audit.record("document.added", submission, by=by, after=_facts(document))
    return document


@verb
def remove(document_id: int, *, by: User) -> SubmissionDocument:
    """Take a document away while its line is open; the file and the log keep what it was."""
    seen = SubmissionDocument.objects.for_user(by).get(pk=document_id)
    submission = PerformanceSubmission.objects.locked(seen.submission_id)
    document: SubmissionDocument = SubmissionDocument.objects.select_for_update().get(pk=document_id)
    part = {"project": document.project_id, "programme": document.programme_id}
    require(permissions.can_edit(by, submission, **part))
    if document.removed_at is None:
        document.removed_at = timezone.now()
        document.save(update_fields=["removed_at"])
        _recheck(document, submission)
        audit.record("document.removed", submission, by=by, before=_facts(document))
    return document


def _recheck(document: SubmissionDocument, submission: PerformanceSubmission) -> None:
    """A line may need a document; what goes with the whole stands for none."""
    if document.project_id or document.programme_id:
        checking.recheck(submission, project=document.project_id, programme=document.programme_id)


def _part(project: Project | None, programme: Programme | None) -> dict[str, int | None]:
    return {"project": project.pk if project else None, "programme": programme.pk if programme else None}


def _belongs(submission: PerformanceSubmission, project: Project | None, programme: Programme | None) -> bool:
    if project is not None:
        mine = {"submission": submission, "project": project}
        lines, progress = CapitalFinanceLine.objects.filter(**mine), ProjectProgress.objects.filter(**mine)
        return bool(lines.exists() or progress.exists())
    if programme is not None:
        return bool(ExpenseFinanceLine.objects.filter(submission=submission, programme=programme).exists())
    return True


def _facts(document: SubmissionDocument) -> dict[str, object]:
    return {
        "document": document.pk,
        "title": document.title,
        "file": document.file.name,
        "sha256": document.file.sha256,
        "project": document.project_id,
        "programme": document.programme_id,
    }
