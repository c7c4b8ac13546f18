"""The floors of W1 and W5, in the same server as the product's pages."""

from django.urls import include, path

from benchmarks import floor_views
from budget_portal.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("floor/rows/", floor_views.rows),
    path("floor/update/", floor_views.update),
    path("", include("budget_portal.urls")),
]
