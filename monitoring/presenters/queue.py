"""Submissions of one cut-off as the treasurer's list shows them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import User
from agreements.models import ReportingPeriod
from budget_portal.signers import signer
from monitoring import permissions
from monitoring.clocks import due_for
from monitoring.models import PerformanceSubmission
from monitoring.presenters import deadlines, words


@dataclass(frozen=True)
class Item:
    title: str
    url: str
    note: str
    badge: words.Badge
    age: str
    age_tone: str = ""
    due_url: str = ""


GROUPS = (
    ("waiting", "در انتظار تأیید شما", ("submitted",)),
    ("returned", "برگشتی، در دست اصلاح دستگاه", ("returned", "reopened")),
    ("confirmed", "تأییدشده", ("treasurer_confirmed", "under_review", "expert_reviewed", "approved")),
)


def submissions_of_period(user: User, period: ReportingPeriod) -> dict[str, Any]:
    rows = (
        PerformanceSubmission.objects.for_user(user)
        .filter(period=period)
        .exclude(state="draft")
        .select_related("agency", "submitted_by", "confirmed_by")
        .annotate(warnings=Count("checks", filter=Q(checks__severity="warn")))
        .order_by("kind")
    )
    found = list(rows)
    window = permissions.window_of(found[0]) if found else None
    clocks = due_for(row.pk for row in found)
    last = window.treasurer_due if window else None
    due = {
        row.pk: deadlines.clock_due(clocks.get(row.pk), "مهلت تأیید شما", last)
        for row in found
        if row.state == "submitted"
    }
    return {
        "period": period,
        "period_title": words.period_title(period),
        "agency": user.acting.agency if user.acting else None,
        "due": min(filter(None, due.values()), key=lambda one: one.on or dt.date.max, default=None),
        "groups": [
            (title, [_item(row, due.get(row.pk)) for row in found if row.state in states])
            for _, title, states in GROUPS
        ],
        "periods": _periods(user, period),
        "several": PerformanceSubmission.objects.for_user(user).filter(state="submitted").count(),
    }


def _item(row: Any, due: words.Due | None) -> Item:
    confirmed = row.confirmed_by_id is not None
    url = reverse("monitoring:review-detail", args=[row.pk])
    note = f"نوبت {row.revision} · ارسال: {signer(row, 'submitted') or '—'}، {words.age(row.submitted_at)}"
    if row.warnings:
        note += f" · {row.warnings} هشدار"
    if confirmed:
        note += f" · تأیید: {signer(row, 'confirmed')}"
    return Item(
        title=words.KINDS[row.kind],
        url=url,
        note=note,
        badge=words.submission_badge(row),
        age=due.title if due else "",
        age_tone=due.tone if due and due.tone != "calm" else "",
        due_url=due.url if due else "",
    )


def _periods(user: User, current: ReportingPeriod) -> list[dict[str, Any]]:
    """Links to the other cut-offs in which the agency sent something."""
    rows = ReportingPeriod.objects.for_user(user).filter(
        submissions__in=PerformanceSubmission.objects.for_user(user).exclude(state="draft")
    )
    ordered = rows.select_related("fiscal_year").distinct().order_by("-cutoff_date")
    return [
        {
            "label": words.period_name(row),
            "url": reverse("monitoring:review", args=[row.code]),
            "current": row == current,
            "count": None,
        }
        for row in ordered
    ]
