"""The page of progress over HTTP: what is shown, to whom, in how many statements."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exams.models import Exam, Response, Sitting
from questions.models import Certification
from scoring import home, progress_home, progress_readiness
from scoring.models import Forecast, Result, StudyPlan
from tests.exams.factories import make_exam, make_form, make_sitting, make_user, respond_all, submit
from tests.questions.factories import make_bank, make_certification

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).parents[2] / "docs" / "progress.md"
FIGURES = ("readiness", "scores", "strengths", "pace", "questions", "changes", "study")


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


def mock(certification: Certification, counts=(13, 16, 23, 13), **fields) -> Exam:
    """An exam with one form of so many fresh questions in each domain."""
    number = Exam.objects.count() + 1
    named = {"slug": f"mock-{number}", "name": f"Mock exam {number}", **fields}
    exam = make_exam(certification, question_count=sum(counts), position=number, **named)
    make_form(exam, make_bank(certification, counts))
    return exam


def sit(exam: Exam, candidate, *, right: int, days: float = 0, seconds: int = 0) -> Sitting:
    """Begun an hour before it was submitted, so many days ago; `seconds` at each question."""
    sitting = make_sitting(exam.forms.get(), candidate)
    respond_all(sitting, right=right)
    Response.objects.filter(sitting=sitting).update(seconds=seconds)
    submit(sitting)
    at = timezone.now() - timedelta(days=days)
    began = at - timedelta(minutes=30)
    Sitting.objects.filter(pk=sitting.pk).update(
        started_at=began, submitted_at=at, deadline=began + timedelta(hours=1)
    )
    return sitting


def page_of(client, code="X-1") -> str:
    response = client.get(reverse("progress", args=[code]))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def own_statements(client, url) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    beside = ("django_session", 'FROM "accounts_user"', "SAVEPOINT")
    return [one["sql"] for one in captured if not any(word in one["sql"] for word in beside)]


# --- Who sees it


def test_a_guest_logs_in_first(client, certification):
    for url in (reverse("progress", args=["X-1"]), reverse("progress_latest")):
        assert client.get(url)["Location"].startswith(reverse("account_login"))
    data = client.get(reverse("progress_data", args=["X-1", "scores", "csv"]))
    assert data["Location"].startswith(reverse("account_login"))


def test_what_there_is_not(as_ada, certification):
    assert as_ada.get(reverse("progress", args=["NO-1"])).status_code == 404
    for args in (["NO-1", "scores", "csv"], ["X-1", "nothing", "csv"], ["X-1", "scores", "xlsx"]):
        assert as_ada.get(reverse("progress_data", args=args)).status_code == 404


def test_progress_is_one_s_own(as_ada, certification):
    sit(mock(certification), make_user("bob@passline.example"), right=50)
    assert "Here your way to a pass will be drawn" in page_of(as_ada)
    for figure in FIGURES[1:]:
        assert rows(as_ada, figure) == []


def test_the_page_is_kept_nowhere(as_ada, certification):
    response = as_ada.get(reverse("progress", args=["X-1"]))
    assert response["Cache-Control"] == "private, no-store"


# --- Where to begin


def test_nothing_sat_yet_is_invited_to_begin(as_ada, certification):
    exam = mock(certification, pool="sample", name="Sample questions")
    text = page_of(as_ada)
    assert f'href="{reverse("exam_detail", args=[exam.slug])}">Begin: Sample questions' in text
    assert Forecast.objects.count() == 0


def test_the_latest_is_that_of_the_last_sitting(as_ada, ada, certification):
    other = make_certification("X-2")
    sit(mock(certification, (1, 1, 1, 1)), ada, right=1, days=3)
    sit(mock(other, (1, 1, 1, 1)), ada, right=1, days=1)
    response = as_ada.get(reverse("progress_latest"))
    assert (response.status_code, response["Location"]) == (302, reverse("progress", args=["X-2"]))


def test_who_never_sat_finds_where_to_begin(as_ada, certification):
    mock(certification, (1, 1, 1, 1), pool="sample", name="Sample", is_open_to_guests=True)
    mock(certification, (1, 1, 1, 1), mode="practice", is_open_to_guests=True)
    text = as_ada.get(reverse("progress_latest")).content.decode()
    assert "It begins with the first sitting" in text
    assert reverse("exam_detail", args=["mock-1"]) in text
    assert reverse("exam_detail", args=["mock-2"]) not in text


# --- Readiness


def test_silence_says_what_is_missing(as_ada, ada, certification):
    sit(mock(certification, (13, 0, 7, 2)), ada, right=10)
    text = page_of(as_ada)
    assert "Not enough evidence yet" in text
    assert "18 more first responses and a chance of passing can be told." in text
    assert "Domain 2 needs 5 more" in text
    assert "Domain 4 needs 3 more" in text
    assert "Domain 1 needs" not in text
    assert "of passing a new form</p>" not in text
    assert Forecast.objects.count() == 0


def test_early_is_rounded_and_says_so(as_ada, ada, certification):
    sit(mock(certification), ada, right=50)
    text = page_of(as_ada)
    assert "Early</span>" in text
    assert "chance of passing a new form" in text
    assert "65 more first responses make it firm." in text
    assert "Score to expect: " in text
    assert "This holds if the real questions are as hard as these." in text
    assert "“as hard as the real exam” (shift 0.00)" in text


def test_the_shift_of_the_bank_is_named_and_lowers_the_chance(as_ada, ada, certification):
    sit(mock(certification), ada, right=53)
    page_of(as_ada)
    Certification.objects.update(shift="0.63")
    before = Forecast.objects.get()
    before.delete()
    text = page_of(as_ada)
    assert "“much easier than the real exam” (shift 0.63)" in text
    assert Forecast.objects.get().probability < before.probability


def test_two_mocks_are_firm_and_the_reasons_are_told(as_ada, ada, certification):
    first, second = mock(certification), mock(certification)
    sit(first, ada, right=65, days=0.01)
    sit(second, ada, right=65)
    sit(first, ada, right=65)
    text = page_of(as_ada)
    assert "Firm</span>" in text
    assert "above 95%" in text
    assert "<strong>Book the exam.</strong>" in text
    assert (
        "65 responses (33% of all) are left out because you had seen the questions before." in text
    )


def test_nobody_is_told_to_book_what_is_retired(as_ada, ada, certification):
    Certification.objects.update(status="retired")
    for _ in range(2):
        sit(mock(certification), ada, right=65)
    assert "The real exam is retired and can no longer be booked." in page_of(as_ada)


def test_the_rules_of_thumb_are_worked_through(as_ada, ada, certification):
    sit(mock(certification, (15, 15, 20, 15), unscored_count=15), ada, right=50)
    text = page_of(as_ada)
    assert "80% becomes 68%; if it is 15 points harder, 65%." in text
    assert "The pass line is at 75%: both fail. Practice would have to show 88.2 to 90%." in text
    assert '<th scope="row">as hard as the real exam</th><td class="number">50%</td>' in text
    assert '<td class="number">73%</td>' in text


def test_a_forecast_is_kept_once_a_day(as_ada, ada, certification):
    sit(mock(certification), ada, right=50)
    for _ in range(2):
        page_of(as_ada)
        as_ada.get(reverse("home"))
    kept = Forecast.objects.get()
    assert (kept.candidate, kept.certification, kept.state) == (ada, certification, "early")
    assert (kept.day, kept.evidence_count) == (timezone.localdate(), 65)
    assert 0 < kept.probability < 1


def test_without_weights_there_is_no_forecast(as_ada, ada):
    none = make_certification("X-9", weights=(0, 0))
    make_exam(none, slug="none")
    assert "Here your way" in page_of(as_ada, "X-9")


# --- Statements


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_page_takes_eight_statements(as_ada, ada, certification, count):
    exam = mock(certification, (13, 12, 13, 12))
    for back in range(count):
        sit(exam, ada, right=40, days=(count - back) / 10, seconds=40)
    assert len(own_statements(as_ada, reverse("progress", args=["X-1"]))) == 8


@pytest.mark.parametrize("figure", FIGURES)
def test_a_file_takes_seven_statements(as_ada, ada, certification, figure):
    sit(mock(certification), ada, right=40)
    url = reverse("progress_data", args=["X-1", figure, "csv"])
    assert len(own_statements(as_ada, url)) == 7


# --- Files


def rows(client, figure, code="X-1") -> list[dict]:
    response = client.get(reverse("progress_data", args=[code, figure, "json"]))
    assert response["Content-Type"] == "application/json"
    return json.loads(response.content)["rows"]


def test_scores_as_files(as_ada, ada, certification):
    sitting = sit(mock(certification), ada, right=49, days=2)
    [row] = rows(as_ada, "scores")
    submitted = Sitting.objects.get(pk=sitting.pk).submitted_at
    assert row == {
        "sitting": sitting.pk, "exam": "Mock exam 1", "submitted_at": submitted.isoformat(),
        "raw_score": 49, "scored_questions": 65, "scaled_score": 753, "likely_low": 703,
        "likely_high": 803, "pass_line": 750, "passed": True,
    }  # fmt: skip
    response = as_ada.get(reverse("progress_data", args=["X-1", "scores", "csv"]))
    assert response["Content-Disposition"] == 'attachment; filename="passline-x-1-scores.csv"'
    [line] = csv.DictReader(io.StringIO(response.content.decode()))
    assert (line["scaled_score"], line["passed"]) == ("753", "true")


def test_no_cell_is_a_formula(as_ada, ada, certification):
    sit(mock(certification, (1, 1, 1, 1), name="=1+1"), ada, right=2)
    text = as_ada.get(reverse("progress_data", args=["X-1", "scores", "csv"])).content.decode()
    assert ",'=1+1," in text
    assert rows(as_ada, "scores")[0]["exam"] == "=1+1"


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_has_the_columns_that_are_promised(as_ada, ada, certification, figure):
    sit(mock(certification), ada, right=40, seconds=30)
    Response.objects.filter(position=65).update(first_selected="B", selected="C")
    response = as_ada.get(reverse("progress_data", args=["X-1", figure, "csv"]))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    head, *lines = response.content.decode().splitlines()
    promised = DOCS.read_text()
    assert f"`{figure}` | `{head.replace(',', '` `')}`" in promised
    assert len(lines) > 0


# --- What stays hidden


def test_what_is_not_released_shows_nothing(as_ada, ada, certification):
    sitting = sit(mock(certification), ada, right=65)
    Result.objects.filter(pk=sitting.pk).update(release_at=None)
    text = page_of(as_ada)
    assert "1000" not in text.replace("1000</text>", "")
    assert "40 more first responses" in text
    assert rows(as_ada, "scores") == rows(as_ada, "questions") == rows(as_ada, "strengths") == []
    assert rows(as_ada, "pace") == []
    assert [row["exam_minutes"] for row in rows(as_ada, "study")] == [30]


def test_the_goal_of_the_week(as_ada, ada, certification):
    sit(mock(certification), ada, right=40)
    StudyPlan.objects.create(candidate=ada, certification=certification, weekly_minutes=45)
    text = page_of(as_ada)
    assert "This week: 30 minutes on 1 day." in text
    assert "15 minutes are left to your goal of 45." in text


# --- Home


def test_home_says_readiness_and_the_next_step(as_ada, ada, certification):
    first, second = mock(certification), mock(certification)
    sit(first, ada, right=50)
    text = " ".join(as_ada.get(reverse("home")).content.decode().split())
    assert "to pass a new form (early)." in text
    assert f'href="{reverse("progress", args=["X-1"])}"' in text
    assert f'href="{reverse("exam_detail", args=[second.slug])}">Sit Mock exam 2' in text


def test_home_says_what_is_missing(as_ada, ada, certification):
    sit(mock(certification, (13, 0, 7, 2)), ada, right=10)
    text = as_ada.get(reverse("home")).content.decode()
    assert "18 more first responses, and your chance of passing can be told." in text


def test_home_is_silent_before_anything_was_said(as_ada, ada, certification):
    mock(certification, (1, 1, 1, 1))
    assert "readiness-line" not in as_ada.get(reverse("home")).content.decode()


@pytest.mark.parametrize("count", [1, 3, 50])
def test_home_reads_readiness_in_two_statements_and_keeps_it_in_one(ada, certification, count):
    exam = mock(certification)
    for back in range(count):
        sit(exam, ada, right=40, days=(count - back) / 10)
    now = timezone.now()
    shelves = home.shelves(ada, Sitting.objects.for_candidate(ada), [])
    with CaptureQueriesContext(connection) as read:
        [shelf] = progress_home.forecast(shelves, ada, now)
    with CaptureQueriesContext(connection) as kept:
        progress_readiness.keep(ada, [shelf.outlook], now.date())
    assert (len(read), len(kept)) == (2, 1)
    assert shelf.outlook.state == "early"
