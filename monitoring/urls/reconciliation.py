from django.urls import path

from monitoring.views import reconciliation as views
from monitoring.views import reconciliation_sheet as sheets
from monitoring.views import reconciliation_tolerance

urlpatterns = [
    path(
        "manage/reconciliation-tolerance/",
        reconciliation_tolerance.tolerance,
        name="reconciliation-tolerance",
    ),
    path("review/<int:pk>/reconciliation/", views.bench, name="reconciliation"),
    path(
        "review/<int:pk>/reconciliation/received/",
        views.bench,
        {"measure": "received"},
        name="reconciliation-received",
    ),
    path("review/<int:pk>/reconciliation/load/", views.load, name="reconciliation-load"),
    path("review/reconciliation/<int:pk>/columns/", views.columns, name="reconciliation-columns"),
    path("review/reconciliation/<int:pk>/match/", views.match, name="reconciliation-match"),
    path("review/reconciliation/<int:pk>/renew/", views.renew, name="reconciliation-renew"),
    path("review/reconciliation/<int:pk>/discard/", views.discard, name="reconciliation-discard"),
    path("review/reconciliation/<int:pk>/explain/", views.explain_rows, name="reconciliation-explain"),
    path("review/reconciliation/<int:pk>/sign/", sheets.sign, name="reconciliation-sign"),
    path("review/reconciliation/<int:pk>/sheet/", sheets.signed_sheet, name="reconciliation-sheet"),
    path("review/reconciliation/<int:pk>/sheet.json", sheets.sheet_file, name="reconciliation-sheet-file"),
    path("review/reconciliation/<int:pk>/ledger/", sheets.ledger_file, name="reconciliation-ledger"),
    path("review/reconciliation/rows/<int:pk>/", views.ledger_row, name="reconciliation-row"),
    path("review/reconciliation/rows/<int:pk>/undo/", views.undo, name="reconciliation-row-undo"),
    path("review/reconciliation/lines/<int:pk>/", views.explain_line, name="reconciliation-line"),
]
