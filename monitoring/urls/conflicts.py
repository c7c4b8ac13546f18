"""Addresses of conflicts between sources."""

from django.urls import path

from monitoring.views import conflicts

urlpatterns = [
    path("consolidation/<period:p>/conflicts/", conflicts.conflict_list, name="conflict-list"),
    path("conflicts/<int:pk>/", conflicts.conflict, name="conflict"),
    path("conflicts/<int:pk>/explain/", conflicts.conflict_explain, name="conflict-explain"),
    path("conflicts/<int:pk>/resolve/", conflicts.conflict_resolve, name="conflict-resolve"),
    path("conflicts/<int:pk>/dispute/", conflicts.conflict_dispute, name="conflict-dispute"),
    path("manage/tolerances/", conflicts.tolerances, name="tolerances"),
]
