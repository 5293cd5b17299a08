"""Our items as a QTI package, 2.1 or 3.0 out of one tree, and what gets lost on the way."""

import re
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Literal, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree
from lxml.etree import SubElement, _Element

from questions.formats.export import metadata_losses, texts_of
from questions.formats.general_feedback import general_feedback
from questions.formats.hostile import CONTROL
from questions.formats.html_text import to_plain
from questions.formats.images import IMAGE_NAME
from questions.formats.item import KINDS, LETTERS, Item
from questions.formats.parsed import Code, Note, is_left_out
from questions.formats.qti_names import named, root_in
from questions.formats.qti_package import MANIFEST
from questions.formats.qti_xhtml import append_text, blocks_of, has_start_number, is_lone_paragraph

Version = Literal["2.1", "3.0"]

FILE = "QTI"
MAX_TITLE = 80  # characters
RESPONSE, SCORE, FEEDBACK = "RESPONSE", "SCORE", "FEEDBACK"
EXPLANATION, SHOWN = "EXPLANATION", "shown"
LOM = "http://ltsc.ieee.org/xsd/LOM"

_ALIGNED = re.compile(r"^\|?(?=[^\n]*:)(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?$", re.MULTILINE)
_CARDINALITIES = {"single": "single", "ordering": "ordered"}  # the others are multiple


class _Dialect(NamedTuple):
    """What differs between the versions beside the spelling of names."""

    manifest: str  # namespace
    schema: str
    schema_version: str
    resource: str
    templates: str  # of response processing: before and behind the name


_DIALECTS = {
    "2.1": _Dialect(
        "http://www.imsglobal.org/xsd/imscp_v1p1",
        "QTIv2.1 Package",
        "1.0.0",
        "imsqti_item_xmlv2p1",
        "http://www.imsglobal.org/question/qti_v2p1/rptemplates/{}",
    ),
    "3.0": _Dialect(
        "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
        "QTI Package",
        "3.0.0",
        "imsqti_item_xmlv3p0",
        "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/{}.xml",
    ),
}


def write(items: Iterable[Item], *, version: Version = "2.1") -> bytes:
    """A package (zip) of what QTI can hold, by the notes of `unsupported`, images included."""
    dialect = _DIALECTS[version]
    held = [item for item in items if not is_left_out(unsupported(item))]
    manifest = _Manifest(dialect)
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as package:
        for number, item in enumerate(held, start=1):
            folder = f"items/item-{number:05}"
            # An image lies beside the item under its own name, which no other item shares.
            images = [each for each in item.images if IMAGE_NAME.fullmatch(each.name)]
            tree = named(_Writer(item, dialect, number).write(), is_v3=version == "3.0")
            _add_file(package, f"{folder}/item.xml", _serialized(tree))
            for image in images:
                _add_file(package, f"{folder}/{image.name}", image.content)
            names = ["item.xml", *(image.name for image in images)]
            manifest.add(item, number, [f"{folder}/{name}" for name in names])
        _add_file(package, MANIFEST, _serialized(manifest.finish()))
    return stream.getvalue()


def unsupported(item: Item, *, version: Version = "2.1") -> list[Note]:
    """What QTI cannot hold of an item; codes in `parsed.LEFT_OUT` leave out all of it."""
    return [Note(FILE, item.external_id, *loss) for loss in _losses(item, version)]


def _losses(item: Item, version: Version) -> Iterator[tuple[Code, str]]:
    if item.kind not in KINDS or not _is_complete(item):
        yield Code.CANNOT_HOLD_KIND, "it has no key yet"
    if any(CONTROL.search(text) for text in texts_of(item)):
        yield Code.CANNOT_HOLD_TEXT, "control characters cannot stand in XML"
    if formatting := list(_lost_formatting(item, version)):
        yield Code.LOSES_FORMATTING, "; ".join(formatting)
    if not item.external_id:
        yield Code.LOSES_ID, "it has no id and gets one by its place in the file"
    yield from metadata_losses(item)


def _lost_formatting(item: Item, version: Version) -> Iterator[str]:
    if any(_ALIGNED.search(text) for text in texts_of(item)):
        yield "columns lose their alignment"
    if version == "2.1" and any(has_start_number(text) for text in texts_of(item)):
        yield "numbered lists lose the number they start with and begin with 1"


def _is_complete(item: Item) -> bool:
    if item.kind == "matching":
        places = range(len(item.options))
        return bool(item.prompts) and all(each.option in places for each in item.prompts)
    return len(item.options) <= len(LETTERS) and bool(item.key)


class _Writer:
    """Writes one item in the names of 2.x."""

    def __init__(self, item: Item, dialect: _Dialect, number: int) -> None:
        self.item = item
        self.dialect = dialect
        self.cardinality = _CARDINALITIES.get(item.kind, "multiple")
        title = item.external_id or " ".join(to_plain(item.stem).split())[:MAX_TITLE]
        self.root = etree.Element(
            "assessmentItem",
            identifier=item.external_id or f"item-{number}",
            title=title,
            adaptive="false",
            timeDependent="false",
        )
        self.explanation = general_feedback(item)
        self.has_rationales = any(each.rationale for each in item.options) or any(
            each.rationale for each in item.prompts
        )

    def write(self) -> _Element:
        self._declare()
        body = blocks_of(self.item.stem)
        body.tag, body.text = "itemBody", None
        self.root.append(body)
        bodies = {"ordering": self._ordering, "matching": self._matching}
        bodies.get(self.item.kind, self._choices)(body)
        self._process()
        if self.explanation:
            self._feedback(self.root, "modalFeedback", EXPLANATION, SHOWN, self.explanation)
        for child in self.root:
            child.tail = "\n"
        return self.root

    # Declarations

    def _declare(self) -> None:
        is_matching = self.item.kind == "matching"
        declaration = SubElement(
            self.root,
            "responseDeclaration",
            identifier=RESPONSE,
            cardinality=self.cardinality,
            baseType="directedPair" if is_matching else "identifier",
        )
        correct = SubElement(declaration, "correctResponse")
        for value in self._correct():
            SubElement(correct, "value").text = value
        score = self._outcome(SCORE, "single", "float")
        SubElement(SubElement(score, "defaultValue"), "value").text = "0"
        if self.has_rationales:
            self._outcome(FEEDBACK, self.cardinality, "identifier")
        if self.explanation:
            self._outcome(EXPLANATION, "single", "identifier")

    def _correct(self) -> Sequence[str]:
        if self.item.kind != "matching":
            return self.item.key
        return [
            f"{_prompt_name(place)} {LETTERS[prompt.option]}"
            for place, prompt in enumerate(self.item.prompts)
        ]

    def _outcome(self, identifier: str, cardinality: str, base: str) -> _Element:
        return SubElement(
            self.root,
            "outcomeDeclaration",
            identifier=identifier,
            cardinality=cardinality,
            baseType=base,
        )

    # Interactions

    def _choices(self, body: _Element) -> None:
        options = self.item.options
        interaction = SubElement(
            body,
            "choiceInteraction",
            responseIdentifier=RESPONSE,
            shuffle="false" if all(option.is_fixed for option in options) else "true",
            maxChoices="1" if self.item.kind == "single" else "0",
        )
        for letter, option in zip(LETTERS, options, strict=False):
            choice = self._choice(interaction, letter, option.text, option.rationale)
            if option.is_fixed:
                choice.set("fixed", "true")

    def _ordering(self, body: _Element) -> None:
        interaction = SubElement(
            body, "orderInteraction", responseIdentifier=RESPONSE, shuffle="true"
        )
        for letter, step in zip(LETTERS, self.item.options, strict=False):
            self._choice(interaction, letter, step.text, step.rationale)

    def _matching(self, body: _Element) -> None:
        item = self.item
        interaction = SubElement(
            body,
            "matchInteraction",
            responseIdentifier=RESPONSE,
            shuffle="true",
            maxAssociations=str(len(item.prompts)),
        )
        prompts = SubElement(interaction, "simpleMatchSet")
        for place, prompt in enumerate(item.prompts):
            self._choice(prompts, _prompt_name(place), prompt.text, prompt.rationale, most="1")
        targets = SubElement(interaction, "simpleMatchSet")
        for letter, option in zip(LETTERS, item.options, strict=False):
            self._choice(targets, letter, option.text, option.rationale, most="0")

    def _choice(
        self, parent: _Element, identifier: str, text: str, rationale: str, most: str = ""
    ) -> _Element:
        """An option; `most` is how often one of a match may be used."""
        name = "simpleAssociableChoice" if most else "simpleChoice"
        choice = SubElement(parent, name, identifier=identifier)
        if most:
            choice.set("matchMax", most)
        append_text(choice, text)
        if rationale:
            is_inline = is_lone_paragraph(blocks_of(rationale))
            kind = "feedbackInline" if is_inline else "feedbackBlock"
            self._feedback(choice, kind, FEEDBACK, identifier, rationale)
        return choice

    def _feedback(
        self, parent: _Element, name: str, outcome: str, identifier: str, text: str
    ) -> None:
        feedback = SubElement(
            parent, name, outcomeIdentifier=outcome, identifier=identifier, showHide="show"
        )
        append_text(feedback, text)

    # Scoring

    def _process(self) -> None:
        processing = SubElement(self.root, "responseProcessing")
        if not self.has_rationales and not self.explanation:
            processing.set("template", self.dialect.templates.format("match_correct"))
            return
        if self.has_rationales:
            self._process_feedback(SubElement(processing, "setOutcomeValue", identifier=FEEDBACK))
        condition = SubElement(processing, "responseCondition")
        right = SubElement(condition, "responseIf")
        match = SubElement(right, "match")
        SubElement(match, "variable", identifier=RESPONSE)
        SubElement(match, "correct", identifier=RESPONSE)
        _set(right, SCORE, "float", "1")
        _set(SubElement(condition, "responseElse"), SCORE, "float", "0")
        if self.explanation:
            _set(processing, EXPLANATION, "identifier", SHOWN)

    def _process_feedback(self, parent: _Element) -> None:
        """What was chosen is what is explained; of pairs, which are no names, all are."""
        if self.item.kind != "matching":
            SubElement(parent, "variable", identifier=RESPONSE)
            return
        values = SubElement(parent, "multiple")
        names = [_prompt_name(place) for place in range(len(self.item.prompts))]
        for name in [*names, *LETTERS[: len(self.item.options)]]:
            SubElement(values, "baseValue", baseType="identifier").text = name


class _Manifest:
    """Writes the manifest while the items are written."""

    def __init__(self, dialect: _Dialect) -> None:
        self.dialect = dialect
        space = f"{{{dialect.manifest}}}"
        self.root = root_in(dialect.manifest, "manifest")
        self.root.set("identifier", "MANIFEST")
        metadata = SubElement(self.root, f"{space}metadata")
        SubElement(metadata, f"{space}schema").text = dialect.schema
        SubElement(metadata, f"{space}schemaversion").text = dialect.schema_version
        SubElement(self.root, f"{space}organizations")
        self.resources = SubElement(self.root, f"{space}resources")
        self.space = space

    def add(self, item: Item, number: int, paths: Sequence[str]) -> None:
        """The first path is that of the item itself."""
        resource = SubElement(
            self.resources,
            f"{self.space}resource",
            identifier=f"ITEM-{number}",
            type=self.dialect.resource,
            href=paths[0],
        )
        if item.services or item.task:
            metadata = SubElement(resource, f"{self.space}metadata")
            metadata.append(_lom(item))
        for href in paths:
            SubElement(resource, f"{self.space}file", href=href)

    def finish(self) -> _Element:
        etree.indent(self.root)
        return self.root


def _lom(item: Item) -> _Element:
    """Services as keywords, the task as a place in a classification."""
    lom = root_in(LOM, "lom")
    if item.services:
        general = SubElement(lom, f"{{{LOM}}}general")
        for service in item.services:
            keyword = SubElement(general, f"{{{LOM}}}keyword")
            SubElement(keyword, f"{{{LOM}}}string").text = service
    if item.task:
        classification = SubElement(lom, f"{{{LOM}}}classification")
        taxon = SubElement(SubElement(classification, f"{{{LOM}}}taxonPath"), f"{{{LOM}}}taxon")
        SubElement(taxon, f"{{{LOM}}}id").text = item.task
    return lom


def _set(parent: _Element, outcome: str, base: str, value: str) -> None:
    element = SubElement(parent, "setOutcomeValue", identifier=outcome)
    SubElement(element, "baseValue", baseType=base).text = value


def _prompt_name(place: int) -> str:
    return f"P{place + 1}"


def _serialized(root: _Element) -> bytes:
    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return content


def _add_file(package: ZipFile, path: str, content: bytes) -> None:
    """Without the time, so that equal items make equal files."""
    package.writestr(ZipInfo(path), content, ZIP_DEFLATED)
