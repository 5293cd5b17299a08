import pytest
from django.test import Client

from exams import rooms
from questions.models import Option, Prompt, QuestionVersion
from tests.exams.factories import make_exam, make_form, make_sitting, make_user, respond
from tests.questions.factories import make_question

pytestmark = pytest.mark.django_db

KINDS = ("single", "multiple", "ordering", "matching")


def make_mixed_sitting():
    exam = make_exam()
    versions = [make_question(exam.certification, kind=kind) for kind in KINDS]
    return make_sitting(make_form(exam, versions), make_user())


def test_options_stand_in_this_sittings_order_under_its_letters():
    sitting = make_mixed_sitting()
    response = sitting.responses.get(position=1)
    texts = dict(
        zip("ABCD", Option.objects.filter(version=response.form_question.version), strict=True)
    )
    shown = rooms.questions(sitting)[0].options
    assert [(option.letter, option.html) for option in shown] == [
        (letter, texts[author].html)
        for letter, author in zip("ABCD", response.option_order, strict=True)
    ]


def test_where_no_markup_can_stand_characters_are_shown_as_they_read():
    sitting = make_mixed_sitting()
    version = sitting.responses.get(position=4).form_question.version
    QuestionVersion.objects.filter(pk=version.pk).update(
        stem_html="<p>R&amp;D, <b>2 &lt; 3</b></p>"
    )
    Option.objects.filter(version=version).update(html="<code>a &amp; b</code>")
    question = rooms.questions(sitting)[3]
    assert (question.stem_text, question.options[0].text) == ("R&D, 2 < 3", "a & b")
    client = Client()
    client.force_login(sitting.candidate)
    page = client.get(f"/sittings/{sitting.pk}/").content.decode()
    assert "A. a &amp; b</option>" in page
    assert '<td class="excerpt">R&amp;D, 2 &lt; 3</td>' in page


def test_the_saved_state_comes_back():
    sitting = make_mixed_sitting()
    respond(sitting, 2, "AC", is_flagged=True)
    respond(sitting, 4, "B-A")
    choice, matching = rooms.questions(sitting)[1::2]
    assert [option.letter for option in choice.options if option.is_selected] == ["A", "C"]
    assert (choice.is_complete, choice.is_flagged, choice.revision) == (True, True, 1)
    assert [place.selected for place in matching.places] == ["B", "-", "A"]
    assert (matching.is_complete, matching.is_partial) == (False, True)


def test_ordering_has_a_place_for_each_step_and_matching_one_for_each_prompt():
    ordering, matching = rooms.questions(make_mixed_sitting())[2:]
    assert [(place.number, place.html) for place in ordering.places] == [
        (1, ""),
        (2, ""),
        (3, ""),
        (4, ""),
    ]
    assert len(matching.places) == 3
    assert all(place.html for place in matching.places)


@pytest.mark.parametrize("size", [1, 3])
def test_the_questions_are_three_statements(django_assert_num_queries, size):
    exam = make_exam(question_count=size)
    sitting = make_sitting(make_form(exam), make_user())
    with django_assert_num_queries(3):
        assert len(rooms.questions(sitting)) == size


def plant_canaries():
    """Mark everything that must not leave the server before the submit; returns the canaries."""
    canary = "canary-zq7"
    Option.objects.update(rationale=canary, rationale_html=canary)
    Prompt.objects.update(rationale=canary, rationale_html=canary)
    QuestionVersion.objects.update(
        explanation=canary,
        explanation_html=canary,
        references=[{"title": canary, "url": f"https://{canary}.example.com/"}],
    )
    return canary


def test_no_key_rationale_or_unscored_mark_reaches_the_browser_before_the_submit():
    sitting = make_mixed_sitting()
    canary = plant_canaries()
    client = Client()
    client.force_login(sitting.candidate)
    pages = [
        client.get(f"/exams/{sitting.exam.slug}/"),
        client.get(f"/sittings/{sitting.pk}/"),
        client.get("/"),
        client.get("/results/"),
        client.get(f"/results/{sitting.pk}/"),
    ]
    assert [page.status_code for page in pages] == [200, 200, 200, 200, 302]
    for page in pages:
        text = page.content.decode() + str(page.headers)
        assert canary not in text
        assert "is_scored" not in text


def test_the_room_is_the_same_whatever_the_keys_are():
    sitting = make_mixed_sitting()
    client = Client()
    client.force_login(sitting.candidate)
    before = client.get(f"/sittings/{sitting.pk}/").content
    for version in QuestionVersion.objects.all():
        version.key = version.key.translate(str.maketrans("ABCD", "BCDA"))
        version.save(update_fields=["key"])
    assert client.get(f"/sittings/{sitting.pk}/").content == before


def test_scored_and_unscored_questions_look_the_same():
    sitting = make_mixed_sitting()
    before = rooms.questions(sitting)
    sitting.form.form_questions.update(is_scored=False)
    assert rooms.questions(sitting) == before
