"""What a draft still needs before review, said beside the field it concerns."""

import re
from collections import defaultdict
from collections.abc import Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from questions.content import Content, draft_item
from questions.formats.item_images import image_problems
from questions.formats.rules import Problem, problems
from questions.models import LETTERS

STEM, OPTIONS, EXPLANATION, REFERENCES, TAGS = (
    "stem",
    "options",
    "explanation",
    "references",
    "tags",
)
PLACES = (STEM, OPTIONS, EXPLANATION, REFERENCES, TAGS)

_ROW = re.compile(r"(?:(?:option|response) ([A-H])|(step|pair|reference) (\d+))")
_WORDS = {
    "is empty": gettext_lazy("Nothing is written here yet."),
    "has no text": gettext_lazy("The text is missing."),
    "has no rationale": gettext_lazy("The rationale is missing: why it is right or wrong."),
    "has no prompt": gettext_lazy("The prompt is missing."),
    "has no response": gettext_lazy("Choose the response that belongs to it."),
    "there is none": gettext_lazy("Name at least one source."),
    "has no title": gettext_lazy("The title is missing."),
    "0 keys, the single kind has exactly 1": gettext_lazy("Choose the one key."),
    "0 keys, the multiple kind has at least 2": gettext_lazy("Choose two keys or more."),
    "1 keys, the multiple kind has at least 2": gettext_lazy("Choose two keys or more."),
    "no distractor, the multiple kind has at least 1": gettext_lazy(
        "Leave at least one option that is no key."
    ),
}


def draft_problems(content: Content) -> list[Problem]:
    """Every rule of the bank that the draft breaks as it stands."""
    item = draft_item(content)
    return [*problems(item), *image_problems(item, content.images)]


def by_place(
    found: Sequence[Problem],
    *,
    options: Sequence[str],
    prompts: Sequence[str],
    references: Sequence[str],
) -> dict[str, list[str]]:
    """The messages by place of the page: one of PLACES, or the name of a row.

    `options`, `prompts` and `references` name the rows in order.
    """
    rows = {"step": options, "pair": prompts, "reference": references}
    messages = defaultdict(list)
    for problem in found:
        match = _ROW.fullmatch(problem.field)
        if match is None:
            messages[_place(problem.field)].append(_message(problem))
        elif match[1]:
            messages[options[LETTERS.index(match[1])]].append(_message(problem))
        else:
            messages[rows[match[2]][int(match[3]) - 1]].append(_message(problem))
    return messages


def _place(field: str) -> str:
    return field if field in PLACES else TAGS


def _message(problem: Problem) -> str:
    if problem.message in _WORDS:
        return str(_WORDS[problem.message])
    message = capfirst(problem.message)
    if _place(problem.field) == TAGS:
        message = _("%(field)s: %(message)s") % {
            "field": capfirst(problem.field),
            "message": problem.message,
        }
    return message if message.endswith(".") else f"{message}."
