"""What the bank has of a certification, what forms need of it, and what candidates were shown."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from exams.coverage import State, coverage, held
from questions.models import Question, QuestionVersion
from tests.exams.factories import make_exam, make_form, make_sitting, make_user
from tests.questions.factories import (
    make_bank,
    make_certification,
    make_item,
    make_question,
    make_version,
)
from tests.questions.test_life_views import person, statements

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def certification():
    """Two domains of equal weight with two tasks each."""
    return make_certification("X-C01", weights=(50, 50))


def page(client, code="X-C01", query=""):
    return client.get(reverse("coverage", args=[code]) + query)


def numbers(line):
    return (line.published, line.in_review, line.drafts, line.retired, line.fresh_count)


def test_questions_are_counted_by_state_in_task_domain_and_pool(certification):
    make_question(certification, task="1.1", angoff=50)
    make_question(certification, task="1.2", angoff=None)
    make_question(certification, task="1.1", published=False)
    make_question(certification, task="1.1", pool="sample", angoff=80)
    waiting = make_question(certification, task="1.2", published=False)
    QuestionVersion.objects.filter(pk=waiting.pk).update(review_asked_at=NOW)
    gone = make_question(certification, task="2.1")
    Question.objects.filter(pk=gone.question_id).update(retired_at=NOW)
    exam, sample = coverage(certification, exam=None, count=4)
    assert (exam.pool, sample.pool) == ("exam", "sample")
    assert [numbers(each.line) for each in exam.domains] == [(2, 1, 1, 0, 2), (0, 0, 0, 1, 0)]
    assert [numbers(line) for _task, line in exam.domains[0].tasks] == [
        (1, 0, 1, 0, 1),
        (1, 1, 0, 0, 1),
    ]
    assert numbers(exam.line) == (2, 1, 1, 1, 2)
    assert (exam.line.angoff, exam.domains[1].line.angoff, sample.line.angoff) == (50, None, 80)


def test_a_draft_of_the_next_version_changes_nothing(certification):
    version = make_question(certification)
    draft = make_version(version.question, make_item(), published=False)
    QuestionVersion.objects.filter(pk=draft.pk).update(review_asked_at=NOW)
    assert [one.state for one in held(certification)] == [State.PUBLISHED]


def test_what_forms_need_and_what_is_short_of_it(certification):
    make_bank(certification, (5, 2))
    exam = make_exam(certification, question_count=4)
    (pool,) = coverage(certification, exam=exam, count=2)
    assert (pool.exam, pool.line.needed, pool.line.shortage) == (exam, 8, 1)
    first, second = pool.domains
    assert (first.line.needed, first.line.shortage) == (4, 0)
    assert (second.line.needed, second.line.shortage) == (4, 2)
    assert [(line.needed, line.shortage) for _task, line in first.tasks] == [(2, 0), (2, 2)]


def test_a_task_is_not_needed_where_a_form_has_no_room_for_all(certification):
    exam = make_exam(certification, question_count=2)
    (pool,) = coverage(certification, exam=exam, count=3)
    assert [line.needed for _task, line in pool.domains[0].tasks] == [None, None]


def test_only_the_exams_own_pool_has_needs(certification):
    make_question(certification)
    exam = make_exam(certification, pool="sample", question_count=2)
    sample, other = coverage(certification, exam=exam, count=1)
    assert (sample.pool, sample.line.needed) == ("sample", 2)
    assert (other.pool, other.line.needed, other.exam) == ("exam", None, None)


def test_exposure_is_in_how_many_sittings_a_question_stood(certification):
    versions = [make_question(certification) for _ in range(3)]
    exam = make_exam(certification, question_count=2)
    both, one = make_form(exam, versions[:2]), make_form(exam, versions[:1])
    for number in range(3):
        make_sitting(both, make_user(f"c{number}@passline.example"))
    for _ in range(2):
        sitting = make_sitting(one, make_user(f"d{_}@passline.example"))
        sitting.form = one
        sitting.save(update_fields=["form"])
    (pool,) = coverage(certification, exam=None, count=1)
    assert pool.line.shown == (0, 8 / 3, 5)
    assert pool.line.fresh_count == 1
    assert pool.domains[1].line.shown is None


def test_it_is_five_statements_however_much_there_is(certification, django_assert_num_queries):
    exam = make_exam(certification, question_count=2)

    def add():
        make_form(exam, [make_question(certification), make_question(certification)])
        make_sitting(exam.forms.last(), make_user(f"{exam.forms.count()}@passline.example"))

    add()
    with django_assert_num_queries(5):
        coverage(certification, exam=exam, count=4)
    add()
    add()
    with django_assert_num_queries(5):
        coverage(certification, exam=exam, count=4)


# --- The page


def test_a_stranger_finds_nothing_and_a_guest_logs_in(client, certification):
    assert page(client).status_code == 302
    client.force_login(person("eve"))
    assert page(client).status_code == 404


@pytest.mark.parametrize("group", ["Authors", "Reviewers"])
def test_authors_and_reviewers_read_it(client, certification, group):
    client.force_login(person("ada", group))
    assert page(client).status_code == 200
    assert page(client, "NONE").status_code == 404


def test_the_page_leads_to_where_a_question_is_written(client, certification):
    make_question(certification, task="1.1")
    client.force_login(person("ada", "Authors"))
    text = page(client).content.decode()
    assert f"{reverse('question_new')}?certification=X-C01&amp;task=1.1" in text
    client.force_login(person("bob", "Reviewers"))
    assert "Write one here" not in page(client).content.decode()


def test_the_page_asks_for_the_exam_and_the_number_of_forms(client, certification):
    make_bank(certification, (3, 3))
    make_exam(certification, slug="short", pool="sample", question_count=2, position=0)
    mock = make_exam(certification, slug="mock", question_count=4, position=1)
    client.force_login(person("ada", "Authors"))
    response = page(client)
    assert (response.context["exam"], response.context["count"]) == (mock, 4)
    assert response.context["pools"][0].line.shortage == 10
    response = page(client, query="?k=1&exam=short")
    assert response.context["pools"][0].line.needed == 2


@pytest.mark.parametrize("query", ["?k=0", "?k=x", "?k=21", "?exam=nowhere", "?exam=mock%00"])
def test_what_cannot_be_asked_is_said_beside_the_field(client, certification, query):
    make_exam(certification, slug="mock")
    client.force_login(person("ada", "Authors"))
    response = page(client, query=query)
    assert response.status_code == 422
    assert 'class="errorlist"' in response.content.decode()


def test_the_page_costs_the_same_at_one_and_three(client, certification):
    client.force_login(person("ada", "Authors"))
    address = reverse("coverage", args=["X-C01"])

    def add(number):
        exam = make_exam(certification, slug=f"mock-{number}", question_count=2)
        make_form(exam)
        make_sitting(exam.forms.get(), make_user(f"{number}@passline.example"))
        make_certification(f"Y-{number}")

    add(1)
    assert statements(client, address) == COST
    add(2)
    add(3)
    assert statements(client, address) == COST


# The certification, its exams, the five of the figures, all certifications, the navigation.
COST = 9
