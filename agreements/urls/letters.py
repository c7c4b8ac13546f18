"""Addresses of both kinds of letters: the same pages, told apart by `sort`."""

from typing import Any

from django.urls import URLPattern, path

from agreements.views import letters as views

PAGES: tuple[tuple[str, Any, str], ...] = (
    ("", views.letter_list, "-list"),
    ("new/", views.letter_new, "-new"),
    ("<int:pk>/", views.letter_detail, ""),
    ("<int:pk>/head/", views.letter_head, "-head"),
    ("<int:pk>/lines/new/", views.line_new, "-line-new"),
    ("lines/<int:pk>/", views.line_edit, "-line"),
    ("lines/<int:pk>/remove/", views.line_remove, "-line-remove"),
    ("<int:pk>/issue/", views.letter_issue, "-issue"),
    ("<int:pk>/cancel/", views.letter_cancel, "-cancel"),
    ("<int:pk>/discard/", views.letter_discard, "-discard"),
    ("<int:pk>/letter/", views.letter_file, "-file"),
)


def addresses(start: str, sort: str) -> list[URLPattern]:
    return [path(start + rest, view, {"sort": sort}, name=sort + name) for rest, view, name in PAGES]


urlpatterns = [
    *addresses("budget-notices/", "notification"),
    *addresses("allocations/", "allocation"),
]
