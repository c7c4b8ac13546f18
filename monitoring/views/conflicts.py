"""Conflicts between sources: the list of a cut-off, one of them with its history, and the tolerances."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import require
from accounts.models import User
from budget_portal.errors import NotAllowed
from monitoring.conflicts.judging import PAIRS
from monitoring.forms.conflicts import AcceptForm, ToleranceForm, WordForm
from monitoring.models import SourceConflict, Tolerance
from monitoring.nav import DESK
from monitoring.presenters import conflicts as printed
from monitoring.presenters import words
from monitoring.views.common import period_of, person
from monitoring.workflow import conflicts

READERS = frozenset({*DESK, "agency_user", "agency_head", "treasurer", "budget_expert"})
NOT_YOURS = "مغایرت‌ها را دستگاه، ذیحساب، کارشناس بودجه و گروه تلفیق می‌بینند."
DESK_ONLY = "این صفحه برای گروه تلفیق، معاون بودجه، رئیس سازمان و حسابرس است."
PER_PAGE = 50


@require_safe
def conflict_list(request: HttpRequest, p: str) -> HttpResponse:
    user = person(request)
    if user.role not in DESK:
        raise NotAllowed(DESK_ONLY)
    period = period_of(user, p)
    rows = printed.of_period(user, period)
    page = Paginator(printed.chosen(rows, request.GET.dict()), PER_PAGE).get_page(request.GET.get("page"))
    lead, text = printed.finding(rows)
    context = {
        "period": period,
        "period_title": words.period_title(period),
        "lead": lead,
        "text": text,
        "chips": printed.chips(rows, request.GET.dict()),
        "page": page,
        "rows": [printed.row(one) for one in page.object_list],
        "export_filter": f"period={period.code}",
        "any": bool(rows),
    }
    return render(request, "monitoring/conflicts/list.html", context)


@require_safe
def conflict(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _get(request, pk))


@require_POST
def conflict_explain(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, conflicts.explain, "توضیح ثبت شد و نزد گروه تلفیق است.")


@require_POST
def conflict_resolve(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, conflicts.resolve, "توضیح پذیرفته شد.")


@require_POST
def conflict_dispute(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, conflicts.dispute, "توضیح پذیرفته نشد و مسئول آن آگاه می‌شود.")


def _step(request: HttpRequest, pk: int, make: Callable[..., SourceConflict], said: str) -> HttpResponse:
    """A verb has the name of its move."""
    user, found, name = person(request), _get(request, pk), make.__name__
    require(conflicts.can(user, found, name))
    form = (AcceptForm if name == "resolve" else WordForm)(request.POST, auto_id=f"{name}-%s")
    if not form.is_valid():
        return _page(request, found, name, form)
    make(found.pk, by=user, text=form.cleaned_data["text"])
    messages.success(request, said)
    return redirect("monitoring:conflict", pk)


def _get(request: HttpRequest, pk: int) -> SourceConflict:
    user = person(request)
    if user.role not in READERS:
        raise NotAllowed(NOT_YOURS)
    rows = SourceConflict.objects.for_user(user).select_related(*printed.WITH, "explained_by", "decided_by")
    return cast(SourceConflict, get_object_or_404(rows, pk=pk))


def _page(
    request: HttpRequest, found: SourceConflict, failed: str = "", form: WordForm | AcceptForm | None = None
) -> HttpResponse:
    user = person(request)
    steps = printed.steps(user, found)
    forms = {
        step.name: form
        if form is not None and step.name == failed
        else (WordForm if step.needs_text else AcceptForm)(auto_id=f"{step.name}-%s")
        for step in steps
    }
    context = {
        "conflict": found,
        "row": printed.row(found),
        "kind": printed.kind_of(found),
        "period_title": words.period_title(found.submission.period),
        "steps": [(step, forms[step.name]) for step in steps],
        "form": form,
        "history": printed.history(found),
        "at_desk": user.role in DESK,
    }
    return render(request, "monitoring/conflicts/detail.html", context, status=422 if form else 200)


# --- how far apart they may be ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def tolerances(request: HttpRequest) -> HttpResponse:
    """The tolerance of every pair with its history; consolidation writes the next one."""
    user = person(request)
    if user.role not in DESK:
        raise NotAllowed(DESK_ONLY)
    form = ToleranceForm(request.POST or None, user=user)
    if request.method == "POST":
        require(conflicts.can_set_tolerance(user))
        if form.is_valid():
            return _set(request, user, form)
    rows = Tolerance.objects.for_user(user).select_related("valid_from__fiscal_year", "set_by")
    context = {
        "pairs": [
            (pair, [one for one in rows.order_by("-pk") if one.pair == code]) for code, pair in PAIRS.items()
        ],
        "form": form,
        "may": conflicts.can_set_tolerance(user),
    }
    return render(request, "manage/tolerances.html", context, status=422 if form.errors else 200)


def _set(request: HttpRequest, user: User, form: ToleranceForm) -> HttpResponse:
    data = form.cleaned_data
    if data["pair"] not in PAIRS:
        raise Http404
    conflicts.set_tolerance(
        data["pair"], by=user, amount=data["amount"], valid_from=data["valid_from"], reason=data["reason"]
    )
    messages.success(request, "رواداری ثبت شد؛ پرونده‌های باز از آن مقطع دوباره سنجیده می‌شود.")
    return redirect("monitoring:tolerances")
