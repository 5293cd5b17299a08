"""A key is corrected or a question withdrawn: what moves, what is kept, who is told."""

import threading
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from exams import delivery
from exams.models import FormQuestion, Response
from questions.models import QuestionVersion, TrailEntry
from questions.reviewing import ReasonMissingError
from scoring import corrections, mailing
from scoring.corrections import PassesLost, UnfitKey
from scoring.models import Result, ResultRevision, ReviewCard
from tests.exams.factories import (
    make_exam,
    make_form,
    make_sitting,
    make_user,
    respond_all,
    submit,
    token_of,
)
from tests.questions.factories import make_certification, make_question
from tests.scoring.factories import make_mock, make_open_sitting, make_result

pytestmark = pytest.mark.django_db
WHY = "The documentation says otherwise."


def say(sitting, letter, position=1):
    """Respond with an option by the letter of its author."""
    row = sitting.responses.get(position=position)
    shown = "ABCD"[row.option_order.index(letter)]
    Response.objects.filter(pk=row.pk).update(selected=shown)


def sat(exam, name, *, right, first=None):
    """A result with so many right; the first question answered with the author's option `first`."""
    sitting = make_open_sitting(exam, make_user(f"{name}@passline.example"), right=right)
    if first:
        say(sitting, first)
    return submit(sitting).result


def first_version(exam):
    return QuestionVersion.objects.select_related("question").get(
        form_questions__form__exam=exam, form_questions__position=1
    )


def staff(name="rev"):
    return make_user(f"{name}@passline.example")


def standing(result):
    result.refresh_from_db()
    return result.raw_score, result.scaled_score, result.has_passed


def moved(impact):
    return [(one.result.pk, one.raw_before, one.raw_after) for one in impact.moves]


@pytest.fixture
def exam():
    """Four questions, three of them needed; every key is B."""
    return make_mock(4)


# --- Dry run


def test_a_dry_run_says_what_moves_and_changes_nothing(exam):
    loser = sat(exam, "loser", right=3, first="B")
    winner = sat(exam, "winner", right=3, first="C")
    other = sat(exam, "other", right=1, first="A")
    before = list(Result.objects.values())

    impact = corrections.preview(first_version(exam), key="C")

    assert moved(impact) == [(loser.pk, 3, 2), (winner.pk, 2, 3)]
    assert [one.result for one in impact.lost] == [loser]
    assert [one.result for one in impact.won] == [winner]
    assert (impact.kept, impact.judged_count, impact.told_count) == ([], 3, 2)
    assert (impact.won[0].scaled_before, impact.won[0].scaled_after) == (533, 750)
    assert list(Result.objects.values()) == before
    assert standing(other) == (0, 100, False)


@pytest.mark.parametrize("count", [1, 3])
def test_a_dry_run_is_five_statements(exam, count, django_assert_num_queries):
    for number in range(count):
        sat(exam, f"c{number}", right=3)
    version = first_version(exam)
    with django_assert_num_queries(5):
        impact = corrections.preview(version, key="C")
    assert len(impact.lost) == count
    with django_assert_num_queries(3):
        corrections.preview_withdrawal(version)


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("single", ""), ("single", "E"), ("single", "AB"), ("single", "B"),
        ("multiple", "A"), ("multiple", "BA"), ("multiple", "ABC"), ("multiple", "AA"),
        ("ordering", "AABC"), ("ordering", "ABC"), ("matching", "AC"), ("matching", "ACE"),
    ],
)  # fmt: skip
def test_a_key_that_does_not_fit(kind, key):
    with pytest.raises(UnfitKey):
        corrections.preview(make_question(kind=kind), key=key)


@pytest.mark.parametrize(
    ("kind", "key"), [("multiple", "BD"), ("ordering", "DCBA"), ("matching", "BBB")]
)
def test_other_kinds_are_judged_by_the_corrected_key(kind, key):
    certification = make_certification()
    exam = make_exam(certification, question_count=1)
    version = make_question(certification, kind=kind)
    sitting = make_sitting(make_form(exam, [version]), make_user())
    respond_all(sitting, right=1)
    submit(sitting)
    corrections.correct_key(version, key=key, actor=staff(), reason=WHY, may_fail=True)
    assert standing(sitting.result) == (0, 100, False)


# --- Correcting a key


def test_correcting_rescores_and_keeps_the_history(exam):
    loser = sat(exam, "loser", right=3)
    winner = sat(exam, "winner", right=3, first="C")
    version, actor = first_version(exam), staff()

    done = corrections.correct_key(version, key="C", actor=actor, reason=f" {WHY} ", may_fail=True)

    assert moved(done) == [(loser.pk, 3, 2), (winner.pk, 2, 3)]
    assert standing(loser) == (2, 533, False)
    assert standing(winner) == (3, 750, True)
    assert list(winner.domain_results.values_list("right_count", flat=True)) == [1, 1, 1, 0]
    assert list(loser.domain_results.values_list("right_count", flat=True)) == [0, 1, 1, 0]
    row = loser.revisions.get()
    assert (row.raw_before, row.scaled_before, row.has_passed_before) == (3, 750, True)
    assert (row.raw_after, row.scaled_after, row.has_passed_after) == (2, 533, False)
    assert (row.cause, row.reason, row.actor, row.version) == ("rekeyed", WHY, actor, version)
    entry = TrailEntry.objects.get()
    assert (entry.act, entry.actor, entry.reason, entry.version) == ("rekeyed", actor, WHY, version)
    version.refresh_from_db()
    assert (version.key, version.corrected_key, version.scoring_key) == ("B", "C", "C")


def test_no_pass_is_lost_without_leave(exam):
    result = sat(exam, "ada", right=3)
    version = first_version(exam)
    with pytest.raises(PassesLost):
        corrections.correct_key(version, key="C", actor=staff(), reason=WHY)
    assert standing(result) == (3, 750, True)
    version.refresh_from_db()
    assert version.corrected_key == ""
    assert not ResultRevision.objects.exists()
    assert not TrailEntry.objects.exists()


def test_a_reason_is_owed(exam):
    for act in (
        lambda: corrections.withdraw(first_version(exam), actor=staff("a"), reason=" "),
        lambda: corrections.correct_key(first_version(exam), key="C", actor=staff("b"), reason=""),
    ):
        with pytest.raises(ReasonMissingError):
            act()


def test_where_the_question_is_unscored_no_score_moves(exam):
    result = sat(exam, "ada", right=3)
    FormQuestion.objects.filter(form__exam=exam, position=1).update(is_scored=False)
    done = corrections.correct_key(first_version(exam), key="C", actor=staff(), reason=WHY)
    assert (done.judged_count, done.moves) == (0, [])
    assert standing(result) == (3, 750, True)


def test_a_draft_cannot_be_corrected():
    version = make_question(published=False)
    assert corrections.correct_key(version, key="C", actor=staff("a"), reason=WHY) is None
    assert corrections.withdraw(version, actor=staff("b"), reason=WHY) is None


def test_correcting_back_restores_the_scores(exam):
    result = sat(exam, "ada", right=3)
    version, actor = first_version(exam), staff()
    corrections.correct_key(version, key="C", actor=actor, reason=WHY, may_fail=True)
    corrections.correct_key(version, key="B", actor=actor, reason="It was right after all.")
    assert standing(result) == (3, 750, True)
    history = result.revisions.order_by("pk").values_list("raw_before", "raw_after")
    assert list(history) == [(3, 2), (2, 3)]


def test_batches_and_statements(exam, monkeypatch):
    monkeypatch.setattr(corrections, "BATCH", 2)
    for number in range(5):
        sat(exam, f"c{number}", right=3)
    with CaptureQueriesContext(connection) as captured:
        corrections.correct_key(
            first_version(exam), key="C", actor=staff(), reason=WHY, may_fail=True
        )
    assert ResultRevision.objects.count() == 5
    locks = [one["sql"] for one in captured if "FOR UPDATE" in one["sql"]]
    assert len(locks) == 1 + 3


def test_later_sittings_and_rebuilding_use_the_corrected_key(exam):
    version = first_version(exam)
    corrections.correct_key(version, key="C", actor=staff(), reason=WHY)
    result = sat(exam, "ada", right=3, first="C")
    assert standing(result) == (3, 750, True)
    Result.objects.update(raw_score=0)
    call_command("rebuild_results")
    assert standing(result) == (3, 750, True)
    corrections.withdraw(version, actor=staff("two"), reason=WHY)
    blank = sat(exam, "blank", right=0)
    assert standing(blank)[0] == 1


# --- Withdrawing


def test_withdrawing_credits_all(exam):
    wrong = sat(exam, "wrong", right=3, first="A")
    right = sat(exam, "right", right=2)
    version, actor = first_version(exam), staff()

    impact = corrections.preview_withdrawal(version)
    done = corrections.withdraw(version, actor=actor, reason=WHY)

    assert moved(done) == moved(impact) == [(wrong.pk, 2, 3)]
    assert (done.lost, [one.result for one in done.won]) == ([], [wrong])
    assert standing(wrong) == (3, 750, True)
    assert standing(right) == (2, 533, False)
    assert version.withdrawn_at is not None
    assert TrailEntry.objects.get().act == "withdrawn"
    assert wrong.revisions.get().cause == "withdrawn"
    assert not right.revisions.exists()


def test_what_is_withdrawn_is_corrected_no_more(exam):
    version = first_version(exam)
    corrections.withdraw(version, actor=staff("a"), reason=WHY)
    assert corrections.withdraw(version, actor=staff("b"), reason=WHY) is None
    assert corrections.correct_key(version, key="C", actor=staff("c"), reason=WHY) is None


def test_withdrawing_after_a_wrong_correction(exam):
    result = sat(exam, "ada", right=3)
    version = first_version(exam)
    corrections.correct_key(version, key="C", actor=staff("a"), reason=WHY, may_fail=True)
    corrections.withdraw(version, actor=staff("b"), reason=WHY)
    assert standing(result) == (3, 750, True)


# --- The news


def test_every_touched_candidate_is_told_once(exam):
    sat(exam, "loser", right=3)
    sat(exam, "winner", right=3, first="C")
    sat(exam, "other", right=1, first="A")
    mailing.send_owed()
    mail.outbox.clear()
    corrections.correct_key(first_version(exam), key="C", actor=staff(), reason=WHY, may_fail=True)
    for _ in range(2):
        mailing.send_owed()
    assert [(one.to[0], one.subject) for one in mail.outbox] == [
        ("loser@passline.example", "Your result has changed to FAIL: Mock exam 1 (750 to 533)"),
        ("winner@passline.example", "Your result has changed to PASS: Mock exam 1 (533 to 750)"),
    ]


def test_guests_and_those_who_left_are_owed_nothing(exam):
    guest = make_open_sitting(exam, None, right=3, guest_key=uuid4())
    submit(guest)
    gone = sat(exam, "gone", right=3)
    gone.sitting.candidate.is_active = False
    gone.sitting.candidate.save()
    done = corrections.correct_key(
        first_version(exam), key="C", actor=staff(), reason=WHY, may_fail=True
    )
    assert (len(done.moves), done.told_count) == (2, 0)
    assert set(ResultRevision.objects.values_list("email_due_at", flat=True)) == {None}


def test_is_newest(exam):
    version = first_version(exam)
    assert corrections.is_newest(version)
    QuestionVersion.objects.create(question=version.question, number=2, kind="single", stem="x")
    assert not corrections.is_newest(version)


# --- Races


def in_thread(act, *args, **kwargs):
    """Run beside this thread, on a connection of its own; the outcome is appended to the list."""
    outcome = []

    def run():
        try:
            outcome.append(act(*args, **kwargs))
        finally:
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, outcome


def waits(pattern):
    """Block until a statement like the pattern waits for a lock in this database."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.01)")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname ="
                " current_database() AND wait_event_type = 'Lock' AND query LIKE %s",
                [f"%{pattern}%"],
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError(f"nothing waits for {pattern}")


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_of_one_version_one_wins(exam):
    result = sat(exam, "ada", right=4)
    version, actor = first_version(exam), staff()
    twin = first_version(exam)
    with transaction.atomic():
        assert corrections.correct_key(version, key="C", actor=actor, reason=WHY) is not None
        thread, outcome = in_thread(corrections.correct_key, twin, key="D", actor=actor, reason=WHY)
        waits("UPDATE%questions_questionversion")
    thread.join(10)
    assert outcome == [None]
    assert TrailEntry.objects.count() == result.revisions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_corrections_of_two_versions_of_one_form_both_count(exam):
    result, actor = sat(exam, "ada", right=4), staff()
    first = first_version(exam)
    second = QuestionVersion.objects.select_related("question").get(form_questions__position=2)
    with transaction.atomic():
        corrections.correct_key(first, key="C", actor=actor, reason=WHY)
        thread, outcome = in_thread(
            corrections.correct_key, second, key="C", actor=actor, reason=WHY, may_fail=True
        )
        waits("exams_examform")
    thread.join(10)
    assert moved(outcome[0]) == [(result.pk, 3, 2)]
    assert standing(result) == (2, 533, False)
    history = result.revisions.order_by("pk").values_list("raw_before", "raw_after")
    assert list(history) == [(4, 3), (3, 2)]


@pytest.mark.django_db(transaction=True)
def test_a_submit_under_way_is_rescored(exam):
    sitting = make_open_sitting(exam, make_user(), right=4)
    version, actor = first_version(exam), staff()
    with transaction.atomic():
        assert delivery.submit(token_of(sitting))  # scored by the old key, not yet committed
        thread, outcome = in_thread(
            corrections.correct_key, version, key="C", actor=actor, reason=WHY
        )
        waits("exams_sitting")
    thread.join(10)
    assert moved(outcome[0]) == [(sitting.pk, 4, 3)]
    assert Result.objects.get().raw_score == 3


@pytest.mark.django_db(transaction=True)
def test_a_submit_that_comes_meanwhile_counts_by_the_new_key(exam):
    sitting = make_open_sitting(exam, make_user(), right=4)
    version, actor = first_version(exam), staff()
    with transaction.atomic():
        done = corrections.correct_key(version, key="C", actor=actor, reason=WHY)
        thread, outcome = in_thread(delivery.submit, token_of(sitting))
        waits("UPDATE exams_sitting")
    thread.join(10)
    assert (done.moves, outcome) == ([], [True])
    assert Result.objects.get().raw_score == 3
    assert not ResultRevision.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_sitting_begun_meanwhile_waits_and_saving_does_not(exam):
    sitting = make_open_sitting(exam, make_user(), right=4)
    version, actor, late = first_version(exam), staff(), make_user("late@passline.example")
    with transaction.atomic():
        corrections.correct_key(version, key="C", actor=actor, reason=WHY)
        row = sitting.responses.get(position=2)
        change = delivery.Change(2, row.revision, "", "", True)
        saving, saved = in_thread(delivery.respond, token_of(sitting), change)
        saving.join(10)
        assert saved[0] is not None
        thread, begun = in_thread(make_sitting, exam.forms.get(), late)
        waits("COMMIT")  # where the foreign keys are checked
        assert begun == []
    thread.join(10)
    assert begun[0].candidate == late


def test_a_miss_that_turns_right_comes_back_no_more():
    sitting = make_result(make_user(), right=3).sitting
    card = ReviewCard.objects.get()
    said = card.response.option_order["ABCDEFGH".index(card.response.selected)]
    actor = make_user("staff@passline.example")
    corrections.correct_key(card.version, key=said, actor=actor, reason=WHY)
    assert (ReviewCard.objects.count(), Result.objects.get(pk=sitting.pk).raw_score) == (0, 4)
