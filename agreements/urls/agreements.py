"""Addresses of agreements for those who read, sign, review and exchange them."""

from django.urls import path

from agreements import badges_agreements  # noqa: F401 - badges registers itself
from agreements.views import agreements as views

VERSION = "agreements/<str:kind>/<int:pk>/"
agreements = [
    path("agreements/", views.agreement_list, name="agreement-list"),
    path("agreements/totals/", views.agreement_totals, name="agreement-totals"),
    path(VERSION, views.agreement, name="agreement"),
    path(f"{VERSION}amend/", views.agreement_amend, name="agreement-amend"),
    path(f"{VERSION}document/", views.agreement_document, name="agreement-document"),
    path(f"{VERSION}changes/", views.agreement_changes, name="agreement-changes"),
    path(f"{VERSION}in-force/", views.agreement_in_force, name="agreement-in-force"),
    path(f"{VERSION}moves/<str:name>/", views.agreement_move, name="agreement-move"),
    path(f"{VERSION}remarks/new/", views.remark_new, name="remark-new"),
    path(f"{VERSION}remarks/<int:remark>/resolve/", views.remark_resolve, name="remark-resolve"),
]
