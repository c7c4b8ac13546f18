"""Addresses of the consolidation group."""

from django.urls import path

from monitoring.views import closing, consolidation

urlpatterns = [
    path("consolidation/", consolidation.home, name="consolidation-home"),
    path("consolidation/history/", closing.timeliness, name="timeliness"),
    path("consolidation/reopen/<int:pk>/", consolidation.reopen, name="reopen"),
    path("consolidation/reopen/<int:pk>/decline/", consolidation.decline_reopening, name="decline-reopening"),
    path("consolidation/<period:p>/", consolidation.overview, name="consolidation"),
    path("consolidation/<period:p>/blockers/", closing.blocker_list, name="blockers"),
    path("consolidation/<period:p>/close/", closing.close, name="cutoff-close"),
    path("consolidation/absences/<int:pk>/withdraw/", closing.absence_withdraw, name="absence-withdraw"),
    path("consolidation/<period:p>/<str:code>/remind/", closing.remind, name="remind"),
    path(
        "consolidation/<period:p>/<str:code>/<kind:kind>/absent/",
        closing.absence_record,
        name="absence-record",
    ),
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
