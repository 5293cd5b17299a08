"""The bank: what may be asked. It does not know that exams exist."""

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

LETTERS = "ABCDEFGH"
NO_RESPONSE = "-"


class Shift:
    """How hard this bank is beside the real exam; the logits of 80 % becoming 80, 75 and 68 %."""

    CHOICES = (
        (Decimal("0.00"), _("as hard as the real exam")),
        (Decimal("0.29"), _("a bit easier than the real exam")),
        (Decimal("0.63"), _("much easier than the real exam")),
    )


class Certification(models.Model):
    class Status(models.TextChoices):
        CURRENT = "current", _("current")
        ANNOUNCED = "announced", _("announced")
        RETIRED = "retired", _("retired")

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.CURRENT
    )
    retired_on = models.DateField(_("retired on"), null=True, blank=True)
    successors = ArrayField(
        models.CharField(max_length=20), verbose_name=_("successors"), default=list, blank=True
    )
    question_count = models.PositiveSmallIntegerField(_("questions"))
    unscored_count = models.PositiveSmallIntegerField(_("unscored questions"), default=0)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    cut_score = models.PositiveSmallIntegerField(_("pass line"), help_text=_("100 to 1000"))
    summary = models.TextField(_("what it certifies"), blank=True)
    audience = models.TextField(_("who it is for"), blank=True)
    price_usd = models.PositiveSmallIntegerField(_("price in US dollars"), null=True, blank=True)
    valid_years = models.PositiveSmallIntegerField(_("valid for years"), null=True, blank=True)
    retake_rule = models.TextField(_("retake rule"), blank=True)
    guide_url = models.URLField(_("official exam guide"), blank=True)
    shift = models.DecimalField(
        _("how much harder the real questions are"),
        max_digits=3,
        decimal_places=2,
        choices=Shift.CHOICES,
        default=Decimal("0.00"),
        help_text=_("In logits; readiness takes it off the candidate's level."),
    )

    class Meta:
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Domain(models.Model):
    certification = models.ForeignKey(
        Certification, on_delete=models.CASCADE, related_name="domains"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=200)
    weight = models.PositiveSmallIntegerField(_("weight in percent"))

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        ordering = ("certification_id", "number")
        constraints = (
            models.UniqueConstraint(
                fields=["certification", "number"], name="questions_domain_number_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Task(models.Model):
    domain = models.ForeignKey(Domain, on_delete=models.CASCADE, related_name="tasks")
    number = models.CharField(_("number"), max_length=10)
    name = models.CharField(_("name"), max_length=300)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ("domain_id", "number")
        constraints = (
            models.UniqueConstraint(
                fields=["domain", "number"], name="questions_task_number_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Resource(models.Model):
    """Something to study with, and what it is worth; authors edit these."""

    certification = models.ForeignKey(
        Certification, on_delete=models.CASCADE, related_name="resources"
    )
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    name = models.CharField(_("name"), max_length=200)
    url = models.URLField(_("address"), blank=True)
    cost = models.CharField(_("cost"), max_length=60, help_text=_("As in: free, or 40 USD."))
    minutes = models.PositiveIntegerField(
        _("minutes it takes"), null=True, blank=True, help_text=_("Empty: your own time.")
    )
    usefulness = models.PositiveSmallIntegerField(
        _("usefulness of 10"), validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    is_optional = models.BooleanField(_("optional"), default=False)

    class Meta:
        verbose_name = _("study resource")
        verbose_name_plural = _("study resources")
        ordering = ("certification_id", "position", "pk")

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """A product a question is about, as a tag."""

    name = models.CharField(_("name"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


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


class TrailEntry(models.Model):
    """Who did what to a question, when and why. Rows are added and never changed."""

    class Act(models.TextChoices):
        CREATED = "created", _("created")
        EDITED = "edited", _("edited")
        ASKED = "asked", _("sent to review")
        RETURNED = "returned", _("sent back")
        PUBLISHED = "published", _("published")
        DISCARDED = "discarded", _("draft discarded")
        RETIRED = "retired", _("retired")
        RESTORED = "restored", _("restored")
        TAGGED = "tagged", _("retagged")
        VERIFIED = "verified", _("verified")
        IMPORTED = "imported", _("imported")
        REKEYED = "rekeyed", _("key corrected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="trail")
    version = models.ForeignKey(
        QuestionVersion, on_delete=models.SET_NULL, null=True, related_name="trail"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    act = models.CharField(_("step"), max_length=10, choices=Act.choices)
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail entries")
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.question_id} {self.act}"


class QuestionReport(models.Model):
    """A candidate's word that something about a question is wrong."""

    class Reason(models.TextChoices):
        KEY = "key", _("The key is wrong")
        UNCLEAR = "unclear", _("The question is unclear")
        OUTDATED = "outdated", _("It is out of date")
        TYPO = "typo", _("A typing error")
        OTHER = "other", _("Something else")

    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    text = models.TextField(_("what is wrong"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("reported at"), auto_now_add=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    resolution = models.TextField(_("resolution"), blank=True)

    class Meta:
        verbose_name = _("report of a question")
        verbose_name_plural = _("reports of questions")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["version", "reporter"],
                condition=Q(resolved_at=None, reporter__isnull=False),
                name="questions_report_one_open_a_reporter",
            ),
        )
        indexes = (
            models.Index(
                fields=["created_at"], condition=Q(resolved_at=None), name="questions_report_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.version}: {self.reason}"


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


class Import(models.Model):
    """An uploaded file on its way into the bank: parsed by a worker, reviewed, then written."""

    certification = models.ForeignKey(Certification, on_delete=models.CASCADE, related_name="+")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    file_name = models.CharField(_("file"), max_length=255)
    format = models.CharField(_("format"), max_length=20)
    content = models.BinaryField(null=True)
    encoding = models.CharField(max_length=20, blank=True)
    task = models.ForeignKey(Task, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    parse_claimed_at = models.DateTimeField(null=True)
    try_count = models.PositiveSmallIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    parsed_at = models.DateTimeField(_("parsed at"), null=True)
    failure = models.TextField(blank=True)
    warnings = models.JSONField(default=list)
    confirmed_at = models.DateTimeField(_("written at"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One question of an import, or the reason why there is none."""

    class Finding(models.TextChoices):
        NEW = "new", _("new")
        SAME = "same", _("already in the bank")
        CONFLICT = "conflict", _("differs from the bank")
        DOUBLE = "double", _("twice in the file")
        SKIPPED = "skipped", _("skipped")

    class Choice(models.TextChoices):
        TAKE = "take", _("take")
        REPLACE = "replace", _("new version of the one in the bank")
        KEEP_BOTH = "keep_both", _("keep both")
        SKIP = "skip", _("skip")

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    place = models.CharField(_("where"), max_length=100, help_text=_("Line or item id."))
    item = models.JSONField(null=True)
    finding = models.CharField(max_length=10, choices=Finding.choices)
    code = models.CharField(max_length=40, blank=True)
    messages = models.JSONField(default=list)
    choice = models.CharField(max_length=10, choices=Choice.choices)
    question = models.ForeignKey(Question, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("imported question")
        verbose_name_plural = _("imported questions")
        ordering = ("batch_id", "number")
        constraints = (
            models.UniqueConstraint(
                fields=["batch", "number"], name="questions_importrow_number_unique"
            ),
        )

    def __str__(self) -> str:
        return self.place
