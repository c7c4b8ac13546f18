"""The talk about a submission, and the history of one of its numbers; parts of these stand on other pages too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from budget_portal.errors import RuleBroken
from monitoring import history as log
from monitoring import remarks as verbs
from monitoring.cells import CELLS
from monitoring.models import PerformanceSubmission, SubmissionRemark
from monitoring.presenters import remarks as shown
from monitoring.presenters import words
from monitoring.views.common import person, visible_submission, whole


@require_safe
def listing(request: HttpRequest, submission: int) -> HttpResponse:
    """All threads of a submission, or of one line or cell of it."""
    user = person(request)
    found = visible_submission(user, submission)
    return _page(request, user, found)


def _page(
    request: HttpRequest, user: User, submission: PerformanceSubmission, *, typed: str = "", problem: str = ""
) -> HttpResponse:
    chosen = request.GET.get("show", "")
    place = _place(request)
    speaks = verbs.can_speak(user)
    context = {
        "submission": submission,
        "period_name": words.period_name(submission.period),
        "kind_name": words.KINDS[submission.kind],
        "remarks": shown.threads(user, submission, place, shown=chosen),
        "chosen": chosen,
        "choices": shown.SHOWN,
        "place": place,
        "reason": speaks.reason,
        "may_speak": bool(speaks),
        "typed": typed,
        "problem": problem,
        "next": request.get_full_path(),
        "back": _back(user, submission),
        "part": bool(request.htmx),  # type: ignore[attr-defined]
    }
    name = "_remarks_panel" if context["part"] else "remarks"
    return render(request, f"monitoring/{name}.html", context, status=422 if problem else 200)


@require_POST
def add(request: HttpRequest, submission: int) -> HttpResponse:
    user, data = person(request), request.POST
    found = visible_submission(user, submission)
    try:
        verbs.add(
            found.pk, data.get("text", ""), by=user, sort=data.get("sort", "comment"), place=_place(request)
        )
    except RuleBroken as refusal:
        return _page(request, user, found, typed=data.get("text", ""), problem=refusal.message)
    messages.success(request, "نوشته شد و کنار همین جا می‌ماند.")
    return _go_on(request, found.pk)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(
        request, pk, lambda user: verbs.answer(pk, request.POST.get("text", ""), by=user), "پاسخ نوشته شد."
    )


@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, lambda user: verbs.resolve(pk, by=user), "رسیدگی‌شده شمرده شد.")


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, lambda user: verbs.reopen(pk, by=user), "بازگشوده شد.")


def _do(request: HttpRequest, pk: int, verb: Callable[[User], SubmissionRemark], said: str) -> HttpResponse:
    try:
        remark = verb(person(request))
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    messages.success(request, said)
    return _go_on(request, remark.submission_id)


@require_safe
def history(request: HttpRequest, kind: str, pk: int, cell: str) -> HttpResponse:
    """Every change of one number; alone for htmx, as a page without script."""
    if cell not in CELLS.get(kind, {}):
        raise Http404
    try:
        found = log.of_cell(kind, pk, cell, by=person(request))
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    name = "_history_panel" if request.htmx else "history"  # type: ignore[attr-defined]
    return render(request, f"monitoring/{name}.html", {"history": found})


def _place(request: HttpRequest) -> verbs.Place:
    data: Any = request.POST if request.method == "POST" else request.GET
    return verbs.Place(
        cell=data.get("cell", "")[:80],
        project=whole(data.get("project")),
        programme=whole(data.get("programme")),
        chapter=whole(data.get("chapter")),
    )


def _go_on(request: HttpRequest, submission: int) -> HttpResponse:
    wanted = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return redirect(wanted if inside else reverse("monitoring:remarks", args=[submission]))


def _back(user: User, submission: PerformanceSubmission) -> str:
    if user.role in {"agency_user", "agency_head"}:
        return reverse("monitoring:entry", args=[submission.period.code, submission.kind])
    return reverse("monitoring:review-detail", args=[submission.pk])
