from django.urls import path

from monitoring.views import waterfall

ONE = "agencies/<str:code>/budget/<period:p>/<kind:k>/"

urlpatterns = [
    path("agencies/budget/", waterfall.home, name="waterfall-home"),
    path(ONE, waterfall.page, name="waterfall"),
    path(f"{ONE}csv/", waterfall.as_csv, name="waterfall-csv"),
    path(f"{ONE}json/", waterfall.as_json, name="waterfall-json"),
]
