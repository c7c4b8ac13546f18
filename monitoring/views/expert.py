"""The budget expert's review: the queue, one submission with its visits, reasons, returns and the end."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import require_role
from budget_portal.errors import DomainError
from monitoring import permissions, visits
from monitoring.forms.expert import DisputeForm, NoVisitForm
from monitoring.forms.review import ReturnForm
from monitoring.models import FieldVisit, PerformanceSubmission
from monitoring.presenters import deadlines, expert, overview, words
from monitoring.presenters import review as presented
from monitoring.review.page import desk
from monitoring.views import review
from monitoring.views.common import person, shown_revision, visible_submission, whole
from monitoring.workflow import submissions


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require_role(user, "budget_expert")
    return render(request, "monitoring/reviews/list.html", {"queue": expert.queue(user, request)})


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return page(request, *_found(request, pk))


def _found(request: HttpRequest, pk: int) -> tuple[User, PerformanceSubmission]:
    user = person(request)
    require_role(user, "budget_expert")
    return user, visible_submission(user, pk)


def page(
    request: HttpRequest,
    user: User,
    submission: PerformanceSubmission,
    *,
    return_form: ReturnForm | None = None,
    reason_form: NoVisitForm | None = None,
    dispute_form: DisputeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    visited = expert.evidence(user, submission)
    base = reverse("monitoring:expert-review", args=[submission.pk])
    found = desk(request, user, submission, base=base, flags=partial(expert.flags, visited))
    line = found.line
    shown = expert.visited(visited, found.pack, line)
    disputed = next((row for row in shown.visits if row.gap is not None), None)
    context = {
        "submission": submission,
        "period_title": words.period_title(submission.period),
        "kind_name": words.KINDS[submission.kind],
        "badge": words.submission_badge(submission),
        "steps": words.steps(submission),
        "overview": overview.of(submission),
        "due": _due(submission),
        "desk": found,
        "line": line,
        "documents": review.documents_of(user, submission, line),
        "visited": shown,
        "may_write": submission.state in {"treasurer_confirmed", "under_review"},
        "return_form": return_form or ReturnForm(known=set(found.pack.groups)),
        "chosen": return_form.chosen if return_form else [],
        "reason_form": reason_form
        or NoVisitForm(initial={"reason": shown.reason.reason if shown.reason else ""}),
        "disputed": disputed,
        "dispute_form": dispute_form
        or DisputeForm(initial={"text": disputed.visit.dispute_comment if disputed else ""}),
        "moves": expert.decisions(user, submission),
        **review.talk(request, user, submission, line),
    }
    return render(request, "monitoring/reviews/detail.html", context, status=status)


def _due(submission: PerformanceSubmission) -> words.Due | None:
    window = permissions.window_of(submission)
    if window is None or submission.state not in {"treasurer_confirmed", "under_review"}:
        return None
    return deadlines.step_due(submission, "مهلت بررسی شما", window.expert_due)


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    """To the line from which it was asked."""
    line = request.POST.get("open", "")
    address = reverse("monitoring:expert-review", args=[pk])
    return redirect(f"{address}?line={line}#line" if line else address)


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    user, submission = _found(request, pk)
    submissions.start_review(submission.pk, by=user)
    messages.success(request, "بررسی آغاز شد.")
    return _back(request, pk)


@require_POST
def no_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Why the open project (or the agency) was not visited."""
    user, submission = _found(request, pk)
    project = whole(request.POST.get("project"))
    if project is not None and not _has_project(submission, project):
        raise Http404
    form = NoVisitForm(request.POST)
    if not form.is_valid():
        return page(request, user, submission, reason_form=form, status=422)
    submissions.write_no_visit_reason(
        submission.pk, by=user, reason=form.cleaned_data["reason"], project_id=project
    )
    messages.success(request, "دلیل نرفتن به بازدید ثبت شد.")
    return _back(request, pk)


def _has_project(submission: PerformanceSubmission, project: int) -> bool:
    return f"project:{project}" in presented.load(submission).groups


@require_POST
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """The expert's word on a claim far above what a visit measured (V10)."""
    user, submission = _found(request, pk)
    rows = FieldVisit.objects.for_user(user).filter(agency=submission.agency_id, period=submission.period_id)
    visit = get_object_or_404(rows, pk=whole(request.POST.get("visit")) or 0)
    form = DisputeForm(request.POST)
    if not form.is_valid():
        return page(request, user, submission, dispute_form=form, status=422)
    visits.comment_dispute(visit.pk, by=user, text=form.cleaned_data["text"])
    messages.success(request, "نظر شما ثبت شد.")
    return _back(request, pk)


@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Return what was collected, and the ticked lines (or the open one), to the agency with a reason."""
    user, submission = _found(request, pk)
    form, lines = review.read_returns(request, user, submission)
    if lines is None:
        return page(request, user, submission, return_form=form, status=422)
    try:
        submissions.return_by_expert(submission.pk, by=user, lines=lines)
    except DomainError as refusal:
        if not form.is_bound:  # what was collected, not typed
            raise
        form.add_error(None, refusal.message)
        submission.refresh_from_db()
        return page(request, user, submission, return_form=form, status=refusal.status)
    messages.success(request, "ردیف‌ها با دلیل به دستگاه برگشت داده شد.")
    return _back(request, pk)


@require_POST
def done(request: HttpRequest, pk: int) -> HttpResponse:
    user, submission = _found(request, pk)
    submissions.mark_reviewed(submission.pk, by=user, revision=shown_revision(request))
    messages.success(request, "پایان بررسی ثبت شد. گام بعد: تأیید نهایی گروه تلفیق.")
    return redirect("monitoring:expert-review", pk)
