"""Evidence of a submission: list, upload, download, removal. A file has no address without its document."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import require
from accounts.models import User
from agreements.models import Programme, Project
from budget_portal import files
from budget_portal.errors import DomainError
from monitoring import documents, permissions
from monitoring.evidence import openings
from monitoring.forms.documents import DocumentForm
from monitoring.models import PerformanceSubmission, SubmissionDocument
from monitoring.presenters import evidence, words
from monitoring.views.common import person, readable, visible_submission, whole


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest, submission: int) -> HttpResponse:
    """All documents; whoever may write adds to them here."""
    user = person(request)
    found = visible_submission(user, submission)
    if request.method == "POST":
        return _add(request, user, found)
    return _page(
        request, user, found, DocumentForm(lines=evidence.lines(found), initial={"line": _chosen(request)})
    )


def _page(
    request: HttpRequest, user: User, submission: PerformanceSubmission, form: DocumentForm, status: int = 200
) -> HttpResponse:
    rows = SubmissionDocument.objects.for_user(user).filter(submission=submission, removed_at=None)
    may_write = permissions.can_fill(user, submission)
    context = {
        "submission": submission,
        "period_name": words.period_name(submission.period),
        "kind_name": words.KINDS[submission.kind],
        "documents": evidence.listing(
            user, rows.select_related("file", "added_by", "project", "programme"), submission
        ),
        "form": form if may_write else None,
        "reason": getattr(may_write, "reason", ""),
        "back": _back(user, submission),
    }
    return render(request, "monitoring/documents.html", context, status=status)


def _chosen(request: HttpRequest) -> str:
    for name in ("project", "programme"):
        if pk := whole(request.GET.get(name)):
            return f"{name}:{pk}"
    return ""


def _back(user: User, submission: PerformanceSubmission) -> str:
    if user.role in {"agency_user", "agency_head"}:
        return reverse("monitoring:entry", args=[submission.period.code, submission.kind])
    return reverse("monitoring:review-detail", args=[submission.pk])


def _add(request: HttpRequest, user: User, submission: PerformanceSubmission) -> HttpResponse:
    form = DocumentForm(request.POST, request.FILES, lines=evidence.lines(submission))
    form.fields["line"].required = False
    require(permissions.can_fill(user, submission))
    if not form.is_valid():
        return _page(request, user, submission, form, status=422)
    name, _, pk = form.cleaned_data["line"].partition(":")
    project = Project.objects.for_user(user).get(pk=pk) if name == "project" else None
    programme = Programme.objects.for_user(user).get(pk=pk) if name == "programme" else None
    part = {"project": project.pk if project else None, "programme": programme.pk if programme else None}
    require(documents.may_add(user, submission, **part))
    try:
        stored = files.store(form.cleaned_data["file"], organization=submission.agency.organization, by=user)
        title = form.cleaned_data["title"]
        documents.add(submission.pk, by=user, file=stored, title=title, project=project, programme=programme)
    except DomainError as refusal:
        form.add_error("file", refusal.message)
        return _page(request, user, submission, form, status=422)
    messages.success(request, f"سند «{title}» پیوست شد.")
    return redirect("monitoring:documents", submission.pk)


@require_safe
def download(request: HttpRequest, pk: int) -> FileResponse:
    """The file, for whoever sees its submission."""
    user = person(request)
    rows = SubmissionDocument.objects.for_user(user).filter(readable(user, "submission__"), removed_at=None)
    document = get_object_or_404(rows.select_related("file", "submission"), pk=pk)
    if request.method == "GET":
        openings.opened(document, by=user)
    return files.serve(document.file, inline=request.GET.get("show") == "1")


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        document = documents.remove(pk, by=person(request))
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    messages.success(request, f"سند «{document.title}» برداشته شد.")
    return redirect("monitoring:documents", document.submission_id)
