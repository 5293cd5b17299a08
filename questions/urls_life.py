from django.urls import path

from questions import life_views as views

urlpatterns = [
    path("review/", views.review_queue, name="review_queue"),
    path("versions/<int:version_id>/ask-review/", views.ask_review, name="ask_review"),
    path("versions/<int:version_id>/review/", views.review, name="review_version"),
    path("reports/<int:report_id>/resolve/", views.resolve_report, name="resolve_report"),
    path("questions/<int:question_id>/life/", views.question_life, name="question_life"),
    path("questions/<int:question_id>/retire/", views.question_retire, name="question_retire"),
    path("questions/<int:question_id>/restore/", views.question_restore, name="question_restore"),
    path("questions/<int:question_id>/difference/", views.version_diff, name="version_diff"),
]
