"""Pages of the office calendar: days off with their history, and the working week. What would move is shown first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts import permissions
from accounts.models import Role
from accounts.office import days
from accounts.office.forms import HolidayForm, SeenForm, WeekForm, WithdrawForm
from budget_portal import jalali, office
from budget_portal.clocks.calendar import Calendar
from budget_portal.errors import RuleBroken
from budget_portal.models import Holiday, WorkingWeek

if TYPE_CHECKING:
    from accounts.models import User


def _admin(request: HttpRequest) -> User:
    user = cast("User", request.user)
    permissions.require_role(user, Role.ADMIN)
    return user


@require_http_methods(["GET", "POST"])
def holiday_list(request: HttpRequest) -> HttpResponse:
    """Days off of a year, for every clock of the portal, and what was corrected of them."""
    user = _admin(request)
    form = HolidayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        facts = (data["day"], data["title"])
        return _seen(
            request,
            form,
            "افزودن روز تعطیل",
            days.with_holiday(*facts),
            lambda: days.add_holiday(*facts, by=user, reason=data["reason"]),
            "روز تعطیل افزوده شد.",
        )
    year = _year(request.GET.get("year", ""))
    rows = Holiday.objects.filter(day__range=(jalali.fiscal_year_start(year), jalali.end_of_year(year)))
    context = {
        "holidays": rows.current(),
        "withdrawn": rows.exclude(withdrawn_at=None).select_related("withdrawn_by").order_by("-withdrawn_at"),
        "year": year,
        "years": range(year - 1, year + 2),
        "form": form,
    }
    return render(request, "manage/holidays.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
def holiday_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = _admin(request)
    holiday = get_object_or_404(Holiday.objects.current(), pk=pk)
    form = HolidayForm(request.POST or None, initial={"day": holiday.day, "title": holiday.title})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        facts = (data["day"], data["title"])
        return _seen(
            request,
            form,
            f"اصلاح «{holiday.title}»",
            days.with_holiday(*facts, instead_of=holiday),
            lambda: days.correct_holiday(holiday.pk, *facts, by=user, reason=data["reason"]),
            "روز تعطیل اصلاح شد.",
        )
    context = {"form": form, "holiday": holiday, "history": _history(holiday)}
    return render(request, "manage/holiday.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
def holiday_remove(request: HttpRequest, pk: int) -> HttpResponse:
    user = _admin(request)
    holiday = get_object_or_404(Holiday.objects.current(), pk=pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        return _seen(
            request,
            form,
            f"برداشتن «{holiday.title}»",
            days.without_holiday(holiday),
            lambda: days.remove_holiday(holiday.pk, by=user, reason=reason),
            f"«{holiday.title}» از تعطیلات برداشته شد.",
        )
    context = {"form": form, "holiday": holiday, "removing": True, "history": _history(holiday)}
    return render(request, "manage/holiday.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
def week(request: HttpRequest) -> HttpResponse:
    """The working week and the office hours, as they hold from a date on, with their history."""
    user = _admin(request)
    form = WeekForm(request.POST or None, initial={"days_off": [3, 4]})
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in days.WEEK}
        return _seen(
            request,
            form,
            "هفتهٔ کاری تازه",
            days.with_week(**data),
            lambda: days.set_week(**data, by=user, reason=form.cleaned_data["reason"]),
            "هفتهٔ کاری ذخیره شد.",
            back="accounts:week",
        )
    context = {
        "form": form,
        "weeks": WorkingWeek.objects.current(),
        "withdrawn": WorkingWeek.objects.exclude(withdrawn_at=None)
        .select_related("withdrawn_by")
        .order_by("-withdrawn_at"),
    }
    return render(request, "manage/week.html", context, status=_status(form))


def _seen(
    request: HttpRequest,
    form: SeenForm,
    title: str,
    calendar: Calendar,
    write: Callable[[], Any],
    sentence: str,
    back: str = "accounts:holiday-list",
) -> HttpResponse:
    """First what would move, then the writing."""
    refusal = ""
    if form.cleaned_data["seen"]:
        try:
            write()
        except RuleBroken as problem:
            refusal = problem.message
        else:
            messages.success(request, sentence)
            return redirect(back)
    context = {
        "title": title,
        "outlook": office.outlook(calendar, request.user),
        "typed": [
            (name, value) for name in form.fields if name != "seen" for value in request.POST.getlist(name)
        ],
        "refusal": refusal,
        "back": back,
    }
    return render(request, "manage/calendar_preview.html", context, status=422 if refusal else 200)


def _history(holiday: Holiday) -> list[Holiday]:
    """The rows that this one replaced, newest first."""
    found, row = [], holiday
    while row.replaces_id:
        row = Holiday.objects.select_related("withdrawn_by").get(pk=row.replaces_id)
        found.append(row)
    return found


def _status(form: SeenForm) -> int:
    return 422 if form.is_bound and form.errors else 200


def _year(written: str) -> int:
    this = jalali.fiscal_year_of(jalali.today())
    if not (written.isascii() and written.isdecimal() and len(written) == 4):
        return this
    return min(max(int(written), jalali.FIRST_YEAR + 1), jalali.LAST_YEAR - 2)
