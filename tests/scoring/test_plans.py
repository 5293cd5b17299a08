"""The study plan: what is kept, what is refused, and how it stands on home."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exams.models import Sitting
from scoring import plan_weeks, plans
from scoring.models import ReviewCard, StudyPlan
from scoring.plan_forms import PlanForm
from tests.exams.factories import make_exam, make_form, make_sitting, make_user, submit
from tests.questions.factories import make_certification, make_question

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ada():
    return make_user()


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


@pytest.fixture
def certification():
    return make_certification("X-1")


def words(response) -> str:
    return " ".join(response.content.decode().split())


def said(form) -> dict:
    return {name: [str(one) for one in errors] for name, errors in form.errors.items()}


def rows():
    return list(StudyPlan.objects.values_list("candidate__email", "exam_on", "weekly_minutes"))


# --- The form


@pytest.mark.parametrize(
    ("exam_on", "told"),
    [
        ("2026-11-24", []),
        ("2027-03-31", []),
        ("", []),
        ("2026-11-23", ["This day is past. Choose today or a later one."]),
        ("2226-11-24", ["This is more than three years away. Is the year right?"]),
        ("2026-02-30", ["This is not a date such as 2027-03-31."]),
        ("soon", ["This is not a date such as 2027-03-31."]),
    ],
)
def test_a_day_is_refused_beside_its_field(certification, exam_on, told):
    form = PlanForm({"exam_on": exam_on}, certification=certification, today=TODAY)
    assert said(form) == ({"exam_on": told} if told else {})


@pytest.mark.parametrize(
    ("minutes", "is_fine"),
    [("", True), ("10", True), ("6000", True), ("9", False), ("6001", False)],
)
def test_a_goal_is_within_the_week(certification, minutes, is_fine):
    form = PlanForm({"weekly_minutes": minutes}, certification=certification, today=TODAY)
    assert form.is_valid() is is_fine


def test_a_retired_exam_leaves_a_day_of_one_s_own(certification):
    certification.status = "retired"
    form = PlanForm(certification=certification, today=TODAY)
    assert form.fields["exam_on"].label == "A date to work toward"


# --- The plan


@pytest.mark.parametrize(("day", "left"), [(24, 0), (25, 1), (23, -1)])
def test_days_left(certification, day, left):
    row = StudyPlan(exam_on=date(2026, 11, day))
    assert plans.plan(certification, row, TODAY).days_left == left


def test_no_row_is_no_plan(certification):
    plan = plans.plan(certification, None, TODAY)
    assert (plan.is_set, plan.days_left) == (False, None)


def test_keeping_nothing_is_no_plan(ada, certification):
    plans.keep(ada, certification, exam_on=TODAY, weekly_minutes=None)
    plans.keep(ada, certification, exam_on=None, weekly_minutes=120)
    assert rows() == [(ada.email, None, 120)]
    plans.keep(ada, certification, exam_on=None, weekly_minutes=None)
    assert rows() == []


# --- Over HTTP


def coming(days=9) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_home_shows_it_in_its_shelf_and_changes_it_without_javascript(as_ada, certification):
    make_exam(certification)
    page = words(as_ada.get(reverse("home")))
    assert "Set an exam date and a weekly goal" in page
    assert f'action="{reverse("plan", args=["X-1"])}"' in page
    fields = {"exam_on": coming(), "weekly_minutes": "120"}
    response = as_ada.post(reverse("plan", args=["X-1"]), fields)
    assert (response.status_code, response["Location"]) == (302, f"/#plan-{certification.pk}")
    page = words(as_ada.get(reverse("home")))
    assert "<strong>9 days left</strong>" in page
    assert "<strong>0 of 120 minutes</strong> this week" in page
    assert f'value="{coming()}"' in page


def test_htmx_gets_the_part(as_ada, certification):
    address = reverse("plan", args=["X-1"])
    response = as_ada.post(address, {"exam_on": coming(1)}, headers=HTMX)
    assert words(response).startswith(f'<section class="card plan" id="plan-{certification.pk}"')
    assert "1 day left" in words(response)
    response = as_ada.post(address, {"exam_on": coming(-1)}, headers=HTMX)
    assert response.status_code == 422
    assert '<details class="disclosure" open>' in words(response)
    assert "This day is past." in words(response)
    assert "1 day left" in words(response)
    response = as_ada.post(address, {"exam_on": coming(-1), "remove": "1"}, headers=HTMX)
    assert (response.status_code, rows()) == (200, [])


def test_a_bad_day_comes_back_as_a_page(as_ada, certification):
    response = as_ada.post(reverse("plan", args=["X-1"]), {"exam_on": "soon"})
    assert response.status_code == 422
    assert 'value="soon"' in words(response)
    assert "This is not a date such as 2027-03-31." in words(response)
    assert as_ada.get(reverse("plan", args=["X-1"])).status_code == 200


def test_today_is_the_candidate_s(as_ada, ada, certification, time_machine):
    time_machine.move_to("2026-11-24T23:30:00+00:00")
    ada.time_zone = "Asia/Tokyo"
    ada.save()
    response = as_ada.post(reverse("plan", args=["X-1"]), {"exam_on": "2026-11-24"})
    assert (response.status_code, rows()) == (422, [])


def test_a_guest_logs_in_and_a_stranger_certification_is_not_found(client, as_ada):
    assert as_ada.post(reverse("plan", args=["NO-1"])).status_code == 404
    client.logout()
    address = reverse("plan", args=["NO-1"])
    assert client.post(address)["Location"].startswith(reverse("account_login"))


def test_guests_have_no_plan_on_home(client, certification):
    make_exam(certification)
    assert "weekly goal" not in words(client.get(reverse("home")))


def test_plans_are_one_s_own(as_ada, certification):
    make_exam(certification)
    plans.keep(make_user("bob@passline.example"), certification, exam_on=None, weekly_minutes=70)
    assert "70 minutes" not in words(as_ada.get(reverse("home")))


@pytest.mark.parametrize("count", [1, 3])
def test_plans_are_one_statement_and_three_with_goals(ada, count, django_assert_num_queries):
    certifications = [make_certification() for _ in range(count)]
    for one in certifications:
        plans.keep(ada, one, exam_on=TODAY, weekly_minutes=None)
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    with django_assert_num_queries(1):
        found = plans.of_candidate(ada, certifications, now)
    assert [found[one.pk].days_left for one in certifications] == [0] * count
    StudyPlan.objects.update(weekly_minutes=100)
    with django_assert_num_queries(3):
        plans.of_candidate(ada, certifications, now)


# --- This week


def at(day, hour=12):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def sat_for(user, exam, minutes, until) -> None:
    sitting = make_sitting(exam.forms.first() or make_form(exam), user)
    submit(sitting)
    Sitting.objects.filter(pk=sitting.pk).update(
        started_at=until - timedelta(minutes=minutes), submitted_at=until
    )


def review_for(user, version, seconds, when) -> None:
    card = ReviewCard.objects.create(
        candidate=user, question=version.question, version=version, reason="missed",
        stability=1, difficulty=5, due_at=when,
    )  # fmt: skip
    card.entries.create(
        version=version, option_order="ABCD", responded_at=when, seconds=seconds, is_right=True
    )


def test_the_week_begins_on_the_candidate_s_monday():
    with timezone.override("Asia/Tokyo"):
        assert plan_weeks.start_of_week(at(24)) == at(22, 15)
        assert plan_weeks.start_of_week(at(22, 15)) == at(22, 15)
        assert plan_weeks.start_of_week(at(22, 14)) == at(15, 15)


def test_this_week_s_minutes_stand_beside_the_goal(ada, certification):
    exam = make_exam(certification)
    sat_for(ada, exam, 20, at(23))
    sat_for(ada, exam, 31, at(22))  # last week
    sat_for(make_user("bob@passline.example"), exam, 40, at(24))
    review_for(ada, make_question(certification), 61, at(24))
    other = make_certification("X-2")
    sat_for(ada, make_exam(other, slug="other"), 15, at(24))
    plans.keep(ada, certification, exam_on=None, weekly_minutes=22)
    plans.keep(ada, other, exam_on=None, weekly_minutes=60)
    found = plans.of_candidate(ada, [certification, other], at(25))
    told = [
        (plan.studied_minutes, plan.studied_percent, plan.is_reached) for plan in found.values()
    ]
    assert told == [(22, 100, True), (15, 25, False)]
