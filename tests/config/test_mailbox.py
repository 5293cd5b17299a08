from email.message import EmailMessage as ParsedMessage
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client

from config import mailbox

pytestmark = pytest.mark.django_db

TEXT = """You passed. Read the report:
https://passline.example/results/7/
Again: https://passline.example/results/7/ and https://passline.example/account/
"""
HTML = (
    "<html><head><title>x</title></head><body style='color: red'>You <b>passed</b>.</body></html>"
)


def send(subject="Your result: 820", text=TEXT, html="", to="ada@example.org"):
    """Send one message through the mailbox; the name it is kept under."""
    letter = EmailMultiAlternatives(
        subject, text, to=[to], connection=get_connection("config.mailbox.EmailBackend")
    )
    if html:
        letter.attach_alternative(html, "text/html")
    before = kept()
    assert letter.send() == 1
    return (kept() - before).pop()


def kept():
    return {path.stem for path in mailbox.folder().iterdir() if path.suffix == ".eml"}


def policy(response):
    return {part.strip() for part in response["Content-Security-Policy"].split(";")}


# --- Keeping


def test_a_message_is_kept_as_a_file_of_its_own(settings):
    names = [send(), send()]
    files = sorted(path.name for path in Path(settings.MAILBOX_DIR).iterdir())
    assert files == sorted(f"{name}.eml" for name in names)


def test_a_kept_message_reads_as_it_was_sent():
    letter = mailbox.find_letter(send("Résultat, 820", "Déjà vu.", html="<p>Déjà vu.</p>"))
    assert isinstance(letter.message, ParsedMessage)
    assert (letter.message["subject"], letter.message["to"]) == (
        "Résultat, 820",
        "ada@example.org",
    )
    assert (letter.text, letter.html) == ("Déjà vu.", "<p>Déjà vu.</p>")


def test_a_message_without_html_has_none():
    assert mailbox.find_letter(send()).html == ""


def test_each_link_of_the_text_is_found_once():
    assert mailbox.find_letter(send()).links == [
        "https://passline.example/results/7/",
        "https://passline.example/account/",
    ]


def test_several_messages_at_once_are_counted():
    backend = get_connection("config.mailbox.EmailBackend")
    letters = [EmailMultiAlternatives("x", "y", to=["ada@example.org"]) for _ in range(3)]
    assert (backend.send_messages(letters), len(kept())) == (3, 3)


# --- Showing


def test_an_empty_mailbox_says_so(client):
    assert "No e-mail yet." in client.get("/mailbox/").content.decode()


def test_the_mailbox_lists_the_newest_first_and_links_to_each(client):
    names = [send(f"Letter {number}") for number in (1, 2, 3)]
    (mailbox.folder() / "20991231T000000000000-00000000.part").write_text("not yet whole")
    response = client.get("/mailbox/")
    shown = [letter.message["subject"] for letter in response.context["letters"]]
    assert shown == ["Letter 3", "Letter 2", "Letter 1"]
    for name in names:
        assert f"/mailbox/{name}/" in response.content.decode()
        assert client.get(f"/mailbox/{name}/").status_code == 200


def test_the_mailbox_shows_no_more_than_a_page_holds(client, monkeypatch):
    monkeypatch.setattr(mailbox, "SHOWN", 2)
    for number in (1, 2, 3):
        send(f"Letter {number}")
    assert len(client.get("/mailbox/").context["letters"]) == 2


def test_a_letter_is_shown_with_its_links_and_escaped(client):
    name = send("<script>1</script>", TEXT + "<script>2</script>", html=HTML)
    page = client.get(f"/mailbox/{name}/").content.decode()
    assert '<a href="https://passline.example/results/7/">' in page
    assert "<script>1" not in page
    assert "<script>2" not in page
    assert f'src="/mailbox/{name}/html"' in page


def test_a_letter_of_text_alone_has_no_frame(client):
    assert "<iframe" not in client.get(f"/mailbox/{send()}/").content.decode()


def test_the_html_part_stands_alone_in_a_sandbox(client):
    response = client.get(f"/mailbox/{send(html=HTML)}/html")
    assert response.content.decode() == HTML.replace("<head>", '<head><base target="_blank">')
    site = policy(client.get("/mailbox/"))
    assert site - policy(response) == {
        "style-src 'self'",
        "script-src 'self'",
        "frame-ancestors 'none'",
    }
    assert policy(response) - site == {
        "style-src 'unsafe-inline'",
        "script-src 'none'",
        "frame-ancestors 'self'",
        "sandbox allow-popups allow-popups-to-escape-sandbox",
    }
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_only_the_frame_of_a_letter_differs_from_the_sites_policy(client):
    site = policy(client.get("/mailbox/"))
    assert policy(client.get(f"/mailbox/{send(html=HTML)}/")) == site | {"frame-src 'self'"}


@pytest.mark.parametrize(
    "name",
    [
        "20261124T070000000000-0123abcd",
        "..",
        "%2e%2e%2fmanage",
        "x",
        "20261124T-0123ABCD",
        f"{'0' * 300}-0123abcd",
    ],
)
def test_a_letter_that_is_not_there(client, name):
    assert [client.get(f"/mailbox/{name}/{part}").status_code for part in ("", "html")] == [
        404,
        404,
    ]


def test_without_a_folder_there_is_no_mailbox(client, settings):
    name = send(html=HTML)
    settings.MAILBOX_DIR = None
    for path in ("", f"{name}/", f"{name}/html"):
        assert client.get(f"/mailbox/{path}").status_code == 404


def test_pages_are_only_read_and_not_kept():
    client, name = Client(), send(html=HTML)
    for path in ("", f"{name}/", f"{name}/html"):
        assert client.post(f"/mailbox/{path}").status_code == 405
        assert "no-store" in client.get(f"/mailbox/{path}")["Cache-Control"]
