"""Questions and their versions: an identity that never changes, content frozen when published."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from questions.models.outline import Certification, Service, Task

LETTERS = "ABCDEFGH"
NO_RESPONSE = "-"


class Question(models.Model):
    """An identity that never changes; what it says is in its versions."""

    class Pool(models.TextChoices):
        EXAM = "exam", _("mock exams")
        SAMPLE = "sample", _("sample questions")
        PRACTICE = "practice", _("practice exams")

    certification = models.ForeignKey(
        Certification, on_delete=models.PROTECT, related_name="questions"
    )
    external_id = models.CharField(_("external id"), max_length=60)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="questions")
    pool = models.CharField(_("pool"), max_length=10, choices=Pool.choices, default=Pool.EXAM)
    services = models.ManyToManyField(Service, related_name="questions", blank=True)
    angoff = models.PositiveSmallIntegerField(
        _("Angoff estimate"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text=_("Of 100 candidates who would just pass, how many get it right."),
    )
    verified_on = models.DateField(_("verified on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)
    enemies = models.ManyToManyField("self", blank=True, verbose_name=_("never on one form with"))

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ("certification_id", "external_id")
        constraints = (
            models.UniqueConstraint(
                fields=["certification", "external_id"],
                name="questions_question_external_id_unique",
            ),
        )

    def __str__(self) -> str:
        return self.external_id


class QuestionVersionQuerySet(models.QuerySet["QuestionVersion"]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def current(self) -> Self:
        """The newest published version of each question, unless it is retired or withdrawn."""
        newest = (
            self.model._default_manager.filter(published_at__isnull=False)
            .order_by("question_id", "-number")
            .distinct("question_id")
            .values("pk")
        )
        return self.filter(
            pk__in=newest, question__retired_at__isnull=True, withdrawn_at__isnull=True
        )

    def drafts(self) -> Self:
        return self.filter(published_at__isnull=True)

    def in_review(self) -> Self:
        return self.drafts().filter(review_asked_at__isnull=False)

    def drawable(self, certification: Certification, pool: str) -> Self:
        """What a form of `certification` may be drawn from."""
        return self.current().filter(question__certification=certification, question__pool=pool)


class QuestionVersion(models.Model):
    """Content, frozen once published. A question has one draft at the most.

    A draft is `in review` from `review_asked_at` until it is published or sent back. `revision`
    counts its saves. Two facts may come after publication, each through scoring/corrections.py:
    `corrected_key` replaces a wrong key, `withdrawn_at` gives credit to all.

    `key` is written in author letters (A is the first option): the one right option, the right
    ones in order of the alphabet, the right order, or for matching one letter for each prompt; a
    draft has NO_RESPONSE where a prompt has no letter yet.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", _("single choice")
        MULTIPLE = "multiple", _("multiple response")
        ORDERING = "ordering", _("ordering")
        MATCHING = "matching", _("matching")

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    stem = models.TextField(_("stem"))
    stem_html = models.TextField(blank=True, editable=False)
    explanation = models.TextField(_("explanation"), blank=True)
    explanation_html = models.TextField(blank=True, editable=False)
    references = models.JSONField(
        _("references"), default=list, blank=True, help_text=_("A list of {title, url}.")
    )
    key = models.CharField(_("key"), max_length=8, blank=True)
    content_hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="written_versions",
        verbose_name=_("author"),
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reviewed_versions",
        verbose_name=_("reviewer"),
    )
    review_asked_at = models.DateTimeField(_("sent to review at"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)
    saved_at = models.DateTimeField(_("saved at"), null=True, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("saved by"),
    )
    corrected_key = models.CharField(_("corrected key"), max_length=8, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    search = SearchVectorField(null=True, editable=False)

    objects = QuestionVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question version")
        verbose_name_plural = _("question versions")
        ordering = ("question_id", "number")
        permissions = (("review_questionversion", _("Can review and publish question versions")),)
        indexes = (
            GinIndex(fields=["search"], name="questions_version_search"),
            GinIndex(
                fields=["stem"], opclasses=["gin_trgm_ops"], name="questions_version_stem_alike"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["question", "number"], name="questions_version_number_unique"
            ),
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(published_at=None),
                name="questions_version_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[A-H]+$") | Q(key__regex=r"^[A-H-]*$", published_at=None),
                name="questions_version_key_letters",
            ),
            models.CheckConstraint(
                condition=Q(corrected_key__regex=r"^[A-H]*$"),
                name="questions_version_corrected_key_letters",
            ),
            models.CheckConstraint(
                condition=~Q(author=F("reviewer")), name="questions_version_two_people"
            ),
        )

    def __str__(self) -> str:
        return f"{self.question} v{self.number}"

    @property
    def choose_count(self) -> int:
        """How many letters a complete response has."""
        return len(self.key)

    @property
    def scoring_key(self) -> str:
        """The key that counts: the corrected one where there is one."""
        return self.corrected_key or self.key


class Option(models.Model):
    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField(_("place"), help_text=_("From 0."))
    text = models.TextField(_("text"))
    html = models.TextField(blank=True, editable=False)
    rationale = models.TextField(_("rationale"), blank=True)
    rationale_html = models.TextField(blank=True, editable=False)
    is_fixed = models.BooleanField(_("keeps its place"), default=False)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ("version_id", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["version", "position"], name="questions_option_place_unique"
            ),
            models.CheckConstraint(
                condition=Q(position__lt=len(LETTERS)), name="questions_option_place_range"
            ),
        )

    def __str__(self) -> str:
        return f"{self.letter} {self.text[:60]}"

    @property
    def letter(self) -> str:
        """The author's letter, A for the first option."""
        return LETTERS[self.position]


class Prompt(models.Model):
    """The left side of a matching question; the options are its right side."""

    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="prompts")
    position = models.PositiveSmallIntegerField(_("place"), help_text=_("From 0."))
    text = models.TextField(_("text"))
    html = models.TextField(blank=True, editable=False)
    rationale = models.TextField(_("rationale"), blank=True)
    rationale_html = models.TextField(blank=True, editable=False)

    class Meta:
        verbose_name = _("prompt")
        verbose_name_plural = _("prompts")
        ordering = ("version_id", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["version", "position"], name="questions_prompt_place_unique"
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]


class QuestionImage(models.Model):
    """A picture uploaded to a question, re-encoded; named in its Markdown as `images/<name>`."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="images")
    name = models.CharField(_("file name"), max_length=100)
    content = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ("question_id", "name")
        constraints = (
            models.UniqueConstraint(
                fields=["question", "name"], name="questions_image_name_unique"
            ),
        )

    def __str__(self) -> str:
        return self.name
