from django.urls import path

from reports import badges, views, views_agreements, views_dashboard  # noqa: F401 - badges registers itself

app_name = "reports"

urlpatterns = [
    path("dashboard/", views_dashboard.show, name="dashboard"),
    path("reports/", views.report_list, name="report-list"),
    path("reports/new/", views.report_new, name="report-new"),
    path("reports/<int:pk>/", views.report_detail, name="report-detail"),
    path("reports/<int:pk>/progress/", views.report_progress, name="report-progress"),
    path("reports/<int:pk>/pdf/", views.report_pdf, name="report-pdf"),
    path("reports/<int:pk>/return/", views.report_return, name="report-return"),
    path("reports/<int:pk>/rebuild/", views.report_rebuild, name="report-rebuild"),
    path("reports/<int:pk>/reprint/", views.report_reprint, name="report-reprint"),
    path("reports/<int:pk>/sign/<slug:move>/", views.report_sign, name="report-sign"),
    path("agreements/<str:kind>/<int:pk>/print/", views_agreements.agreement_print, name="agreement-print"),
    path("open/reports/", views.published_list, name="published-list"),
    path("open/reports/<uuid:public_id>/", views.published, name="published"),
    path("open/reports/<uuid:public_id>/pdf/", views.published_pdf, name="published-pdf"),
]
