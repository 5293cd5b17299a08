"""When a result is shown, what goes with it, and that nothing of it leaks before."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exams.guests import SESSION_KEY
from exams.models import AccessCode, Exam
from scoring import corrections, mailing, releasing
from scoring.models import Result, ReviewCard, Survey
from tests.exams.factories import make_exam, make_user, submit
from tests.scoring.factories import blank, make_mock, make_open_sitting

pytestmark = pytest.mark.django_db
SAID = {"difficulty": 4, "time": "right", "remark": "The clock was kind."}
WEEK = timedelta(days=7)


@pytest.fixture
def ada():
    return make_user()


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


def sat(candidate, *, right=3, exam=None, **fields):
    """A submitted sitting of an exam that shows its results as `fields` say."""
    sitting = make_open_sitting(exam or make_mock(**fields), candidate, right=right)
    return submit(sitting)


def standing(sitting):
    return Result.objects.get(pk=sitting.pk)


def url(name, sitting):
    return reverse(name, args=[sitting.pk])


def clock_moved(sitting):
    """Let the set time of the release have come."""
    past = timezone.now() - timedelta(minutes=1)
    Result.objects.filter(pk=sitting.pk).update(release_at=past, email_due_at=past)


# --- Before the release: canaries

CANARIES = (
    "PASS",
    "FAIL",
    "passed",
    "750",
    "3 / 4",
    "3 of 4",
    "Explanation",
    "Right:",
    "Why Option",
)
PLACES = ("home", "results", "report", "survey", "report_pdf", "issue_certificate", "data")


def path_of(place, sitting):
    if place in {"home", "results"}:
        return reverse(place)
    return reverse("export_data") if place == "data" else url(place, sitting)


@pytest.mark.parametrize("mode", ["survey", "later"])
@pytest.mark.parametrize("place", PLACES)
def test_no_page_says_anything_of_a_result_withheld(as_ada, ada, mode, place):
    sitting = sat(ada, results_mode=mode, cut_score=777)
    sitting.responses.filter(position=4).update(is_flagged=True)
    page = as_ada.get(path_of(place, sitting), follow=True)
    text = page.content.decode().replace("pass line 777", "")
    for canary in (*CANARIES, "has_passed", "scaled_score"):
        assert canary not in text, (place, canary)
    assert not re.search(r"\b777\b", text)


@pytest.mark.parametrize("mode", ["survey", "later"])
def test_the_context_holds_no_secret_either(as_ada, ada, mode):
    sat(ada, results_mode=mode)
    [shelf] = as_ada.get(reverse("home")).context["shelves"]
    [line] = shelf.exams
    assert (line.best_score, line.has_passed, line.sitting_count) == (None, False, 1)
    assert shelf.history is None
    assert [one.result.scaled_score for one in shelf.latest] == [None]
    [listed] = as_ada.get(reverse("results")).context["page"]
    assert (listed.result.raw_score, listed.result.has_passed) == (None, None)


@pytest.mark.parametrize("mode", ["survey", "later"])
def test_nothing_is_made_or_owed_before(ada, mode):
    reward = make_exam(slug="reward", is_restricted=True)
    sitting = sat(ada, results_mode=mode, reward=reward)
    mailing.send_owed()
    assert standing(sitting).email_due_at is None
    assert (mail.outbox, AccessCode.objects.count(), ReviewCard.objects.count()) == ([], 0, 0)


def test_a_certificate_is_refused_before(as_ada, ada):
    sitting = sat(ada, results_mode="later")
    assert as_ada.post(url("issue_certificate", sitting), {"name": "Ada"}).status_code == 404
    assert as_ada.get(url("report_pdf", sitting)).status_code == 404


def test_a_correction_writes_no_news_of_a_result_withheld(ada):
    shown, held = make_mock(), None
    sitting = sat(ada, exam=shown, right=4)
    Exam.objects.update(results_mode="later")
    shown.refresh_from_db()
    held = sat(make_user("b@passline.example"), exam=shown, right=4)
    version = sitting.responses.get(position=1).form_question.version
    rev = make_user("rev@passline.example")
    corrections.correct_key(version, key="C", actor=rev, reason="Wrong.", may_fail=True)
    assert standing(sitting).revisions.get().email_due_at is not None
    assert standing(held).revisions.get().email_due_at is None


def test_a_correction_before_the_release_is_no_change_to_the_candidate(as_ada, ada):
    sitting = sat(ada, right=4, results_mode="later")
    version = sitting.responses.get(position=1).form_question.version
    rev = make_user("rev@passline.example")
    corrections.correct_key(version, key="C", actor=rev, reason="Wrong.", may_fail=True)
    releasing.by_staff([sitting.pk])
    text = as_ada.get(url("report", sitting)).content.decode()
    assert "This score has changed" not in text
    assert "3 of 4 scored questions right" in text


def test_the_waiting_page_is_honest(as_ada, ada):
    sitting = sat(ada, results_mode="later")
    text = as_ada.get(url("report", sitting)).content.decode()
    assert "The result is not released yet" in text
    assert "They have set no time." in text
    Result.objects.update(release_at=timezone.now() + WEEK)
    assert "for everybody at once" in as_ada.get(url("report", sitting)).content.decode()
    listed = as_ada.get(reverse("results")).content.decode()
    assert "Not released yet" in listed
    assert url("report", sitting) in listed


def test_the_instructions_say_which_way_it_goes(client):
    exam = make_exam()
    said = {
        "now": "You see PASS or FAIL as soon as you end the exam",
        "survey": "you answer a short survey",
        "later": "The people who run this exam release the results later",
    }
    for mode, words in said.items():
        Exam.objects.update(results_mode=mode)
        text = client.get(reverse("exam_detail", args=[exam.slug])).content.decode()
        assert [other for other in said.values() if other in text] == [words]
    Exam.objects.update(release_at=timezone.now() + WEEK)
    text = client.get(reverse("exam_detail", args=[exam.slug])).content.decode()
    assert "Results are released on" in text


# --- The survey


def test_the_survey_stands_before_the_report(as_ada, ada):
    sitting = sat(ada, results_mode="survey")
    assert as_ada.get(url("report", sitting))["Location"] == url("survey", sitting)
    reply = as_ada.post(url("survey", sitting), SAID)
    assert reply["Location"] == url("report", sitting)
    assert "PASS" in as_ada.get(url("report", sitting)).content.decode()
    said = Survey.objects.get(sitting=sitting)
    assert (said.difficulty, said.time, said.remark) == (4, "right", "The clock was kind.")


def test_half_a_survey_releases_nothing(as_ada, ada):
    sitting = sat(ada, results_mode="survey")
    reply = as_ada.post(url("survey", sitting), {"difficulty": 6, "time": "right"})
    assert reply.status_code == 422
    assert standing(sitting).release_at is None
    assert not Survey.objects.exists()


def test_the_survey_works_once(as_ada, ada):
    sitting = sat(ada, results_mode="survey")
    assert releasing.after_survey(standing(sitting).sitting, SAID)
    released_at = standing(sitting).release_at
    assert not releasing.after_survey(standing(sitting).sitting, {**SAID, "difficulty": 1})
    again = as_ada.post(url("survey", sitting), {**SAID, "difficulty": 1})
    assert again["Location"] == url("report", sitting)
    assert standing(sitting).release_at == released_at
    assert Survey.objects.get().difficulty == 4


def test_the_survey_is_nobody_elses(client, ada):
    sitting = sat(ada, results_mode="survey")
    client.force_login(make_user("bob@passline.example"))
    assert client.get(url("survey", sitting)).status_code == 404
    assert client.post(url("survey", sitting), SAID).status_code == 404
    assert standing(sitting).release_at is None


def test_no_survey_where_none_is_asked(as_ada, ada):
    sitting = sat(ada, results_mode="later")
    assert as_ada.post(url("survey", sitting), SAID)["Location"] == url("report", sitting)
    assert standing(sitting).release_at is None


def test_a_guest_answers_the_survey_too(client):
    key = uuid4()
    session = client.session
    session[SESSION_KEY] = str(key)
    session.save()
    exam = make_mock(results_mode="survey", is_open_to_guests=True)
    sitting = submit(make_open_sitting(exam, None, right=3, guest_key=key))
    client.post(url("survey", sitting), SAID)
    assert "PASS" in client.get(url("report", sitting)).content.decode()
    assert standing(sitting).email_due_at is None


# --- What goes with a release


def test_a_release_owes_the_mail_and_makes_cards_and_code(
    ada, rung, django_capture_on_commit_callbacks
):
    reward = make_exam(slug="reward", is_restricted=True)
    sitting = sat(ada, right=3, results_mode="later", reward=reward)
    with django_capture_on_commit_callbacks(execute=True):
        [result] = releasing.by_staff([sitting.pk])
    assert result.email_due_at == standing(sitting).email_due_at == standing(sitting).release_at
    assert rung == [sitting.pk]
    assert ReviewCard.objects.get().response.position == 4
    assert AccessCode.objects.get().issued_to == ada
    mailing.send_owed()
    [letter] = mail.outbox
    assert AccessCode.objects.get().code in letter.body
    assert url("report_pdf", sitting) in letter.body


def test_a_release_honors_the_delay_of_the_mail(ada, rung, django_capture_on_commit_callbacks):
    sitting = sat(ada, results_mode="survey", email_delay=timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True):
        releasing.after_survey(standing(sitting).sitting, SAID)
    assert standing(sitting).email_due_at == sitting.submitted_at + timedelta(days=1)
    assert rung == []


def test_staff_release_once(ada):
    sitting = sat(ada, results_mode="later")
    assert len(releasing.by_staff([sitting.pk])) == 1
    released_at = standing(sitting).release_at
    assert releasing.by_staff([sitting.pk]) == []
    assert standing(sitting).release_at == released_at


def test_a_fail_brings_no_code(ada):
    reward = make_exam(slug="reward", is_restricted=True)
    sitting = sat(ada, right=1, results_mode="later", reward=reward)
    releasing.by_staff([sitting.pk])
    assert AccessCode.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_a_release_costs_so_much_each(ada, count, django_assert_num_queries):
    exam = make_mock(results_mode="later")
    ids = [sat(make_user(f"{n}@passline.example"), exam=exam, right=3).pk for n in range(count)]
    with django_assert_num_queries(3 + 3 * count):  # savepoint and release beside the lock
        releasing.by_staff(ids)


# --- By the clock


def test_the_clock_releases(as_ada, ada):
    reward = make_exam(slug="reward", is_restricted=True)
    later = timezone.now() + WEEK
    sitting = sat(ada, results_mode="later", release_at=later, reward=reward)
    assert (standing(sitting).release_at, standing(sitting).email_due_at) == (later, later)
    assert ReviewCard.objects.get().due_at > later
    assert "PASS" not in as_ada.get(url("report", sitting)).content.decode()
    clock_moved(sitting)
    text = as_ada.get(url("report", sitting)).content.decode()
    assert "PASS" in text
    assert AccessCode.objects.get().code in text
    mailing.send_owed()
    assert AccessCode.objects.get().code in mail.outbox[0].body


def test_a_clock_set_in_the_past_releases_at_once(ada, rung, django_capture_on_commit_callbacks):
    reward = make_exam(slug="reward", is_restricted=True)
    exam = make_mock(results_mode="later", release_at=timezone.now() - WEEK, reward=reward)
    sitting = make_open_sitting(exam, ada, right=3)
    with django_capture_on_commit_callbacks(execute=True):
        submit(sitting)
    assert rung == [sitting.pk]
    assert AccessCode.objects.count() == 1


def test_staff_may_be_earlier_than_the_clock(ada):
    sitting = sat(ada, results_mode="later", release_at=timezone.now() + WEEK)
    releasing.by_staff([sitting.pk])
    result = standing(sitting)
    assert result.is_released(timezone.now())
    assert result.email_due_at == result.release_at
    assert ReviewCard.objects.get().created_at == result.release_at


# --- Staff change the rule


def changed(exam, **fields):
    for name, value in fields.items():
        setattr(exam, name, value)
    exam.save()
    return releasing.follow(exam)


def test_results_that_wait_follow_the_exam(ada):
    sitting = sat(ada, results_mode="later")
    exam = sitting.exam
    first, second = timezone.now() + WEEK, timezone.now() + 2 * WEEK
    assert changed(exam, release_at=first) == 1
    assert (standing(sitting).release_at, standing(sitting).email_due_at) == (first, first)
    changed(exam, release_at=second)
    assert (standing(sitting).release_at, standing(sitting).email_due_at) == (second, second)
    assert ReviewCard.objects.get().due_at > second
    changed(exam, release_at=None)
    assert (standing(sitting).release_at, standing(sitting).email_due_at) == (None, None)
    assert not ReviewCard.objects.exists()
    changed(exam, results_mode="now")
    assert standing(sitting).is_released(timezone.now())


def test_what_is_released_stays_so(ada):
    sitting = sat(ada)
    before = standing(sitting).release_at
    assert changed(sitting.exam, results_mode="later") == 0
    assert standing(sitting).release_at == before


def test_a_time_that_is_past_releases(ada):
    sitting = sat(ada, results_mode="later")
    changed(sitting.exam, release_at=timezone.now() - WEEK)
    assert standing(sitting).is_released(timezone.now())


# --- In the admin


@pytest.fixture
def root(client):
    client.force_login(User.objects.create_superuser("root@passline.example", "secret"))
    return client


def act(client, model, action, *chosen):
    data = {"action": action, "_selected_action": [row.pk for row in chosen]}
    return client.post(reverse(f"admin:{model}_changelist"), data, follow=True)


def trail():
    return list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))


def test_results_are_released_from_their_list(root, ada):
    sitting = sat(ada, results_mode="later")
    page = act(root, "scoring_result", "release", sitting.result)
    assert "1 result released." in page.content.decode()
    assert standing(sitting).release_at
    assert trail() == ["Released the result."]
    page = act(root, "scoring_result", "release", sitting.result)
    assert "0 results released." in page.content.decode()


def test_all_results_of_an_exam_are_released(root, ada):
    exam = make_mock(results_mode="later")
    for name in ("ada2", "bob"):
        sat(make_user(f"{name}@passline.example"), exam=exam)
    page = act(root, "exams_exam", "release_results", exam)
    assert "2 results released." in page.content.decode()
    assert Result.objects.withheld().count() == 0
    assert trail() == ["Released 2 results.", "Released the result.", "Released the result."]


@pytest.mark.parametrize(("model", "action"), [("result", "release"), ("exam", "release_results")])
def test_staff_without_the_right_are_not_offered_it(client, ada, model, action):
    sitting = sat(ada, results_mode="later")
    clerk = make_user("clerk@passline.example", is_staff=True)
    client.force_login(clerk)
    app = {"result": "scoring", "exam": "exams"}[model]
    act(client, f"{app}_{model}", action, sitting.exam if model == "exam" else sitting.result)
    assert standing(sitting).release_at is None


def test_a_changed_page_of_the_exam_moves_what_waits(root, ada):
    sitting = sat(ada, results_mode="later")
    path = reverse("admin:exams_exam_change", args=[sitting.exam_id])
    form = root.get(path).context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    data = {
        name: "" if value is None else value for name, value in data.items() if value is not False
    }
    for name in ("opened_at", "release_at"):
        data[f"{name}_0"], data[f"{name}_1"] = "2027-01-31", "12:00:00"
    page = root.post(path, data)
    assert page.status_code == 302, re.findall("errorlist.*", page.content.decode())
    assert standing(sitting).release_at.isoformat() == "2027-01-31T12:00:00+00:00"


def test_a_result_without_a_score_owes_nothing(ada):
    exam = make_mock(results_mode="later")
    exam.forms.get().form_questions.update(is_scored=False)
    sitting = sat(ada, exam=exam)
    releasing.by_staff([sitting.pk])
    assert standing(sitting).release_at
    assert standing(sitting).email_due_at is None


def test_a_blank_comes_back_after_the_release(ada):
    exam = make_mock(results_mode="survey")
    sitting = make_open_sitting(exam, ada, right=4)
    blank(sitting, 2)
    submit(sitting)
    releasing.after_survey(standing(sitting).sitting, SAID)
    assert ReviewCard.objects.get().reason == "missed"
