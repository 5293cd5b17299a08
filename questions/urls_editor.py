"""Writing a question."""

from django.urls import path

from questions import editor_views as views

urlpatterns = [
    path("questions/new/", views.question_new, name="question_new"),
    path("questions/<int:question_id>/edit/", views.question_edit, name="question_edit"),
    path("drafts/<int:version_id>/save/", views.draft_save, name="draft_save"),
    path("drafts/<int:version_id>/preview/", views.draft_preview, name="draft_preview"),
    path("drafts/<int:version_id>/alike/", views.draft_alike, name="draft_alike"),
    path("drafts/<int:version_id>/images/", views.image_add, name="image_add"),
    path(
        "drafts/<int:version_id>/images/<str:name>/remove/",
        views.image_remove,
        name="image_remove",
    ),
    path("drafts/<int:version_id>/take-back/", views.draft_take_back, name="draft_take_back"),
    path("drafts/<int:version_id>/discard/", views.draft_discard, name="draft_discard"),
]
