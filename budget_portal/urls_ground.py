"""Addresses of the shared ground: schema and page of the API."""

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

app_name = "ground"
urlpatterns: list[URLPattern] = [
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "api/v1/docs/",
        SpectacularSwaggerSplitView.as_view(url_name="ground:api-schema"),
        name="api-docs",
    ),
]
