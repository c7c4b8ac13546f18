"""Every deadline shows how it came about: of a submission's clock, and of the dates of a window."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.decisions import require
from accounts.models import User
from agreements.models import PeriodWindow
from budget_portal.errors import RuleBroken
from monitoring.forms.clocks import PauseForm
from monitoring.models import SubmissionClock
from monitoring.presenters import clock_page
from monitoring.views.common import person
from monitoring.workflow import clocks


@require_safe
def clock(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    return _page(request, user, _clock(user, pk))


@require_safe
def window(request: HttpRequest, pk: int) -> HttpResponse:
    rows = PeriodWindow.objects.for_user(person(request)).select_related(
        "period__fiscal_year", "sector_group"
    )
    found: PeriodWindow = get_object_or_404(rows, pk=pk)
    return render(request, "monitoring/clocks/window.html", clock_page.window_context(found))


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    found = _clock(user, pk)
    require(clocks.can_pause(user, found))
    form = PauseForm(request.POST, reasons=clocks.open_reasons(found))
    if form.is_valid():
        try:
            clocks.pause_clock(found.pk, by=user, **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "ساعت متوقف شد؛ با پایان سقف، خودبه‌خود از سر گرفته می‌شود.")
            return redirect("monitoring:clock", pk)
    return _page(request, user, found, form=form, status=422)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    found = _clock(user, pk)
    clocks.resume_clock(found.pk, by=user)
    messages.success(request, "ساعت از سر گرفته شد.")
    return redirect("monitoring:clock", pk)


def _clock(user: User, pk: int) -> SubmissionClock:
    rows = SubmissionClock.objects.for_user(user).select_related(
        "submission__agency", "submission__period__fiscal_year"
    )
    return cast(SubmissionClock, get_object_or_404(rows.prefetch_related("pauses__begun_by"), pk=pk))


def _page(
    request: HttpRequest, user: User, found: SubmissionClock, *, form: Any = None, status: int = 200
) -> HttpResponse:
    context = clock_page.clock_context(found)
    if clocks.can_pause(user, found) and (reasons := clocks.open_reasons(found)):
        context["form"] = form or PauseForm(reasons=reasons)
    context["may_resume"] = bool(clocks.can_resume(user, found))
    return render(request, "monitoring/clocks/clock.html", context, status=status)
