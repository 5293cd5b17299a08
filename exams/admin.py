"""Delivery for staff: exams are set up, codes made, and time is added.

What was drawn and said is looked at only.
"""

import csv
import random
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from exams import access
from exams.assembly import NotDrawn, draw_form
from exams.models import AccessCode, Exam, ExamForm, FormQuestion, LateResponse, Response, Sitting

DRAWN_TO = ("certification", "pool", "question_count", "unscored_count")
MOST_MINUTES = 24 * 60
MOST_CODES = 1000


class ReadOnlyInline(admin.TabularInline[Any, Sitting]):
    """Rows written by a candidate, never by hand."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Sitting | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Sitting | None = None) -> bool:
        return False


class ExamFilter(admin.RelatedFieldListFilter):
    """One statement, however many exams there are."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return [(exam.pk, str(exam)) for exam in Exam.objects.select_related("certification")]


# --- Exams


@admin.register(Exam)
class ExamAdmin(admin.ModelAdmin[Exam]):
    list_display = (
        "name",
        "certification",
        "pool",
        "question_count",
        "unscored_count",
        "minutes",
        "form_count",
        "is_open_to_guests",
        "is_restricted",
        "results_mode",
        "opened_at",
    )
    list_filter = (
        "certification",
        "pool",
        "results_mode",
        "is_restricted",
        ("opened_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("certification",)
    search_fields = ("name", "slug", "certification__code")
    prepopulated_fields = {"slug": ("name",)}
    actions: tuple[str, ...] = ("draw_forms",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Exam]:
        return super().get_queryset(request).annotate(form_count=Count("forms"))

    @admin.display(description=_("forms"), ordering="form_count")
    def form_count(self, exam: Any) -> int:
        return int(exam.form_count)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """What a pass opens is an exam that only a code opens."""
        if db_field.name == "reward":
            restricted = Exam.objects.filter(is_restricted=True)
            options["queryset"] = restricted.select_related("certification")
        return super().formfield_for_foreignkey(db_field, request, **options)

    def get_readonly_fields(self, request: HttpRequest, obj: Exam | None = None) -> tuple[str, ...]:
        """What its forms were drawn to stays, once there is one."""
        return DRAWN_TO if obj and obj.forms.exists() else ()

    def has_draw_forms_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("exams.add_examform")

    @admin.action(description=_("Draw a new form"), permissions=["draw_forms"])
    def draw_forms(self, request: HttpRequest, exams: QuerySet[Exam]) -> None:
        for exam in exams.select_related("certification"):
            try:
                form = draw_form(exam, rng=random.SystemRandom())
            except NotDrawn as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.log_change(request, exam, f"Drew form {form.number}.")
                self.message_user(request, _t("%(form)s was drawn.") % {"form": form})


# --- Forms


class FormQuestionInline(admin.TabularInline[Any, ExamForm]):
    model = FormQuestion
    fields = ("position", "version", "task", "is_scored")
    readonly_fields = ("task",)
    autocomplete_fields = ("version",)
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[FormQuestion]:
        return super().get_queryset(request).select_related("version__question__task")

    @admin.display(description=_("task"))
    def task(self, row: FormQuestion) -> str:
        return str(row.version.question.task)

    def has_add_permission(self, request: HttpRequest, obj: ExamForm | None = None) -> bool:
        return is_loose(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: ExamForm | None = None) -> bool:
        return is_loose(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: ExamForm | None = None) -> bool:
        return is_loose(obj) and super().has_delete_permission(request, obj)


@admin.register(ExamForm)
class ExamFormAdmin(admin.ModelAdmin[ExamForm]):
    inlines = (FormQuestionInline,)
    list_display = ("exam", "number", "question_count", "scored_count", "created_at", "frozen_at")
    list_display_links = ("exam", "number")
    list_filter = (("exam", ExamFilter), ("frozen_at", admin.EmptyFieldListFilter))
    list_select_related = ("exam__certification",)
    search_fields = ("exam__name", "exam__slug")
    readonly_fields = ("exam", "number", "created_at", "frozen_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExamForm]:
        is_scored = Q(form_questions__is_scored=True)
        return (
            super()
            .get_queryset(request)
            .annotate(
                question_count=Count("form_questions"),
                scored_count=Count("form_questions", filter=is_scored),
            )
        )

    @admin.display(description=_("questions"))
    def question_count(self, form: Any) -> int:
        return int(form.question_count)

    @admin.display(description=_("scored"))
    def scored_count(self, form: Any) -> int:
        return int(form.scored_count)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Forms are drawn, from the list of exams."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ExamForm | None = None) -> bool:
        return is_loose(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: ExamForm | None = None) -> bool:
        return is_loose(obj) and super().has_delete_permission(request, obj)


def is_loose(form: ExamForm | None) -> bool:
    """Whether there is no form yet, or one not yet frozen."""
    return form is None or form.frozen_at is None


# --- Sittings


class ResponseInline(ReadOnlyInline):
    """In the letters the candidate saw; which option each was, `option_order` says."""

    model = Response
    fields = (
        "position",
        "question",
        "option_order",
        "selected",
        "struck",
        "is_flagged",
        "revision",
        "responded_at",
    )
    readonly_fields = ("question",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Response]:
        return super().get_queryset(request).select_related("form_question__version__question")

    @admin.display(description=_("question"))
    def question(self, response: Response) -> str:
        return str(response.form_question.version)


class LateResponseInline(ReadOnlyInline):
    model = LateResponse
    fields = ("position", "selected", "received_at")
    readonly_fields = ("received_at",)


class ExtensionForm(forms.ModelForm[Sitting]):
    """Minutes on top of the candidate's time; there is no way to take any away."""

    more_minutes = forms.IntegerField(
        label=_("more minutes"),
        min_value=1,
        max_value=MOST_MINUTES,
        help_text=_("Added to the deadline at once; the open page learns it with its next save."),
    )

    def clean_more_minutes(self) -> int:
        """Refuse what would still leave the deadline behind the database's clock."""
        minutes: int = self.cleaned_data["more_minutes"]
        ahead = Now() - timedelta(minutes=minutes)
        if not Sitting.objects.filter(pk=self.instance.pk, deadline__gt=ahead).exists():
            raise ValidationError(_("The deadline would still lie in the past."))
        return minutes


@admin.register(Sitting)
class SittingAdmin(admin.ModelAdmin[Sitting]):
    form = ExtensionForm
    inlines = (ResponseInline, LateResponseInline)
    list_display = (
        "number",
        "exam",
        "holder",
        "started_at",
        "extra_minutes",
        "deadline",
        "submitted_at",
    )
    list_filter = (("exam", ExamFilter), ("submitted_at", admin.EmptyFieldListFilter))
    list_select_related = ("exam__certification", "candidate")
    search_fields = ("candidate__email", "=pk")
    date_hierarchy = "started_at"
    show_full_result_count = False
    readonly_fields = (
        "exam",
        "form",
        "holder",
        "started_at",
        "extra_minutes",
        "deadline",
        "submitted_at",
    )

    @admin.display(description=_("number"), ordering="pk")
    def number(self, sitting: Sitting) -> int:
        return sitting.pk

    @admin.display(description=_("candidate"), ordering="candidate__email")
    def holder(self, sitting: Sitting) -> str:
        return str(sitting.candidate or _("guest"))

    def get_fields(self, request: HttpRequest, obj: Sitting | None = None) -> tuple[str, ...]:
        may_extend = self.has_change_permission(request, obj)
        return self.readonly_fields + (("more_minutes",) if may_extend else ())

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Sitting | None:
        """Locked while it is changed: neither a submit nor the sweep comes in between."""
        sitting = super().get_object(request, object_id, from_field)
        if sitting is None or request.method != "POST":
            return sitting
        locked: Sitting = Sitting.objects.select_for_update().get(pk=sitting.pk)
        return locked

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Sitting | None = None) -> bool:
        is_running = obj is None or (obj.submitted_at is None and obj.deadline is not None)
        return is_running and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Sitting | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Sitting, form: Any, change: bool) -> None:
        """The deadline moves, and the extra time says so in the report."""
        minutes = form.cleaned_data["more_minutes"]
        Sitting.objects.filter(pk=obj.pk).update(
            deadline=F("deadline") + timedelta(minutes=minutes),
            extra_minutes=F("extra_minutes") + minutes,
        )
        obj.refresh_from_db(fields=["deadline", "extra_minutes"])

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        minutes, deadline = form.cleaned_data["more_minutes"], form.instance.deadline
        return f"Added {minutes} minutes; the deadline is {deadline:%Y-%m-%d %H:%M:%S} UTC."


# --- Access codes


class CodesForm(forms.ModelForm[AccessCode]):
    """So many codes of one exam at once."""

    exam = forms.ModelChoiceField(
        label=_("exam"),
        queryset=Exam.objects.filter(is_restricted=True).select_related("certification"),
    )
    count = forms.IntegerField(label=_("how many"), min_value=1, max_value=MOST_CODES, initial=1)

    class Meta:
        model = AccessCode
        fields = ("exam",)


@admin.register(AccessCode)
class AccessCodeAdmin(admin.ModelAdmin[AccessCode]):
    """Codes are made in numbers and never changed; one that was redeemed stays."""

    form = CodesForm
    list_display = ("code", "exam", "issued_at", "issued_to", "redeemed_by", "redeemed_at")
    list_filter = (("exam", ExamFilter), ("redeemed_at", admin.EmptyFieldListFilter))
    list_select_related = ("exam__certification", "issued_to", "redeemed_by")
    search_fields = ("code", "issued_to__email", "redeemed_by__email")
    date_hierarchy = "issued_at"
    show_full_result_count = False
    actions = ("download",)

    def get_fieldsets(self, request: HttpRequest, obj: AccessCode | None = None) -> Any:
        fields = ("exam", "count") if obj is None else self.list_display
        return [(None, {"fields": fields})]

    def has_change_permission(self, request: HttpRequest, obj: AccessCode | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AccessCode | None = None) -> bool:
        is_free = obj is None or obj.redeemed_at is None
        return is_free and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: AccessCode, form: Any, change: bool) -> None:
        """The row of the page is the first of those asked for."""
        obj.code = access.new_code()
        obj.save()
        access.make(obj.exam, form.cleaned_data["count"] - 1)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        return f"Made {form.cleaned_data['count']} access codes of {form.instance.exam}."

    @admin.action(description=_("Download as CSV"), permissions=["view"])
    def download(self, request: HttpRequest, codes: QuerySet[AccessCode]) -> HttpResponse:
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="access-codes.csv"'
        lines = csv.writer(response)
        lines.writerow(["code", "exam", "issued_at", "issued_to", "redeemed_by", "redeemed_at"])
        for one in codes.select_related("exam", "issued_to", "redeemed_by"):
            lines.writerow(code_row(one))
        return response


def code_row(code: AccessCode) -> list[str]:
    people = [one.email if one else "" for one in (code.issued_to, code.redeemed_by)]
    redeemed_at = code.redeemed_at.isoformat() if code.redeemed_at else ""
    issued_to, redeemed_by = map(as_text, people)
    issued_at = code.issued_at.isoformat()
    return [code.code, code.exam.slug, issued_at, issued_to, redeemed_by, redeemed_at]


def as_text(text: str) -> str:
    """No spreadsheet takes an address for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
