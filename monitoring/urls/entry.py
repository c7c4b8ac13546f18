from django.urls import path

from monitoring.views import check, documents, entry, sheets

SHEET = "entry/<period:p>/<kind:k>/sheets/<uuid:public_id>/"

urlpatterns = [
    path("entry/", entry.home, name="entry-home"),
    path("entry/worker.js", entry.worker, name="entry-worker"),
    path("entry/cell/", entry.cell, name="entry-cell"),
    path("entry/causes/", entry.causes, name="entry-causes"),
    path("entry/returned/", entry.returned, name="entry-returned"),
    path("entry/<period:p>/<kind:k>/", entry.grid, name="entry"),
    path("entry/<period:p>/<kind:k>/start/", entry.start, name="entry-start"),
    path("entry/<period:p>/<kind:k>/refresh/", entry.refresh, name="entry-refresh"),
    path("entry/<period:p>/<kind:k>/row/<int:pk>/", entry.row, name="entry-row"),
    path("entry/<period:p>/<kind:k>/check/", check.check, name="entry-check"),
    path("entry/<period:p>/<kind:k>/explain/", check.explain, name="entry-explain"),
    path("entry/<period:p>/<kind:k>/sent/", check.sent, name="entry-sent"),
    path("entry/<period:p>/<kind:k>/paste/", sheets.paste, name="entry-paste"),
    path("entry/<period:p>/<kind:k>/import/", sheets.upload, name="entry-import"),
    path("entry/<period:p>/<kind:k>/template.xlsx", sheets.template, name="entry-template"),
    path(f"{SHEET}", sheets.sheet, name="entry-sheet"),
    path(f"{SHEET}undo/", sheets.undo, name="entry-sheet-undo"),
    path(f"{SHEET}drop/", sheets.drop, name="entry-sheet-drop"),
    path(f"{SHEET}errors.xlsx", sheets.errors, name="entry-sheet-errors"),
    path("documents/<int:submission>/", documents.listing, name="documents"),
    path("documents/file/<int:pk>/", documents.download, name="document"),
    path("documents/file/<int:pk>/remove/", documents.remove, name="document-remove"),
]
