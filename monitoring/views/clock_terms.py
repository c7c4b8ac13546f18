"""/manage/clocks/: by which terms the organization's clocks run, with their history."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decisions import require
from accounts.models import Role, User
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken
from budget_portal.forms import PortalForm
from budget_portal.office import office_calendar
from monitoring.clocks import laying, terms
from monitoring.forms.clocks import EscalationForm, ReasonOfPauseForm, StepForm
from monitoring.models import EscalationTerms, PauseReason, StepTerms
from monitoring.models.clocks import Basis, Sort
from monitoring.views.common import person


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(laying.can_read(user))
    place = user.acting.organization_id if user.acting else 0
    today = office_calendar()
    context = {
        "may": bool(laying.can_lay(user)),
        "is_admin": user.role == Role.ADMIN,
        "steps": [
            (sort, Sort(sort).label, step, Basis(step.basis).label)
            for sort, step in terms.steps(place).items()
            if sort != Sort.ENTRY
        ],
        "reasons": terms.reasons(place).values(),
        "escalations": [
            (Sort(sort).label, sort, days, distance(days), Role(role).label, role)
            for sort, pairs in terms.escalations(place).items()
            for days, role in sorted(pairs)
        ],
        "weeks": today.weeks,
        "history": _history(user, place),
    }
    return render(request, "monitoring/clocks/terms.html", context)


def distance(days: int) -> str:
    return f"{to_persian(abs(days))} روز کاری {'پس از' if days > 0 else 'پیش از'} مهلت"


def _history(user: User, place: int) -> list[tuple[str, Any]]:
    """What was withdrawn, newest first."""
    found = []
    for model in (StepTerms, PauseReason, EscalationTerms):
        rows = model.objects.for_user(user).filter(organization=place).exclude(withdrawn_at=None)
        found.append([(_said(row), row) for row in rows.select_related("withdrawn_by")[:100]])
    return sorted(chain(*found), key=lambda pair: pair[1].withdrawn_at, reverse=True)


def _said(row: Any) -> str:
    if isinstance(row, StepTerms):
        return f"{row.get_sort_display()}: {row.days} روز کاری، {row.get_basis_display()}"
    if isinstance(row, PauseReason):
        return f"توقف «{row.title}»: " + (f"سقف {row.limit_days} روز کاری" if row.limit_days else "بی‌سقف")
    return f"{row.get_sort_display()}: {Role(row.role).label}، {distance(row.days)}"


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, sort: str) -> HttpResponse:
    user = person(request)
    require(laying.can_lay(user))
    if sort not in dict(laying.SORTS):
        raise Http404
    now = terms.step(user.acting.organization_id if user.acting else 0, sort)
    form = StepForm(
        request.POST or None, initial={"days": now.days, "minimum": now.minimum, "basis": now.basis}
    )
    title = f"مدت گام «{Sort(sort).label}»"
    return _written(request, form, title, lambda data: laying.set_step(sort, by=user, **data))


@require_http_methods(["GET", "POST"])
def reason(request: HttpRequest, code: str) -> HttpResponse:
    """`new` makes another reason."""
    user = person(request)
    require(laying.can_lay(user))
    known = terms.reasons(user.acting.organization_id if user.acting else 0)
    if code != "new" and code not in known:
        raise Http404
    now = known.get(code)
    initial = {"title": now.title, "limit": now.limit} if now else {}
    form = ReasonOfPauseForm(request.POST or None, initial=initial)
    key = code if now else f"r-{get_random_string(8).lower()}"
    title = f"دلیل توقف «{now.title}»" if now else "دلیل توقف تازه"
    return _written(request, form, title, lambda data: laying.set_reason(key, by=user, **data))


@require_http_methods(["GET", "POST"])
def escalation(request: HttpRequest) -> HttpResponse:
    user = person(request)
    require(laying.can_lay(user))
    form = EscalationForm(request.POST or None)
    return _written(request, form, "آگاهی تازه", lambda data: laying.add_escalation(by=user, **_told(data)))


@require_http_methods(["GET", "POST"])
def escalation_end(request: HttpRequest) -> HttpResponse:
    """Chosen by clock, distance and role, for what the portal takes by itself has no row yet."""
    user = person(request)
    require(laying.can_lay(user))
    form = EscalationForm(request.POST or None, initial={name: request.GET.get(name, "") for name in END})
    return _written(
        request, form, "برداشتن آگاهی", lambda data: laying.end_escalation(by=user, **_told(data))
    )


END = ("sort", "when", "days", "role")


def _told(data: dict[str, Any]) -> dict[str, Any]:
    days = data["days"] if data["when"] == "after" else -data["days"]
    return {"sort": data["sort"], "days": days, "role": data["role"], "reason": data["reason"]}


def _written(
    request: HttpRequest, form: PortalForm, title: str, write: Callable[[dict[str, Any]], Any]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            write(form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "ذخیره شد؛ از ساعت‌هایی که از این پس آغاز شود برقرار است.")
            return redirect("monitoring:clock-terms")
    context = {"form": form, "title": title}
    return render(request, "monitoring/clocks/terms_form.html", context, status=422 if form.errors else 200)
