from django.urls import include, path

from exams import views

urlpatterns = [
    path("exams/<slug:slug>/", views.exam_detail, name="exam_detail"),
    path("exams/<slug:slug>/start/", views.start, name="start"),
    path("sittings/<int:sitting_id>/", views.room, name="room"),
    path("sittings/<int:sitting_id>/clock/", views.time_left, name="time_left"),
    path("sittings/<int:sitting_id>/responses/<int:position>/", views.respond, name="respond"),
    path("sittings/<int:sitting_id>/submit/", views.submit, name="submit"),
    path("authoring/", include("exams.urls_authoring")),
]
