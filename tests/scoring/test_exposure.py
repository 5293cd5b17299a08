import random

import pytest

from exams.models import Exam, Response
from questions.models import Question
from scoring.exposure import Choice, Source, current_of, draw, missed_of, pool
from tests.exams.factories import make_exam, make_form, make_sitting, make_user, respond_all, submit
from tests.questions.factories import make_certification, make_question

pytestmark = pytest.mark.django_db


@pytest.fixture
def certification():
    return make_certification()


def sat(user, certification, versions, *, right=0, slug="one"):
    exam = make_exam(certification, question_count=len(versions), slug=slug)
    sitting = make_sitting(make_form(exam, versions), user)
    respond_all(sitting, right=right)
    return submit(sitting)


def found(user, certification, source, **choice):
    versions = pool(user, Choice(certification, source, **choice))
    return set(versions.values_list("pk", flat=True))


def test_the_pool_by_source(certification):
    user = make_user()
    one, two, three, four = (make_question(certification) for _ in range(4))
    sitting = sat(user, certification, [one, two, three], right=2)
    sitting.responses.filter(position=1).update(is_flagged=True)
    assert found(user, certification, Source.RANDOM) == {one.pk, two.pk, three.pk, four.pk}
    assert found(user, certification, Source.UNSEEN) == {four.pk}
    assert found(user, certification, Source.MISSED) == {three.pk}
    assert found(user, certification, Source.FLAGGED) == {one.pk}
    other = make_user("bob@passline.example")
    assert found(other, certification, Source.UNSEEN) == {one.pk, two.pk, three.pk, four.pk}
    assert found(other, certification, Source.MISSED) == set()


def test_missed_looks_back_so_many_sittings(certification):
    user = make_user()
    one, two = make_question(certification), make_question(certification)
    sat(user, certification, [one], slug="one")
    sat(user, certification, [two], slug="two")
    assert found(user, certification, Source.MISSED, last=1) == {two.pk}
    assert found(user, certification, Source.MISSED, last=2) == {one.pk, two.pk}


def test_tasks_narrow_the_pool(certification):
    one = make_question(certification, task="1.1")
    make_question(certification, task="2.1")
    task = one.question.task_id
    assert found(make_user(), certification, Source.RANDOM, task_ids=[task]) == {one.pk}


def test_a_domain_takes_in_its_tasks(certification):
    one, two, three = (
        make_question(certification, task=number) for number in ("1.1", "1.2", "2.1")
    )
    make_question(certification, task="3.1")
    domain, task = one.question.task.domain_id, three.question.task_id
    user = make_user()
    assert found(user, certification, Source.RANDOM, domain_ids=[domain]) == {one.pk, two.pk}
    both = found(user, certification, Source.RANDOM, domain_ids=[domain], task_ids=[task])
    assert both == {one.pk, two.pk, three.pk}


def test_an_exam_under_way_keeps_its_questions(certification):
    user = make_user()
    one, two = make_question(certification), make_question(certification)
    sitting = make_sitting(make_form(make_exam(certification), [one]), user)
    assert found(user, certification, Source.RANDOM) == {two.pk}
    submit(sitting)
    assert found(user, certification, Source.RANDOM) == {one.pk, two.pk}


def test_a_result_not_out_yet_hides_questions_misses_and_flags(certification):
    user = make_user()
    one, two = make_question(certification), make_question(certification)
    exam = make_exam(certification, results_mode=Exam.ResultsMode.LATER)
    sitting = make_sitting(make_form(exam, [one]), user)
    Response.objects.filter(sitting=sitting).update(is_flagged=True)
    submit(sitting)
    assert found(user, certification, Source.RANDOM) == {two.pk}
    assert found(user, certification, Source.MISSED) == set()
    assert found(user, certification, Source.FLAGGED) == set()
    assert current_of(user, [one.question_id, two.question_id]) == [two.pk]


def test_new_questions_come_first_then_the_longest_ago(certification):
    user = make_user()
    first, second, new = (make_question(certification) for _ in range(3))
    sat(user, certification, [first], slug="one")
    sat(user, certification, [second], slug="two")
    choice = Choice(certification)
    assert draw(user, choice, 1, random.Random(1)) == [new.pk]
    assert set(draw(user, choice, 2, random.Random(1))) == {new.pk, first.pk}
    assert set(draw(user, choice, 9, random.Random(1))) == {new.pk, first.pk, second.pk}


def test_enemies_are_never_drawn_together(certification):
    one, two, three = (make_question(certification) for _ in range(3))
    one.question.enemies.add(two.question)
    drawn = draw(make_user(), Choice(certification), 3, random.Random(1))
    assert len(drawn) == 2
    assert three.pk in drawn


@pytest.mark.parametrize("count", [1, 3, 50])
def test_drawing_is_two_statements_for_any_number(certification, count, django_assert_num_queries):
    for _ in range(count):
        make_question(certification)
    user = make_user()
    with django_assert_num_queries(2):
        draw(user, Choice(certification), 50, random.Random(1))


def test_what_is_retired_since_is_not_practiced_again(certification):
    user = make_user()
    one, two = make_question(certification), make_question(certification)
    sitting = sat(user, certification, [one, two])
    Question.objects.filter(pk=one.question_id).update(retired_at=sitting.submitted_at)
    missed = missed_of(Response.objects.filter(sitting=sitting))
    assert missed == {one.question_id, two.question_id}
    assert current_of(user, missed) == [two.pk]
