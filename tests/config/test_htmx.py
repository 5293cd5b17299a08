import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory

from config.htmx import HtmxSeamsMiddleware
from tests.exams.factories import make_user

BY_HTMX = {"HX-Request": "true"}
LOG_IN = "/account/login/?next=/results/"


def answer(response, **headers):
    """What the middleware makes of a view's answer."""
    request = RequestFactory().get("/results/", headers=headers)
    return HtmxSeamsMiddleware(lambda request: response)(request)


def varies_on(response):
    return {name.strip() for name in response["Vary"].split(",")}


@pytest.mark.parametrize("headers", [{}, BY_HTMX], ids=["page", "partial"])
def test_page_and_partial_vary_on_what_tells_them_apart(headers):
    response = answer(HttpResponse("x", headers={"Vary": "Cookie"}), **headers)
    assert varies_on(response) == {"Cookie", "HX-Request", "HX-Target"}
    assert (response.status_code, response.content) == (200, b"x")


def test_a_partial_that_needs_a_log_in_leads_the_whole_page_there():
    redirect = HttpResponseRedirect(LOG_IN, headers={"Vary": "Cookie"})
    redirect.set_cookie("kept", "yes")
    response = answer(redirect, **BY_HTMX)
    assert (response.status_code, response["HX-Redirect"]) == (204, LOG_IN)
    assert varies_on(response) == {"Cookie", "HX-Request", "HX-Target"}
    assert response.cookies["kept"].value == "yes"
    assert response.content == b""
    assert "Location" not in response


def test_without_htmx_a_log_in_is_a_plain_redirect():
    response = answer(HttpResponseRedirect(LOG_IN))
    assert (response.status_code, response["Location"]) == (302, LOG_IN)
    assert "HX-Redirect" not in response


@pytest.mark.parametrize("location", ["/results/", "/", "https://elsewhere.example/account/login/"])
def test_other_redirects_are_followed_by_the_browser(location):
    response = answer(HttpResponseRedirect(location), **BY_HTMX)
    assert (response.status_code, response["Location"]) == (302, location)
    assert "HX-Redirect" not in response


@pytest.mark.django_db
def test_a_strangers_partial_through_the_whole_stack():
    response = Client().get("/account/", headers=BY_HTMX)
    assert (response.status_code, response["HX-Redirect"]) == (
        204,
        "/account/login/?next=/account/",
    )


@pytest.mark.django_db
def test_whoever_is_logged_in_is_not_led_away():
    client = Client()
    client.force_login(make_user())
    response = client.get("/account/", headers=BY_HTMX)
    assert (response.status_code, "HX-Redirect" in response) == (200, False)
    assert {"HX-Request", "HX-Target"} <= varies_on(response)
