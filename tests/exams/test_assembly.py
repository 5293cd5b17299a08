import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from exams.assembly import BankTooSmall, draw_form
from exams.models import ExamForm, FormQuestion
from questions.models import Question
from tests.exams.factories import make_exam
from tests.questions.factories import make_bank, make_certification, make_item, make_version

pytestmark = pytest.mark.django_db

MOCK = {"question_count": 65, "unscored_count": 15}


def make_mock(counts=(13, 16, 23, 13), **fields):
    """An exam of 65 questions, 50 of them scored, and a bank with so many in each domain."""
    certification = make_certification()
    make_bank(certification, counts)
    return make_exam(certification, **MOCK | fields)


def make_short(counts=(4, 4, 4, 4), **fields):
    """The same for an exam of four questions, one a domain."""
    certification = make_certification(weights=(25, 25, 25, 25))
    make_bank(certification, counts)
    return make_exam(certification, **fields)


def by_domain(form, **filters):
    tasks = form.form_questions.filter(**filters).values_list(
        "version__question__task__domain__number", flat=True
    )
    return [Counter(tasks)[number] for number in sorted(set(tasks))]


def questions_of(form):
    return list(
        form.form_questions.order_by("position").values_list("version__question", flat=True)
    )


def test_a_form_has_the_blueprints_count_in_every_domain():
    form = draw_form(make_mock((20, 20, 30, 20)), rng=random.Random(1))
    assert by_domain(form) == [13, 16, 23, 13]
    assert by_domain(form, is_scored=True) == [10, 12, 18, 10]
    assert by_domain(form, is_scored=False) == [3, 4, 5, 3]


def test_a_bank_that_just_fits_is_used_whole():
    form = draw_form(make_mock(), rng=random.Random(1))
    assert sorted(questions_of(form)) == sorted(Question.objects.values_list("pk", flat=True))


def test_places_count_from_one_without_a_gap():
    form = draw_form(make_mock(), rng=random.Random(1))
    places = form.form_questions.order_by("position").values_list("position", flat=True)
    assert list(places) == list(range(1, 66))


def test_domains_and_unscored_questions_are_mixed():
    form = draw_form(make_mock(), rng=random.Random(1))
    rows = form.form_questions.order_by("position")
    domains = list(rows.values_list("version__question__task__domain__number", flat=True))
    scored = list(rows.values_list("is_scored", flat=True))
    assert domains != sorted(domains)
    assert scored not in (sorted(scored), sorted(scored, reverse=True))


def test_a_drawn_form_is_frozen_and_numbered_on():
    exam = make_short()
    forms = [draw_form(exam, rng=random.Random(1)) for _ in range(3)]
    assert [form.number for form in forms] == [1, 2, 3]
    assert not ExamForm.objects.filter(frozen_at=None).exists()


def test_no_question_is_on_two_forms_of_a_certification():
    exam = make_short()
    other = make_exam(exam.certification, slug="mock-2")
    forms = [draw_form(one, rng=random.Random(1)) for one in (exam, exam, other, other)]
    drawn = [question for form in forms for question in questions_of(form)]
    assert len(drawn) == len(set(drawn)) == 16
    with pytest.raises(BankTooSmall):
        draw_form(exam, rng=random.Random(1))


def test_a_new_version_does_not_bring_its_question_onto_a_second_form():
    exam = make_short((1, 1, 1, 1))
    draw_form(exam, rng=random.Random(1))
    for question in Question.objects.all():
        make_version(question, make_item(stem="Said anew."))
    with pytest.raises(BankTooSmall):
        draw_form(exam, rng=random.Random(1))


def test_the_same_seed_draws_the_same_form():
    exam = make_mock((30, 30, 40, 30))

    def drawn(seed):
        form = draw_form(exam, rng=random.Random(seed))
        rows = list(form.form_questions.order_by("position").values_list("version", "is_scored"))
        form.delete()
        return rows

    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)


def test_only_current_published_questions_of_the_pool_are_drawn():
    exam = make_short((2, 1, 1, 1))
    certification = exam.certification
    make_bank(certification, (5, 5, 5, 5), pool="sample")
    make_bank(make_certification(), (5, 5, 5, 5))
    retired = Question.objects.filter(certification=certification, task__number="1.1").first()
    Question.objects.filter(pk=retired.pk).update(retired_at=timezone.now())
    kept = Question.objects.filter(
        certification=certification, pool="exam", retired_at__isnull=True
    )
    draft = make_version(kept.get(task__number="2.1"), make_item(stem="A draft."), published=False)
    newest = make_version(kept.get(task__number="3.1"), make_item(stem="Said anew."))
    form = draw_form(exam, rng=random.Random(1))
    assert sorted(questions_of(form)) == sorted(kept.values_list("pk", flat=True))
    versions = set(form.form_questions.values_list("version", flat=True))
    assert (newest.pk in versions, draft.pk in versions) == (True, False)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((13, 15, 23, 13), ["domain 2 Domain 2 needs 16 questions and has 15, 1 short"]),
        (
            (99, 16, 0, 10),
            [
                "domain 3 Domain 3 needs 23 questions and has 0, 23 short",
                "domain 4 Domain 4 needs 13 questions and has 10, 3 short",
            ],
        ),
    ],
)
def test_too_small_a_bank_names_domain_and_shortage_and_writes_nothing(counts, told):
    exam = make_mock(counts)
    with pytest.raises(BankTooSmall) as refusal:
        draw_form(exam, rng=random.Random(1))
    assert str(refusal.value) == f"The bank is too small for {exam}: {'; '.join(told)}."
    assert (ExamForm.objects.count(), FormQuestion.objects.count()) == (0, 0)


def test_a_bank_split_by_the_weights_makes_two_forms_and_not_three():
    exam = make_mock((39, 47, 70, 39))
    draw_form(exam, rng=random.Random(1))
    draw_form(exam, rng=random.Random(2))
    with pytest.raises(BankTooSmall) as refusal:
        draw_form(exam, rng=random.Random(3))
    assert [(domain.number, *rest) for domain, *rest in refusal.value.shortages] == [(2, 16, 15)]


@pytest.mark.parametrize(
    ("fields", "counts"),
    [({"question_count": 4}, (1, 1, 1, 1)), (MOCK, (30, 30, 40, 30))],
    ids=["4 questions", "65 questions"],
)
def test_drawing_is_a_fixed_few_statements(django_assert_num_queries, fields, counts):
    exam = make_short(counts, **fields)
    # savepoint, lock, fresh, enemies, domains, last number, form, form questions, release
    with django_assert_num_queries(9):
        draw_form(exam, rng=random.Random(1))


def draw_at_once(*exams):
    """Draw a form of each, on threads and connections of their own, released together."""
    barrier = threading.Barrier(len(exams))

    def draw(exam):
        try:
            barrier.wait(timeout=10)
            return draw_form(exam, rng=random.Random(1)).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(exams)) as pool:
        return sorted(pool.map(draw, exams))


@pytest.mark.django_db(transaction=True)
def test_draws_at_once_take_turns():
    exam = make_short((4, 4, 4, 4))
    assert draw_at_once(*[exam] * 4) == [1, 2, 3, 4]
    assert len(set(FormQuestion.objects.values_list("version__question", flat=True))) == 16


@pytest.mark.django_db(transaction=True)
def test_draws_at_once_for_two_exams_of_a_certification_share_no_question():
    exam = make_short((2, 2, 2, 2))
    assert draw_at_once(exam, make_exam(exam.certification, slug="mock-2")) == [1, 1]
    assert len(set(FormQuestion.objects.values_list("version__question", flat=True))) == 8


def test_what_one_certification_draws_another_still_has():
    first, second = make_short((1, 1, 1, 1)), make_short((1, 1, 1, 1), slug="mock-2")
    assert [draw_form(exam, rng=random.Random(1)).number for exam in (first, second)] == [1, 1]
