"""What counts as evidence: first responses alone, judged by the key that holds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from exams.models import Response, Sitting
from scoring import evidence
from scoring.evidence import Change, Exposure, FirstResponse, Row
from scoring.models import Result
from tests.exams.factories import (
    make_exam,
    make_form,
    make_sitting,
    make_user,
    respond_all,
    submit,
)
from tests.questions.factories import make_bank, make_certification

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def row(**changes) -> Row:
    """A right response in an exam; the key is A, shown as B."""
    values = {
        "sitting_id": 1, "certification_id": 1, "mode": "exam", "pool": "exam",
        "submitted_at": AT, "question_id": 7, "domain_id": 3, "position": 1, "kind": "single",
        "key": "A", "corrected_key": "", "withdrawn_at": None, "option_order": "BACD",
        "selected": "B", "first_selected": "B", "seconds": 50, "was_seen": False,
    }  # fmt: skip
    return Row(**values | changes)


def exposures(*rows) -> list[Exposure]:
    return [one.exposure for one in evidence.judged(rows)]


def test_a_first_response_is_judged_in_the_author_s_letters():
    [right, wrong] = evidence.judged([row(), row(question_id=8, selected="A")])
    assert (right.is_right, wrong.is_right) == (True, False)
    assert evidence.evidence([right, wrong]).told == (
        FirstResponse(3, True, AT),
        FirstResponse(3, False, AT),
    )


def test_a_corrected_key_holds():
    [one] = evidence.judged([row(corrected_key="B", selected="A")])
    assert one.is_right


@pytest.mark.parametrize(
    ("changes", "exposure"),
    [
        ({}, Exposure.FIRST),
        ({"was_seen": True}, Exposure.SEEN),
        ({"withdrawn_at": AT}, Exposure.NONE),
        ({"mode": "practice"}, Exposure.FIRST),
        ({"mode": "practice", "selected": ""}, Exposure.NONE),
        ({"pool": "sample"}, Exposure.FIRST),
        ({"selected": ""}, Exposure.NONE),
    ],
)
def test_exposure(changes, exposure):
    assert exposures(row(**changes)) == [exposure]


def test_a_blank_is_wrong_where_others_were_answered():
    found = evidence.judged([row(), row(question_id=8, position=2, selected="")])
    assert [(one.exposure, one.is_right) for one in found] == [
        (Exposure.FIRST, True),
        (Exposure.FIRST, False),
    ]


def test_rows_that_do_not_know_are_told_by_the_sittings_before():
    again = row(sitting_id=2, submitted_at=AT + timedelta(days=1))
    assert exposures(row(), again) == [Exposure.FIRST, Exposure.SEEN]
    assert evidence.evidence(evidence.judged([row(), again])).repeat_count == 1


def test_what_was_left_blank_has_still_been_shown():
    left = row(selected="", mode="practice")
    assert exposures(left, row(sitting_id=2)) == [Exposure.NONE, Exposure.SEEN]


@pytest.mark.parametrize(
    ("first", "selected", "change"),
    [
        ("B", "B", None),
        ("", "B", None),
        ("B", "A", Change.RIGHT_TO_WRONG),
        ("A", "B", Change.WRONG_TO_RIGHT),
        ("A", "C", Change.WRONG_TO_WRONG),
        ("B", "", Change.RIGHT_TO_WRONG),
        ("A", "", Change.WRONG_TO_WRONG),
    ],
)
def test_changes(first, selected, change):
    [one] = evidence.judged([row(first_selected=first, selected=selected)])
    assert (one.change, one.has_first) == (change, bool(first))


def test_a_withdrawn_question_changed_nothing():
    [one] = evidence.judged([row(first_selected="A", withdrawn_at=AT)])
    assert one.change is None


# --- From the tables


@pytest.fixture
def ada():
    return make_user()


def sit(form, candidate, *, right: int) -> Sitting:
    sitting = make_sitting(form, candidate)
    respond_all(sitting, right=right)
    return submit(sitting)


def form_of(certification, slug="mock-1", **fields):
    exam = make_exam(certification, slug=slug, **fields)
    return make_form(exam, make_bank(certification, (1, 1, 1, 1)), unscored=1)


@pytest.mark.django_db
def test_unscored_questions_sample_and_practice_are_evidence(ada):
    certification = make_certification()
    sit(form_of(certification), ada, right=4)
    sit(form_of(certification, "sample", pool="sample"), ada, right=2)
    sit(form_of(certification, "practice", mode="practice"), ada, right=0)
    found = evidence.evidence(evidence.responses(ada, [certification.pk]))
    assert [one.is_right for one in found.told].count(True) == 6
    assert (len(found.told), found.repeat_count) == (12, 0)


@pytest.mark.django_db
def test_the_second_time_is_left_out_with_or_without_the_note(ada):
    certification = make_certification()
    form = form_of(certification)
    first = sit(form, ada, right=1)
    Sitting.objects.filter(pk=first.pk).update(started_at=timezone.now() - timedelta(days=1))
    sit(form, ada, right=4)
    for _ in range(2):
        found = evidence.evidence(evidence.responses(ada, [certification.pk]))
        assert [one.is_right for one in found.told].count(True) == 1
        assert (len(found.told), found.repeat_count) == (4, 4)
        Response.objects.update(was_seen=False)


@pytest.mark.django_db
def test_what_is_open_unreleased_elsewhere_or_another_s_is_none(ada):
    certification = make_certification()
    form = form_of(certification)
    Result.objects.filter(pk=sit(form, ada, right=4).pk).update(release_at=None)
    late = sit(form_of(certification, "mock-2"), ada, right=4)
    Result.objects.filter(pk=late.pk).update(release_at=timezone.now() + timedelta(hours=1))
    make_sitting(form, ada)
    sit(form, make_user("bob@passline.example"), right=4)
    sit(form_of(make_certification(), "mock-3"), ada, right=4)
    assert evidence.responses(ada, [certification.pk]) == []


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_one_statement(ada, count, django_assert_num_queries):
    certification = make_certification()
    form = form_of(certification)
    for _ in range(count):
        sit(form, ada, right=2)
    with django_assert_num_queries(1):
        assert len(evidence.responses(ada, [certification.pk])) == 4 * count
