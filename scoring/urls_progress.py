from django.urls import path

from scoring import progress_views as views

urlpatterns = [
    path("progress/", views.progress_latest, name="progress_latest"),
    path("progress/<str:code>/", views.progress, name="progress"),
    path(
        "progress/<str:code>/<slug:figure>.<slug:kind>", views.progress_data, name="progress_data"
    ),
]
