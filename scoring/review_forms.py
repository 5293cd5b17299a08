"""What comes from the page of a review: shape and range."""

from django import forms
from django.utils.translation import gettext_lazy as _

from scoring.models import ReviewCard
from scoring.repetition import Rating

RATINGS = (
    (Rating.AGAIN, _("Again")),
    (Rating.HARD, _("Hard")),
    (Rating.GOOD, _("Good")),
    (Rating.EASY, _("Easy")),
)


class RateForm(forms.Form):
    rating = forms.TypedChoiceField(choices=RATINGS, coerce=lambda one: Rating(int(one)))


class CauseForm(forms.Form):
    cause = forms.ChoiceField(choices=[("", _("none")), *ReviewCard.Cause.choices], required=False)
