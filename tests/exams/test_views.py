import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from exams import delivery, tokens
from exams.clock import GRACE
from exams.delivery import Change
from exams.guests import SESSION_KEY
from exams.models import LateResponse, Sitting
from tests.exams.factories import make_exam, make_form, make_sitting, make_user, submit

pytestmark = pytest.mark.django_db

AFTER_GRACE = timedelta(hours=1) + GRACE + timedelta(seconds=1)


@pytest.fixture
def sitting():
    return make_sitting(make_form(make_exam()), make_user())


def browser_of(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def guest_browser():
    """A client whose session holds a guest key, and the key."""
    client, key = Client(), uuid4()
    session = client.session
    session[SESSION_KEY] = str(key)
    session.save()
    return client, key


def post(sitting, path, data, *, token=None, client=None):
    """What the room sends: no cookie, no CSRF token, the sitting token in its header."""
    return (client or Client(enforce_csrf_checks=True)).post(
        f"/sittings/{sitting.pk}/{path}",
        data,
        headers={tokens.HEADER: token or tokens.issue(sitting, sitting.guest_key)},
    )


def save(sitting, position=1, **data):
    fields = {"revision": 0, "selected": "B", "struck": "", **data}
    return post(sitting, f"responses/{position}/", fields)


def row(sitting, position=1):
    response = sitting.responses.get(position=position)
    return (response.selected, response.struck, response.is_flagged, response.revision)


# --- Instructions and start


def test_the_instructions_tell_the_rules_of_this_exam(client):
    exam = make_exam(minutes=180, question_count=65, unscored_count=15)
    page = client.get(f"/exams/{exam.slug}/").content.decode()
    for words in ("180 minutes", "65 questions", "50 questions are scored; 15 are not", "750"):
        assert words in page
    assert "Sign up to start" in page


def test_the_instructions_name_the_extra_time():
    client = browser_of(make_user(extra_time_percent=50))
    page = client.get(f"/exams/{make_exam(minutes=60).slug}/").content.decode()
    assert "Your extra time: 30 minutes are added" in page


def test_an_exam_that_is_not_open_is_not_found(client):
    exam = make_exam(opened_at=None)
    assert client.get(f"/exams/{exam.slug}/").status_code == 404
    assert client.post(f"/exams/{exam.slug}/start/").status_code == 404


def test_start_leads_to_the_room():
    user, form = make_user(), make_form(make_exam())
    client = Client()
    client.force_login(user)
    reply = client.post(f"/exams/{form.exam.slug}/start/")
    assert reply["Location"] == f"/sittings/{Sitting.objects.get(candidate=user).pk}/"


def test_a_guest_starts_only_what_is_open_to_guests(client):
    closed = make_form(make_exam())
    opened = make_form(make_exam(slug="sample", is_open_to_guests=True))
    refused = client.post(f"/exams/{closed.exam.slug}/start/")
    assert refused["Location"] == f"/account/login/?next=/exams/{closed.exam.slug}/"
    client.post(f"/exams/{opened.exam.slug}/start/")
    sitting = Sitting.objects.get()
    assert (sitting.exam, sitting.candidate) == (opened.exam, None)
    assert client.get(f"/sittings/{sitting.pk}/").status_code == 200


def test_guests_of_one_address_start_only_so_often(client):
    cache.clear()
    make_form(make_exam(slug="sample", is_open_to_guests=True))
    starts = [Client().post("/exams/sample/start/") for _ in range(21)]
    assert [reply.status_code for reply in starts] == [302] * 20 + [429]
    assert "Too many tries" in starts[-1].content.decode()
    assert Sitting.objects.count() == 20
    client.force_login(make_user())
    assert client.post("/exams/sample/start/").status_code == 302
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.post("/exams/sample/start/").status_code == 302


def test_an_exam_without_a_form_says_so():
    client = Client()
    client.force_login(make_user())
    exam = make_exam()
    page = client.post(f"/exams/{exam.slug}/start/", follow=True)
    assert "This exam has no questions yet" in page.content.decode()


def test_start_needs_a_post(client):
    assert client.get(f"/exams/{make_exam().slug}/start/").status_code == 405


# --- The room


def test_the_room_is_the_candidates_alone(sitting):
    guest, key = guest_browser()
    path = f"/sittings/{sitting.pk}/"
    assert browser_of(sitting.candidate).get(path).status_code == 200
    assert browser_of(make_user("eve@passline.example")).get(path).status_code == 404
    assert guest.get(path).status_code == 404
    assert Client().get(path).status_code == 404
    theirs = make_sitting(sitting.form, guest_key=key)
    assert guest.get(f"/sittings/{theirs.pk}/").status_code == 200


@pytest.mark.parametrize("size", [10, 65])
def test_the_room_is_a_fixed_few_statements(django_assert_num_queries, size):
    sitting = make_sitting(make_form(make_exam(question_count=size)), make_user())
    client = browser_of(sitting.candidate)
    # session, user, sitting, responses, options, prompts
    with django_assert_num_queries(6):
        client.get(f"/sittings/{sitting.pk}/")


def test_the_room_of_a_closed_sitting_leads_to_its_report(sitting):
    submit(sitting)
    reply = browser_of(sitting.candidate).get(f"/sittings/{sitting.pk}/")
    assert reply["Location"] == f"/results/{sitting.pk}/"


def test_opening_the_room_too_late_closes_the_sitting_at_its_deadline():
    sitting = make_sitting(make_form(make_exam()), make_user(), started_ago=AFTER_GRACE)
    reply = browser_of(sitting.candidate).get(f"/sittings/{sitting.pk}/")
    sitting.refresh_from_db()
    assert reply["Location"] == f"/results/{sitting.pk}/"
    assert sitting.submitted_at == sitting.deadline


def test_the_room_is_not_kept_by_the_browser(sitting):
    reply = browser_of(sitting.candidate).get(f"/sittings/{sitting.pk}/")
    assert "no-store" in reply["Cache-Control"]


# --- Saving


def test_a_save_answers_with_the_revision_and_the_time_left(sitting):
    reply = save(sitting, struck="AC", flagged="on")
    assert reply.status_code == 200
    body = reply.json()
    assert (body["revision"], 3590 <= body["seconds_left"] <= 3600) == (1, True)
    assert row(sitting) == ("B", "AC", True, 1)


def test_a_save_is_one_statement_in_all_whatever_cookies_come_along(
    django_assert_num_queries, sitting
):
    client = browser_of(sitting.candidate)
    token = tokens.issue(sitting, None)
    with django_assert_num_queries(1):
        post(sitting, "responses/1/", {"revision": 0, "selected": "B"}, token=token, client=client)


def test_a_repeated_save_changes_nothing_and_is_told_yes(sitting):
    save(sitting)
    again = save(sitting)
    assert (again.status_code, again.json()["revision"]) == (200, 1)
    assert row(sitting) == ("B", "", False, 1)


def test_a_stale_save_gets_the_current_state_back(sitting):
    save(sitting, selected="C")
    stale = save(sitting, selected="D")
    assert stale.status_code == 409
    assert {key: stale.json()[key] for key in ("revision", "selected", "struck", "flagged")} == {
        "revision": 1,
        "selected": "C",
        "struck": "",
        "flagged": False,
    }
    assert row(sitting) == ("C", "", False, 1)


@pytest.mark.parametrize(
    "data",
    [
        {"selected": "E"},
        {"selected": "x"},
        {"selected": "A" * 9},
        {"revision": "-1"},
        {"revision": "one"},
        {"revision": "9" * 30},
        {"struck": "Z"},
        {"selected": "\x00"},
    ],
)
def test_a_save_that_makes_no_sense_is_refused(sitting, data):
    assert save(sitting, **data).status_code == 422
    assert row(sitting) == ("", "", False, 0)


def test_a_save_to_no_question_is_not_found(sitting):
    assert save(sitting, position=99).status_code == 404
    assert save(sitting, position=10**30).status_code == 404


def test_a_token_opens_its_own_sitting_only(sitting):
    other = make_sitting(sitting.form, make_user("eve@passline.example"))
    for token in (tokens.issue(other, None), tokens.issue(sitting, None) + "x", "", "nonsense"):
        reply = post(sitting, "responses/1/", {"revision": 0, "selected": "B"}, token=token or "-")
        assert reply.status_code == 404
    assert row(sitting) == ("", "", False, 0)


def test_an_inactive_candidate_saves_nothing(sitting):
    sitting.candidate.is_active = False
    sitting.candidate.save()
    assert save(sitting).status_code == 404


def test_a_save_after_the_grace_closes_the_sitting_and_is_kept_as_late():
    sitting = make_sitting(make_form(make_exam()), make_user(), started_ago=AFTER_GRACE)
    reply = save(sitting)
    sitting.refresh_from_db()
    assert (reply.status_code, reply.json()) == (410, {"report": f"/results/{sitting.pk}/"})
    assert sitting.submitted_at == sitting.deadline
    assert row(sitting) == ("", "", False, 0)
    assert list(LateResponse.objects.values_list("position", "selected")) == [(1, "B")]


def test_saving_needs_neither_session_nor_csrf_token(sitting):
    client = browser_of(sitting.candidate)
    token = tokens.issue(sitting, None)
    client.logout()
    reply = post(
        sitting, "responses/1/", {"revision": 0, "selected": "B"}, token=token, client=client
    )
    assert reply.status_code == 200


def test_the_report_hands_over_what_was_left_on_a_device(sitting):
    delivery.respond(tokens.read(tokens.issue(sitting, None)), Change(1, 0, "A", "", False))
    submit(sitting)
    report = browser_of(sitting.candidate).get(f"/results/{sitting.pk}/")
    token = report.context["token"]
    assert token in report.content.decode()
    left = post(sitting, "responses/2/", {"revision": 0, "selected": "B"}, token=token)
    assert left.status_code == 410
    assert list(LateResponse.objects.values_list("position", "selected")) == [(2, "B")]
    assert sitting.result.raw_score in {0, 1}
    stranger = browser_of(make_user("eve@passline.example"))
    assert stranger.get(f"/results/{sitting.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("started_ago", "words"),
    [(timedelta(), "after the exam was handed in"), (AFTER_GRACE, "after time was up")],
)
def test_the_report_says_after_what_a_response_arrived(started_ago, words):
    sitting = make_sitting(make_form(make_exam()), make_user(), started_ago=started_ago)
    submit(sitting)
    save(sitting)
    text = browser_of(sitting.candidate).get(f"/results/{sitting.pk}/").content.decode()
    assert text.count(f"rrived {words}") == 2
    assert text.count("rrived after") == 2


# --- Submitting


def test_submit_answers_with_the_way_to_the_report(sitting):
    unsaved = [{"position": 2, "revision": 0, "selected": "C", "struck": "", "flagged": False}]
    reply = post(sitting, "submit/", {"unsaved": json.dumps(unsaved)})
    assert reply.json() == {"report": f"/results/{sitting.pk}/"}
    assert row(sitting, 2) == ("C", "", False, 1)
    sitting.refresh_from_db()
    assert sitting.submitted_at is not None
    assert sitting.result.raw_score in {0, 1}


def test_a_submit_is_told_what_changed_meanwhile(sitting):
    save(sitting, 2, selected="C", flagged="on")
    unsaved = [{"position": 2, "revision": 0, "selected": "D", "struck": "", "flagged": False}]
    refused = post(sitting, "submit/", {"unsaved": json.dumps(unsaved)})
    stands = {
        "position": 2,
        "revision": 1,
        "selected": "C",
        "struck": "",
        "flagged": True,
        "guessed": False,
    }
    assert (refused.status_code, refused.json()) == (409, {"responses": [stands]})
    unsaved[0]["revision"] = 1
    assert post(sitting, "submit/", {"unsaved": json.dumps(unsaved)}).status_code == 200
    assert row(sitting, 2) == ("D", "", False, 2)


def test_a_second_submit_is_told_the_same(sitting):
    first = post(sitting, "submit/", {})
    second = post(sitting, "submit/", {})
    assert (second.status_code, second.json()) == (200, first.json())


def test_what_a_second_submit_brings_along_is_kept_as_late(sitting):
    submit(sitting)
    unsaved = [{"position": 2, "revision": 0, "selected": "C", "struck": "", "flagged": False}]
    assert post(sitting, "submit/", {"unsaved": json.dumps(unsaved)}).status_code == 200
    assert row(sitting, 2) == ("", "", False, 0)
    assert list(LateResponse.objects.values_list("position", "selected")) == [(2, "C")]


def test_a_submit_is_told_which_rows_make_no_sense(sitting):
    rows = [{"position": 2, "revision": 0, "selected": "C"}, {"position": 3, "revision": -1}, 7]
    refused = post(sitting, "submit/", {"unsaved": json.dumps(rows)})
    assert (refused.status_code, refused.json()["rows"]) == (422, [2, 3])


@pytest.mark.parametrize(
    "unsaved",
    [
        "{",
        '{"position": 1}',
        "[1]",
        "[[]]",
        '[{"position": "1", "revision": 0}]',
        '[{"position": 1, "revision": -1}]',
        '[{"position": true, "revision": 0, "selected": "ZZZ"}]',
        json.dumps([{"position": 1, "revision": 0}] * 301),
    ],
)
def test_a_submit_with_nonsense_is_refused_and_closes_nothing(sitting, unsaved):
    assert post(sitting, "submit/", {"unsaved": unsaved}).status_code == 422
    sitting.refresh_from_db()
    assert sitting.submitted_at is None


def test_a_strangers_token_submits_nothing(sitting):
    other = make_sitting(sitting.form, make_user("eve@passline.example"))
    assert post(sitting, "submit/", {}, token=tokens.issue(other, None)).status_code == 404


# --- The clock


def test_the_clock_tells_the_seconds_left_and_the_end(sitting):
    headers = {tokens.HEADER: tokens.issue(sitting, None)}
    path = f"/sittings/{sitting.pk}/clock/"
    assert 3590 <= Client().get(path, headers=headers).json()["seconds_left"] <= 3600
    submit(sitting)
    closed = Client().get(path, headers=headers)
    assert (closed.status_code, closed.json()) == (410, {"report": f"/results/{sitting.pk}/"})
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("drift", [timedelta(hours=2), -timedelta(hours=2)])
def test_the_clock_of_the_web_server_decides_nothing_and_is_never_shown(
    sitting, time_machine, drift
):
    client = browser_of(sitting.candidate)
    late = make_sitting(sitting.form, make_user("bob@passline.example"), started_ago=AFTER_GRACE)
    time_machine.move_to(timezone.now() + drift)
    client.force_login(sitting.candidate)
    assert save(sitting).status_code == 200
    assert save(sitting, selected="C").status_code == 409
    assert save(late).status_code == 410
    room = client.get(f"/sittings/{sitting.pk}/")
    assert 3590 <= room.context["seconds_left"] <= 3600
