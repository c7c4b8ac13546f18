"""Addresses of the shared ground: alerts, jobs, the administrator's and auditor's pages, the API's schema."""

from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, path

from budget_portal import views_api, views_audit, views_exports, views_ground, views_heads

app_name = "ground"
urlpatterns: list[URLPattern] = [
    path("alerts/", views_ground.alert_list, name="alerts"),
    path("alerts/read/", views_ground.alert_read_all, name="alerts-read"),
    path("alerts/<int:pk>/read/", views_ground.alert_read, name="alert-read"),
    path("jobs/<uuid:public_id>/", views_ground.job, name="job"),
    path("jobs/<uuid:public_id>/cancel/", views_ground.job_cancel, name="job-cancel"),
    path("jobs/<uuid:public_id>/file/", views_ground.job_file, name="job-file"),
    path("export/<slug:name>.<slug:kind>", views_exports.export, name="export"),
    path("manage/jobs/", views_ground.manage_jobs, name="manage-jobs"),
    path("manage/jobs/effects/<int:pk>/again/", views_ground.effect_again, name="effect-again"),
    path("manage/messages/", views_ground.manage_messages, name="manage-messages"),
    path("manage/audit/", views_audit.audit_list, name="audit"),
    path("manage/audit/verify/", views_audit.audit_verify, name="audit-verify"),
    path("manage/audit/heads/", views_heads.head_list, name="heads"),
    path("manage/audit/heads/<int:pk>/", views_heads.head, name="head"),
    path("manage/audit/heads/<int:pk>.txt", views_heads.head_text, name="head-text"),
    path("manage/audit/heads/recipients/", views_heads.recipient_add, name="head-recipient-add"),
    path(
        "manage/audit/heads/recipients/<int:pk>/remove/",
        views_heads.recipient_remove,
        name="head-recipient-remove",
    ),
    path("manage/audit/<int:pk>/", views_audit.audit_entry, name="audit-entry"),
    path("api/v1/schema/", views_api.SchemaView.as_view(), name="api-schema"),
    path("api/v1/docs/", login_required(views_api.docs), name="api-docs"),
]
