"""What a certification asks about: its outline of domains and tasks, and what helps to study."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


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

    class Kind(models.TextChoices):
        """What the real exam asks; a case study is several questions about one scenario."""

        SINGLE = "single", _("single choice")
        MULTIPLE = "multiple", _("multiple response")
        ORDERING = "ordering", _("ordering")
        MATCHING = "matching", _("matching")
        CASE = "case", _("case study")

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
    kinds = ArrayField(
        models.CharField(max_length=10, choices=Kind.choices),
        verbose_name=_("kinds of question"),
        default=list,
        blank=True,
        help_text=_("Those of the real exam, separated by commas."),
    )
    advice = models.TextField(
        _("rules of thumb"), blank=True, help_text=_("A paragraph each, with a blank line between.")
    )
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
