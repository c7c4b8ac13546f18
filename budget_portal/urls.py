"""One include per app; each app's addresses stand in its own urls.py, the API's in its api.py."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.utils.module_loading import autodiscover_modules

from budget_portal import api, language, urls_ground, views, views_health

autodiscover_modules("api")

urlpatterns = [
    path("healthz", views_health.healthz, name="healthz"),
    path("readyz", views_health.readyz, name="readyz"),
    path("lang/", language.choose, name="language"),
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/public/", views.gallery, {"template": "gallery_public.html"}, name="gallery-public"),
    path("", include(urls_ground)),
    path("api/v1/", include(api.router.urls)),
    re_path(r"^api/(?:.*/)?$", api.nothing_here, name="api-nothing"),
    path("", include("accounts.urls")),
    path("", include("agreements.urls")),
    path("", include("monitoring.urls")),
    path("", include("complaints.urls")),
    path("", include("reports.urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls_entrance")),
]

handler400 = "budget_portal.views.bad_request"
handler403 = "budget_portal.views.permission_denied"
handler404 = "budget_portal.views.page_not_found"
handler500 = "budget_portal.views.server_error"
