"""What a candidate may say about a question."""

from django import forms
from django.utils.translation import gettext_lazy as _

from questions.models import QuestionReport


class ReportQuestionForm(forms.ModelForm[QuestionReport]):
    class Meta:
        model = QuestionReport
        fields = ("reason", "text")
        labels = {"reason": _("What is wrong?"), "text": _("In your words")}
        # The form takes the place of the link that asked for it, and the focus too.
        widgets = {
            "reason": forms.Select(attrs={"autofocus": True}),
            "text": forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
        }
        help_texts = {"text": _("A source helps, such as a link to the documentation.")}
