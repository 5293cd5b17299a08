"""The daily review."""

from django.urls import path

from scoring import review_views as views

urlpatterns = [
    path("review/", views.review, name="review"),
    path("review/of/<str:code>/", views.review_certification, name="review_certification"),
    path("review/<int:card_id>/", views.review_card, name="review_card"),
    path("review/<int:card_id>/aside/", views.review_aside, name="review_aside"),
    path(
        "review/<int:card_id>/<int:entry_id>/respond/", views.review_respond, name="review_respond"
    ),
    path("review/<int:card_id>/<int:entry_id>/rate/", views.review_rate, name="review_rate"),
    path("review/<int:card_id>/<int:entry_id>/cause/", views.review_cause, name="review_cause"),
]
