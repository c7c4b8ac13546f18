"""The front of the portal: landing, service pages, help, and the approved figures as open data."""

from __future__ import annotations

import csv
from typing import Any

from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from accounts.models import Organization
from agreements.models import ReportingPeriod
from complaints import figures, organizations, promises
from complaints.forms import TrackForm
from complaints.help_pages import PAGES, find

PER_PAGE = 50


@login_not_required
@ensure_csrf_cookie
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    context = {
        "form": TrackForm(),
        "sentences": figures.sentences(),
        "answers": promises.answers(),
        "reviews": promises.reviews(),
    }
    return render(request, "public/home.html", context)


@login_not_required
@require_safe
def service(request: HttpRequest) -> HttpResponse:
    return render(request, "public/service.html")


@login_not_required
@require_safe
def sla(request: HttpRequest) -> HttpResponse:
    context = {"answers": promises.answers(), "reviews": promises.reviews()}
    return render(request, "public/sla.html", context)


@login_not_required
@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    return render(request, "public/help.html", {"pages": PAGES})


@login_not_required
@require_safe
def help_page(request: HttpRequest, slug: str) -> HttpResponse:
    page = find(slug)
    if page is None:
        raise Http404
    return render(request, "public/help_page.html", {"help": page, "pages": PAGES})


@login_not_required
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "public/contact.html", {"organizations": organizations.with_desk()})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "public/privacy.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "public/accessibility.html")


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    return render(request, "public/sitemap.html", {"pages": PAGES})


# --- open figures -------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def open_figures(request: HttpRequest) -> HttpResponse:
    """Approved figures of one organization at one period, by agency or by project."""
    known = figures.organizations()
    organization = _chosen_organization(request, known)
    periods = figures.periods(organization) if organization else []
    period = _chosen_period(request, periods)
    by_project = request.GET.get("by") == "project"
    context: dict[str, Any] = {
        "organizations": [(row.code, organizations.label(row)) for row in known],
        "organization": organization,
        "periods": periods,
        "period": period,
        "by_project": by_project,
        "reports": published_reports(),
    }
    if organization and period:
        context["table"] = figures.table(organization, period)
        if by_project:
            pages = Paginator(figures.projects(organization, period), PER_PAGE)
            context["page"] = pages.get_page(request.GET.get("page"))
    return render(request, "public/open.html", context)


@login_not_required
@never_cache
@require_safe
def open_csv(request: HttpRequest) -> HttpResponse:
    """The same figures for machines: UTF-8, ASCII digits, million rials."""
    organization = _chosen_organization(request, figures.organizations())
    period = _chosen_period(request, figures.periods(organization) if organization else [])
    if organization is None or period is None:
        raise Http404
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="figures-{organization.code}-{period.code}.csv"'
    writer = csv.writer(response)
    writer.writerow(["organization", "period", "agency_id", "agency", "kind", "allocated", "spent"])
    for row in figures.table(organization, period).rows:
        for kind, part in (("capital", row.capital), ("expense", row.expense)):
            if part:
                agency = row.agency
                writer.writerow(
                    [
                        organization.code,
                        period.code,
                        agency.public_id,
                        _inert(agency.name),
                        kind,
                        part.allocated,
                        part.spent,
                    ]
                )
    return response


def _inert(text: str) -> str:
    """A spreadsheet takes no cell of ours for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def published_reports() -> list[Any]:
    """Editions that the head has approved; they live in an app above this one, so they are asked for by name."""
    reports: Any = apps.get_model("reports", "SupervisionReport")._default_manager
    rows = reports.filter(state="approved").select_related("organization", "period__fiscal_year")
    return list(rows.order_by("-period__cutoff_date", "organization", "-edition")[:20])


def _chosen_organization(request: HttpRequest, known: list[Organization]) -> Organization | None:
    wanted = request.GET.get("organization", "")
    return next((row for row in known if row.code == wanted), known[0] if known and not wanted else None)


def _chosen_period(request: HttpRequest, periods: list[ReportingPeriod]) -> ReportingPeriod | None:
    wanted = request.GET.get("period", "")
    return next(
        (row for row in periods if row.code == wanted), periods[0] if periods and not wanted else None
    )
