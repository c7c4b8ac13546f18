"""Addresses by object; each file lists its own."""

from django.urls import register_converter

from monitoring.urls import converters

register_converter(converters.PeriodCode, "period")
register_converter(converters.KindCode, "kind")

from monitoring.urls import (  # noqa: E402 - after the converters
    clocks,
    conflicts,
    consolidation,
    entry,
    extensions,
    inbox,
    packages,
    projects,
    reconciliation,
    remarks,
    review,
    rulebook,
    visits,
    waterfall,
)

app_name = "monitoring"
urlpatterns = [
    *inbox.urlpatterns,
    *clocks.urlpatterns,
    *extensions.urlpatterns,
    *entry.urlpatterns,
    *review.urlpatterns,
    *reconciliation.urlpatterns,
    *remarks.urlpatterns,
    *packages.urlpatterns,
    *projects.urlpatterns,
    *conflicts.urlpatterns,
    *consolidation.urlpatterns,
    *visits.urlpatterns,
    *waterfall.urlpatterns,
    *rulebook.urlpatterns,
]
