"""The authors' pages, under /authoring/; each part of the work has its own list."""

from django.urls import include, path

urlpatterns = [
    path("", include("questions.urls_find")),
    path("", include("questions.urls_editor")),
    path("", include("questions.urls_life")),
    path("", include("questions.urls_exchange")),
]
