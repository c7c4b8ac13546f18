from django.urls import path

from monitoring.views import inbox

urlpatterns = [path("inbox/", inbox.inbox, name="inbox")]
