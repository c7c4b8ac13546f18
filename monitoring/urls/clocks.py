from django.urls import path

from monitoring.views import clock_terms, clocks

urlpatterns = [
    path("clocks/<int:pk>/", clocks.clock, name="clock"),
    path("clocks/<int:pk>/pause/", clocks.pause, name="clock-pause"),
    path("clocks/<int:pk>/resume/", clocks.resume, name="clock-resume"),
    path("clocks/window/<int:pk>/", clocks.window, name="clock-window"),
    path("manage/clocks/", clock_terms.page, name="clock-terms"),
    path("manage/clocks/steps/<slug:sort>/", clock_terms.step, name="clock-step"),
    path("manage/clocks/reasons/<slug:code>/", clock_terms.reason, name="clock-reason"),
    path("manage/clocks/escalations/new/", clock_terms.escalation, name="clock-escalation"),
    path("manage/clocks/escalations/end/", clock_terms.escalation_end, name="clock-escalation-end"),
]
