"""Publishing: a version is rendered once and frozen from then on."""

from datetime import datetime

from django.db import transaction

from questions import search
from questions.content import Content, content_of, item_of, render_content
from questions.formats.item_images import image_problems
from questions.formats.rules import problems
from questions.models import Option, Prompt, QuestionVersion

VERSION_FIELDS = ["stem_html", "explanation_html", "content_hash", "published_at"]
ROW_FIELDS = ["html", "rationale_html"]


class UnpublishableError(ValueError):
    """The version breaks a rule of the bank; the message says which, one a line."""


@transaction.atomic
def publish(version: QuestionVersion, *, now: datetime) -> bool:
    """Render and freeze a draft; false, and nothing changed, if it was published already.

    Locks the version. Raises UnpublishableError, which leaves it a draft.
    """
    # Only behind the lock is what we read what everybody will see; published before it is checked,
    # half a key would break a constraint and name no rule.
    drafts = QuestionVersion.objects.drafts().select_related("question__task")
    draft = drafts.select_for_update(of=("self",)).filter(pk=version.pk).first()
    if draft is None:
        return False
    content = content_of(draft)
    draft.content_hash = checked_hash(content)
    draft.published_at = now
    render_content(content)
    draft.save(update_fields=VERSION_FIELDS)
    Option.objects.bulk_update(content.options, ROW_FIELDS)
    Prompt.objects.bulk_update(content.prompts, ROW_FIELDS)
    search.index([draft.pk])
    version.refresh_from_db()
    return True


def checked_hash(content: Content) -> str:
    """The hash of content that keeps the rules of the bank; raises UnpublishableError."""
    try:
        item = item_of(content)
    except ValueError as error:
        raise UnpublishableError(f"key: {error}") from error
    broken = [*problems(item), *image_problems(item, content.images)]
    if found := [f"{problem.field}: {problem.message}" for problem in broken]:
        raise UnpublishableError("\n".join(found))
    return item.content_hash
