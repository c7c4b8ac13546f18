from django.urls import path

from monitoring.views import review

urlpatterns = [
    path("review/", review.home, name="review-home"),
    path("review/<period:p>/", review.queue, name="review"),
    path("review/<int:pk>/", review.detail, name="review-detail"),
    path("review/<int:pk>/confirm/", review.confirm, name="review-confirm"),
    path("review/<int:pk>/return/", review.give_back, name="review-return"),
    path("review/receipt/<int:pk>/", review.receipt, name="review-receipt"),
]
