"""Drafts: begun, saved under a guard, taken back, discarded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from questions.content import Content, content_of, item_of, rows_of
from questions.drafting import (
    InReviewError,
    NoDraftError,
    discard_draft,
    save_draft,
    start_draft,
    start_question,
    take_back,
)
from questions.formats.item import Item, ItemImage
from questions.models import Question, QuestionVersion, Task
from questions.publishing import publish
from questions.reviewing import ask_review
from questions.trail import Act, record
from tests.accounts.factories import make_user
from tests.questions.factories import make_certification, make_item, make_question
from tests.questions.formats.pictures import PNG

pytestmark = pytest.mark.django_db

KINDS = ["single", "multiple", "ordering", "matching"]


@pytest.fixture
def ada():
    return make_user("ada@example.org")


@pytest.fixture
def bea():
    return make_user("bea@example.org")


@pytest.fixture
def draft(ada):
    return start_draft(make_question().question, author=ada)


def task_of(certification, number="1.1"):
    return Task.objects.get(domain__certification=certification, number=number)


def content_for(version, item: Item) -> Content:
    return rows_of(item, question=version.question, number=version.number)


def saying(version, stem="Another stem?", **changes) -> Content:
    return content_for(version, make_item(version.kind, stem=stem, **changes))


def stored(version) -> QuestionVersion:
    return QuestionVersion.objects.get(pk=version.pk)


def trail(version):
    return [(e.act, e.actor.email, e.version_id) for e in version.question.trail.order_by("pk")]


# --- Beginning


@pytest.mark.parametrize(
    ("kind", "key", "options", "prompts"),
    [
        ("single", "", 4, 0),
        ("multiple", "", 5, 0),
        ("ordering", "ABCD", 4, 0),
        ("matching", "---", 4, 3),
    ],
)
def test_a_new_question_is_an_empty_draft(ada, kind, key, options, prompts):
    certification = make_certification("Y-C01")
    task = task_of(certification)
    version = start_question(certification, task=task, kind=kind, author=ada)
    assert (version.number, version.kind, version.key, version.author) == (1, kind, key, ada)
    assert (version.options.count(), version.prompts.count()) == (options, prompts)
    assert version.question.external_id == "y-c01-1.1-w001"
    assert trail(version) == [("created", "ada@example.org", version.pk)]
    second = start_question(certification, task=task, kind=kind, author=ada)
    assert second.question.external_id == "y-c01-1.1-w002"


def test_an_external_id_is_kept_and_never_taken_twice(ada):
    certification = make_certification()
    given = {"task": task_of(certification), "kind": "single", "author": ada, "external_id": "mine"}
    assert start_question(certification, **given).question.external_id == "mine"
    with pytest.raises(IntegrityError):
        start_question(certification, **given)


@pytest.mark.parametrize("kind", KINDS)
def test_the_next_draft_says_what_the_newest_version_says(ada, kind):
    published = make_question(kind=kind)
    draft = start_draft(published.question, author=ada)
    assert (draft.number, draft.published_at, draft.author) == (2, None, ada)
    assert item_of(content_of(draft)) == item_of(content_of(published))
    assert start_draft(published.question, author=ada).pk == draft.pk
    assert trail(draft) == [("created", "ada@example.org", draft.pk)]


def test_the_next_draft_has_the_corrected_key(ada):
    published = make_question()
    QuestionVersion.objects.update(corrected_key="D")
    assert start_draft(published.question, author=ada).key == "D"


def test_the_steps_of_a_draft_stand_in_the_right_order(ada):
    published = make_question(kind="ordering")
    QuestionVersion.objects.update(key="BADC")
    draft = start_draft(published.question, author=ada)
    assert draft.key == "ABCD"
    assert [row.text[7] for row in draft.options.order_by("position")] == ["B", "A", "D", "C"]


def test_images_of_the_text_bank_become_images_of_the_question(ada):
    image = ItemImage("images/plot.png", PNG)
    published = make_question(stem="![A plot](images/plot.png)", images=(image,))
    draft = start_draft(published.question, author=ada)
    assert content_of(draft).images == {"images/plot.png": PNG}
    assert publish(draft, now=timezone.now())
    assert draft.stem_html == stored(published).stem_html


# --- Saving


@pytest.mark.parametrize("kind", KINDS)
def test_a_save_replaces_everything(ada, kind):
    version = start_draft(make_question(kind=kind).question, author=ada)
    item = make_item(kind, external_id=version.question.external_id, stem="New?", explanation="Now")
    saved = save_draft(version, content_for(version, item), author=ada, revision=0)
    assert saved is not None
    assert (saved.revision, saved.saved_at) == (1, stored(version).saved_at)
    assert item_of(content_of(stored(version))) == item
    assert stored(version).saved_by == ada


def test_the_second_author_does_not_overwrite_the_first(draft, ada, bea):
    assert save_draft(draft, saying(draft, "Of Ada?"), author=ada, revision=0)
    assert save_draft(draft, saying(draft, "Of Bea?"), author=bea, revision=0) is None
    assert (stored(draft).stem, stored(draft).saved_by, stored(draft).revision) == (
        "Of Ada?",
        ada,
        1,
    )
    assert save_draft(draft, saying(draft, "Of Bea?"), author=bea, revision=1).revision == 2
    assert stored(draft).stem == "Of Bea?"


def test_a_save_sent_again_is_told_as_saved(draft, ada, bea):
    content = saying(draft, "Of Ada?")
    first = save_draft(draft, content, author=ada, revision=0)
    assert save_draft(draft, content, author=ada, revision=0) == first
    assert save_draft(draft, content, author=bea, revision=0) is None
    assert stored(draft).revision == 1


def test_a_published_version_is_never_touched(ada):
    published = make_question()
    with pytest.raises(NoDraftError):
        save_draft(published, saying(published), author=ada, revision=0)
    assert stored(published).stem == published.stem


def test_a_draft_in_review_is_refused_until_it_is_taken_back(ada, bea):
    draft = start_draft(make_question().question, author=ada)
    assert ask_review(draft, actor=ada, now=timezone.now())
    with pytest.raises(InReviewError):
        save_draft(draft, saying(draft), author=ada, revision=0)
    assert take_back(draft, actor=bea, reason="A typing error.")
    assert not take_back(draft, actor=bea, reason="A typing error.")
    assert save_draft(draft, saying(draft), author=bea, revision=0).revision == 1
    acts = [act for act, *_ in trail(draft)]
    assert acts == ["created", "asked", "returned", "edited"]


def test_the_trail_has_one_entry_an_author_and_spell(draft, ada, bea):
    for revision in range(3):
        save_draft(draft, saying(draft, f"Save {revision}?"), author=ada, revision=revision)
    save_draft(draft, saying(draft, "Of Bea?"), author=bea, revision=3)
    assert trail(draft)[1:] == [
        ("edited", "ada@example.org", draft.pk),
        ("edited", "bea@example.org", draft.pk),
    ]


def test_after_the_spell_a_save_is_written_into_the_trail_again(draft, ada):
    with time_machine.travel(timezone.now() - timedelta(minutes=16)):
        record(draft.question, Act.EDITED, actor=ada, version=draft)
    save_draft(draft, saying(draft), author=ada, revision=0)
    assert [act for act, *_ in trail(draft)] == ["created", "edited", "edited"]


def test_only_the_tags_that_are_named_change(draft, ada):
    question = draft.question
    tags = {"task": task_of(question.certification, "2.1"), "services": ["Amazon S3", "New one"]}
    save_draft(draft, saying(draft), author=ada, revision=0, tags=tags)
    save_draft(draft, saying(draft, "B?"), author=ada, revision=1, tags={"angoff": 41})
    question = Question.objects.get(pk=question.pk)
    assert (question.task.number, question.angoff, question.pool) == ("2.1", 41, "exam")
    assert [service.name for service in question.services.all()] == ["Amazon S3", "New one"]
    assert [act for act, *_ in trail(draft)] == ["created", "tagged", "edited"]


def test_tags_of_a_lost_save_are_lost_with_it(draft, ada):
    assert save_draft(draft, saying(draft), author=ada, revision=7, tags={"angoff": 1}) is None
    assert Question.objects.get().angoff == 60


def test_a_draft_may_have_gaps(ada):
    version = start_draft(make_question(kind="matching").question, author=ada)
    content = saying(version)
    content.version.key = "A-C"
    save_draft(version, content, author=ada, revision=0)
    assert stored(version).key == "A-C"
    with pytest.raises(ValueError, match="'A-C' does not fit"):
        publish(version, now=timezone.now())


@pytest.mark.parametrize("rows", [1, 3])
def test_statements_of_a_save(ada, rows, django_assert_num_queries):
    version = start_draft(make_question().question, author=ada)
    item = make_item()
    content = content_for(version, replace(item, options=item.options[:rows]))
    with django_assert_num_queries(10):
        save_draft(version, content, author=ada, revision=0)


# --- Away


def test_a_discarded_draft_leaves_what_is_published(draft, ada):
    assert not discard_draft(draft, actor=ada, revision=1)
    assert discard_draft(draft, actor=ada, revision=0)
    question = Question.objects.get()
    assert [version.number for version in question.versions.all()] == [1]
    assert question.retired_at is None
    assert [entry.act for entry in question.trail.order_by("pk")] == ["created", "discarded"]


def test_the_only_version_stays_with_a_retired_question(ada):
    certification = make_certification()
    task = task_of(certification)
    version = start_question(certification, task=task, kind="single", author=ada)
    assert discard_draft(version, actor=ada, revision=0)
    assert stored(version).published_at is None
    assert Question.objects.get().retired_at > datetime(2020, 1, 1, tzinfo=UTC)


def test_what_is_in_review_is_not_discarded(draft, ada):
    ask_review(draft, actor=ada, now=timezone.now())
    assert not discard_draft(draft, actor=ada, revision=0)
