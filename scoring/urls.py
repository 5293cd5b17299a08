from django.urls import include, path

from scoring import views
from scoring.report_question_views import report_question

urlpatterns = [
    path("", views.home, name="home"),
    path("results/", views.results, name="results"),
    path("results/<int:sitting_id>/", views.report, name="report"),
    path(
        "results/<int:sitting_id>/questions/<int:position>/report/",
        report_question,
        name="report_question",
    ),
    path("", include("scoring.urls_review")),
    path("", include("scoring.urls_practice")),
    path("", include("scoring.urls_progress")),
    path("", include("scoring.urls_after")),
    path("", include("scoring.urls_plan")),
    path("authoring/", include("scoring.urls_authoring")),
]
