"""One QTI item, 2.x or 3.0, with one choice, order or match interaction, to ours."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from lxml.etree import _Element

from questions.formats.choices import (
    FULL,
    Answers,
    Choice,
    check_count,
    choice_answers,
    clean_id,
    matching_answers,
    ordering_answers,
)
from questions.formats.export import pairs_of
from questions.formats.general_feedback import split_feedback
from questions.formats.hostile import parse_xml, refused
from questions.formats.item import Item, ItemOption, ItemPrompt
from questions.formats.item_images import with_images
from questions.formats.parsed import (
    Code,
    FileRefusedError,
    ParsedItem,
    Remarks,
    SkippedError,
)
from questions.formats.qti_names import local_name, normalize
from questions.formats.qti_scoring import Declared, declared, right_values
from questions.formats.qti_texts import Find, ItemTexts, find_nothing, take_feedback, take_out

ITEM = {"assessmentItem", "qti-assessment-item"}
MAX_PLACE = 80  # characters of an id in a place
MAX_ELEMENTS = 20_000  # of one item

_INTERACTION = re.compile(r"[a-z][A-Za-z]*Interaction")
_OTHER_KINDS = {
    "textEntryInteraction": Code.KIND_SHORT_ANSWER,
    "extendedTextInteraction": Code.KIND_ESSAY,
    "inlineChoiceInteraction": Code.KIND_MISSING_WORD,
    "gapMatchInteraction": Code.KIND_MISSING_WORD,
    "hottextInteraction": Code.KIND_MISSING_WORD,
    "sliderInteraction": Code.KIND_NUMERIC,
}
_TEMPLATED = ("templateDeclaration", "templateProcessing")


def read_root(data: bytes, *, file: str, encoding: str | None = None) -> _Element:
    """The root of an item; raises FileRefusedError for anything else."""
    root = parse_xml(data, file=file, encoding=encoding)
    name = local_name(root)
    if name in {"questestinterop", "assessment"}:
        message = "is QTI 1.2, which is another language; export it as QTI 2.1 or 3.0"
        raise refused(file, Code.NOT_THIS_FORMAT, message)
    if name not in ITEM:
        message = f"is no QTI item: it begins with <{name[:40]}>, not with <assessmentItem>"
        raise refused(file, Code.NOT_THIS_FORMAT, message)
    if _is_huge(root):
        raise refused(file, Code.TOO_BIG, f"holds more than {MAX_ELEMENTS} elements")
    normalize(root)
    return root


def read_item(
    root: _Element, remarks: Remarks, *, path: str = "", find: Find = find_nothing
) -> ParsedItem:
    """An item out of what `read_root` gives, which is used up by it.

    `path` is where it stood, `find` gives the files that it names. Raises SkippedError.
    """
    item = _ItemReader(root, remarks, ItemTexts(remarks, path, find)).read()
    name = " ".join((root.get("title") or "").split())
    return ParsedItem(item, remarks.place, remarks.notes, name)


def place_of(root: _Element, path: str = "") -> str:
    """What a person can look for: the file in the package, and the identifier."""
    name = " ".join((root.get("identifier") or "").split())[:MAX_PLACE]
    return " ".join(part for part in (path, f"({name})" if path and name else name) if part)


@dataclass
class _ItemReader:
    root: _Element
    remarks: Remarks
    texts: ItemTexts
    general: list[_Element] = field(default_factory=list)  # feedback on no option of its own
    modal: dict[str, list[_Element]] = field(default_factory=dict)

    def read(self) -> Item:
        body, interaction = self._interaction()
        response = declared(self.root, interaction.get("responseIdentifier", ""))
        values = right_values(self.root, response, self.remarks)
        self._sort_modal_feedback(interaction)
        answers = self._reader_of(interaction)(interaction, response, values)
        stem = self._stem(body, interaction)
        explanation, references = split_feedback(self._explanation())
        self._note_details()
        item = Item(
            external_id=clean_id(self.root.get("identifier", ""), self.remarks),
            kind=answers.kind,
            task="",
            pool="exam",
            stem=stem,
            options=answers.options,
            prompts=answers.prompts,
            explanation=explanation,
            references=references,
        )
        return with_images(item, self.texts.images)

    def _note_details(self) -> None:
        self.texts.finish()
        if self.root.get("adaptive", "").strip() == "true":
            message = "let the candidate respond again; the first response counts now"
            self.remarks.add(Code.DETAIL_DROPPED, message)

    # The parts of an item

    def _interaction(self) -> tuple[_Element, _Element]:
        if any(self.root.find(name) is not None for name in _TEMPLATED):
            raise SkippedError(Code.KIND_TEMPLATE, "draws its texts or values from a template")
        body = self.root.find("itemBody")
        found = [] if body is None else [e for e in body.iter() if _is_interaction(e)]
        if body is None or not found:
            raise SkippedError(Code.KIND_DESCRIPTION, "asks for no response")
        if len(found) > 1:
            names = ", ".join(sorted({str(each.tag) for each in found}))[:200]
            message = f"asks for {len(found)} responses ({names}); we have one in a question"
            raise SkippedError(Code.KIND_SEVERAL, message)
        self._reader_of(found[0])
        return body, found[0]

    def _reader_of(
        self, interaction: _Element
    ) -> Callable[[_Element, Declared, list[str]], Answers]:
        name = str(interaction.tag)
        readers = {
            "choiceInteraction": self._choices,
            "orderInteraction": self._ordering,
            "matchInteraction": self._matching,
        }
        if name not in readers:
            code = _OTHER_KINDS.get(name, Code.KIND_UNKNOWN)
            raise SkippedError(code, f"questions of the type {name[:60]!r} are not read")
        return readers[name]

    def _stem(self, body: _Element, interaction: _Element) -> str:
        """All of the body, the prompt where the options were, and before it the stimuli."""
        self.general.extend(take_feedback(body))
        prompt = interaction.find("prompt")
        if prompt is not None:
            interaction.addprevious(prompt)
        take_out(interaction)
        parts = [*self._stimuli(), self.texts.markdown(body)]
        stem = "\n\n".join(part for part in parts if part)
        if not stem:
            raise SkippedError(Code.NO_STEM, "has no text")
        return stem

    def _stimuli(self) -> Iterable[str]:
        for reference in self.root.iterchildren("assessmentStimulusRef"):
            href = reference.get("href", "")
            found = self.texts.find(href, self.texts.path)
            body = _stimulus_body(found.content, href) if found else None
            if not found or body is None:
                message = f"the text that it is about, {href[:100]!r}, cannot be read"
                raise SkippedError(Code.FILE_MISSING, message)
            yield self.texts.markdown(body, path=found.path)

    def _sort_modal_feedback(self, interaction: _Element) -> None:
        identifiers = {each.get("identifier") for each in interaction.iter()} - {None}
        for feedback in self.root.iterchildren("modalFeedback"):
            name = feedback.get("identifier", "")
            if name in identifiers and feedback.get("showHide", "show") == "show":
                self.modal.setdefault(name, []).append(feedback)
            else:
                self.general.append(feedback)

    def _explanation(self) -> str:
        texts = self.texts.distinct(self.general)
        if len(texts) > 1:
            message = (
                f"{len(texts)} texts, shown for right and wrong responses or one after another,"
                " are one explanation now"
            )
            self.remarks.add(Code.DETAIL_DROPPED, message)
        return "\n\n".join(texts)

    # The kinds

    def _choices(self, interaction: _Element, response: Declared, values: list[str]) -> Answers:
        elements = _choice_elements(interaction, "simpleChoice")
        _check_values(values, elements)
        stays = interaction.get("shuffle", "false").strip() != "true"
        is_single = response.cardinality == "single" or (
            len(values) == 1 and interaction.get("maxChoices", "").strip() == "1"
        )
        if is_single and len(values) > 1:
            raise SkippedError(Code.SYNTAX, "has several right options, but takes a single one")
        weight = FULL / len(set(values))
        choices = [
            Choice(
                *self._text_and_rationale(element),
                weight if _identifier(element) in values else Decimal(0),
                stays or element.get("fixed", "").strip() == "true",
            )
            for element in elements
        ]
        return choice_answers(choices, is_single=is_single, remarks=self.remarks)

    def _ordering(self, interaction: _Element, response: Declared, values: list[str]) -> Answers:
        elements = _choice_elements(interaction, "simpleChoice")
        _check_values(values, elements)
        if response.cardinality != "ordered" or len(set(values)) != len(values):
            raise SkippedError(Code.SYNTAX, "does not declare its response as an order")
        if len(values) != len(elements):
            message = f"asks for {len(values)} of {len(elements)} steps; we have no wrong steps"
            raise SkippedError(Code.BAD_POSITION, message)
        by_name = {_identifier(element): element for element in elements}
        steps = [self._text_and_rationale(by_name[value]) for value in values]
        return ordering_answers(steps, remarks=self.remarks)

    def _matching(self, interaction: _Element, response: Declared, values: list[str]) -> Answers:
        sets = interaction.findall("simpleMatchSet")
        if len(sets) != 2:
            raise SkippedError(Code.SYNTAX, f"has {len(sets)} sets to match, not two")
        prompts, targets = (_choice_elements(each, "simpleAssociableChoice") for each in sets)
        pairs = _pairs(values, prompts, targets)
        if max(Counter(prompt for prompt, _ in pairs).values()) > 1:
            prompts, targets = targets, prompts
            pairs = [(prompt, target) for target, prompt in pairs]
        if max(Counter(prompt for prompt, _ in pairs).values()) > 1:
            raise SkippedError(Code.KIND_UNKNOWN, "one prompt has several right responses")
        return self._matched(prompts, targets, dict(pairs))

    def _matched(
        self, prompts: list[_Element], targets: list[_Element], pairs: dict[str, str]
    ) -> Answers:
        places = {_identifier(element): place for place, element in enumerate(targets)}
        options = [ItemOption(*self._text_and_rationale(element)) for element in targets]
        matched: list[ItemPrompt] = []
        for element in prompts:
            text, rationale = self._text_and_rationale(element)
            if _identifier(element) in pairs:
                place = places[pairs[_identifier(element)]]
                matched.append(ItemPrompt(text, place, rationale or options[place].rationale))
            else:
                message = f"the prompt {text[:100]!r} has no response and is left out"
                self.remarks.add(Code.EMPTY_OPTION, message)
        item = Item("", "matching", "", "exam", "", tuple(options), tuple(matched))
        return matching_answers([*pairs_of(item)], remarks=self.remarks)

    def _text_and_rationale(self, element: _Element) -> tuple[str, str]:
        if element.get("templateIdentifier"):
            raise SkippedError(Code.KIND_TEMPLATE, "shows some options by a template")
        feedback = [*take_feedback(element), *self.modal.get(_identifier(element), [])]
        return self.texts.markdown(element), "\n\n".join(self.texts.distinct(feedback))


def _is_huge(root: _Element) -> bool:
    return sum(1 for _ in root.iter()) > MAX_ELEMENTS


def _is_interaction(element: _Element) -> bool:
    return bool(_INTERACTION.fullmatch(str(element.tag)))


def _identifier(element: _Element) -> str:
    return element.get("identifier", "").strip()


def _choice_elements(parent: _Element, name: str) -> list[_Element]:
    elements = [*parent.iter(name)]
    check_count(len(elements))
    if len({_identifier(element) for element in elements}) != len(elements):
        raise SkippedError(Code.SYNTAX, "two of its options have one identifier")
    return elements


def _check_values(values: Iterable[str], elements: Iterable[_Element]) -> None:
    """Raises SkippedError if what is right is none of the options."""
    known = {_identifier(element) for element in elements}
    for value in values:
        if value not in known:
            message = f"its correct response {value[:40]!r} is none of its options"
            raise SkippedError(Code.NO_KEY, message)


def _pairs(
    values: list[str], prompts: list[_Element], targets: list[_Element]
) -> list[tuple[str, str]]:
    """Prompt and target of each right pair, each once."""
    left = {_identifier(element) for element in prompts}
    right = {_identifier(element) for element in targets}
    pairs: dict[tuple[str, str], None] = {}
    for value in values:
        first, _, second = value.partition(" ")
        if first in left and second in right:
            pairs[first, second] = None
        elif first in right and second in left:
            pairs[second, first] = None
        else:
            message = f"its correct pair {value[:40]!r} is none of its options"
            raise SkippedError(Code.NO_KEY, message)
    return [*pairs]


def _stimulus_body(content: bytes, file: str) -> _Element | None:
    try:
        root = parse_xml(content, file=file)
    except FileRefusedError:
        return None
    if _is_huge(root):
        return None
    normalize(root)
    return root.find("stimulusBody")
