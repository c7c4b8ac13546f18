from django.urls import path

from monitoring.views import extensions

urlpatterns = [
    path("entry/extension/", extensions.ask, name="entry-extension"),
    path("entry/extension/<int:pk>/withdraw/", extensions.withdraw, name="extension-withdraw"),
    path("consolidation/extensions/", extensions.desk, name="extensions"),
    path("consolidation/extensions/<int:pk>/grant/", extensions.grant, name="extension-grant"),
    path("consolidation/extensions/<int:pk>/refuse/", extensions.refuse, name="extension-refuse"),
]
