"""Practice and one's own exams."""

from django.urls import path, re_path

from scoring import practice_views as views

urlpatterns = [
    path("practice/", views.practice, name="practice"),
    path("practice/<int:sitting_id>/", views.practice_sitting, name="practice_sitting"),
    path("practice/<int:sitting_id>/missed/", views.practice_missed, name="practice_missed"),
    path(
        "practice/<int:sitting_id>/<int:position>/",
        views.practice_question,
        name="practice_question",
    ),
    re_path(
        r"^practice/(?P<sitting_id>\d{1,18})/(?P<position>\d{1,4})/"
        r"(?P<act>flag|unflag|pause|resume|end)/$",
        views.practice_act,
        name="practice_act",
    ),
]
