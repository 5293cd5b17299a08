"""The list of questions."""

from django.urls import path

from questions import find_views as views

urlpatterns = [
    path("", views.authoring, name="authoring"),
    path("questions/bulk/", views.bulk, name="questions_bulk"),
]
