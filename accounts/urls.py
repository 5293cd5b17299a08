from django.urls import path

from accounts import views

urlpatterns = [
    path("", views.preferences, name="preferences"),
    path("email/", views.email, name="account_email"),
    path("data/", views.export_data, name="export_data"),
    path("delete/", views.delete_account, name="delete_account"),
]
