"""One question after the sitting, in the letters the candidate saw."""

import pytest

from exams.models import Response
from scoring.reviewed import Outcome, reviewed
from tests.exams.factories import key_shown, make_exam, make_form, make_sitting, make_user
from tests.questions.factories import make_certification, make_question

pytestmark = pytest.mark.django_db


def make_response(
    kind: str, selected: str = "", *, order: str = "ABCD", struck: str = ""
) -> Response:
    """A response to one question whose options are shown in `order`, not saved."""
    certification = make_certification()
    exam = make_exam(certification, question_count=1)
    form = make_form(exam, [make_question(certification, kind=kind)])
    response = make_sitting(form, make_user()).responses.get()
    response.option_order, response.selected, response.struck = order, selected, struck
    return response


def review(response: Response):
    return reviewed(response, services=[], late_at=None)


def test_options_stand_in_the_order_shown_with_the_letters_shown():
    question = review(make_response("single", "A", order="CBDA", struck="D"))

    assert [(one.letter, one.html[:8], one.state, one.is_struck) for one in question.options] == [
        ("A", "Option C", "wrong", False),
        ("B", "Option B", "missed", False),
        ("C", "Option D", "", False),
        ("D", "Option A", "", True),
    ]
    assert (question.said_letters, question.key_letters) == ("A", "B")
    assert question.options[0].rationale_html.startswith("Why Option C")


@pytest.mark.parametrize(
    ("kind", "selected", "outcome", "is_incomplete"),
    [
        ("single", "B", Outcome.RIGHT, False),
        ("single", "A", Outcome.WRONG, False),
        ("single", "", Outcome.UNANSWERED, False),
        ("multiple", "AC", Outcome.RIGHT, False),
        ("multiple", "A", Outcome.WRONG, True),
        ("ordering", "ABCD", Outcome.RIGHT, False),
        ("ordering", "ABDC", Outcome.WRONG, False),
        ("ordering", "AB--", Outcome.WRONG, True),
        ("ordering", "----", Outcome.UNANSWERED, False),
        ("matching", "ACA", Outcome.RIGHT, False),
        ("matching", "AC-", Outcome.WRONG, True),
    ],
)
def test_outcome(kind, selected, outcome, is_incomplete):
    question = review(make_response(kind, selected))

    assert (question.outcome, question.is_incomplete) == (outcome, is_incomplete)
    assert question.is_missed is (outcome != Outcome.RIGHT)
    assert question.is_unanswered is (outcome == Outcome.UNANSWERED)


def test_a_multiple_response_names_its_key_in_order_of_the_alphabet():
    question = review(make_response("multiple", "BC", order="CDAB"))

    assert (question.said_letters, question.key_letters) == ("B, C", "A, C")
    assert [one.state for one in question.options] == ["missed", "wrong", "right", ""]


def test_an_order_is_compared_place_by_place():
    question = review(make_response("ordering", "BA-C", order="BADC"))

    assert [
        (place.number, place.said and place.said.letter, place.key.letter, place.is_right)
        for place in question.places
    ] == [(1, "B", "B", True), (2, "A", "A", True), (3, None, "D", False), (4, "C", "C", True)]
    assert question.spare_options == ()


def test_a_matching_is_compared_prompt_by_prompt():
    question = review(make_response("matching", "AB", order="ABCD"))

    assert [
        (place.prompt.position, place.said and place.said.letter, place.key.letter, place.is_right)
        for place in question.places
    ] == [(0, "A", "A", True), (1, "B", "C", False), (2, None, "A", False)]
    assert [(one.letter, one.state) for one in question.spare_options] == [
        ("B", "wrong"),
        ("D", ""),
    ]


@pytest.mark.parametrize("kind", ["single", "multiple", "ordering", "matching"])
@pytest.mark.parametrize("order", ["ABCD", "DCBA", "BDAC"])
def test_what_is_right_is_right_in_any_order(kind, order):
    response = make_response(kind, order=order)
    response.selected = key_shown(response)

    question = review(response)

    assert question.outcome == Outcome.RIGHT
    assert all(place.is_right for place in question.places)
    assert {one.state for one in question.options} <= {"right", ""}
