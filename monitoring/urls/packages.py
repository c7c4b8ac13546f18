"""Addresses of frozen packages, and of the public page of who submitted when."""

from django.urls import path

from monitoring.views import packages, submitted

urlpatterns = [
    path("packages/", packages.package_list, name="package-list"),
    path("packages/<int:pk>/", packages.package, name="package"),
    path("packages/<int:pk>/file.<slug:kind>", packages.package_file, name="package-file"),
    path("packages/<int:pk>/compare/<int:other>/", packages.package_compare, name="package-compare"),
    path("open/submissions/", submitted.submitted, name="submitted"),
    path("open/submissions.csv", submitted.submitted_csv, name="submitted-csv"),
]
