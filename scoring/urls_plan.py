from django.urls import path

from scoring import plan_views as views

urlpatterns = [
    path("plans/<str:code>/", views.plan, name="plan"),
]
