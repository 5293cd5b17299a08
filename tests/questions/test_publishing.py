from dataclasses import replace
from datetime import UTC, datetime

import pytest

from questions import search
from questions.content import content_of, item_of
from questions.formats.images import data_uri
from questions.formats.item import ItemImage
from questions.models import QuestionVersion
from questions.publishing import UnpublishableError, publish
from tests.questions.factories import make_item, make_question
from tests.questions.formats.pictures import PNG

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
KINDS = ["single", "multiple", "ordering", "matching"]


@pytest.mark.parametrize("kind", KINDS)
def test_publishing_renders_everything(kind: str) -> None:
    version = make_question(kind=kind, published=False)
    assert publish(version, now=NOW) is True
    twin = make_question(kind=kind, external_id="twin")
    saved = QuestionVersion.objects.get(pk=version.pk)
    assert (saved.published_at, version.published_at) == (NOW, NOW)
    name = version.question.external_id
    assert html_of(saved) == [html.replace("twin", name) for html in html_of(twin)]
    assert version.stem_html == saved.stem_html


def html_of(version: QuestionVersion) -> list[str]:
    rows = [*version.options.all(), *version.prompts.all()]
    html = [version.stem_html, version.explanation_html]
    return html + [text for row in rows for text in (row.html, row.rationale_html)]


def test_what_is_published_stays_as_it_is() -> None:
    version = make_question(published=False)
    publish(version, now=NOW)
    QuestionVersion.objects.update(stem="Changed behind its back")
    assert publish(version, now=datetime(2027, 1, 1, tzinfo=UTC)) is False
    saved = QuestionVersion.objects.get()
    assert (saved.published_at, saved.stem_html) == (NOW, version.stem_html)


def test_what_is_published_is_found() -> None:
    version = make_question(published=False, stem="A stem about watermarks?")
    publish(version, now=NOW)
    assert list(search.matching(QuestionVersion.objects.all(), "watermark")) == [version]


def test_what_is_rendered_is_what_the_database_holds() -> None:
    version = make_question(published=False)
    QuestionVersion.objects.update(stem="A newer stem?")
    publish(version, now=NOW)
    assert version.stem_html == "<p>A newer stem?</p>"
    assert version.content_hash == item_of(content_of(version)).content_hash


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("single", {"key": "E"}, "key: the key 'E' does not fit the options"),
        ("single", {"key": "AB"}, "key: the key 'AB' does not fit the options"),
        ("multiple", {"key": "CA"}, "key: the key 'CA' does not fit the options"),
        ("multiple", {"key": "ABCD"}, "options: no distractor, the multiple kind has at least 1"),
        ("ordering", {"key": "AABC"}, "key: the key 'AABC' does not fit the options"),
        ("matching", {"key": "AC"}, "key: the key 'AC' does not fit the options"),
        ("single", {"stem": "", "references": []}, "stem: is empty\nreferences: there is none"),
    ],
)
def test_a_version_that_breaks_a_rule_stays_a_draft(
    kind: str, changes: dict[str, object], message: str
) -> None:
    version = make_question(kind=kind, published=False)
    QuestionVersion.objects.update(**changes)
    with pytest.raises(UnpublishableError) as caught:
        publish(version, now=NOW)
    assert str(caught.value) == message
    assert version.published_at is None
    assert QuestionVersion.objects.get().published_at is None


def test_half_a_key_is_named_as_a_broken_rule() -> None:
    version = make_question(kind="matching", published=False)
    QuestionVersion.objects.update(key="A-A")
    with pytest.raises(UnpublishableError, match="the key 'A-A' does not fit the options"):
        publish(version, now=NOW)


def test_images_of_the_question_are_published_whole() -> None:
    version = make_question(published=False, stem="![A plot](images/a.png) What is it?")
    with pytest.raises(UnpublishableError, match=r"images/a\.png' does not exist"):
        publish(version, now=NOW)
    version.question.images.create(name="a.png", content=PNG, width=2, height=259)
    publish(version, now=NOW)
    assert data_uri(PNG) in version.stem_html
    version.question.images.all().delete()
    assert content_of(version).images == {"images/a.png": PNG}
    assert item_of(content_of(version)).content_hash == version.content_hash


def test_an_ordering_key_other_than_the_written_order_is_understood() -> None:
    version = make_question(kind="ordering", published=False)
    QuestionVersion.objects.update(key="BADC")
    publish(version, now=NOW)
    version.refresh_from_db()
    item = item_of(content_of(version))
    assert [option.text[7] for option in item.options] == ["B", "A", "D", "C"]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_give_the_item_back(kind: str) -> None:
    item = make_item(kind)
    changes = {"external_id": item.external_id, "pool": "sample"}
    version = make_question(kind=kind, **changes)
    assert item_of(content_of(version)) == replace(item, pool="sample")


def test_rows_with_their_images_give_the_item_back() -> None:
    item = make_item(stem="![A plot](images/a.png)", images=(ItemImage("images/a.png", PNG),))
    version = make_question(**vars(item))
    content = replace(content_of(version), images={"images/a.png": PNG, "images/b.png": PNG})
    assert item_of(content) == item
    assert item_of(content).content_hash == version.content_hash
