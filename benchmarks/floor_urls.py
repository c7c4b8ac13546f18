"""The floors of W1, W3 and W5 and the peer of W3, in the same server as the product's pages."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from benchmarks import floor_views
from benchmarks.peer_views import PeerLines
from budget_portal.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("floor/rows/", floor_views.rows),
    path("floor/update/", floor_views.update),
    path("floor/lines/", floor_views.lines),
    path("peer/lines/", login_not_required(PeerLines.as_view())),
    path("", include("budget_portal.urls")),
]
