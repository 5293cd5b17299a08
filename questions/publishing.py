"""Publishing: a version is rendered once and frozen from then on."""

from datetime import datetime

from django.db import transaction

from questions.content import Content, content_of, item_of, render_content
from questions.formats.rules import problems
from questions.models import Option, Prompt, QuestionVersion

VERSION_FIELDS = ["stem_html", "explanation_html", "content_hash"]
ROW_FIELDS = ["html", "rationale_html"]


class UnpublishableError(ValueError):
    """The version breaks a rule of the bank; the message says which, one a line."""


@transaction.atomic
def publish(version: QuestionVersion, *, now: datetime) -> bool:
    """Render and freeze a draft; false, and nothing changed, if it was published already.

    Locks the version. Raises UnpublishableError, which leaves it a draft.
    """
    drafts = QuestionVersion.objects.filter(pk=version.pk, published_at=None)
    if not drafts.update(published_at=now):
        return False
    # Only now, behind the lock, is what we read what everybody will see.
    content = content_of(
        QuestionVersion.objects.select_related("question__task").get(pk=version.pk)
    )
    content.version.content_hash = checked_hash(content)
    render_content(content)
    content.version.save(update_fields=VERSION_FIELDS)
    Option.objects.bulk_update(content.options, ROW_FIELDS)
    Prompt.objects.bulk_update(content.prompts, ROW_FIELDS)
    version.refresh_from_db()
    return True


def checked_hash(content: Content) -> str:
    """The hash of content that keeps the rules of the bank; raises UnpublishableError."""
    try:
        item = item_of(content)
    except ValueError as error:
        raise UnpublishableError(f"key: {error}") from error
    found = [f"{problem.field}: {problem.message}" for problem in problems(item)]
    if found:
        raise UnpublishableError("\n".join(found))
    return item.content_hash
