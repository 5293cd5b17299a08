import pytest
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from config.direct import DirectMiddleware
from tests.exams.factories import make_exam, make_form, make_sitting, make_user
from tests.exams.test_views import post, save

REST = HttpResponse("the rest")


def direct(path):
    return DirectMiddleware(lambda request: REST)(RequestFactory().get(path))


@pytest.mark.parametrize("path", ["/", "/account/login/", "/exams/mock-1/", "/nowhere/"])
def test_every_other_address_takes_the_long_way(path):
    assert direct(path) is REST


@pytest.mark.parametrize("path", ["responses/1/", "submit/"])
def test_the_room_s_requests_take_the_short_way(path):
    with translation.override("de"):
        response = direct(f"/sittings/1/{path}")
        assert translation.get_language() == "en"
    assert response.status_code == 405


def test_the_room_s_clock_takes_it_too():
    with pytest.raises(Http404):
        direct("/sittings/1/clock/")


@pytest.mark.django_db
def test_the_short_way_asks_nothing_and_sets_no_cookie(django_assert_num_queries):
    sitting = make_sitting(make_form(make_exam()), make_user())
    with django_assert_num_queries(1):
        response = save(sitting)
    assert (response.status_code, response.cookies) == (200, {})
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert int(response["Content-Length"]) == len(response.content)


@pytest.mark.django_db
def test_a_refusal_on_the_short_way_is_an_ordinary_page():
    sitting = make_sitting(make_form(make_exam()), make_user())
    response = post(sitting, "responses/1/", {}, token="1:c1:forged")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


def test_a_foreign_host_is_refused_on_the_short_way_too():
    response = Client().post("/sittings/1/submit/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
