from django.urls import path

from questions import guide_views as views

urlpatterns = [
    path("", views.guide_list, name="guides"),
    path("<str:code>/", views.guide, name="guide"),
]
