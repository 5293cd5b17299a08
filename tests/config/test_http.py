import pytest
from django.db import connection
from django.test import Client

from config import http
from tests.exams.factories import make_exam, make_form, make_sitting, make_user
from tests.exams.test_views import post

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}


def policy(response):
    """The content security policy of an answer, by directive."""
    directives = response["Content-Security-Policy"].split(";")
    return dict(directive.strip().split(" ", 1) for directive in directives)


# --- Health


def test_health_asks_no_database():
    response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_ready_with_a_durable_database(django_assert_num_queries):
    with django_assert_num_queries(1):
        response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (200, {"ready": True})


@pytest.mark.django_db
def test_not_ready_when_a_committed_response_could_be_lost():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    response = Client().get("/readyz")
    reason = "not durable: synchronous_commit=off"
    assert (response.status_code, response.json()) == (503, {"ready": False, "reason": reason})


@pytest.mark.django_db(transaction=True)
def test_not_ready_without_a_database_and_ready_again_with_one(monkeypatch, tmp_path):
    connection.close()
    with monkeypatch.context() as gone:
        gone.setitem(connection.settings_dict, "HOST", str(tmp_path))
        response = Client().get("/readyz")
        assert Client().get("/healthz").status_code == 200
    reason = "the database does not answer"
    assert (response.status_code, response.json()) == (503, {"ready": False, "reason": reason})
    assert Client().get("/readyz").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_asked_for_never_kept_and_leaves_no_cookie(path):
    response = Client().get(path)
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert [Client().head(path).status_code, Client().post(path).status_code] == [200, 405]


# --- The policy, whatever the status


def log_in_page():
    return Client().get("/account/login/")


def page_of_a_stranger():
    return Client().get("/account/")


def stale_form():
    return Client(enforce_csrf_checks=True).post("/account/login/", {"login": "ada"})


def admin_of_a_candidate():
    client = Client()
    client.force_login(make_user())
    return client.get("/admin/")


def staff_without_rights():
    client = Client()
    client.force_login(make_user(is_staff=True))
    return client.get("/admin/exams/exam/")


def no_such_page():
    return Client().get("/no-such-page/")


def no_such_method():
    return Client().get("/exams/mock-1/start/")


def not_a_response():
    sitting = make_sitting(make_form(make_exam()), make_user())
    return post(sitting, "responses/1/", {"revision": "x"})


def another_host():
    return Client().get("/account/login/", headers={"Host": "elsewhere.example"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (log_in_page, 200),
        (page_of_a_stranger, 302),
        (admin_of_a_candidate, 302),
        (another_host, 400),
        (stale_form, 403),
        (staff_without_rights, 403),
        (no_such_page, 404),
        (no_such_method, 405),
        (not_a_response, 422),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_every_status_carries_the_whole_policy(ask, status):
    response = ask()
    assert (response.status_code, policy(response)) == (status, POLICY)


@pytest.mark.django_db
def test_a_fault_of_ours_carries_the_policy_and_tells_nothing(monkeypatch):
    def fail():
        raise RuntimeError("a secret")

    monkeypatch.setattr(http, "loose_durability", fail)
    response = Client(raise_request_exception=False).get("/readyz")
    assert (response.status_code, policy(response)) == (500, POLICY)
    assert b"a secret" not in response.content


@pytest.mark.django_db
def test_other_headers_that_keep_a_page_to_itself():
    response = log_in_page()
    names = ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy")
    assert [response[name] for name in names] == ["DENY", "nosniff", "same-origin"]
    assert "camera=()" in response["Permissions-Policy"]


@pytest.mark.django_db
def test_a_stale_form_says_so():
    assert "This form has expired" in stale_form().content.decode()


def test_the_policy_stands_on_the_redirect_to_https_and_on_a_foreign_host_too(settings, client):
    stranger = client.get("/", headers={"host": "elsewhere.example"})
    assert "default-src 'none'" in stranger["Content-Security-Policy"]
    settings.SECURE_SSL_REDIRECT = True
    redirect = Client().get("/")
    assert redirect.status_code == 301
    assert "default-src 'none'" in redirect["Content-Security-Policy"]
