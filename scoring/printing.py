"""Draws papers as PDF. Without Pango on the machine there are none, and pages are printed."""

import importlib
from ctypes.util import find_library
from functools import cache
from importlib.util import find_spec
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.template.loader import render_to_string
from PIL import ImageFile

STYLE = "css/paper.css"
LIBRARIES = ("gobject-2.0", "pango-1.0", "harfbuzz", "pangoft2-1.0")


@cache
def is_available() -> bool:
    """Looks for the libraries only: loading them takes a second, and most visits need none."""
    return bool(find_spec("weasyprint")) and all(map(find_library, LIBRARIES))


@cache
def weasyprint() -> Any:
    """The library, loaded by the first paper.

    It tells Pillow to put up with damaged pictures; uploads must not, so that is taken back.
    """
    library = importlib.import_module("weasyprint")
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return library


@cache
def fonts() -> Any:
    return importlib.import_module("weasyprint.text.fonts").FontConfiguration()


@cache
def style() -> Any:
    """The one style of all papers, with its font, read once."""
    return weasyprint().CSS(filename=finders.find(STYLE), font_config=fonts())


def pdf(template: str, context: dict[str, Any]) -> bytes:
    """The paper of a template. It fetches nothing: no word in it can name a file or an address."""
    nowhere = weasyprint().urls.URLFetcher(allowed_protocols=[])
    page = weasyprint().HTML(string=render_to_string(template, context), url_fetcher=nowhere)
    drawn: bytes = page.write_pdf(stylesheets=[style()], font_config=fonts())
    return drawn


def download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
