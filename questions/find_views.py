"""The list of questions, and what is done to many of them at once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import push_url

from accounts.models import User
from questions import listing, reviewing, tagging
from questions.access import AUTHOR, REVIEWER, allowed, person
from questions.bulk_forms import Act, BulkForm, RestoreForm, RetagForm, RetireForm, VerifyForm
from questions.find_forms import FindForm
from questions.models import Certification, Question
from questions.partials import wants_part

PAGE_SIZE = 25
EXAMPLE_COUNT = 12
LIST = "questions/find.html"
PERMISSIONS = {
    Act.RETAG: AUTHOR,
    Act.VERIFY: AUTHOR,
    Act.RETIRE: REVIEWER,
    Act.RESTORE: REVIEWER,
}

read_by_both = allowed(AUTHOR, REVIEWER)


@require_safe
@never_cache
@read_by_both
def authoring(request: HttpRequest) -> HttpResponse:
    """Where authors begin: every question, or those that the filters leave."""
    form, is_part = FindForm(request.GET), wants_part(request)
    context = {
        "form": form,
        "is_part": is_part,
        "acts": [act for act in Act if request.user.has_perm(PERMISSIONS[act])],
        **results(form, request.GET.get("page")),
    }
    status = 200 if form.is_valid() else 422
    response = render(request, f"{LIST}#found" if is_part else LIST, context, status=status)
    return push_url(response, address_of(form, context["page"].number)) if is_part else response


def address_of(form: FindForm, page_number: int = 1) -> str:
    """The list with these filters; what is empty is left out."""
    query = form.query(page=str(page_number) if page_number > 1 else "")
    return f"{reverse('authoring')}?{query}" if query else reverse("authoring")


def results(form: FindForm, page_number: str | None) -> dict[str, Any]:
    """Three statements at most, however many questions there are."""
    wanted = form.wanted()
    versions = listing.found(wanted)
    counts = listing.counts(versions)
    versions = listing.in_order(listing.of_status(versions, wanted.status), wanted.sort)
    paginator = Paginator(listing.with_facts(versions), PAGE_SIZE)
    paginator.count = counts.of(wanted.status)
    page = paginator.get_page(page_number)
    return {
        "page": page,
        "rows": listing.rows(list(page), wanted.text),
        "count": paginator.count,
        "chips": chips(form, counts),
        "query": form.query(),
    }


def chips(form: FindForm, counts: listing.Counts) -> list[dict[str, Any]]:
    """A link for each status, with how many questions have it."""
    offered = [("", _("all")), *listing.Status.choices]
    chosen = form.wanted().status
    return [
        {
            "name": name,
            "count": counts.of(value),
            "query": form.query(status=value),
            "is_chosen": chosen == value,
        }
        for value, name in offered
    ]


# --- Many at once


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@read_by_both
def bulk(request: HttpRequest) -> HttpResponse:
    """Say what is going to happen to how many questions; a POST with the same does it."""
    data = request.POST if request.method == "POST" else None
    asked = BulkForm(data or request.GET)
    if not asked.is_valid() or not request.user.has_perm(PERMISSIONS[asked.chosen_act]):
        raise Http404
    questions = asked.questions()
    if not (count := questions.count()):
        messages.warning(request, _("Choose the questions first."))
        return back(asked)
    form = form_of(asked.chosen_act, data, questions)
    # Whoever confirms has read a number, and nothing happens to more or fewer.
    has_changed = data is not None and data.get("count") != str(count)
    if data is not None and form.is_valid() and not has_changed:
        done = take(asked.chosen_act, questions, form, actor=person(request))
        messages.success(request, told(asked.chosen_act, done))
        return back(asked)
    context = {
        "asked": asked,
        "form": form,
        "count": count,
        "examples": questions.order_by("external_id")[:EXAMPLE_COUNT],
        "has_changed": has_changed,
    }
    return render(request, "questions/bulk.html", context, status=422 if data else 200)


def form_of(act: Act, data: QueryDict | None, questions: QuerySet[Question]) -> forms.Form:
    if act == Act.RETAG:
        found = Certification.objects.filter(pk__in=questions.values("certification"))[:2]
        return RetagForm(data, certification=found[0] if len(found) == 1 else None)
    others = {Act.VERIFY: VerifyForm, Act.RETIRE: RetireForm, Act.RESTORE: RestoreForm}
    return others[act](data)


def take(act: Act, questions: QuerySet[Question], form: forms.Form, *, actor: User) -> int:
    """The act itself; how many questions it changed."""
    if isinstance(form, RetagForm):
        return tagging.retag(questions, form.change(), actor=actor)
    if act == Act.VERIFY:
        return tagging.verify(questions, on=timezone.localdate(), actor=actor)
    reason = form.cleaned_data["reason"]
    if act == Act.RETIRE:
        return reviewing.retire_all(questions, actor=actor, reason=reason, now=timezone.now())
    return reviewing.restore_all(questions, actor=actor, reason=reason)


def told(act: Act, count: int) -> str:
    words = {
        Act.RETAG: ngettext("%(count)d question retagged.", "%(count)d questions retagged.", count),
        Act.VERIFY: ngettext(
            "%(count)d question verified.", "%(count)d questions verified.", count
        ),
        Act.RETIRE: ngettext("%(count)d question retired.", "%(count)d questions retired.", count),
        Act.RESTORE: ngettext(
            "%(count)d question restored.", "%(count)d questions restored.", count
        ),
    }
    return words[act] % {"count": count}


def back(asked: BulkForm) -> HttpResponse:
    """To the list as it was filtered."""
    return HttpResponseRedirect(address_of(FindForm(QueryDict(asked.cleaned_data["find"]))))
