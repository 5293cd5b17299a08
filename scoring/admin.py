"""Results, revisions and letters as staff see them: read only, with two acts.

One is to send an e-mail again, the other to release results, also all of an exam.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from exams.admin import ExamAdmin, ExamFilter
from exams.models import Exam
from scoring import bell, mailing, releasing
from scoring.models import (
    Certificate,
    DomainResult,
    EmailState,
    OwedLetter,
    Reminder,
    Result,
    ResultRevision,
    Survey,
)

L = TypeVar("L", bound=OwedLetter)


class EmailStateFilter(admin.SimpleListFilter):
    title = _("e-mail")
    parameter_name = "email"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return EmailState.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """`queryset` comes from the admin below, with the state of each."""
        state = self.value()
        return queryset.filter(email_state=state) if state in EmailState.values else queryset


class ReadOnly:
    """What is measured is never written by hand."""

    def has_add_permission(self, *args: Any) -> bool:
        return False

    def has_change_permission(self, *args: Any) -> bool:
        return False

    def has_delete_permission(self, *args: Any) -> bool:
        return False


class LetterAdmin(ReadOnly, admin.ModelAdmin[L]):
    """Rows that owe a letter, with its state."""

    actions: tuple[str, ...] = ("send_again",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[L]:
        letters: QuerySet[L] = super().get_queryset(request).with_email_state()  # type: ignore[attr-defined]
        return letters

    @admin.display(description=_("e-mail"), ordering="email_state")
    def email_state(self, letter: Any) -> str:
        return str(EmailState(letter.email_state).label)

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scoring.change_result")

    def ring(self, letter: Any) -> None:
        """Have it sent at once; else the next sweep finds it."""

    @admin.action(description=_("Send the e-mail again"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Only those uncertain or failed; for all others one e-mail stays one e-mail."""
        chosen = list(queryset)
        owed = [letter for letter in chosen if mailing.send_again(letter, by=request.user)]  # type: ignore[arg-type]
        for letter in owed:
            self.log_change(request, letter, "Had the e-mail sent again.")
            self.ring(letter)
        self.tell(request, owed=len(owed), refused=len(chosen) - len(owed))

    def tell(self, request: HttpRequest, *, owed: int, refused: int) -> None:
        if owed:
            text = ngettext(
                "%(count)s e-mail will be sent again.",
                "%(count)s e-mails will be sent again.",
                owed,
            )
            self.message_user(request, text % {"count": owed}, messages.SUCCESS)
        if refused:
            text = ngettext(
                "%(count)s was neither uncertain nor failed and is left as it is.",
                "%(count)s were neither uncertain nor failed and are left as they are.",
                refused,
            )
            self.message_user(request, text % {"count": refused}, messages.WARNING)


class DomainResultInline(ReadOnly, admin.TabularInline[DomainResult, Result]):
    model = DomainResult
    fields = ("domain", "right_count", "scored_count")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DomainResult]:
        return super().get_queryset(request).select_related("domain")


class ReleasedFilter(admin.SimpleListFilter):
    title = _("release")
    parameter_name = "released"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (("yes", _("released")), ("no", _("not released")))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.released()
        return queryset.withheld() if self.value() == "no" else queryset


def tell_of_release(model_admin: Any, request: HttpRequest, released: Sequence[Result]) -> None:
    """A trail for each result, and a word on the page."""
    for result in released:
        model_admin.log_change(request, result, "Released the result.")
    text = ngettext("%(count)s result released.", "%(count)s results released.", len(released))
    level = messages.SUCCESS if released else messages.WARNING
    model_admin.message_user(request, text % {"count": len(released)}, level)


@admin.register(Result)
class ResultAdmin(LetterAdmin[Result]):
    list_display = (
        "sitting",
        "candidate",
        "scaled_score",
        "has_passed",
        "scored_at",
        "release_at",
        "email_state",
        "emailed_at",
    )
    list_filter = (ReleasedFilter, EmailStateFilter, "has_passed", ("sitting__exam", ExamFilter))
    actions = (*LetterAdmin.actions, "release")
    list_select_related = ("sitting__exam__certification", "sitting__candidate")
    search_fields = ("sitting__candidate__email", "=sitting__pk")
    date_hierarchy = "scored_at"
    inlines = (DomainResultInline,)

    @admin.display(description=_("candidate"), ordering="sitting__candidate__email")
    def candidate(self, result: Result) -> str:
        return str(result.sitting.candidate or _("guest"))

    def ring(self, letter: Result) -> None:
        transaction.on_commit(partial(bell.ring, letter.pk))

    def has_release_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scoring.change_result")

    @admin.action(description=_("Release now"), permissions=["release"])
    def release(self, request: HttpRequest, queryset: QuerySet[Result]) -> None:
        released = releasing.by_staff(list(queryset.values_list("pk", flat=True)))
        tell_of_release(self, request, released)


@admin.register(ResultRevision)
class ResultRevisionAdmin(LetterAdmin[ResultRevision]):
    list_display = (
        "sitting",
        "cause",
        "version",
        "scaled_before",
        "scaled_after",
        "has_passed_before",
        "has_passed_after",
        "at",
        "email_state",
    )
    list_filter = (EmailStateFilter, "cause")
    list_select_related = ("version__question",)
    search_fields = ("result__sitting__candidate__email", "=result__pk")

    @admin.display(description=_("sitting"), ordering="result")
    def sitting(self, revision: ResultRevision) -> str:
        return f"#{revision.result_id}"


@admin.register(Reminder)
class ReminderAdmin(LetterAdmin[Reminder]):
    list_display = ("candidate", "kind", "certification", "day", "email_state", "emailed_at")
    list_filter = (EmailStateFilter, "kind")
    list_select_related = ("candidate", "certification")
    search_fields = ("candidate__email",)
    date_hierarchy = "day"


# --- What follows a result


@admin.register(Survey)
class SurveyAdmin(ReadOnly, admin.ModelAdmin[Survey]):
    list_display = ("sitting", "difficulty", "time", "remark", "at")
    list_filter = ("difficulty", "time", ("sitting__exam", ExamFilter))
    list_select_related = ("sitting__exam__certification",)
    date_hierarchy = "at"
    show_full_result_count = False


@admin.register(Certificate)
class CertificateAdmin(ReadOnly, admin.ModelAdmin[Certificate]):
    list_display = ("token", "name", "result", "is_standing", "issued_at", "expires_on")
    list_select_related = ("result__sitting__exam__certification",)
    search_fields = ("name", "result__sitting__candidate__email")
    date_hierarchy = "issued_at"
    show_full_result_count = False

    @admin.display(description=_("stands"), boolean=True)
    def is_standing(self, certificate: Certificate) -> bool:
        """Not once a correction has taken the pass away."""
        return bool(certificate.result.has_passed)


# --- Exams: how their results are shown

admin.site.unregister(Exam)


@admin.register(Exam)
class ReleasingExamAdmin(ExamAdmin):
    """Delivery's page, with the release that delivery knows nothing of."""

    actions = (*ExamAdmin.actions, "release_results")

    def has_release_results_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scoring.change_result")

    @admin.action(description=_("Release results now"), permissions=["release_results"])
    def release_results(self, request: HttpRequest, exams: QuerySet[Exam]) -> None:
        for exam in exams.select_related("certification"):
            released = releasing.release_exam(exam)
            self.log_change(request, exam, f"Released {len(released)} results.")
            tell_of_release(self, request, released)

    def save_model(self, request: HttpRequest, obj: Exam, form: Any, change: bool) -> None:
        """Results that wait keep to the rule as it is now."""
        super().save_model(request, obj, form, change)
        if change and {"results_mode", "release_at"} & set(form.changed_data):
            releasing.follow(obj)
