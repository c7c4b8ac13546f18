from django.urls import path

from monitoring.views import clocks

urlpatterns = [
    path("clocks/<int:pk>/", clocks.clock, name="clock"),
    path("clocks/<int:pk>/pause/", clocks.pause, name="clock-pause"),
    path("clocks/<int:pk>/resume/", clocks.resume, name="clock-resume"),
    path("clocks/window/<int:pk>/", clocks.window, name="clock-window"),
]
