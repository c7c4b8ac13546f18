"""Blockers of a cut-off, absences on record, reminders, and the page on which a cut-off is closed and published."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import require
from accounts.models import Agency, User
from accounts.second_factor import asked_again
from agreements.models import ReportingPeriod
from agreements.workflow import periods
from budget_portal.errors import NotAllowed
from monitoring.closing import absences, reminders
from monitoring.closing.blockers import blockers, said
from monitoring.consolidation import matrix
from monitoring.forms.closing import AbsenceForm, TypedForm
from monitoring.models import Absence
from monitoring.nav import DESK
from monitoring.presenters import closing as printed
from monitoring.presenters import words
from monitoring.presenters.timeliness import history
from monitoring.views.common import period_of, person, whole

NOT_YOURS = "این صفحه برای گروه تلفیق، معاون بودجه، رئیس سازمان و حسابرس است."


def _reader(request: HttpRequest) -> User:
    user = person(request)
    if user.role not in DESK:
        raise NotAllowed(NOT_YOURS)
    return user


@require_safe
def timeliness(request: HttpRequest) -> HttpResponse:
    """Who was complete and in time over the last cut-offs."""
    context = {"history": history(_reader(request))}
    return render(request, "monitoring/consolidation/timeliness.html", context)


@require_safe
def blocker_list(request: HttpRequest, p: str) -> HttpResponse:
    user = _reader(request)
    return _blockers(request, user, period_of(user, p))


def _blockers(
    request: HttpRequest,
    user: User,
    period: ReportingPeriod,
    failed: tuple[str, AbsenceForm] | None = None,
) -> HttpResponse:
    found, sort = blockers(user, matrix(user, period)), request.GET.get("sort", "")
    context = {
        "period": period,
        "period_title": words.period_title(period),
        "said": said(found.found),
        "chips": printed.chips(found, sort),
        "rows": printed.rows(found, sort),
        "absent": found.absent,
        "may_record": absences.can_record(user),
        "form": failed[1] if failed else AbsenceForm(),
        "failed": failed[0] if failed else "",
    }
    return render(request, "monitoring/closing/blockers.html", context, status=422 if failed else 200)


@require_POST
def absence_record(request: HttpRequest, p: str, code: str, kind: str) -> HttpResponse:
    user = _reader(request)
    period, agency = period_of(user, p), _agency(user, code)
    require(absences.can_record(user))
    form = AbsenceForm(request.POST)
    if not form.is_valid():
        return _blockers(request, user, period, (f"{code}-{kind}", form))
    absences.record(agency.pk, period, kind, by=user, reason=form.cleaned_data["reason"])
    messages.success(request, f"غیبت «{agency}» در این مقطع ثبت شد.")
    return redirect("monitoring:blockers", p)


@require_POST
def absence_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    user = _reader(request)
    row = get_object_or_404(Absence.objects.for_user(user).select_related("period__fiscal_year"), pk=pk)
    absences.withdraw(row.pk, by=user)
    messages.success(request, "غیبت برداشته شد.")
    return redirect("monitoring:blockers", row.period.code)


@require_POST
def remind(request: HttpRequest, p: str, code: str) -> HttpResponse:
    user = _reader(request)
    period, agency = period_of(user, p), _agency(user, code)
    reminders.remind(agency.pk, period, by=user)
    messages.success(request, f"یادآوری به «{agency}» فرستاده شد.")
    return redirect("monitoring:consolidation", p)


def _agency(user: User, code: str) -> Agency:
    return cast(Agency, get_object_or_404(Agency.objects.for_user(user), code=code))


# --- closing ---------------------------------------------------------------------------------------------------------

VERBS = {"close": periods.close_window, "publish": periods.publish_window}
DONE = {"close": "مقطع بسته شد.", "publish": "مقطع منتشر شد و بستهٔ آن در زنجیره ثبت شد."}


@require_http_methods(["GET", "POST"])
@asked_again
def close(request: HttpRequest, p: str) -> HttpResponse:
    """The windows of the cut-off with the next move of each; typed words confirm it."""
    user = _reader(request)
    period = period_of(user, p)
    found = blockers(user, matrix(user, period))
    steps = printed.windows(user, period, found)
    failed: TypedForm | None = None
    if request.method == "POST":
        step = next((one for one in steps if one.window.pk == whole(request.POST.get("window"))), None)
        if step is None or not step.name:
            raise Http404
        assert step.decision is not None  # noqa: S101 - a named step is decided
        require(step.decision)
        failed = TypedForm(request.POST, phrase=step.phrase, auto_id=f"w{step.window.pk}-%s")
        if failed.is_valid():
            VERBS[step.name](step.window.pk, by=user)
            messages.success(request, DONE[step.name])
            return redirect("monitoring:cutoff-close", p)
    forms = {
        step.window.pk: failed
        if failed is not None and whole(failed.data.get("window")) == step.window.pk
        else TypedForm(
            auto_id=f"w{step.window.pk}-%s", initial={"window": step.window.pk}, phrase=step.phrase
        )
        for step in steps
    }
    context = {
        "period": period,
        "period_title": words.period_title(period),
        "steps": [(step, forms[step.window.pk]) for step in steps],
        "said": said(found.found),
        "absent": found.absent,
        "failed": failed,
    }
    return render(request, "monitoring/closing/close.html", context, status=422 if failed else 200)
