"""Frozen packages: the list, one package with its files, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import User
from budget_portal.errors import NotAllowed
from monitoring.models import Package
from monitoring.nav import DESK
from monitoring.packages.verify import verify
from monitoring.presenters import packages as printed
from monitoring.views.common import person

READERS = frozenset({*DESK, "agency_user", "agency_head", "treasurer", "budget_expert"})
NOT_YOURS = "بسته‌ها را دستگاه، ذیحساب، کارشناس بودجه و سازمان می‌بینند."
WITH = (
    "submission__agency", "submission__period__fiscal_year", "window__period__fiscal_year", "frozen_by",
    "organization",
)  # fmt: skip
PER_PAGE = 50


def _reader(request: HttpRequest) -> User:
    user = person(request)
    if user.role not in READERS:
        raise NotAllowed(NOT_YOURS)
    return user


def _get(user: User, pk: int) -> Package:
    return cast(Package, get_object_or_404(Package.objects.for_user(user).select_related(*WITH), pk=pk))


@require_safe
def package_list(request: HttpRequest) -> HttpResponse:
    """The chain, newest first; of one cut-off, agency or sort when asked."""
    user = _reader(request)
    rows = Package.objects.for_user(user).defer("text").select_related(*WITH).order_by("-number", "-pk")
    sort, agency = request.GET.get("sort", ""), request.GET.get("agency", "")
    if sort in Package.Sort.values:
        rows = rows.filter(sort=sort)
    if agency:
        rows = rows.filter(submission__agency__code=agency)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, printed.title_of(row)) for row in page.object_list],
        "sort": sort,
        "sorts": [("", "همه"), *Package.Sort.choices],
    }
    return render(request, "monitoring/packages/list.html", context)


@require_safe
def package(request: HttpRequest, pk: int) -> HttpResponse:
    user = _reader(request)
    row = _get(user, pk)
    content = printed.content_of(row)
    context = {
        "package": row,
        "title": printed.title_of(row),
        "facts": printed.facts(row, content),
        "signers": [
            {"label": printed.STEPS[one["step"]], "person": one["person"], "when": one["at"]}
            for one in content.get("signers", [])
        ],
        "signatures": content.get("signatures", []),
        "content": content,
        "parts": _parts(user, row, content),
        "others": _others(user, row),
        "differences": verify([row]).differences,
    }
    return render(request, "monitoring/packages/detail.html", context)


def _parts(
    user: User, row: Package, content: Mapping[str, Any]
) -> list[tuple[Mapping[str, Any], int | None]]:
    """The agencies' packages that a package of a cut-off names, with the key of each that the reader may open."""
    named = content.get("packages", [])
    known = Package.objects.for_user(user).filter(
        organization=row.organization_id, number__in=[one["number"] for one in named]
    )
    keys = dict(known.values_list("number", "pk"))
    return [(one, keys.get(one["number"])) for one in named]


def _others(user: User, row: Package) -> list[tuple[Package, str]]:
    """What it can be set against: other packages of the same agency and kind, or of the same kind of cut-off."""
    rows = (
        Package.objects.for_user(user)
        .filter(sort=row.sort, organization=row.organization_id)
        .exclude(pk=row.pk)
    )
    same = (
        Q(submission__agency=row.submission.agency_id, submission__kind=row.submission.kind)
        if row.submission
        else Q(window__kind=row.window.kind if row.window else "")
    )
    found = rows.filter(same).defer("text").select_related(*WITH).order_by("-number")[:12]
    return [(one, printed.title_of(one)) for one in found]


@require_safe
def package_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The frozen text itself, byte for byte, or its lines as a table."""
    row = _get(_reader(request), pk)
    if kind == "json":
        body, media = row.text, "application/json; charset=utf-8"
    elif kind == "csv":
        body, media = "\ufeff" + printed.as_csv(printed.content_of(row)), "text/csv; charset=utf-8"
    else:
        raise Http404
    name = f"package-{row.organization.code}-{row.number}.{kind}"
    return HttpResponse(
        body, content_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_safe
def package_compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    user = _reader(request)
    one, two = _get(user, pk), _get(user, other)
    if not printed.are_comparable(one, two):
        raise Http404
    before, after = sorted((one, two), key=lambda row: row.number)
    found = printed.compared(before, after)
    context = {
        "before": before,
        "after": after,
        "before_title": printed.title_of(before),
        "after_title": printed.title_of(after),
        "groups": printed.groups(found),
        "count": len(found.changes),
        "total": printed.sums(found.total),
        "is_cutoff": before.sort == Package.Sort.CUTOFF,
    }
    return render(request, "monitoring/packages/compare.html", context)
