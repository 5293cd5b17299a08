from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.management import call_command

from exams import delivery
from exams.models import Exam, FormQuestion, Response, Sitting
from exams.signals import sitting_submitted
from scoring import results
from scoring.models import DomainResult, Result
from tests.exams.factories import (
    key_shown,
    make_exam,
    make_form,
    make_sitting,
    make_user,
    respond_all,
    submit,
    token_of,
)
from tests.questions.factories import make_certification, make_question
from tests.scoring.factories import (
    blank,
    make_mock,
    make_open_sitting,
    make_result,
    set_email,
)

pytestmark = pytest.mark.django_db


def by_domain(result):
    rows = result.domain_results.order_by("domain__number")
    return [(row.domain.number, row.right_count, row.scored_count) for row in rows]


@pytest.mark.parametrize(
    ("right", "scaled", "passed"),
    [(0, 100, False), (48, 740, False), (49, 753, True), (65, 1000, True)],
)
def test_a_whole_exam(right, scaled, passed):
    result = make_result(right=right, exam=make_mock(65))
    assert (result.raw_score, result.scored_count) == (right, 65)
    assert (result.scaled_score, result.has_passed) == (scaled, passed)


def test_the_unscored_do_not_count():
    result = make_result(right=38, exam=make_mock(65, unscored=15))
    assert (result.raw_score, result.scored_count, result.scaled_score) == (38, 50, 760)
    result = make_result(make_user("b@passline.example"), right=65, exam=result.sitting.exam)
    assert (result.raw_score, result.scored_count, result.scaled_score) == (50, 50, 1000)


def test_a_blank_is_wrong():
    sitting = make_open_sitting(make_mock(4), make_user(), right=4)
    blank(sitting, 1, 4)
    submit(sitting)
    assert (sitting.result.raw_score, sitting.result.has_passed) == (2, False)


def test_nothing_said_is_the_lowest_score():
    sitting = make_sitting(make_mock(4).forms.get(), make_user())
    submit(sitting)
    assert (sitting.result.raw_score, sitting.result.scaled_score) == (0, 100)


@pytest.mark.parametrize("kind", ["single", "multiple", "ordering", "matching"])
def test_each_kind_is_all_or_nothing(kind):
    certification = make_certification()
    exam = make_exam(certification, question_count=3)
    form = make_form(exam, [make_question(certification, kind=kind) for _ in range(3)])
    sitting = make_sitting(form, make_user())
    respond_all(sitting, right=2)
    part_right = sitting.responses.select_related("form_question__version").get(position=2)
    Response.objects.filter(pk=part_right.pk).update(selected=key_shown(part_right)[:-1])
    submit(sitting)
    assert sitting.result.raw_score == 1


def test_the_domains_add_up():
    result = make_result(right=7, exam=make_mock(10))
    assert by_domain(result) == [(1, 3, 3), (2, 3, 3), (3, 1, 2), (4, 0, 2)]


def test_domains_hold_scored_questions_only():
    result = make_result(right=7, exam=make_mock(10, unscored=3))
    assert by_domain(result) == [(1, 3, 3), (2, 3, 3), (3, 1, 1)]


def test_the_scale_is_kept_with_the_result():
    exam = make_mock(4, cut_share=Decimal("0.5"), cut_score=300, floor_score=200, ceiling_score=500)
    result = make_result(right=2, exam=exam)
    assert (result.scaled_score, result.has_passed) == (300, True)
    kept = (result.cut_share, result.cut_score, result.floor_score, result.ceiling_score)
    assert kept == (Decimal("0.5000"), 300, 200, 500)


def test_no_scored_question_is_no_score_and_no_email():
    exam = make_mock(4)
    FormQuestion.objects.filter(form__exam=exam).update(is_scored=False)
    result = make_result(right=4, exam=exam)
    assert (result.raw_score, result.scored_count) == (0, 0)
    assert (result.scaled_score, result.has_passed, result.email_due_at) == (None, None, None)
    assert by_domain(result) == []


# --- The transaction and what it costs


@pytest.mark.parametrize("question_count", [10, 65])
def test_scoring_is_three_statements(question_count, django_assert_num_queries):
    sitting = make_open_sitting(make_mock(question_count), make_user(), right=5)
    Sitting.objects.filter(pk=sitting.pk).update(submitted_at=sitting.started_at)
    sitting = Sitting.objects.select_related("exam").get(pk=sitting.pk)
    with django_assert_num_queries(3):
        results.score(sitting)


@pytest.mark.django_db(transaction=True)
def test_a_score_that_fails_takes_the_submit_back(monkeypatch):
    sitting = make_open_sitting(make_mock(4), make_user(), right=3)
    monkeypatch.setattr(results, "domain_results", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        delivery.submit(token_of(sitting))
    sitting.refresh_from_db()
    assert sitting.submitted_at is None
    assert not Result.objects.exists()


def test_one_receiver_scores():
    assert len(sitting_submitted.receivers) == 1


def test_running_out_of_time_is_scored_too():
    sitting = make_open_sitting(make_mock(4), make_user(), right=3, started_ago=timedelta(hours=2))
    assert delivery.close_overdue() == 1
    sitting.refresh_from_db()
    assert sitting.result.scaled_score == 750
    assert sitting.result.email_due_at == sitting.submitted_at == sitting.deadline


# --- The e-mail owed


def test_the_summary_is_due_at_once():
    result = make_result()
    assert result.email_due_at == result.sitting.submitted_at


def test_the_summary_may_be_delayed():
    result = make_result(exam=make_mock(email_delay=timedelta(days=1)))
    assert result.email_due_at == result.sitting.submitted_at + timedelta(days=1)


def test_a_guest_is_owed_none():
    sitting = make_open_sitting(make_mock(), None, right=3, guest_key=uuid4())
    submit(sitting)
    assert sitting.result.scaled_score == 750
    assert sitting.result.email_due_at is None


def test_the_bell_rings_after_the_commit(rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        result = make_result()
    assert rung == []
    for callback in callbacks:
        callback()
    assert rung == [result.pk]


@pytest.mark.parametrize("whose", ["guest", "later"])
def test_the_bell_is_silent_while_nothing_is_due(whose, rung, django_capture_on_commit_callbacks):
    guest = {"guest_key": uuid4()} if whose == "guest" else {}
    exam = make_mock(email_delay=timedelta(hours=whose == "later"))
    sitting = make_open_sitting(exam, None if guest else make_user(), right=3, **guest)
    with django_capture_on_commit_callbacks(execute=True):
        submit(sitting)
    assert rung == []


# --- Rebuilding


def test_rebuilding_changes_nothing():
    result = set_email(make_result(), try_count=3, resend_count=1)
    before = (Result.objects.values().get(), list(DomainResult.objects.order_by("pk").values()))
    results.rescore(result.sitting)
    results.rescore(result.sitting)
    after = (Result.objects.values().get(), list(DomainResult.objects.order_by("pk").values()))
    assert after == before


def test_rebuilding_reads_the_responses_again():
    result = make_result(right=3)
    blank(result.sitting, 1)
    result.domain_results.filter(domain__number=2).delete()
    assert results.rescore(result.sitting).scaled_score == 533
    assert by_domain(result) == [(1, 0, 1), (2, 1, 1), (3, 1, 1), (4, 0, 1)]


def test_rebuilding_drops_a_domain_no_longer_scored():
    result = make_result(right=3)
    FormQuestion.objects.filter(position=4).update(is_scored=False)
    assert results.rescore(result.sitting).scaled_score == 1000
    assert by_domain(result) == [(1, 1, 1), (2, 1, 1), (3, 1, 1)]


def test_rebuilding_keeps_the_scale_of_the_day():
    result = make_result(right=3)
    Exam.objects.update(cut_share=Decimal("0.9"), cut_score=800)
    rebuilt = results.rescore(Sitting.objects.get())
    assert (rebuilt.scaled_score, rebuilt.has_passed, rebuilt.cut_score) == (750, True, 750)
    assert rebuilt.pk == result.pk


def test_a_result_made_anew_owes_no_second_email():
    result = make_result()
    Result.objects.all().delete()
    rebuilt = results.rescore(Sitting.objects.get())
    assert (rebuilt.pk, rebuilt.scaled_score, rebuilt.email_due_at) == (result.pk, 750, None)


def test_the_command_rebuilds_all_or_the_named(capsys):
    first = make_result()
    exam = first.sitting.exam
    second = make_result(make_user("b@passline.example"), exam=exam)
    make_open_sitting(exam, make_user("c@passline.example"), right=4)
    Result.objects.update(raw_score=0)
    call_command("rebuild_results", str(second.pk))
    assert capsys.readouterr().out == "1 result(s) rebuilt\n"
    raw_scores = Result.objects.order_by("pk").values_list("raw_score", flat=True)
    assert list(raw_scores) == [0, 3]
    call_command("rebuild_results")
    assert capsys.readouterr().out == "2 result(s) rebuilt\n"
    assert list(raw_scores.all()) == [3, 3]
