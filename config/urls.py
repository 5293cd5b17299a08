"""The roof: every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, register_converter

from config import http, mailbox


class LetterName:
    regex = r"[0-9T]{21}-[0-9a-f]{8}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LetterName, "letter")

urlpatterns = [
    path("healthz", http.healthz),
    path("readyz", http.readyz),
    path("admin/", admin.site.urls),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("authoring/", include("questions.urls")),
    path("certifications/", include("questions.urls_guide")),
    path("", include("exams.urls")),
    path("", include("scoring.urls")),
]

if settings.MAILBOX_DIR is not None:
    urlpatterns += [
        path("mailbox/", mailbox.mailbox, name="mailbox"),
        path("mailbox/<letter:name>/", mailbox.letter, name="mailbox_letter"),
        path("mailbox/<letter:name>/html", mailbox.letter_html, name="mailbox_letter_html"),
    ]
