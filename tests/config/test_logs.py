import pytest
import structlog
from django.http import HttpResponse
from django.test import RequestFactory
from structlog.testing import capture_logs

from config.logs import RequestLogMiddleware
from tests.exams.factories import make_exam, make_form, make_sitting, make_user
from tests.exams.test_views import save

log = structlog.get_logger()


def answer(request):
    log.info("inside")
    return HttpResponse(status=404)


def test_one_line_a_request_says_what_became_of_it():
    with capture_logs() as lines:
        RequestLogMiddleware(answer)(RequestFactory().post("/sittings/1/submit/?page=2"))
    ms = lines[1].pop("ms")
    assert 0 <= ms < 10_000
    assert lines == [
        {"event": "inside", "log_level": "info"},
        {
            "event": "answered",
            "log_level": "info",
            "method": "POST",
            "path": "/sittings/1/submit/",
            "status": 404,
        },
    ]


def test_all_lines_of_a_request_carry_its_id_and_no_other_request_s():
    ids = []

    def view(request):
        ids.append(structlog.contextvars.get_contextvars())
        structlog.contextvars.bind_contextvars(candidate=1)
        return HttpResponse()

    for _ in range(2):
        RequestLogMiddleware(view)(RequestFactory().get("/"))
    assert [set(each) for each in ids] == [{"request"}, {"request"}]
    assert ids[0] != ids[1]


@pytest.mark.django_db
def test_a_response_saved_is_no_news_and_one_refused_is():
    sitting = make_sitting(make_form(make_exam()), make_user())
    with capture_logs() as lines:
        statuses = [save(sitting).status_code, save(sitting, selected="C").status_code]
    assert statuses == [200, 409]
    assert [line["log_level"] for line in lines] == ["debug", "info"]
