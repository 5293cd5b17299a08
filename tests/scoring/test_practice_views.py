"""The builder of a practice, and its questions one by one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exams import practice
from exams.models import Sitting
from questions.models import Option, QuestionVersion
from scoring.models import Result, ReviewCard
from tests.exams.factories import (
    key_shown,
    make_exam,
    make_form,
    make_sitting,
    make_user,
    respond_all,
    submit,
)
from tests.questions.factories import make_certification, make_question

pytestmark = pytest.mark.django_db
CANARY = "the rationale nobody may see yet"


@pytest.fixture
def certification():
    return make_certification(code="X-C01")


@pytest.fixture
def questions(certification):
    return [make_question(certification, task=f"{n}.1") for n in (1, 2, 3)]


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def candidate(client, user):
    client.force_login(user)
    return client


def start(client, **data):
    sent = {
        "certification": "X-C01",
        "source": "random",
        "length": 2,
        "feedback": "each",
        "pace": "",
    }
    return client.post("/practice/", sent | data)


def started(client, **data):
    start(client, **data)
    return Sitting.objects.open().get()


# --- The builder


def test_the_builder_counts_what_fits(candidate, questions):
    page = candidate.get("/practice/").content.decode()
    assert "<b>3</b>" in page
    task = questions[0].question.task_id
    part = candidate.get(
        "/practice/",
        {"certification": "X-C01", "tasks": task, "source": "random", "length": 1},
        headers={"HX-Request": "true", "HX-Target": "practice-form"},
    ).content.decode()
    assert part.lstrip().startswith("<form")
    assert "<b>1</b>" in part


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_builder_costs_the_same_for_any_past(
    candidate, user, certification, questions, count, django_assert_num_queries
):
    exam = make_exam(certification, question_count=1)
    form = make_form(exam, questions[:1])
    for _ in range(count):
        submit(make_sitting(form, user))
    # session, user, the first certification, choices (2), one of tasks, count, domains, running
    with django_assert_num_queries(10):
        candidate.get("/practice/")


def test_a_practice_begins_at_its_first_question(candidate, questions):
    answer = start(candidate)
    sitting = Sitting.objects.get()
    assert answer.headers["Location"] == f"/practice/{sitting.pk}/"
    assert (sitting.responses.count(), sitting.shows_rationale, sitting.deadline) == (2, True, None)
    onward = candidate.get(f"/practice/{sitting.pk}/").headers["Location"]
    assert onward == f"/practice/{sitting.pk}/1/"
    assert (
        candidate.get(f"/sittings/{sitting.pk}/").headers["Location"] == f"/practice/{sitting.pk}/"
    )


def test_the_time_follows_the_pace_of_the_exam(candidate, questions):
    sitting = started(candidate, pace="1.5")  # 180 minutes for 65: 2 of them, times 1.5
    assert (sitting.deadline - sitting.started_at).total_seconds() == 9 * 60


def test_rationales_at_the_end_use_the_exam_room(candidate, questions):
    sitting = started(candidate, feedback="end")
    assert (
        candidate.get(f"/practice/{sitting.pk}/").headers["Location"] == f"/sittings/{sitting.pk}/"
    )
    assert candidate.get(f"/sittings/{sitting.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"length": 4}, "Only 3 questions fit."),
        ({"length": 1, "source": "flagged"}, "No question fits."),
        ({"length": 0}, "greater than or equal to 1"),
        ({"length": "x"}, "Enter a whole number."),
        ({"certification": "Y-C01"}, "Select a valid choice."),
        ({"tasks": "99999"}, "Select a valid choice."),
        ({"source": "sky"}, "Select a valid choice."),
        ({"pace": "0.1"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_told_beside_it(candidate, questions, data, told):
    answer = start(candidate, **data)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert Sitting.objects.count() == 0


def test_a_second_practice_leads_to_the_first(candidate, questions):
    first = started(candidate)
    assert start(candidate).headers["Location"] == f"/practice/{first.pk}/"
    assert Sitting.objects.count() == 1
    assert f'href="/practice/{first.pk}/"' in candidate.get("/practice/").content.decode()


def test_a_guest_is_asked_to_log_in(client):
    assert client.get("/practice/").headers["Location"] == "/account/login/?next=/practice/"


# --- A question


@pytest.mark.parametrize("kind", ["single", "multiple", "ordering", "matching"])
def test_the_key_comes_after_the_response(candidate, user, certification, kind):
    version = make_question(certification, kind=kind)
    Option.objects.update(rationale_html=CANARY)
    QuestionVersion.objects.update(explanation_html=f"<p>{CANARY}</p>")
    sitting = started(candidate, length=1)
    address = f"/practice/{sitting.pk}/1/"
    before = candidate.get(address).content.decode()
    assert CANARY not in before

    shown = key_shown(sitting.responses.get())
    field = "selected" if kind in {"single", "multiple"} else "place"
    answer = candidate.post(address, {field: list(shown), "seconds": "12", "is_guessed": "on"})
    assert answer.headers["Location"] == address
    assert CANARY in candidate.get(address).content.decode()
    response = sitting.responses.get()
    assert (response.is_guessed, response.seconds, version.pk) == (True, 12, version.pk)


def test_other_questions_keep_their_keys(candidate, questions):
    Option.objects.update(rationale_html=CANARY)
    sitting = started(candidate)
    candidate.post(f"/practice/{sitting.pk}/1/", {"selected": "A"})
    assert CANARY not in candidate.get(f"/practice/{sitting.pk}/2/").content.decode()


@pytest.mark.parametrize("data", [{"selected": ["A", "B"]}, {"selected": "Z"}, {"seconds": "-1"}])
def test_a_bad_response_is_refused_and_nothing_is_shown(candidate, questions, data):
    sitting = started(candidate)
    answer = candidate.post(f"/practice/{sitting.pk}/1/", data)
    assert answer.status_code == 422
    assert sitting.responses.filter(checked_at__isnull=False).count() == 0


@pytest.mark.parametrize("count", [1, 3, 50])
def test_a_question_costs_the_same_for_any_length(
    candidate, certification, count, django_assert_num_queries
):
    for _ in range(count):
        make_question(certification)
    sitting = started(candidate, length=count)
    # session, user, sitting, response, options, prompts, services, navigator
    with django_assert_num_queries(8):
        candidate.get(f"/practice/{sitting.pk}/1/")


@pytest.mark.parametrize("path", ["", "1/", "1/flag/", "1/pause/", "1/end/", "missed/"])
def test_another_candidate_finds_nothing(client, candidate, questions, path):
    sitting = started(candidate)
    client.force_login(make_user("eve@passline.example"))
    address = f"/practice/{sitting.pk}/{path}"
    ask = client.get if path in {"", "1/"} else client.post
    assert ask(address).status_code == 404


def test_the_clock_is_stopped_and_the_question_hidden(candidate, questions):
    sitting = started(candidate, pace="10")
    candidate.post(f"/practice/{sitting.pk}/1/pause/")
    page = candidate.get(f"/practice/{sitting.pk}/1/").content.decode()
    assert "The clock is stopped" in page
    assert "data-practice" not in page
    candidate.post(f"/practice/{sitting.pk}/1/resume/")
    assert "data-practice" in candidate.get(f"/practice/{sitting.pk}/1/").content.decode()


def test_time_that_ran_out_closes_it(candidate, questions):
    sitting = started(candidate, pace="1")
    past = timezone.now() - timedelta(hours=1)
    Sitting.objects.update(started_at=past - timedelta(hours=1), deadline=past)
    answer = candidate.get(f"/practice/{sitting.pk}/1/")
    assert answer.headers["Location"] == f"/practice/{sitting.pk}/"
    report = candidate.get(f"/practice/{sitting.pk}/").headers["Location"]
    assert report == f"/results/{sitting.pk}/"
    assert Result.objects.get().email_due_at is None


def test_flagging_and_ending(candidate, questions):
    sitting = started(candidate)
    candidate.post(f"/practice/{sitting.pk}/2/flag/")
    assert sitting.responses.get(position=2).is_flagged
    candidate.post(f"/practice/{sitting.pk}/2/unflag/")
    assert not sitting.responses.get(position=2).is_flagged
    answer = candidate.post(f"/practice/{sitting.pk}/1/end/")
    assert answer.headers["Location"] == f"/results/{sitting.pk}/"
    assert ReviewCard.objects.count() == 2  # blanks come back


# --- What a sitting missed


def test_sit_what_i_missed(candidate, user, certification, questions):
    exam = make_exam(certification, question_count=3)
    sitting = make_sitting(make_form(exam, questions), user)
    respond_all(sitting, right=1)
    submit(sitting)
    candidate.post(f"/practice/{sitting.pk}/missed/")
    held = practice.running(user, certification)
    versions = held.responses.values_list("form_question__version", flat=True)
    assert set(versions) == {questions[1].pk, questions[2].pk}


def test_with_nothing_missed_the_report_says_so(candidate, user, certification, questions):
    exam = make_exam(certification, question_count=3)
    sitting = make_sitting(make_form(exam, questions), user)
    respond_all(sitting, right=3)
    submit(sitting)
    answer = candidate.post(f"/practice/{sitting.pk}/missed/")
    assert answer.headers["Location"] == f"/results/{sitting.pk}/"


# --- The report


def test_a_practice_reads_as_practice(candidate, questions):
    sitting = started(candidate)
    shown = key_shown(sitting.responses.get(position=1))
    candidate.post(f"/practice/{sitting.pk}/1/", {"selected": shown})
    candidate.post(f"/practice/{sitting.pk}/1/end/")
    page = candidate.get(f"/results/{sitting.pk}/").content.decode()
    assert "1 of 2 right" in page
    for word in ("PASS", "FAIL", "pass line 750", "likely range"):
        assert word not in page
    assert f"/results/{sitting.pk}/" not in candidate.get("/results/").content.decode()
    assert f'action="/practice/{sitting.pk}/missed/"' in page


def test_the_score_is_split_into_new_and_seen(candidate, user, certification, questions):
    exam = make_exam(certification, question_count=1, slug="first")
    submit(make_sitting(make_form(exam, questions[:1]), user))
    exam = make_exam(certification, question_count=3, slug="second")
    sitting = make_sitting(make_form(exam, questions), user)
    respond_all(sitting, right=2)
    submit(sitting)
    page = " ".join(candidate.get(f"/results/{sitting.pk}/").content.decode().split())
    assert "Of 2 questions new to you 1 are right, of 1 seen before 1." in page
