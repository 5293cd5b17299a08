"""The bank for staff. A published version can be looked at and nothing more."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from questions.models import (
    Certification,
    Domain,
    Option,
    Prompt,
    Question,
    QuestionVersion,
    Service,
    Task,
)
from questions.publishing import UnpublishableError, publish


@admin.register(Certification)
class CertificationAdmin(admin.ModelAdmin[Certification]):
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
    autocomplete_fields = ("task", "services")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Question | None = None
    ) -> tuple[str, ...]:
        """The identity never changes."""
        return ("certification", "external_id") if obj else ()


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
    list_display = ("question", "certification", "number", "kind", "created_at", "published_at")
    list_filter = (
        "question__certification",
        "kind",
        ("published_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("question__certification",)
    search_fields = ("question__external_id", "stem")
    autocomplete_fields = ("question",)
    readonly_fields = ("published_at",)
    actions = ("publish_selected",)

    @admin.display(description=_("certification"), ordering="question__certification")
    def certification(self, version: QuestionVersion) -> str:
        return version.question.certification.code

    def has_change_permission(
        self, request: HttpRequest, obj: QuestionVersion | None = None
    ) -> bool:
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: QuestionVersion | None = None
    ) -> bool:
        return is_draft(obj) and super().has_delete_permission(request, obj)

    @admin.action(description=_("Publish the selected versions"), permissions=["change"])
    def publish_selected(self, request: HttpRequest, versions: QuerySet[QuestionVersion]) -> None:
        count, now = 0, timezone.now()
        for version in versions:
            try:
                count += publish(version, now=now)
            except UnpublishableError as error:
                self.message_user(request, f"{version}: {error}", messages.ERROR)
        text = ngettext("%(count)d version published.", "%(count)d versions published.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)


def is_draft(version: QuestionVersion | None) -> bool:
    """Whether there is no version yet, or one not yet published."""
    return version is None or version.published_at is None
