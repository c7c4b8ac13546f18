"""From notification to spending of one agency, as a page, as CSV and as JSON."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import Agency, User
from agreements.letter_pages import WATERFALL, tabs
from agreements.models import ReportingPeriod
from budget_portal.errors import NotAllowed
from monitoring import waterfall
from monitoring.presenters import waterfall as shown
from monitoring.presenters import words
from monitoring.querysets import agencies_of
from monitoring.views.common import period_of, person

NOT_YOURS = "این صفحه برای دستگاه، کارشناس بودجه، گروه تلفیق، معاون، رئیس سازمان، بینندگان شهرستان و کشور و حسابرس است."
PER_PAGE = 50


def _reader(request: HttpRequest) -> User:
    user = person(request)
    if user.role not in WATERFALL:
        raise NotAllowed(NOT_YOURS)
    return user


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """An agency's people come to their own page, others choose an agency."""
    user = _reader(request)
    periods = list(
        ReportingPeriod.objects.for_user(user)
        .begun(user)
        .select_related("fiscal_year")
        .order_by("-cutoff_date")[:12]
    )
    if periods and user.acting is not None and user.acting.agency is not None:
        return redirect("monitoring:waterfall", user.acting.agency.code, periods[0].code, "capital")
    rows = agencies_of(user, "capital").filter(is_active=True).select_related("organization", "sector_group")
    asked = request.GET.get("period", "")
    period = next((row for row in periods if row.code == asked), periods[0] if periods else None)
    context = {
        "tabs": tabs(user, "waterfall"),
        "period": period,
        "periods": [(row.code, words.period_name(row)) for row in periods],
        "page": Paginator(rows.order_by("organization", "code"), PER_PAGE).get_page(request.GET.get("page")),
        "several": user.role == "national_viewer",
        "expense": set(agencies_of(user, "expense").values_list("pk", flat=True)),
    }
    return render(request, "monitoring/waterfall_home.html", context)


@require_safe
def page(request: HttpRequest, code: str, p: str, k: str) -> HttpResponse:
    asked = shown.asked(request.GET)
    found = _found(request, code, p, k, asked)
    show = request.GET.get("show", "") if request.GET.get("show") in {"broken", "warned"} else ""
    kept = {name: request.GET.get(name, "") for name in ("basis", "on", "known", "organization")}
    query = urlencode({name: value for name, value in {**kept, "show": show}.items() if value})
    at = found.trail[-1].name if found.trail else ""
    whole = urlencode({name: value for name, value in {**kept, "at": at}.items() if value})
    counts = shown.counts(found)
    context = {
        "found": found,
        "asked": asked,
        "period_name": words.period_name(found.period),
        "kind_name": words.KINDS[k],
        "kinds": _kinds(request, found.agency, k),
        "finding": shown.finding(found),
        "stages": shown.stages(found),
        "rows": shown.rows(found, show=show, opened=request.GET.get("open", ""), query=query),
        "total": None if found.trail else shown.total(found),
        "chips": [] if at and not at.startswith("programme") else _chips({**kept, "at": at}, show, counts),
        "bases": _bases({**kept, "at": at}, asked.basis),
        "kept": {**kept, "at": at},
        "show": show,
        "crumbs": shown.crumbs(found, query),
        "branch": shown.branch(found),
        "letters": [(letter, shown.said_of(letter)) for letter in found.letters],
        "files": {name: f"{name}/?{whole}" for name in ("csv", "json")}
        | {"xlsx": _workbook(code, p, k, {**kept, "at": at})},
    }
    return render(request, "monitoring/waterfall.html", context)


def _workbook(code: str, p: str, k: str, kept: dict[str, str]) -> str:
    asked = {"agency": code, "period": p, "kind": k, **{name: value for name, value in kept.items() if value}}
    return f"{reverse('ground:export', args=['waterfall', 'xlsx'])}?{urlencode(asked)}"


@require_safe
def as_csv(request: HttpRequest, code: str, p: str, k: str) -> HttpResponse:
    found = _found(request, code, p, k, shown.asked_plainly(request.GET))
    response = HttpResponse(shown.as_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="budget-{found.agency.code}-{p}-{k}.csv"'
    return response


@require_safe
def as_json(request: HttpRequest, code: str, p: str, k: str) -> HttpResponse:
    found = _found(request, code, p, k, shown.asked_plainly(request.GET))
    return JsonResponse(shown.as_json(found), json_dumps_params={"ensure_ascii": False})


def _found(request: HttpRequest, code: str, p: str, k: str, asked: shown.Asked) -> waterfall.Waterfall:
    user = _reader(request)
    agency, period = _agency(user, code, k, request.GET.get("organization", "")), period_of(user, p)
    basis = cast(waterfall.Basis, asked.basis)
    found = waterfall.build(
        user, agency, period, k, basis=basis, on=asked.on, known_at=asked.known_at, at=asked.at
    )
    if request.GET.get("at") and not found.trail:
        raise Http404
    return found


def _agency(user: User, code: str, kind: str, organization: str) -> Agency:
    """Codes are one organization's own; who sees several names it."""
    rows = agencies_of(user, kind).filter(code=code).select_related("organization", "sector_group")
    if organization:
        rows = rows.filter(organization__code=organization)
    agency = rows.order_by("organization").first()
    if agency is None:
        raise Http404
    return cast(Agency, agency)


def _kinds(request: HttpRequest, agency: Agency, k: str) -> list[dict[str, Any]]:
    user = person(request)
    return [
        {"label": label, "url": _url(request, name), "count": None, "current": name == k}
        for name, label in words.KINDS.items()
        if name == k or agencies_of(user, name).filter(pk=agency.pk).exists()
    ]


def _url(request: HttpRequest, k: str) -> str:
    query = request.GET.copy()
    for name in ("open", "show", "at"):
        query.pop(name, None)
    return f"../{k}/?{query.urlencode()}" if query else f"../{k}/"


def _chips(kept: dict[str, str], show: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    labels = {"": "همه", "broken": "قاعدهٔ شکسته", "warned": "هشدار"}
    return [
        {
            "label": label,
            "url": "?" + urlencode({name: v for name, v in {**kept, "show": value}.items() if v}),
            "count": counts[value],
            "current": value == show,
            "tone": "bad" if value == "broken" and counts[value] else "",
        }
        for value, label in labels.items()
    ]


def _bases(kept: dict[str, str], basis: str) -> list[dict[str, Any]]:
    labels = {"entered": "ثبت‌شده", "approved": "تأیید نهایی"}
    return [
        {
            "label": label,
            "url": "?" + urlencode({name: v for name, v in {**kept, "basis": value}.items() if v}),
            "count": None,
            "current": value == basis,
            "tone": "",
        }
        for value, label in labels.items()
    ]
