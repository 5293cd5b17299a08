"""The bank for staff. A published version can be looked at and nothing more."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Field, Model, QuerySet, URLField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from questions import search
from questions.access import REVIEWER, person
from questions.models import (
    Certification,
    Domain,
    Option,
    Prompt,
    Question,
    QuestionVersion,
    Resource,
    Service,
    Task,
)
from questions.publishing import UnpublishableError
from questions.reviewing import OwnWorkError, approve
from questions.trail import Act, record

HTTPS: dict[type[Field[Any, Any]], Mapping[str, Any]] = {URLField: {"assume_scheme": "https"}}


class ResourceInline(admin.TabularInline[Resource, Certification]):
    model = Resource
    extra = 0
    formfield_overrides = HTTPS


@admin.register(Certification)
class CertificationAdmin(admin.ModelAdmin[Certification]):
    """What the guide page tells is edited here; the bank's files fill in only what is empty."""

    inlines = (ResourceInline,)
    formfield_overrides = HTTPS
    list_display = ("code", "name", "status", "question_count", "minutes", "cut_score")
    list_filter = ("status",)
    search_fields = ("code", "name")


class TaskInline(admin.TabularInline[Task, Domain]):
    model = Task
    extra = 0


@admin.register(Domain)
class DomainAdmin(admin.ModelAdmin[Domain]):
    inlines = (TaskInline,)
    list_display = ("number", "name", "certification", "weight")
    list_display_links = ("name",)
    list_filter = ("certification",)
    list_select_related = ("certification",)
    search_fields = ("name", "certification__code")


@admin.register(Task)
class TaskAdmin(admin.ModelAdmin[Task]):
    list_display = ("number", "name", "domain", "certification")
    list_display_links = ("name",)
    list_filter = ("domain__certification",)
    list_select_related = ("domain__certification",)
    search_fields = ("number", "name")
    autocomplete_fields = ("domain",)

    @admin.display(description=_("certification"), ordering="domain__certification")
    def certification(self, task: Task) -> str:
        return task.domain.certification.code


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin[Service]):
    search_fields = ("name",)


class VersionInline(admin.TabularInline[QuestionVersion, Question]):
    """A list with links; a version is edited on its own page."""

    model = QuestionVersion
    fields = ("number", "kind", "key", "created_at", "published_at")
    readonly_fields = fields
    ordering = ("-number",)
    extra = 0
    show_change_link = True
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Question)
class QuestionAdmin(admin.ModelAdmin[Question]):
    inlines = (VersionInline,)
    list_display = (
        "external_id",
        "pages",
        "certification",
        "task",
        "pool",
        "angoff",
        "verified_on",
        "retired_at",
    )
    list_filter = (
        "certification",
        "pool",
        "task__domain",
        ("retired_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("certification", "task")
    search_fields = ("external_id", "services__name", "versions__stem")
    autocomplete_fields = ("task", "services", "enemies")
    # The identity never changes, and to retire takes a reason: see the question's life.
    readonly_fields = ("pages", "certification", "external_id", "retired_at")

    @admin.display(description=_("authors' pages"))
    def pages(self, question: Question) -> str:
        return links_to_pages(question.pk)

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """A question begins with a draft, and that on the page where it is written."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect("question_new")

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.changed_data:
            record(obj, Act.TAGGED, actor=person(request), reason=", ".join(form.changed_data))


class FrozenInline(admin.StackedInline[Any, QuestionVersion]):
    """Rows of a version, open as long as it is a draft."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: QuestionVersion | None = None) -> bool:
        return is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(
        self, request: HttpRequest, obj: QuestionVersion | None = None
    ) -> bool:
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: QuestionVersion | None = None
    ) -> bool:
        return is_draft(obj) and super().has_delete_permission(request, obj)


class OptionInline(FrozenInline):
    model = Option


class PromptInline(FrozenInline):
    model = Prompt


@admin.register(QuestionVersion)
class QuestionVersionAdmin(admin.ModelAdmin[QuestionVersion]):
    inlines = (OptionInline, PromptInline)
    list_display = (
        "question",
        "pages",
        "certification",
        "number",
        "kind",
        "created_at",
        "published_at",
    )
    list_filter = (
        "question__certification",
        "kind",
        ("published_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("question__certification",)
    search_fields = ("question__external_id", "stem")
    autocomplete_fields = ("question",)
    readonly_fields = ("pages", "author", "reviewer", "review_asked_at", "published_at")
    actions = ("publish_selected",)

    @admin.display(description=_("certification"), ordering="question__certification")
    def certification(self, version: QuestionVersion) -> str:
        return version.question.certification.code

    @admin.display(description=_("authors' pages"))
    def pages(self, version: QuestionVersion) -> str:
        return links_to_pages(version.question_id)

    def has_change_permission(
        self, request: HttpRequest, obj: QuestionVersion | None = None
    ) -> bool:
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: QuestionVersion | None = None
    ) -> bool:
        return is_draft(obj) and super().has_delete_permission(request, obj)

    def has_review_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(REVIEWER)

    def save_model(
        self, request: HttpRequest, obj: QuestionVersion, form: Any, change: bool
    ) -> None:
        """Whoever saves a draft has written it; one published a moment ago stays as it is."""
        user = person(request)
        if not change:
            obj.author = user
        else:
            obj.revision = locked_revision(obj)
        obj.revision, obj.saved_by, obj.saved_at = obj.revision + 1, user, timezone.now()
        super().save_model(request, obj, form, change)
        record(obj.question, Act.EDITED if change else Act.CREATED, actor=user, version=obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        search.index([form.instance.pk])

    @admin.action(description=_("Publish the selected versions"), permissions=["review"])
    def publish_selected(self, request: HttpRequest, versions: QuerySet[QuestionVersion]) -> None:
        faults = {version: fault_of_approving(version, person(request)) for version in versions}
        for version, fault in faults.items():
            if fault:
                self.message_user(request, f"{version}: {fault}", messages.ERROR)
        count = sum(not fault for fault in faults.values())
        text = ngettext("%(count)d version published.", "%(count)d versions published.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)


def links_to_pages(question_id: int | None) -> str:
    """Where a question is written and where its life is told."""
    if question_id is None:
        return "-"
    pages = (("question_edit", _("Edit")), ("question_life", _("Life")))
    links = ((reverse(name, args=[question_id]), words) for name, words in pages)
    return format_html_join("\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}", '<a href="{}">{}</a>', links)


def locked_revision(version: QuestionVersion) -> int:
    drafts = QuestionVersion.objects.drafts().filter(pk=version.pk).select_for_update()
    revision = drafts.values_list("revision", flat=True).first()
    if revision is None:
        raise PermissionDenied
    return revision


def fault_of_approving(version: QuestionVersion, reviewer: User) -> str:
    """Publish what waits for review; why not, where it cannot be."""
    try:
        is_done = approve(version, actor=reviewer, revision=version.revision, now=timezone.now())
    except OwnWorkError:
        return gettext("you wrote a part of it; somebody else has to review it")
    except UnpublishableError as error:
        return str(error)
    return "" if is_done else gettext("it is not in review")


def is_draft(version: QuestionVersion | None) -> bool:
    """Whether there is no version yet, or one not yet published."""
    return version is None or version.published_at is None
