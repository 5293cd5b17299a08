"""Questions on their way in and out."""

from django.urls import path

from questions import exchange_views as views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.import_new, name="import_new"),
    path("imports/<int:import_id>/", views.import_detail, name="import_detail"),
    path("imports/<int:import_id>/confirm/", views.import_confirm, name="import_confirm"),
    path("imports/<int:import_id>/choose/", views.import_choose_all, name="import_choose_all"),
    path("imports/<int:import_id>/<int:number>/", views.import_preview, name="import_preview"),
    path("imports/<int:import_id>/<int:number>/choose/", views.import_choose, name="import_choose"),
    path("export/", views.export, name="export"),
    path("export/download/", views.export_download, name="export_download"),
]
