"""How a QTI item scores a response, as far as that is all or nothing or a mapping."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from lxml.etree import _Element

from questions.formats.parsed import Code, Remarks, SkippedError

SCORE = "SCORE"

_TEMPLATES = {
    "match_correct": "correct",
    "cc2_match": "correct",  # of the common cartridge: full credit and general feedback
    "cc2_match_basic": "correct",
    "map_response": "mapping",
    "cc2_map_response": "mapping",
}
# What a rule may consist of that says no more than "all or nothing" or "by the mapping".
_PLAIN_RULE = {
    "responseCondition", "responseIf", "responseElseIf", "responseElse", "match", "variable",
    "correct", "setOutcomeValue", "baseValue", "mapResponse", "isNull", "sum",
}  # fmt: skip


@dataclass(frozen=True)
class Declared:
    """The declaration of a response: what is right, and what each value brings."""

    identifier: str
    cardinality: str
    correct: list[str]
    mapping: dict[str, Decimal] = field(default_factory=dict)

    @property
    def paying(self) -> list[str]:
        """The values that bring something, best first where only one can be given."""
        values = [value for value, weight in self.mapping.items() if weight > 0]
        if self.cardinality == "single":
            values.sort(key=lambda value: -self.mapping[value])
            return values[:1]
        return values


def declared(root: _Element, identifier: str) -> Declared:
    """Raises SkippedError if the response is not declared."""
    for element in root.iterchildren("responseDeclaration"):
        if element.get("identifier") == identifier:
            return Declared(
                identifier,
                element.get("cardinality", "single"),
                [_squeezed(each.text) for each in element.iterfind("correctResponse/value")],
                dict(_mapping(element)),
            )
    raise SkippedError(Code.SYNTAX, f"its response {identifier[:40]!r} is not declared")


def right_values(root: _Element, response: Declared, remarks: Remarks) -> list[str]:
    """What is right, in the order of the file; what was credited otherwise is noted.

    Raises SkippedError for scoring of another sort, and where nothing is right.
    """
    way = _way(root, response.identifier)
    values = response.correct or (response.paying if way == "mapping" else [])
    if not values:
        raise SkippedError(Code.NO_KEY, "it does not say which response is right")
    if way == "none":
        message = "has no rule that scores it; its correct response counts, all or nothing"
        remarks.add(Code.NO_SCORING, message)
    if way == "mapping":
        _note_partial(response, values, remarks)
    return values


def _note_partial(response: Declared, values: list[str], remarks: Remarks) -> None:
    paying = [value for value, weight in response.mapping.items() if weight > 0]
    if len(paying) > 1 or (paying and set(paying) != set(values)):
        message = "gave credit for parts of the response; it is all or nothing now"
        remarks.add(Code.PARTIAL_CREDIT, message)


def _way(root: _Element, identifier: str) -> str:
    """Gives "correct", "mapping", or "none"; raises SkippedError for anything else."""
    processing = root.find("responseProcessing")
    if processing is None:
        return "none"
    rules = list(processing.iterchildren())
    template = processing.get("template") or processing.get("templateLocation") or ""
    if not rules and template:
        return _way_of_template(template)
    scoring = [rule for rule in rules if SCORE in _outcomes(rule)]
    ways = {_way_of_rule(rule, identifier) for rule in scoring or rules} - {""}
    if not scoring:
        return "correct" if "correct" in ways else _unscored(rules)
    if len(ways) != 1 or "custom" in ways:
        raise SkippedError(Code.CUSTOM_SCORING, "scores by rules of its own")
    return ways.pop()


def _way_of_template(template: str) -> str:
    name = template.rstrip("/").rpartition("/")[2].lower().removesuffix(".xml").replace("-", "_")
    if name not in _TEMPLATES:
        raise SkippedError(Code.CUSTOM_SCORING, f"scores by the template {template[-80:]!r}")
    return _TEMPLATES[name]


def _unscored(rules: list[_Element]) -> str:
    if any(each.tag not in _PLAIN_RULE for rule in rules for each in rule.iter()):
        raise SkippedError(Code.CUSTOM_SCORING, "scores by rules of its own")
    return "none"


def _way_of_rule(rule: _Element, identifier: str) -> str:
    elements = [*_deciding(rule)]
    is_plain = all(each.tag in _PLAIN_RULE for each in elements)
    matches = [each for each in elements if each.tag == "match"]
    if is_plain and matches and all(_is_idiom(match, identifier) for match in matches):
        return "correct"
    if is_plain and not matches and any(_maps(each, identifier) for each in elements):
        return "mapping"
    return "" if _is_start(rule) else "custom"


def _deciding(rule: _Element) -> Iterator[_Element]:
    """The elements of a rule without those parts that only choose the feedback."""
    yield rule
    for child in rule.iterchildren():
        chooses = child.tag in {"setOutcomeValue", "responseCondition"}
        if not chooses or SCORE in _outcomes(child):
            yield from _deciding(child)


def _is_idiom(match: _Element, identifier: str) -> bool:
    """Whether it compares the response with the correct one."""
    children = [*match.iterchildren()]
    names = sorted(str(child.tag) for child in children)
    return names == ["correct", "variable"] and all(
        child.get("identifier") == identifier for child in children
    )


def _is_start(rule: _Element) -> bool:
    """Whether it only sets the score to a number, before another rule decides."""
    return rule.tag == "setOutcomeValue" and [child.tag for child in rule] == ["baseValue"]


def _maps(element: _Element, identifier: str) -> bool:
    return element.tag == "mapResponse" and element.get("identifier") == identifier


def _outcomes(rule: _Element) -> set[str]:
    return {(each.get("identifier") or "").upper() for each in rule.iter("setOutcomeValue")}


def _mapping(declaration: _Element) -> Iterator[tuple[str, Decimal]]:
    for entry in declaration.iterfind("mapping/mapEntry"):
        yield _squeezed(entry.get("mapKey")), _number(entry.get("mappedValue", ""))


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip()[:40])
    except InvalidOperation as error:
        message = f"the credit {text[:40]!r} is no number"
        raise SkippedError(Code.BAD_WEIGHT, message) from error
    if not number.is_finite():
        raise SkippedError(Code.BAD_WEIGHT, f"the credit {text[:40]!r} is no number")
    return number


def _squeezed(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()
