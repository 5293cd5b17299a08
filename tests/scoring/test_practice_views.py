"""The builder of a practice, and its questions one by one."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exams import practice
from exams.models import Response, Sitting
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
    # session, user, the first certification, the one chosen, count, running, choices (2), domains,
    # tasks, latest
    with django_assert_num_queries(11):
        candidate.get("/practice/")


@pytest.mark.parametrize("count", [1, 3, 50])
def test_starting_costs_the_same_for_any_past(
    candidate, user, certification, count, django_assert_num_queries
):
    versions = [make_question(certification) for _ in range(65)]
    form = make_form(make_exam(certification, question_count=1), versions[:1])
    for _ in range(count):
        submit(make_sitting(form, user))
    practice.own_exam(certification)
    with django_assert_num_queries(17):
        start(candidate, length=65)
    assert practice.running(user, certification).responses.count() == 65


@pytest.mark.parametrize("count", [1, 3, 50])
def test_a_question_costs_the_same_for_any_past(
    candidate, user, certification, questions, count, django_assert_num_queries
):
    form = make_form(make_exam(certification, question_count=1), questions[:1])
    for _ in range(count):
        submit(make_sitting(form, user))
    sitting = started(candidate)
    with django_assert_num_queries(8):
        candidate.get(f"/practice/{sitting.pk}/1/")


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


def test_what_was_sent_stays_when_it_is_refused(candidate, questions):
    page = start(candidate, length=299, pace="1.5", domains=questions[0].question.task.domain_id)
    told = page.content.decode()
    assert 'value="299"' in told
    assert '<option value="1.5" selected>' in told
    assert f'id="domain-{questions[0].question.task.domain_id}" checked' in told


def test_enemies_leave_too_few_and_that_is_told(candidate, questions):
    questions[0].question.enemies.add(questions[1].question)
    answer = start(candidate, length=3)
    assert answer.status_code == 422
    assert "only 2 can be asked together" in answer.content.decode()
    assert Sitting.objects.count() == 0


def test_counting_again_starts_nothing(candidate, questions):
    answer = start(candidate, recount="1", domains=questions[0].question.task.domain_id)
    assert (answer.status_code, Sitting.objects.count()) == (200, 0)
    assert "<b>1</b>" in answer.content.decode()


def test_another_certification_brings_its_own_outline(candidate, questions):
    other = make_certification(code="Y-C01")
    version = make_question(other)
    task = questions[0].question.task_id
    answer = start(candidate, certification="Y-C01", outline_of="X-C01", tasks=task)
    assert (answer.status_code, Sitting.objects.count()) == (200, 0)
    page = answer.content.decode()
    assert f'id="task-{version.question.task_id}"' in page
    assert "Select a valid choice" not in page


def test_a_second_practice_is_offered_the_first_or_its_end(candidate, questions):
    first = started(candidate)
    answer = start(candidate, length=3)
    page = answer.content.decode()
    assert (answer.status_code, Sitting.objects.count()) == (409, 1)
    assert f'href="/practice/{first.pk}/"' in page
    assert 'name="replaces"' in page
    assert 'value="3"' in page

    second = started(candidate, length=3, replaces="1")
    first.refresh_from_db()
    assert first.submitted_at is not None
    assert (second.pk != first.pk, second.responses.count()) == (True, 3)


def test_practice_is_listed_apart(candidate, questions):
    sitting = started(candidate)
    candidate.post(f"/practice/{sitting.pk}/1/end/")
    assert f'href="/results/{sitting.pk}/"' in candidate.get("/practice/").content.decode()
    assert f"/results/{sitting.pk}/" not in candidate.get("/results/").content.decode()
    home = candidate.get("/").content.decode()
    assert f"/results/{sitting.pk}/" not in home
    assert "x-c01-own" not in home


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
    page = candidate.get(f"/practice/{sitting.pk}/2/")
    assert CANARY not in page.content.decode()
    known = [one for part in page.context for context in part for one in context.values()]
    assert [one for one in known if isinstance(one, (Response, QuestionVersion))] == []


def test_a_second_tab_changes_nothing_and_sees_the_outcome(candidate, questions):
    sitting = started(candidate)
    address = f"/practice/{sitting.pk}/1/"
    candidate.post(address, {"selected": "A"})
    assert candidate.post(address, {"selected": "B"}).headers["Location"] == address
    assert sitting.responses.get(position=1).selected == "A"


def test_what_was_refused_stays_chosen(candidate, certification):
    make_question(certification, kind="multiple")
    sitting = started(candidate, length=1)
    answer = candidate.post(f"/practice/{sitting.pk}/1/", {"selected": "B", "is_guessed": "on"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="B" checked' in page
    assert 'name="is_guessed" checked' in page


def test_one_goes_back_and_on(candidate, questions):
    sitting = started(candidate, length=3)
    page = candidate.get(f"/practice/{sitting.pk}/2/").content.decode()
    row = page[page.index('<div class="button-row">', page.index("data-practice")) :]
    row = row[row.index("</form>") :]
    assert re.findall(rf'class="button" href="/practice/{sitting.pk}/(\d)/"', row) == ["1", "3"]
    assert "3 questions have no response" in page


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


def test_sit_what_i_missed_beside_an_open_practice(candidate, user, certification, questions):
    exam = make_exam(certification, question_count=3)
    sitting = make_sitting(make_form(exam, questions), user)
    respond_all(sitting, right=1)
    submit(sitting)
    first = started(candidate)
    answer = candidate.post(f"/practice/{sitting.pk}/missed/")
    assert answer.status_code == 409
    assert f'href="/practice/{first.pk}/"' in answer.content.decode()
    candidate.post(f"/practice/{sitting.pk}/missed/", {"replaces": "1"})
    assert practice.running(user, certification).pk != first.pk


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
    candidate.post(f"/practice/{sitting.pk}/1/", {"selected": shown, "seconds": "90"})
    candidate.post(f"/practice/{sitting.pk}/1/end/")
    page = candidate.get(f"/results/{sitting.pk}/").content.decode()
    assert "1 of 2 right" in page
    assert "Time on the questions</dt><dd>1 min" in page
    page = page[page.index("<main") :]
    unsaid = ("PASS", "FAIL", "pass line", "likely range", "competencies", "untimed", "Retake")
    assert [word for word in unsaid if word in page] == []
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


def test_a_practice_has_no_printed_score(candidate, questions):
    sitting = started(candidate)
    candidate.post(f"/practice/{sitting.pk}/1/end/")
    assert candidate.get(reverse("report_pdf", args=[sitting.pk])).status_code == 404
