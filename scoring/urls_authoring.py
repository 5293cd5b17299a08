from django.urls import path

from scoring import authoring_views as views

urlpatterns = [
    path("versions/<int:version_id>/key/", views.correct_key, name="correct_key"),
    path("versions/<int:version_id>/withdraw/", views.withdraw_question, name="withdraw_question"),
]
