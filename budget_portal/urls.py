from django.contrib import admin
from django.urls import include, path

from budget_portal import language, views, views_health

urlpatterns = [
    path("healthz", views_health.healthz, name="healthz"),
    path("readyz", views_health.readyz, name="readyz"),
    path("lang/", language.choose, name="language"),
    path("gallery/", views.gallery, name="gallery"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
]

handler400 = "budget_portal.views.bad_request"
handler403 = "budget_portal.views.permission_denied"
handler404 = "budget_portal.views.page_not_found"
handler500 = "budget_portal.views.server_error"
