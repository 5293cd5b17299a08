import subprocess
import sys

import pytest

from config.mailserver import email_url


@pytest.mark.parametrize(
    "value",
    ["smtp://localhost:25", "smtp+tls://me:secret@mail.example:587", "smtps://mail.example"],
)
def test_an_address_is_taken_as_it_is(monkeypatch, value):
    monkeypatch.setenv("EMAIL_URL", value)
    assert email_url() == value


@pytest.mark.parametrize("value", ["", "mail", "http://mail.example", "smtp://", "smtp://h:port"])
def test_anything_else_is_one_line_that_names_the_variable(monkeypatch, value):
    monkeypatch.setenv("EMAIL_URL", value)
    with pytest.raises(ValueError, match=r"^EMAIL_URL is no such address; expected smtp://.*$"):
        email_url()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("EMAIL_URL", "mail"),
        ("DATABASE_URL", "mysql://x/y"),
        ("REDIS_URL", "nonsense"),
        ("PORT", "abc"),
        ("PRODUCTION", "true"),
    ],
)
def test_manage_says_in_one_line_what_is_wrong_with_the_environment(variable, value):
    run = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={"PATH": "/usr/bin:/bin", variable: value},
        capture_output=True,
        text=True,
        check=False,
    )
    said = run.stderr.strip().splitlines()
    assert (run.returncode, len(said)) == (2, 1)
    assert variable in said[0] or "SECRET_KEY" in said[0]
