from django.urls import URLPattern, path

from agreements import badges  # noqa: F401 - badges registers itself
from agreements.urls import letters as urls_letters
from agreements.urls.agreements import agreements
from agreements.urls.drafting import drafting
from agreements.views import calendar, classification, contracts, imports, register, search

app_name = "agreements"
urlpatterns: list[URLPattern] = [
    path("periods/", calendar.period_list, name="period-list"),
    path("periods/windows/<int:pk>/open/", calendar.window_open, name="window-open"),
    path("periods/windows/<int:pk>/close/", calendar.window_close, name="window-close"),
    path("periods/windows/<int:pk>/reopen/", calendar.window_reopen, name="window-reopen"),
    path("periods/windows/<int:pk>/extend/", calendar.window_extend, name="window-extend"),
    path("periods/windows/<int:pk>/publish/", calendar.window_publish, name="window-publish"),
    path("imports/", imports.import_list, name="import-list"),
    path("imports/new/", imports.import_new, name="import-new"),
    path("imports/<uuid:public_id>/", imports.import_detail, name="import-detail"),
    path("imports/<uuid:public_id>/columns/", imports.import_columns, name="import-columns"),
    path("imports/<uuid:public_id>/apply/", imports.import_apply, name="import-apply"),
    path("imports/<uuid:public_id>/stop/", imports.import_stop, name="import-stop"),
    path("imports/<uuid:public_id>/discard/", imports.import_discard, name="import-discard"),
    path("imports/<uuid:public_id>/undo/", imports.import_undo, name="import-undo"),
    path("imports/<uuid:public_id>/errors/", imports.import_errors, name="import-errors"),
    path("manage/periods/", calendar.year_list, name="year-list"),
    path("manage/periods/<int:year>/", calendar.year_detail, name="year-detail"),
    path("manage/periods/windows/<int:pk>/", calendar.window_dates, name="window-dates"),
    path("manage/classification/", classification.trees, name="classification"),
    path("manage/classification/<str:tree>/new/", classification.row_new, name="classification-new"),
    path("manage/classification/<str:tree>/<int:pk>/", classification.row, name="classification-row"),
    path(
        "manage/classification/<str:tree>/<int:pk>/rename/",
        classification.row_rename,
        name="classification-rename",
    ),
    path("manage/classification/<str:tree>/<int:pk>/end/", classification.row_end, name="classification-end"),
    path(
        "manage/periods/<int:year>/classification/open/", classification.year_open, name="classification-open"
    ),
    path("manage/periods/<int:year>/classification/", classification.mapping, name="classification-mapping"),
    path(
        "manage/periods/<int:year>/classification/<str:tree>/<str:code>/",
        classification.mapping_row,
        name="classification-map",
    ),
    path("search/", search.results, name="search"),
    path("projects/new/", register.new, name="project-new"),
    path("projects/<str:code>/edit/", register.edit, name="project-edit"),
    path("projects/<str:code>/status/", register.status, name="project-status"),
    path("projects/<str:code>/identifiers/", register.identifiers, name="project-identifiers"),
    path("projects/<str:code>/identifiers/<int:pk>/end/", register.identifier_end, name="identifier-end"),
    path("projects/<str:code>/history/", register.history, name="project-history"),
    path("projects/<str:code>/contracts/", contracts.listing, name="contract-list"),
    path("projects/<str:code>/contracts/new/", contracts.new, name="contract-new"),
    path("projects/<str:code>/contracts/<int:pk>/", contracts.detail, name="contract"),
    path("projects/<str:code>/contracts/<int:pk>/edit/", contracts.edit, name="contract-edit"),
    path("projects/<str:code>/contracts/<int:pk>/change/", contracts.change, name="contract-change"),
    path(
        "projects/<str:code>/contracts/<int:pk>/statements/new/",
        contracts.statement_new,
        name="statement-new",
    ),
    path(
        "projects/<str:code>/contracts/<int:pk>/statements/<int:statement>/pay/",
        contracts.statement_pay,
        name="statement-pay",
    ),
    *agreements,
    *drafting,
    *urls_letters.urlpatterns,
]
