"""Before sending: what stops it, what warns, what is empty or held; then the receipt."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken
from monitoring import permissions
from monitoring.forms import entry as forms
from monitoring.models import PerformanceSubmission
from monitoring.presenters import before_sending, words
from monitoring.rulebook import explanations
from monitoring.views.common import period_of, person, submission_of
from monitoring.workflow import submissions


def _found(user: User, p: str, k: str) -> PerformanceSubmission:
    submission = submission_of(user, period_of(user, p), k)
    if submission is None:
        raise Http404
    return submission


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, p: str, k: str) -> HttpResponse:
    """بازبینی؛ a POST sends the whole to the treasurer."""
    user = person(request)
    submission = _found(user, p, k)
    if request.method == "POST":
        return _send(request, user, submission)
    return _page(request, user, submission)


def _page(
    request: HttpRequest,
    user: User,
    submission: PerformanceSubmission,
    *,
    problem: str = "",
    typed: dict[int, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    decision = permissions.can(user, submission, "submit")
    context = before_sending.context(submission, typed or {}) | {
        "may_send": bool(decision),
        "may_explain": bool(permissions.can_fill(user, submission)),
        "reason": getattr(decision, "reason", ""),
        "problem": problem,
    }
    return render(request, "monitoring/entry_check.html", context, status=status)


@require_POST
def explain(request: HttpRequest, p: str, k: str) -> HttpResponse:
    """Explanations of warnings: all of the page at once, or one of them where it stands (htmx)."""
    user = person(request)
    submission = _found(user, p, k)
    texts = forms.explanations(request.POST)
    try:
        changed = explanations.explain(submission.pk, texts, by=user)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except RuleBroken as refusal:
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(refusal.message)
        return _page(request, user, submission, problem=refusal.message, typed=texts, status=refusal.status)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse("ثبت شد" if any(texts.values()) else "توضیح برداشته شد")
    if changed:
        messages.success(request, f"{to_persian(len(changed))} توضیح ثبت شد.")
    return redirect("monitoring:entry-check", p, k)


def _send(request: HttpRequest, user: User, submission: PerformanceSubmission) -> HttpResponse:
    accepted = request.POST.get("accept_missing") == "1"
    try:
        submissions.submit(submission.pk, by=user, accept_missing=accepted)
    except RuleBroken as refusal:
        submission.refresh_from_db()
        return _page(request, user, submission, problem=refusal.message, status=refusal.status)
    return redirect("monitoring:entry-sent", submission.period.code, submission.kind)


@require_safe
def sent(request: HttpRequest, p: str, k: str) -> HttpResponse:
    """The receipt of the last sending: number, next step, its date."""
    submission = _found(person(request), p, k)
    if not submission.revision:
        return redirect("monitoring:entry", p, k)
    window = permissions.window_of(submission)
    context = {
        "submission": submission,
        "period": submission.period,
        "period_name": words.period_name(submission.period),
        "kind_name": words.KINDS[submission.kind],
        "number": words.receipt_number(submission),
        "badge": words.submission_badge(submission),
        "steps": words.steps(submission),
        "next_due": window.treasurer_due if window else None,
        "held": before_sending.held(submission),
    }
    return render(request, "monitoring/entry_sent.html", context)
