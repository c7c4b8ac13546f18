"""Addresses of the consolidation group."""

from django.urls import path

from monitoring.views import consolidation

urlpatterns = [
    path("consolidation/", consolidation.home, name="consolidation-home"),
    path("consolidation/reopen/<int:pk>/", consolidation.reopen, name="reopen"),
    path("consolidation/<period:p>/", consolidation.overview, name="consolidation"),
    path("consolidation/<period:p>/<str:code>/", consolidation.agency_review, name="final-review"),
    path("consolidation/<period:p>/<str:code>/<kind:kind>/approve/", consolidation.approve, name="approve"),
    path(
        "consolidation/<period:p>/<str:code>/<kind:kind>/return/",
        consolidation.give_back,
        name="consolidation-return",
    ),
    path(
        "consolidation/<period:p>/<str:code>/<kind:kind>/ask-reopen/",
        consolidation.ask_reopen,
        name="ask-reopen",
    ),
]
