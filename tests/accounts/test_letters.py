"""Every e-mail that allauth may send is rendered, in plain words, from our own templates."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template, render_to_string

FOLDERS = [settings.BASE_DIR / "templates" / name / "email" for name in ("account", "mfa")]
LETTERS = sorted(
    str(path.relative_to(settings.BASE_DIR / "templates")).removesuffix("_message.txt")
    for folder in FOLDERS
    for path in folder.glob("*_message.txt")
    if path.name != "base_message.txt"
)
CONTEXT = {
    "current_site": {"domain": "passline.example"},
    "request": {"scheme": "https"},
    "email": "o'hara&co@example.org",
    "from_email": "old@example.org",
    "to_email": "o'hara&co@example.org",
    "deleted_email": "o'hara&co@example.org",
    "activate_url": "https://passline.example/confirm/x",
    "password_reset_url": "https://passline.example/reset/x",
    "signup_url": "https://passline.example/signup/",
    "ip": "192.0.2.1",
    "user_agent": "Browser/1.0 (it's)",
}
UNREACHABLE = {"login_code", "password_reset_code", "webauthn_added", "webauthn_removed"}


@pytest.mark.parametrize("letter", LETTERS)
def test_letter_is_plain(letter):
    subject = render_to_string(f"{letter}_subject.txt", CONTEXT).strip()
    body = render_to_string(f"{letter}_message.txt", CONTEXT)
    assert 10 < len(subject) < 60
    assert "\n" not in subject
    assert "&" not in body.replace("o'hara&co", "")
    assert body.rstrip().endswith("Passline\nhttps://passline.example")


def test_no_letter_of_allauth_is_left():
    sources = {
        path.name.removesuffix("_message.txt")
        for name in ("account", "mfa")
        for path in theirs(name).glob("*_message.txt")
    }
    ours = {letter.rpartition("/")[2] for letter in LETTERS}
    assert sources - ours - UNREACHABLE == {"base"}


def theirs(name):
    """The folder of allauth's own e-mails."""
    origin = get_template("account/base_entrance.html").origin.name
    return Path(origin).parent.parent / name / "email"
