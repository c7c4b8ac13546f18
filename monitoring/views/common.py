"""What the views of monitoring share: who asks, which cut-off, whose submission."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.scopes import AGENCY
from agreements.models import ReportingPeriod
from budget_portal.errors import NotAllowed
from monitoring.models import PerformanceSubmission
from monitoring.querysets import VIEWERS

if TYPE_CHECKING:
    from accounts.models import Agency, User

AGENCY_ONLY = "این صفحه برای کارشناس، رئیس و ذیحساب دستگاه است."


def person(request: HttpRequest) -> User:
    return cast("User", request.user)


def period_of(user: User, code: str) -> ReportingPeriod:
    rows = ReportingPeriod.objects.for_user(user).by_code(code).select_related("fiscal_year")
    return cast(ReportingPeriod, get_object_or_404(rows))


def agency_of(user: User) -> Agency:
    """The agency through which the person acts; other roles have pages of their own."""
    if user.role not in AGENCY or user.acting is None or user.acting.agency is None:
        raise NotAllowed(AGENCY_ONLY)
    return user.acting.agency


def submission_of(user: User, period: ReportingPeriod, kind: str) -> PerformanceSubmission | None:
    """The submission of the person's own agency, if it was opened."""
    rows = PerformanceSubmission.objects.for_user(user).filter(
        agency=agency_of(user), period=period, kind=kind
    )
    return cast(
        "PerformanceSubmission | None",
        rows.select_related("agency__organization", "agency__sector_group", "period__fiscal_year").first(),
    )


def readable(user: User, prefix: str = "") -> Q:
    """What was sent: figures in the making are the agency's own, and viewers read approved ones.

    A capital form holds projects of many counties: a county reads its projects one by one (decision 7)."""
    if user.role in AGENCY:
        return Q()
    if user.role == "county_viewer":
        return Q(**{f"{prefix}state": "approved", f"{prefix}kind": "expense"})
    if user.role in VIEWERS:
        return Q(**{f"{prefix}state": "approved"})
    return Q(**{f"{prefix}revision__gt": 0})


def visible_submission(user: User, pk: int) -> PerformanceSubmission:
    rows = (
        PerformanceSubmission.objects.for_user(user)
        .filter(readable(user))
        .select_related(
            "agency__organization",
            "agency__sector_group",
            "period__fiscal_year",
            "submitted_by",
            "confirmed_by",
        )
    )
    return cast(PerformanceSubmission, get_object_or_404(rows, pk=pk))


def whole(text: str | None) -> int | None:
    """A number of the query string; anything else is nothing."""
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 12 else None


def shown_revision(request: HttpRequest) -> int:
    """The revision that the page showed; a form that names none has shown none, and the verb refuses it as older."""
    return whole(request.POST.get("revision")) or 0


def whole_or_404(text: str | None) -> int:
    found = whole(text)
    if found is None:
        raise Http404
    return found
