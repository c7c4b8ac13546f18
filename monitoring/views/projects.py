"""The register of projects: list and one project."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agreements.letter_pages import WATERFALL
from agreements.models import Project, ReportingPeriod
from agreements.models.projects import STATUSES
from agreements.models.register import HALTED
from agreements.register import card as register_card
from agreements.register import rights as register_rights
from monitoring.models import SubmissionDocument
from monitoring.presenters import project_list, project_site, projects
from monitoring.views.common import person, readable

if TYPE_CHECKING:
    from accounts.models import User

DOCUMENTS = 12


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Search, county and status narrow the list; pages go on by code."""
    user = person(request)
    chosen = {name: request.GET.get(name, "")[:100] for name in ("q", "county", "status", "agency", "after")}
    found = project_list.listing(
        user,
        search=chosen["q"],
        county=chosen["county"],
        status=chosen["status"],
        agency=chosen["agency"],
        after=chosen["after"],
    )
    kept = {name: value for name, value in chosen.items() if value and name != "after"}
    context = {
        "found": found,
        "chosen": chosen,
        "counties": project_list.counties(user),
        "statuses": list(STATUSES.items()),
        "next_url": "?" + urlencode({**kept, "after": found.after}) if found.after else "",
        "first_url": "?" + urlencode(kept) if chosen["after"] else "",
        "is_filtered": bool(kept),
        "may_register": bool(register_rights.can_register(user)),
    }
    return render(request, "monitoring/project_list.html", context)


@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """Facts, credit, the curve of plan and work, visits and events."""
    user = person(request)
    rows = Project.objects.for_user(user).select_related("agency__organization", "plan", "county__province")
    project = get_object_or_404(rows, code=code)
    page = projects.page(user, project)
    context = {
        "project": project,
        "page": page,
        "site": project_site.of(user, project),
        "halted": project.status in HALTED,
        "behind": projects.behind(page.deviation),
        "documents": _documents(user, project),
        "register": register_card.card(user, project),
        "budget_url": _budget_url(user, project),
    }
    return render(request, "monitoring/project.html", context)


def _budget_url(user: User, project: Project) -> str:
    """From notification to spending of this project at the last cut-off that has begun."""
    periods = ReportingPeriod.objects.for_user(user).begun(user).select_related("fiscal_year")
    period = periods.order_by("-cutoff_date").first() if user.role in WATERFALL else None
    if period is None:
        return ""
    url = reverse("monitoring:waterfall", args=[project.agency.code, period.code, "capital"])
    organization = (
        f"&organization={project.agency.organization.code}" if user.role == "national_viewer" else ""
    )
    return f"{url}?at=project-{project.pk}{organization}"


def _documents(user: User, project: Project) -> list[SubmissionDocument]:
    """Evidence that the person may open, newest first."""
    rows = SubmissionDocument.objects.for_user(user).filter(readable(user, "submission__"))
    return list(rows.filter(project=project, removed_at=None).order_by("-added_at")[:DOCUMENTS])
