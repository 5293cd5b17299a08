"""The guides of the certifications, open to everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from questions import guide as guides


@require_safe
def guide_list(request: HttpRequest) -> HttpResponse:
    context = {"certifications": guides.listed()}
    return render(request, "questions/guide/guides.html", context)


@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    certification = get_object_or_404(guides.listed(), code__iexact=code)
    context = {"guide": guides.guide(certification), "certification": certification}
    return render(request, "questions/guide/guide.html", context)
