"""Addresses under which an agreement is drawn up."""

from django.urls import path

from agreements.views import drafting as views

FORMS = "agreements/<str:kind>/<int:pk>/forms/"
drafting = [
    path("agreements/new/", views.new, name="draft-new"),
    path(FORMS, views.draft, name="draft"),
    path(f"{FORMS}cell/", views.cell, name="draft-cell"),
    path(f"{FORMS}projects/", views.projects, name="draft-projects"),
    path(f"{FORMS}<str:code>/", views.form, name="draft-form"),
    path(f"{FORMS}<str:code>/paste/<int:number>/", views.paste, name="draft-paste"),
]
