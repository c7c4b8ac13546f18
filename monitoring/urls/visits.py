"""Addresses of the budget expert: visits, findings, review of submissions."""

from django.urls import path

from monitoring import badges  # noqa: F401 - badges registers itself
from monitoring.views import expert, findings, visits

urlpatterns = [
    path("visits/", visits.visit_list, name="visit-list"),
    path("visits/new/", visits.visit_new, name="visit-new"),
    path("visits/<int:pk>/", visits.visit, name="visit"),
    path("visits/<int:pk>/preview/", visits.visit_preview, name="visit-preview"),
    path("visits/<int:pk>/photos/<int:photo>/", visits.visit_photo, name="visit-photo"),
    path("visits/<int:pk>/confirm/", visits.visit_confirm, name="visit-confirm"),
    path("visits/<int:pk>/return/", visits.visit_return, name="visit-return"),
    path("visits/<int:pk>/reply/", visits.visit_reply, name="visit-reply"),
    path("visits/<int:pk>/close/", visits.visit_close, name="visit-close"),
    path("findings/", findings.finding_list, name="finding-list"),
    path("findings/<int:pk>/", findings.finding, name="finding"),
    path("findings/<int:pk>/<slug:move>/", findings.follow, name="finding-follow"),
    path("reviews/", expert.home, name="expert-reviews"),
    path("reviews/<int:pk>/", expert.detail, name="expert-review"),
    path("reviews/<int:pk>/start/", expert.start, name="expert-review-start"),
    path("reviews/<int:pk>/no-visit/", expert.no_visit, name="expert-review-no-visit"),
    path("reviews/<int:pk>/dispute/", expert.dispute, name="expert-review-dispute"),
    path("reviews/<int:pk>/return/", expert.give_back, name="expert-review-return"),
    path("reviews/<int:pk>/done/", expert.done, name="expert-review-done"),
]
