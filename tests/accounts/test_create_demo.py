"""The demo log-ins: as printed, as often as one likes, and never in production."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command

from accounts.models import User

pytestmark = pytest.mark.django_db
BLOCK = """\
candidate  candidate@passline.example  candidate-passline
author     author@passline.example     author-passline
staff      staff@passline.example      staff-passline
"""


def run(capsys):
    call_command("create_demo")
    return capsys.readouterr().out


def test_prints_the_logins_and_they_work(capsys, client):
    assert run(capsys) == BLOCK
    for line in BLOCK.splitlines():
        _, email, password = line.split()
        assert client.login(email=email, password=password)
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == 3


def test_again_resets_and_adds_nothing(capsys, client):
    run(capsys)
    candidate = User.objects.get(email="candidate@passline.example")
    candidate.set_password("forgotten")
    candidate.is_active, candidate.is_superuser = False, True
    candidate.save()
    TOTP.activate(candidate, "JBSWY3DPEHPK3PXP")
    assert run(capsys) == BLOCK
    assert User.objects.count() == 3
    candidate.refresh_from_db()
    assert (candidate.is_active, candidate.is_superuser) == (True, False)
    fields = {"login": candidate.email, "password": "candidate-passline"}
    assert client.post("/account/login/", fields).url == "/"


def test_rights(capsys):
    run(capsys)
    people = {user.email.partition("@")[0]: user for user in User.objects.all()}
    candidate, author, staff = (people[role] for role in ("candidate", "author", "staff"))
    assert (candidate.is_staff, candidate.time_zone) == (False, "Europe/Zurich")
    assert candidate.get_all_permissions() == set()
    assert {right.partition(".")[0] for right in author.get_all_permissions()} == {"questions"}
    assert author.has_perm("questions.change_questionversion")
    assert not author.has_perm("questions.review_questionversion")
    assert staff.has_perm("questions.review_questionversion")
    assert [*staff.groups.values_list("name", flat=True).order_by("name")] == ["Reviewers", "Staff"]
    assert {right.partition(".")[0] for right in staff.get_all_permissions()} == {
        "accounts",
        "questions",
        "exams",
        "scoring",
    }
    assert [user.is_superuser for user in people.values()] == [False] * 3


def test_refused_in_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="not in production"):
        call_command("create_demo")
    assert not User.objects.exists()
