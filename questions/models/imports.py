"""Questions on their way into the bank."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from questions.models.outline import Certification, Task
from questions.models.questions import Question


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
