"""`/dashboard/`: one address, and what each role sees there."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from agreements.models import ReportingPeriod
from budget_portal.errors import NotAllowed
from reports import dashboard
from reports import presenters_dashboard as printed

INSIDE = frozenset({"consolidation", "budget_deputy", "org_head", "auditor"})
NOT_YOURS = "نمای کلی برای گروه تلفیق، معاون بودجه، رئیس سازمان، حسابرس، فرمانداری و ناظر ملی است."
KINDS = frozenset({"capital", "expense"})


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if user.role not in INSIDE | {"county_viewer", "national_viewer"}:
        raise NotAllowed(NOT_YOURS)
    periods = dashboard.periods(user)
    period = dashboard.chosen_period(user, periods, request.GET.get("period", ""))
    if period is None:
        return render(request, "reports/dashboard/none.html", {})
    context = {"period": period, "period_title": printed.period_title(period), **printed.choices(periods)}
    if user.role == "county_viewer":
        return _county(request, user, period, context)
    if user.role == "national_viewer":
        return _country(request, user, period, context)
    return _organization(request, user, period, context)


def _organization(
    request: HttpRequest, user: User, period: ReportingPeriod, context: dict[str, object]
) -> HttpResponse:
    kind, basis = request.GET.get("kind", ""), request.GET.get("basis", "")
    picture = dashboard.organization_picture(
        user,
        period,
        kind=kind if kind in KINDS else "",
        basis="approved" if basis == "approved" else "sent",
    )
    context |= printed.organization(picture)
    return render(request, "reports/dashboard/organization.html", context)


def _county(
    request: HttpRequest, user: User, period: ReportingPeriod, context: dict[str, object]
) -> HttpResponse:
    context |= printed.county(dashboard.county_picture(user, period))
    return render(request, "reports/dashboard/county.html", context)


def _country(
    request: HttpRequest, user: User, period: ReportingPeriod, context: dict[str, object]
) -> HttpResponse:
    context |= printed.country(dashboard.country_picture(user, period))
    return render(request, "reports/dashboard/country.html", context)
