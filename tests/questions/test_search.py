import pytest

from questions import search
from questions.models import QuestionVersion
from tests.questions.factories import make_certification, make_question

pytestmark = pytest.mark.django_db

STEM = (
    "A retailer stores clickstream events in Amazon S3 and wants to query them with standard SQL."
)


def indexed(**changes):
    version = make_question(**changes)
    search.index([version.pk])
    return version


def found(text):
    return [version.pk for version in search.matching(QuestionVersion.objects.all(), text)]


def test_every_word_of_a_version_finds_it():
    version = indexed(stem="Streaming telemetry", explanation="Because of watermarks.")
    option = version.options.get(position=0)
    option.text, option.rationale = "Use a tumbling window.", "It ignores stragglers."
    option.save()
    search.index([version.pk])
    for word in ("streams", "telemetry", "watermark", "tumbling", "straggler"):
        assert found(word) == [version.pk]
    assert found("glacier") == []


def test_prompts_of_a_matching_question_are_searched_too():
    version = indexed(kind="matching")
    assert found(f"prompt {version.question.external_id}") == [version.pk]


def test_a_word_in_the_stem_ranks_above_one_in_the_explanation():
    below = indexed(stem="Something else", explanation="About autoscaling.")
    above = indexed(stem="How does autoscaling work?", explanation="Something else.")
    assert found("autoscaling") == [above.pk, below.pk]


@pytest.mark.parametrize(
    "text", ["", "'", '"', "!!", "a & | b", "-", "\x01", "or or or", "x" * 5000]
)
def test_anything_may_be_typed(text):
    indexed()
    found(text)


def test_quotes_and_minus_work_as_people_expect():
    version = indexed(stem="Managed streaming for Kafka")
    assert found('"streaming for Kafka"') == [version.pk]
    assert found("Kafka -managed") == []


def test_a_nearly_equal_stem_is_found_and_its_own_question_is_not():
    certification = make_certification()
    version = make_question(certification, stem=STEM)
    make_question(certification, stem="Which metric suits an imbalanced binary classification?")
    make_question(stem=STEM)  # of another certification
    typed = STEM.replace("A retailer", "A bank")
    assert [one.pk for one in search.alike(typed, certification=certification)] == [version.pk]
    assert search.alike(typed, certification=certification, exclude=version.question_id) == []
    assert search.alike("Short.", certification=certification) == []


def excerpt(version, text):
    return search.excerpts([version.pk], text)[version.pk]


def test_an_excerpt_says_where_the_hits_are_and_whether_it_goes_on():
    version = indexed(stem="Use **Glue** and `x < 1`?")
    stem, elsewhere = excerpt(version, "glue")
    assert stem == [("Use ", False), ("Glue", True), (" and x < 1?", False)]
    assert elsewhere == []
    longer = indexed(stem=f"Use Glue. {'Another sentence. ' * 40}")
    assert excerpt(longer, "glue")[0][-1] == (" …", False)


def test_an_excerpt_tells_of_options_too():
    version = indexed(stem="Something else?")
    version.options.filter(position=1).update(text="Take Athena.")
    _, elsewhere = excerpt(version, "athena")
    assert ("Athena", True) in elsewhere
