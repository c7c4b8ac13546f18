"""Pages of cut-offs and windows: everybody reads the calendar, the deputy moves it, the administrator plans it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decisions import Decision, require
from accounts.models import SectorGroup
from agreements import permissions, planning
from agreements.forms.calendar import ExtensionForm, WindowDatesForm, YearForm
from agreements.models import FiscalYear, PeriodWindow
from agreements.workflow import periods
from agreements.workflow.moves import WINDOW_MOVES
from budget_portal import jalali
from budget_portal.digits import to_latin
from budget_portal.errors import RuleBroken

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

URLS = {name: f"agreements:window-{name}" for name in (*WINDOW_MOVES, "extend")}
CONFIRM = {
    "close": "پس از بستن، رقم تازه‌ای پذیرفته نمی‌شود و تغییر فقط با بازگشایی مکتوب ممکن است.",
    "publish": "پس از انتشار، این پنجره دیگر باز نمی‌شود. اصلاح پروندهٔ تأییدشده تنها با بازگشایی معاون بودجه "
    "ممکن است و ویرایش تازهٔ گزارش می‌خواهد.",
}


@dataclass(frozen=True)
class Action:
    """A button of a window: leads to its move, or stands disabled with the reason."""

    name: str
    label: str
    url_name: str
    decision: Decision


@dataclass(frozen=True)
class WindowRow:
    window: PeriodWindow
    actions: list[Action]


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


@require_safe
def period_list(request: HttpRequest) -> HttpResponse:
    """The calendar of one fiscal year: windows with their dates, and what the person may do with each."""
    user = _person(request)
    years = list(FiscalYear.objects.for_user(user))
    year = _chosen(years, request.GET.get("year", ""))
    windows = (
        PeriodWindow.objects.for_user(user)
        .filter(period__fiscal_year=year)
        .select_related("period__fiscal_year", "organization", "sector_group", "extended_by")
        .order_by("period__cutoff_date", "organization", "kind", "sector_group")
    )
    rows = [WindowRow(window, _actions(user, window)) for window in windows]
    context = {
        "years": years,
        "year": year,
        "rows": rows,
        "several": len({row.window.organization_id for row in rows}) > 1,
    }
    return render(request, "agreements/period_list.html", context)


@require_POST
def window_open(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, periods.open_window, "پنجره باز شد؛ دستگاه‌ها می‌توانند عملکرد را وارد کنند.")


@require_http_methods(["GET", "POST"])
def window_close(request: HttpRequest, pk: int) -> HttpResponse:
    return _confirmed(request, pk, "close", periods.close_window, "مقطع بسته شد.")


@require_http_methods(["GET", "POST"])
def window_publish(request: HttpRequest, pk: int) -> HttpResponse:
    return _confirmed(request, pk, "publish", periods.publish_window, "مقطع منتشر شد.")


@require_http_methods(["GET", "POST"])
def window_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(request, pk, "reopen", periods.reopen_window, "پنجره بازگشایی شد.")


@require_http_methods(["GET", "POST"])
def window_extend(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(request, pk, "extend", periods.extend_window, "مهلت تمدید شد.")


@require_http_methods(["GET", "POST"])
def year_list(request: HttpRequest) -> HttpResponse:
    """Years of the country and what windows of the administrator's organization they have."""
    user = _person(request)
    require(permissions.can_plan(user))
    form = YearForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            year = planning.create_year(form.cleaned_data["year"], by=user)
        except RuleBroken as refusal:
            form.add_error("year", refusal.message)
        else:
            messages.success(request, "سال مالی و پنج مقطع آن تعریف شد.")
            return redirect("agreements:year-detail", year=year.year)
    context = {"years": FiscalYear.objects.for_user(user), "form": form}
    status = 422 if form.errors else 200
    return render(request, "manage/years.html", context, status=status)


@require_http_methods(["GET", "POST"])
def year_detail(request: HttpRequest, year: int) -> HttpResponse:
    """The windows of a year; a POST makes those that are missing, with default dates."""
    user = _person(request)
    require(permissions.can_plan(user))
    found = get_object_or_404(FiscalYear.objects.for_user(user), year=year)
    groups = SectorGroup.objects.for_user(user)
    if request.method == "POST":
        asked = to_latin(request.POST.get("group", ""))
        group = get_object_or_404(groups, pk=asked) if asked.isdecimal() else None
        made = planning.plan_windows(found.pk, by=user, group_id=group.pk if group else None)
        messages.success(request, f"{made} پنجره ساخته شد." if made else "پنجره‌ای کم نبود.")
        return redirect("agreements:year-detail", year=year)
    windows = (
        PeriodWindow.objects.for_user(user)
        .filter(period__fiscal_year=found)
        .select_related("period__fiscal_year", "sector_group")
        .order_by("period__cutoff_date", "kind")
    )
    return render(request, "manage/year.html", {"year": found, "windows": windows, "groups": groups})


@require_http_methods(["GET", "POST"])
def window_dates(request: HttpRequest, pk: int) -> HttpResponse:
    user = _person(request)
    require(permissions.can_plan(user))
    window = _window(user, pk)
    require(permissions.can_change_dates(user, window))
    form = WindowDatesForm(request.POST) if request.method == "POST" else WindowDatesForm.of(window)
    if form.is_bound and form.is_valid():
        planning.change_dates(window.pk, form.cleaned_data, by=user)
        messages.success(request, "تاریخ‌ها ذخیره شد.")
        return redirect("agreements:year-detail", year=window.period.fiscal_year.year)
    context = {"window": window, "form": form}
    return render(request, "manage/window_dates.html", context, status=422 if form.is_bound else 200)


def _window(user: User, pk: int) -> PeriodWindow:
    rows = PeriodWindow.objects.for_user(user).select_related("period__fiscal_year", "sector_group")
    found: PeriodWindow = get_object_or_404(rows, pk=pk)
    return found


def _actions(user: User, window: PeriodWindow) -> list[Action]:
    """The moves that lead on from this state, for those whose role has any of them."""
    if user.role not in {role for move in WINDOW_MOVES.values() for role in move.roles}:
        return []
    found = [
        Action(move.name, move.label, URLS[move.name], permissions.can(user, window, move.name, asked=False))
        for move in WINDOW_MOVES.values()
        if move.allows_state(window.state) and user.role in move.roles
    ]
    if permissions.can_extend(user, window):
        found.append(Action("extend", "تمدید مهلت", URLS["extend"], permissions.can_extend(user, window)))
    return [action for action in found if permissions.is_own(user, window)]


def _done(
    request: HttpRequest, pk: int, verb: Callable[..., PeriodWindow], sentence: str, **arguments: Any
) -> HttpResponse:
    window = _window(_person(request), pk)
    verb(window.pk, by=_person(request), **arguments)
    messages.success(request, sentence)
    return redirect(f"/periods/?year={window.period.fiscal_year.year}#window-{window.pk}")


def _confirmed(
    request: HttpRequest, pk: int, name: str, verb: Callable[..., PeriodWindow], sentence: str
) -> HttpResponse:
    """Asks first; also where the dialog cannot open."""
    if request.method == "POST":
        return _done(request, pk, verb, sentence)
    window = _window(_person(request), pk)
    require(permissions.can(_person(request), window, name))
    context = {"window": window, "move": WINDOW_MOVES[name], "text": CONFIRM[name]}
    return render(request, "agreements/window_confirm.html", context)


def _with_reason(
    request: HttpRequest, pk: int, name: str, verb: Callable[..., PeriodWindow], sentence: str
) -> HttpResponse:
    user = _person(request)
    window = _window(user, pk)
    answer = permissions.can_extend(user, window) if name == "extend" else permissions.can(user, window, name)
    require(answer)
    form = ExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _done(request, pk, verb, sentence, **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, refusal.message)
    label = WINDOW_MOVES[name].label if name in WINDOW_MOVES else "تمدید مهلت"
    context = {"window": window, "form": form, "label": label}
    return render(request, "agreements/window_reason.html", context, status=422 if form.errors else 200)


def _chosen(years: list[FiscalYear], written: str) -> FiscalYear | None:
    """The year of the address, else the newest that has begun."""
    asked = to_latin(written)
    by_number = {str(year.year): year for year in years}
    if asked in by_number:
        return by_number[asked]
    begun = [year for year in years if year.starts_on <= jalali.today()]
    return next(iter(begun or years), None)
