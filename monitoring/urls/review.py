from django.urls import path

from monitoring.views import evidence, review, review_lines

urlpatterns = [
    path("manage/evidence/", evidence.policies, name="evidence-policies"),
    path("review/", review.home, name="review-home"),
    path("review/<period:p>/", review.queue, name="review"),
    path("review/<int:pk>/", review.detail, name="review-detail"),
    path("review/<int:pk>/accept/", review_lines.accept, name="review-accept"),
    path("review/<int:pk>/collect/", review_lines.collect, name="review-collect"),
    path("review/<int:pk>/take-back/", review_lines.take_back, name="review-take-back"),
    path("review/<int:pk>/together/", review_lines.together, name="review-together"),
    path("review/<int:pk>/confirm/", review.confirm, name="review-confirm"),
    path("review/<int:pk>/return/", review.give_back, name="review-return"),
    path("review/sign/", review.sign_several, name="review-sign-several"),
    path("review/receipt/<int:pk>/", review.receipt, name="review-receipt"),
]
