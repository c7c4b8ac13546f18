"""Lists of visits and of findings: tabs by who must act, filters, and pages by key (no counting, no offset)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from agreements.kinds import Kind
from agreements.models import ReportingPeriod
from budget_portal.keyset import slice_of
from budget_portal.text import fold
from monitoring.models import FieldVisit, VisitFinding, VisitPhoto
from monitoring.presenters import words

PAGE = 25
OPEN = ("planned", "done")


@dataclass(frozen=True)
class Tab:
    key: str
    label: str
    url: str
    count: int
    current: bool


@dataclass
class Listing:
    """One page of a list with what narrows it; `older` and `newest` are addresses."""

    rows: list[Any]
    tabs: list[Tab]
    tab: str
    periods: list[tuple[str, str]] = field(default_factory=list)
    period: str = ""
    kind: str = ""
    q: str = ""
    older: int | None = None
    first: bool = True
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def filtered(self) -> bool:
        return bool(self.period or self.kind or self.q)


VISIT_TABS: dict[str, tuple[tuple[str, str, Q], ...]] = {
    "budget_expert": (
        ("mine", "بازدیدهای ناتمام من", Q(state__in=OPEN)),
        ("planned", "برنامهٔ گروه", Q(state="planned")),
        ("submitted", "در انتظار تأیید", Q(state="submitted")),
        ("confirmed", "تأییدشده", Q(state__in=["confirmed", "agency_replied", "closed"])),
    ),
    "consolidation": (
        ("submitted", "در انتظار تأیید شما", Q(state="submitted")),
        ("planned", "برنامه و در حال تکمیل", Q(state__in=OPEN)),
        ("confirmed", "تأییدشده", Q(state__in=["confirmed", "agency_replied", "closed"])),
    ),
    "agency_user": (
        ("answer", "بی‌پاسخ", Q(state="confirmed")),
        ("all", "همه", Q()),
    ),
}
EVERYBODY: tuple[tuple[str, str, Q], ...] = (
    ("confirmed", "تأییدشده", Q(state__in=["confirmed", "agency_replied", "closed"])),
    ("submitted", "در انتظار تأیید", Q(state="submitted")),
    ("all", "همه", Q()),
)


def build(user: User, request: HttpRequest) -> Listing:
    listing, found = chosen_visits(user, request.GET)
    far = VisitPhoto.objects.for_user(user).filter(visit=OuterRef("pk")).exclude(flags=[])
    return _cut(listing, found.annotate(photo_count=Count("photos"), has_far=Exists(far)), request)


def chosen_visits(user: User, query: Mapping[str, str]) -> tuple[Listing, QuerySet[Any]]:
    """The list that tab and filters of an address name, and its rows."""
    rows = FieldVisit.objects.for_user(user)
    tabs = [
        (key, label, _own(key, which, user)) for key, label, which in VISIT_TABS.get(user.role, EVERYBODY)
    ]
    listing = _listing(user, rows, tabs, query)
    found = _narrowed(rows.filter(_which(tabs, listing.tab)), listing, "period", "project", "agency")
    return listing, found.select_related("agency", "project__county", "period__fiscal_year", "expert")


def findings(user: User, request: HttpRequest) -> Listing:
    listing, found = chosen_findings(user, request.GET)
    listing.extra["today"] = timezone.localdate()
    return _cut(listing, found, request)


def chosen_findings(user: User, query: Mapping[str, str]) -> tuple[Listing, QuerySet[Any]]:
    rows = VisitFinding.objects.for_user(user).filter(
        visit__state__in=["confirmed", "agency_replied", "closed"]
    )
    late = Q(due_on__lt=timezone.localdate()) & ~Q(state__in=["resolved", "verified"])
    tabs = [
        ("open", "باز", Q(state__in=["open", "in_progress"])),
        ("overdue", "گذشته از مهلت", late),
        ("resolved", "در انتظار تأیید رفع", Q(state="resolved")),
        ("verified", "رفع‌شده", Q(state="verified")),
    ]
    listing = _listing(user, rows, tabs, query)
    found = rows.filter(_which(tabs, listing.tab))
    found = _narrowed(found, listing, "visit__period", "visit__project", "visit__agency")
    return listing, found.select_related("visit__agency", "visit__project", "visit__period__fiscal_year")


def _own(key: str, which: Q, user: User) -> Q:
    return which & Q(expert=user) if key == "mine" else which


def _which(tabs: list[tuple[str, str, Q]], chosen: str) -> Q:
    return next(which for key, _, which in tabs if key == chosen)


def _listing(
    user: User, rows: QuerySet[Any], tabs: list[tuple[str, str, Q]], query: Mapping[str, str]
) -> Listing:
    keys = [key for key, _, _ in tabs]
    chosen = query.get("tab", "") if query.get("tab", "") in keys else keys[0]
    counts = rows.aggregate(
        **{f"n_{key}": Count("pk", filter=which) for key, _, which in tabs if which}, n=Count("pk")
    )
    shown = [
        Tab(key, label, f"?tab={key}", counts.get(f"n_{key}", counts["n"]), key == chosen)
        for key, label, _ in tabs
    ]
    periods = ReportingPeriod.objects.for_user(user).select_related("fiscal_year").order_by("-cutoff_date")
    codes = [(row.code, words.period_name(row)) for row in periods]
    period = query.get("period", "")
    kind = query.get("kind", "")
    return Listing(
        rows=[],
        tabs=shown,
        tab=chosen,
        periods=codes,
        period=period if period in dict(codes) else "",
        kind=kind if kind in Kind.values else "",
        q=query.get("q", "").strip()[:100],
    )


def _narrowed(rows: Any, listing: Listing, period: str, project: str, agency: str) -> Any:
    if listing.period:
        year, _, cutoff = listing.period.partition("-")
        rows = rows.filter(**{f"{period}__fiscal_year__year": int(year), f"{period}__cutoff": cutoff})
    if listing.kind:
        rows = rows.filter(**{f"{project}__isnull": listing.kind == "expense"})
    if listing.q:
        words = fold(listing.q)
        rows = rows.filter(
            Q(**{f"{project}__title_folded__contains": words})
            | Q(**{f"{project}__code__contains": words})
            | Q(**{f"{agency}__name__icontains": listing.q})
        )
    return rows


def _cut(listing: Listing, rows: Any, request: HttpRequest) -> Listing:
    found = slice_of(rows, request, PAGE)
    for row in found.rows:
        row.period_name = words.period_name(getattr(row, "visit", row).period)
    listing.rows, listing.older, listing.first = found.rows, found.older, found.is_first
    return listing
