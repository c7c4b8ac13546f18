"""Addresses by object; each file lists its own."""

from monitoring.urls import visits

app_name = "monitoring"
urlpatterns = [*visits.urlpatterns]
