"""What follows a result: the survey before it, the certificate after it, the forecast beyond it."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from exams.models import Sitting
from questions.models import Certification
from scoring.models.results import Result


class Survey(models.Model):
    """What a candidate said of a sitting before its result was shown."""

    class Time(models.TextChoices):
        SHORT = "short", _("too short")
        RIGHT = "right", _("about right")
        LONG = "long", _("more than enough")

    sitting = models.OneToOneField(
        Sitting, on_delete=models.CASCADE, related_name="survey", primary_key=True
    )
    difficulty = models.PositiveSmallIntegerField(
        _("difficulty"),
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_("1 very easy to 5 very hard."),
    )
    time = models.CharField(_("time"), max_length=10, choices=Time.choices)
    remark = models.TextField(_("remark"), blank=True, max_length=2000)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")

    def __str__(self) -> str:
        return f"{self.sitting_id}: {self.difficulty}"


class Certificate(models.Model):
    """A practice certificate; whoever has its address may verify it."""

    result = models.OneToOneField(
        Result, on_delete=models.CASCADE, related_name="certificate", primary_key=True
    )
    token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name on it"), max_length=100)
    issued_at = models.DateTimeField(_("issued at"), db_default=Now())
    expires_on = models.DateField(_("valid until"))

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")

    def __str__(self) -> str:
        return f"{self.token}"


class Forecast(models.Model):
    """The probability of passing a candidate was shown on a day, kept to be judged later."""

    candidate = models.ForeignKey(User, on_delete=models.CASCADE, related_name="forecasts")
    certification = models.ForeignKey(Certification, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(_("day"))
    probability = models.FloatField(_("probability of passing"))
    state = models.CharField(_("state"), max_length=10)
    evidence_count = models.PositiveIntegerField(_("first responses it rests on"))

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        ordering = ("-day", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["candidate", "certification", "day"], name="scoring_forecast_one_a_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.candidate_id}: {self.probability:.2f}"
