from django.urls import path

from scoring import after_views as views

urlpatterns = [
    path("results/<int:sitting_id>/survey/", views.survey, name="survey"),
    path("results/<int:sitting_id>/report.pdf", views.report_pdf, name="report_pdf"),
    path(
        "results/<int:sitting_id>/certificate/", views.issue_certificate, name="issue_certificate"
    ),
    path("certificates/<uuid:token>/", views.certificate, name="certificate"),
    path("certificates/<uuid:token>/pdf/", views.certificate_pdf, name="certificate_pdf"),
    path("redeem/", views.redeem, name="redeem"),
]
