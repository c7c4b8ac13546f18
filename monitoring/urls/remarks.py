from django.urls import path

from monitoring.views import remarks

urlpatterns = [
    path("remarks/<int:submission>/", remarks.listing, name="remarks"),
    path("remarks/<int:submission>/add/", remarks.add, name="remark-add"),
    path("remarks/one/<int:pk>/answer/", remarks.answer, name="remark-answer"),
    path("remarks/one/<int:pk>/resolve/", remarks.resolve, name="remark-resolve"),
    path("remarks/one/<int:pk>/reopen/", remarks.reopen, name="remark-reopen"),
    path("history/<str:kind>/<int:pk>/<str:cell>/", remarks.history, name="history"),
]
