from django.urls import path

from scoring import plan_views as views

urlpatterns = [
    path("plans/<str:code>/", views.plan, name="plan"),
    path("reminders/reviews/", views.remind_of_reviews, name="remind_of_reviews"),
    path("reminders/stop/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
