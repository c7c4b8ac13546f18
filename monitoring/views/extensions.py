"""An agency asks for more time; the consolidation group grants or refuses it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from agreements.models import ExtensionRequest
from agreements.workflow import extensions
from budget_portal.errors import NotAllowed, RuleBroken
from monitoring.extensions import named, windows_to_ask_for
from monitoring.forms.extensions import DecisionForm, ExtensionForm
from monitoring.views.common import agency_of, person

OF_AGENCY = "تمدید را کارشناس دستگاه درخواست می‌کند."
OF_DESK = "درخواست‌های تمدید را گروه تلفیق بررسی می‌کند."
DESK = frozenset({"consolidation", "budget_deputy", "org_head", "auditor"})


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    user = person(request)
    agency_of(user)
    windows = windows_to_ask_for(user) if user.role == "agency_user" else []
    form = ExtensionForm(request.POST or None, windows=windows)
    if request.method == "POST":
        if user.role != "agency_user":
            raise NotAllowed(OF_AGENCY)
        if form.is_valid() and (answer := _asked(request, user, form)):
            return answer
    rows = [
        (row, named(row.window), extensions.can(user, row, "withdraw"))
        for row in _requests(user).order_by("-pk")
    ]
    context = {"form": form if windows else None, "rows": rows, "may_ask": user.role == "agency_user"}
    return render(request, "monitoring/extensions/ask.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, user: User, form: ExtensionForm) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        extensions.ask(data["window"], by=user, until=data["until"], reason=data["reason"])
    except RuleBroken as refusal:
        form.add_error("until", refusal.message)
        return None
    messages.success(request, "درخواست به گروه تلفیق رفت. نتیجه را در آگاهی‌ها می‌بینید.")
    return redirect("monitoring:entry-extension")


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    row = get_object_or_404(_requests(user), pk=pk)
    extensions.withdraw(row.pk, by=user)
    messages.success(request, "درخواست پس گرفته شد.")
    return redirect("monitoring:entry-extension")


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    return _desk(request, person(request))


@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, extensions.grant, "درخواست پذیرفته شد؛ در گزارش «ثبت با تأخیر» می‌آید.")


@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, extensions.refuse, "درخواست رد شد.")


def _decided(request: HttpRequest, pk: int, verb: Any, sentence: str) -> HttpResponse:
    user = person(request)
    row = get_object_or_404(_requests(user), pk=pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            verb(row.pk, by=user, note=form.cleaned_data["note"])
        except RuleBroken as refusal:
            form.add_error("note", refusal.message)
        else:
            messages.success(request, sentence)
            return redirect("monitoring:extensions")
    return _desk(request, user, wrong=(row.pk, form))


def _desk(request: HttpRequest, user: User, wrong: tuple[int, DecisionForm] | None = None) -> HttpResponse:
    if user.role not in DESK:
        raise NotAllowed(OF_DESK)
    rows = _requests(user)
    waiting = [
        (
            row,
            named(row.window),
            wrong[1] if wrong and wrong[0] == row.pk else DecisionForm(),
            extensions.can(user, row, "grant"),
        )
        for row in rows.filter(state="requested").order_by("until", "pk")
    ]
    decided = [
        (row, named(row.window)) for row in rows.exclude(state="requested").order_by("-decided_at")[:100]
    ]
    context = {"waiting": waiting, "decided": decided, "form": wrong[1] if wrong else None}
    return render(request, "monitoring/extensions/desk.html", context, status=422 if wrong else 200)


def _requests(user: User) -> Any:
    return ExtensionRequest.objects.for_user(user).select_related(
        "window__period__fiscal_year", "agency", "requested_by", "decided_by"
    )
