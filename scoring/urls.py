from django.urls import include, path

from scoring import views

urlpatterns = [
    path("", views.home, name="home"),
    path("results/", views.results, name="results"),
    path("results/<int:sitting_id>/", views.report, name="report"),
    path("authoring/", include("scoring.urls_authoring")),
]
