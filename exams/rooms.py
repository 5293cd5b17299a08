"""What the exam room's page carries: everything the candidate may see, and nothing else.

Built from named columns, never from whole rows: keys, rationales and which questions are unscored
do not reach the template's context before the sitting is submitted.
"""

from collections import defaultdict
from dataclasses import dataclass
from html import unescape

from django.utils.html import strip_tags

from exams.letters import ALPHABET, EMPTY_PLACE
from exams.models import Response, Sitting
from questions.models import Option, Prompt, QuestionVersion

Kind = QuestionVersion.Kind


@dataclass(frozen=True)
class RoomOption:
    letter: str
    html: str
    is_selected: bool
    is_struck: bool

    @property
    def text(self) -> str:
        return plain_text(self.html)


@dataclass(frozen=True)
class Place:
    """One gap of an ordering or matching question: what stands beside it, and what was chosen."""

    number: int
    html: str
    selected: str


@dataclass(frozen=True)
class RoomQuestion:
    position: int
    kind: str
    stem_html: str
    choose_count: int
    revision: int
    selected: str
    struck: str
    is_flagged: bool
    is_guessed: bool
    seconds: int
    is_complete: bool
    options: list[RoomOption]
    places: list[Place]

    @property
    def stem_text(self) -> str:
        return plain_text(self.stem_html)

    @property
    def is_choice(self) -> bool:
        return self.kind in {Kind.SINGLE, Kind.MULTIPLE}

    @property
    def is_partial(self) -> bool:
        return bool(self.selected) and not self.is_complete


def plain_text(html: str) -> str:
    """Rendered HTML as a person reads it, for where no markup can stand; not escaped."""
    return unescape(strip_tags(html))


def questions(sitting: Sitting) -> list[RoomQuestion]:
    """The sitting's questions in order, with the state last saved. Three statements."""
    responses = list(
        Response.objects.filter(sitting=sitting)
        .select_related("form_question__version")
        .only(
            "position",
            "option_order",
            "choose_count",
            "selected",
            "struck",
            "is_flagged",
            "is_guessed",
            "seconds",
            "revision",
            "form_question__version__kind",
            "form_question__version__stem_html",
        )
        .order_by("position")
    )
    version_ids = [response.form_question.version_id for response in responses]
    options = html_by_version(Option, version_ids)
    prompts = html_by_version(Prompt, version_ids)
    return [
        question(response, options[version_id], prompts[version_id])
        for response, version_id in zip(responses, version_ids, strict=True)
    ]


def question_alone(response: Response) -> RoomQuestion:
    """One question by itself; its version has options and prompts at hand, in their order."""
    version = response.form_question.version
    options = [option.html for option in version.options.all()]
    prompts = [prompt.html for prompt in version.prompts.all()]
    return question(response, options, prompts)


def html_by_version(
    model: type[Option] | type[Prompt], version_ids: list[int]
) -> defaultdict[int, list[str]]:
    rows = model.objects.filter(version__in=version_ids).order_by("version_id", "position")
    by_version = defaultdict(list)
    for version_id, html in rows.values_list("version_id", "html"):
        by_version[version_id].append(html)
    return by_version


def question(response: Response, options: list[str], prompts: list[str]) -> RoomQuestion:
    version = response.form_question.version
    return RoomQuestion(
        position=response.position,
        kind=version.kind,
        stem_html=version.stem_html,
        choose_count=response.choose_count,
        revision=response.revision,
        selected=response.selected,
        struck=response.struck,
        is_flagged=response.is_flagged,
        is_guessed=response.is_guessed,
        seconds=response.seconds,
        is_complete=response.is_complete,
        options=shown_options(response, options),
        places=places(response, version.kind, prompts),
    )


def shown_options(response: Response, options: list[str]) -> list[RoomOption]:
    return [
        RoomOption(
            letter=shown,
            html=options[ALPHABET.index(author)],
            is_selected=shown in response.selected,
            is_struck=shown in response.struck,
        )
        for shown, author in zip(ALPHABET, response.option_order, strict=False)
    ]


def places(response: Response, kind: str, prompts: list[str]) -> list[Place]:
    if kind == Kind.ORDERING:
        prompts = [""] * response.choose_count
    chosen = response.selected.ljust(len(prompts), EMPTY_PLACE)
    return [
        Place(number, html, selected)
        for number, (html, selected) in enumerate(zip(prompts, chosen, strict=False), start=1)
    ]
