"""The list of projects, within the reader's scope: search, county, status, and the last approved figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import County, User
from agreements import search as finding
from agreements.models import Project, ProjectStatusChange
from agreements.models.projects import FINISHED, STATUSES
from agreements.models.register import CAUSES, HALTED
from budget_portal.templatetags.portal import percent, pp
from budget_portal.text import sort_key
from monitoring.indicators import deviation_pp
from monitoring.models import ProjectProgress
from monitoring.querysets import NO_FIGURES
from monitoring.signals import Band, band

PAGE = 50


_approved = ProjectProgress.objects.filter(
    project=OuterRef("pk"), submission__state="approved", physical_progress__isnull=False
).order_by("-submission__period__cutoff_date")
_status = ProjectStatusChange.objects.filter(project=OuterRef("pk")).order_by("-since", "-pk")
NAMES = {
    "office": F("agency__name"),
    "place": F("county__name"),
    "since": Subquery(_status.values("since")[:1]),
    "cause": Subquery(_status.values("cause")[:1]),
}
LAST = {
    "last_progress": Subquery(_approved.values("physical_progress")[:1]),
    "last_planned": Subquery(_approved.values("planned_progress")[:1]),
}


Figure = Sequence[Decimal | None]
NO_FIGURE: Figure = (None, None)


@dataclass(frozen=True)
class Row:
    title: str
    code: str
    url: str
    agency: str
    county: str
    status: str
    status_tone: str
    since: Any
    cause: str
    progress: str
    bar: str
    planned: str
    deviation: str
    tone: str


@dataclass(frozen=True)
class Listing:
    rows: list[Row]
    after: str  # the code after which the next page starts
    with_figures: bool


def listing(user: User, *, search: str, county: str, status: str, after: str, agency: str = "") -> Listing:
    """Projects by code, a page at a time; figures are the last approved ones."""
    rows = chosen(user, search=search, county=county, status=status, agency=agency)
    if after:
        rows = rows.filter(code__gt=after)
    if user.role != "national_viewer":
        # A province is a small part of the country, and its codes lie beside each other: the index of codes would be
        # walked through all provinces before it.
        rows = rows.alias(in_order=Concat("code", Value(""))).order_by("in_order")
    # Only the columns of the table, and no objects made of them.
    columns = rows.annotate(**NAMES).values_list("pk", "title", "code", "status", *NAMES, named=True)
    found = list(columns[: PAGE + 1])
    more = found[PAGE - 1].code if len(found) > PAGE else ""
    with_figures = user.role not in NO_FIGURES
    last = _last_figures([row.pk for row in found[:PAGE]]) if with_figures else {}
    return Listing([_row(row, *last.get(row.pk, NO_FIGURE)) for row in found[:PAGE]], more, with_figures)


def _last_figures(projects: list[int]) -> dict[int, Figure]:
    """Progress and plan of the last approved cut-off, for the rows of a page."""
    rows = ProjectProgress.objects.filter(
        project__in=projects, submission__state="approved", physical_progress__isnull=False
    )
    last = rows.order_by("project", "-submission__period__cutoff_date").distinct("project")
    return {
        pk: figure for pk, *figure in last.values_list("project", "physical_progress", "planned_progress")
    }


def chosen(
    user: User, *, search: str = "", county: str = "", status: str = "", agency: str = ""
) -> QuerySet[Project]:
    """The projects that search and filters of the list leave, by code."""
    rows: QuerySet[Project] = Project.objects.for_user(user).order_by("code")
    if search.strip():
        rows = rows.filter(_asked(user, finding.Asked.of(search)))
    if county:
        rows = rows.filter(county__code=county)
    if status:
        rows = rows.filter(status=status)
    if agency:
        rows = rows.filter(agency__code=agency)
    return rows


def _asked(user: User, asked: finding.Asked) -> Q:
    """By any code that the project has or had, here or elsewhere; else by the words of its title."""
    if asked.is_code and (found := finding.coded(user, asked)):
        return Q(pk__in=found)
    if asked.number.isdecimal():
        return Q(code=asked.number)
    return asked.in_column("title_folded")


def _row(project: Any, progress: Decimal | None, planned: Decimal | None) -> Row:
    deviation = deviation_pp(progress, planned)
    return Row(
        title=project.title,
        code=project.code,
        url=reverse("monitoring:project", args=[project.code]),
        agency=project.office,
        county=project.place,
        status=STATUSES.get(project.status, project.status),
        status_tone=_tone(project.status),
        since=project.since,
        cause=CAUSES.get(project.cause or "", ""),
        progress=percent(progress),
        bar=_bar(progress, planned),
        planned=percent(planned),
        deviation=pp(deviation),
        tone="bad" if band(deviation) == Band.RED else "",
    )


def _tone(status: str) -> str:
    """Only what stands still asks for somebody; a finished project is plain text with a tick."""
    if status in HALTED:
        return "warn" if status == "idle" else "bad"
    return "done" if status in FINISHED else ""


BAR = (
    '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
    '<rect class="fill fill--physical" width="{}" height="10"/>{}</svg>'
)
PLAN = '<rect class="fill--ink" x="{}" width="1.5" height="10"/>'


def _bar(progress: Decimal | None, planned: Decimal | None) -> str:
    """Drawn here and not by the component: a page has fifty of them."""
    if progress is None:
        return ""
    mark = "" if planned is None else format_html(PLAN, min(round(planned, 1), Decimal("98.5")))
    return format_html(BAR, min(round(progress, 1), Decimal(100)), mark)


def counties(user: User) -> list[tuple[str, str]]:
    """Those in which the reader has projects, in the order of the alphabet."""
    own = Project.objects.for_user(user).order_by()
    rows: Any
    if user.role == "national_viewer":
        # Nearly all: one look into each is less than a walk over every project.
        places = County.objects.alias(some=Subquery(own.filter(county=OuterRef("pk")).values("pk")[:1]))
        rows = places.filter(some__isnull=False)
    else:
        rows = County.objects.filter(pk__in=own.values("county"))
    found = rows.values_list("code", "name")
    return sorted(found, key=lambda row: _in_alphabet(row[1]))


_in_alphabet = lru_cache(maxsize=1_000)(sort_key)  # names of counties, which are the same all day
