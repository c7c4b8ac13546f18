from django.urls import path

from monitoring.views import rulebook

urlpatterns = [
    path("rules/", rulebook.catalogue, name="rules"),
    path("rules.csv", rulebook.as_csv, name="rules-csv"),
    path("manage/rules/", rulebook.listing, name="rule-list"),
    path("manage/rules/new/", rulebook.new, name="rule-new"),
    path("manage/rules/<str:code>/", rulebook.detail, name="rule"),
    path("manage/rules/<str:code>/change/", rulebook.change, name="rule-change"),
    path("manage/rules/<str:code>/try/", rulebook.trial, name="rule-try"),
    path("manage/rules/<str:code>/live/", rulebook.live, name="rule-live"),
    path("manage/rules/<str:code>/withdraw/", rulebook.withdraw, name="rule-withdraw"),
    path("manage/rules/<str:code>/end/", rulebook.end, name="rule-end"),
    path("submissions/<int:pk>/recheck/", rulebook.recheck, name="submission-recheck"),
]
