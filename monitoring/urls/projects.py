from django.urls import path

from monitoring.views import projects

urlpatterns = [
    path("projects/", projects.listing, name="project-list"),
    path("projects/<str:code>/", projects.detail, name="project"),
]
