"""The people and sittings that a running site begins with; run inside `manage.py shell`."""

import itertools
import json
import random
from datetime import timedelta

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exams.assembly import draw_form
from exams.models import Exam, Response, Sitting
from questions.models import QuestionVersion
from tests.exams.factories import key_shown, make_sitting, make_user, respond_all, submit
from tests.journeys.after_scene import make_after
from tests.journeys.authoring_scene import make_authoring
from tests.journeys.plan_scene import make_plans
from tests.journeys.progress_scene import make_progress
from tests.journeys.study_scene import make_study

STEPS = ("migrate", "load_bank", "load_exams", "create_demo")
CAREFUL = "careful@passline.example"
NEWCOMER = "newcomer@passline.example"
PASSWORD = "correct horse"  # noqa: S105 (of every user that the factories make)


def prepare() -> None:
    """Load what is shipped, add the scene, print as JSON where things are."""
    for name in STEPS:
        call_command(name, verbosity=0)
    candidate = User.objects.get(email="candidate@passline.example")
    make_careful()
    careful = {"careful": CAREFUL, "careful_password": PASSWORD}
    scene = {**make_sittings(candidate), **make_links(), **careful}
    make_progress(User.objects.get(email="staff@passline.example"))
    scene |= make_study(candidate)
    scene |= make_after()
    print(json.dumps(scene | make_authoring(candidate) | make_plans(candidate)))


def make_careful() -> None:
    """Somebody whose log-in has a second step."""
    TOTP.activate(make_user(CAREFUL), "JBSWY3DPEHPK3PXP")


def make_links() -> dict[str, str]:
    """The addresses that e-mails carry, of a person who has not confirmed theirs."""
    user = make_user(NEWCOMER)
    address = EmailAddress.objects.create(user=user, email=user.email, primary=True)
    token = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return {
        "reset": f"/account/password/reset/key/{token}/",
        "confirm": reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key]),
    }


def make_sittings(candidate: User) -> dict[str, int]:
    """Four results of the mock exam on the way up, one of the sample, and one that runs."""
    mock = Exam.objects.get(slug="mls-c01-mock-1")
    draw_every_kind(mock)
    sample = Exam.objects.get(slug="mls-c01-sample")
    ids = {
        "run_out": past(mock, candidate, right=31, days=40, minutes=180),
        "earlier": past(mock, candidate, right=44, days=24, minutes=171),
        "failed": past(mock, candidate, right=48, days=11, minutes=158),
        "passed": past(mock, candidate, right=58, days=3, minutes=149),
        "sample": past(sample, candidate, right=8, days=41, minutes=17),
    }
    ids["running"] = run(mock, candidate).pk
    return ids


def draw_every_kind(exam: Exam) -> None:
    """Replace the exam's form by the first one drawn that has questions of all four kinds."""
    for seed in itertools.count(1):
        exam.forms.all().delete()
        form = draw_form(exam, rng=random.Random(seed))
        kinds = form.form_questions.values("version__kind").distinct()
        if kinds.count() == len(QuestionVersion.Kind):
            return


def past(exam: Exam, candidate: User, *, right: int, days: int, minutes: int) -> int:
    """A sitting submitted so many days ago after so many minutes; the last two left unanswered."""
    ago = timedelta(days=days)
    sitting = make_sitting(exam.forms.get(), candidate, started_ago=ago)
    respond_all(sitting, right=right)
    Response.objects.filter(sitting=sitting, position__in=(7, 21, 33)).update(is_flagged=True)
    last = exam.question_count
    Response.objects.filter(sitting=sitting, position__gt=last - 2).update(selected="")
    submit(sitting, at=sitting.started_at + timedelta(minutes=minutes))
    return sitting.pk


def run(exam: Exam, candidate: User) -> Sitting:
    """An open sitting with 40 responses, one incomplete, two flags and a strike-out."""
    sitting = make_sitting(exam.forms.get(), candidate, started_ago=timedelta(minutes=73))
    rows = list(sitting.responses.select_related("form_question__version").order_by("position"))
    for response in rows[:40]:
        response.selected = key_shown(response)
        response.revision = 1
        response.responded_at = timezone.now()
    incomplete = next(row for row in rows[:40] if row.choose_count > 1)
    incomplete.selected = incomplete.selected[0]
    for place in (11, 26):
        rows[place].is_flagged = True
    rows[4].struck = next(one for one in rows[4].option_order if one not in rows[4].selected)
    fields = ["selected", "struck", "is_flagged", "revision", "responded_at"]
    Response.objects.bulk_update(rows, fields)
    return sitting
