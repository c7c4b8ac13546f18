"""Packages of the cut-offs that are over, frozen when they were approved and published."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from accounts.models import Organization
from agreements.models import PeriodWindow, ReportingPeriod
from monitoring import packages
from monitoring.models import PerformanceSubmission
from reports.demo.ground import Ground


@transaction.atomic
def write(ground: Ground) -> None:
    """Cut-off by cut-off, as the chain would have grown."""
    for period in ReportingPeriod.objects.select_related("fiscal_year").order_by("cutoff_date"):
        for organization in ground.organizations.values():
            _submissions(organization, period)
            _windows(organization, period)


def _submissions(organization: Organization, period: ReportingPeriod) -> None:
    rows = PerformanceSubmission.objects.filter(
        agency__organization=organization, period=period, state="approved", packages=None
    ).select_related(
        "agency__organization",
        "period__fiscal_year",
        "submitted_by",
        "confirmed_by",
        "reviewed_by",
        "approved_by",
    )
    found = list(rows.order_by("approved_at", "pk"))
    packages.freeze_all(
        found,
        by={row.pk: row.approved_by for row in found},
        at={row.pk: row.approved_at for row in found},
    )


def _windows(organization: Organization, period: ReportingPeriod) -> None:
    windows = PeriodWindow.objects.filter(organization=organization, period=period, state="published")
    for window in windows.select_related(
        "period__fiscal_year", "organization", "published_by", "sector_group"
    ):
        latest = window.packages.aggregate(at=Max("frozen_at"))["at"]
        if latest is None and window.published_by is not None:
            packages.freeze_window(window, by=window.published_by, at=window.published_at)
