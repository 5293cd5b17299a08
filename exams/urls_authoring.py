"""Coverage of the bank, and forms before anyone sits them."""

from django.urls import path

from exams import authoring_views as views

urlpatterns = [
    path("coverage/<str:code>/", views.coverage, name="coverage"),
    path("exams/<slug:slug>/forms/", views.form_assemble, name="form_assemble"),
    path("forms/<int:form_id>/", views.form_detail, name="form_detail"),
    path("forms/<int:form_id>/swap/<int:position>/", views.form_swap, name="form_swap"),
    path("forms/<int:form_id>/freeze/", views.form_freeze, name="form_freeze"),
    path("forms/<int:form_id>/discard/", views.form_discard, name="form_discard"),
]
