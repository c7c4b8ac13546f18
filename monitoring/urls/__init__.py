"""Addresses by object; each file lists its own."""

from django.urls import register_converter

from monitoring.urls import converters

register_converter(converters.PeriodCode, "period")
register_converter(converters.KindCode, "kind")

from monitoring.urls import consolidation, entry, inbox, projects, remarks, review, visits, waterfall  # noqa: E402 - after the converters

app_name = "monitoring"
urlpatterns = [
    *inbox.urlpatterns,
    *entry.urlpatterns,
    *review.urlpatterns,
    *remarks.urlpatterns,
    *projects.urlpatterns,
    *consolidation.urlpatterns,
    *visits.urlpatterns,
    *waterfall.urlpatterns,
]
