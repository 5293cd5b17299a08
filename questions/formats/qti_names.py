"""The two spellings of QTI: `simpleChoice` in 2.x, `qti-simple-choice` in 3.0; we think in 2.x."""

import re

from lxml import etree
from lxml.etree import _Element

PREFIX = "qti-"
V3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
V21 = "http://www.imsglobal.org/xsd/imsqti_v2p1"

# What 3.0 wraps in <qti-content-body>.
_WRAPPED = {"modalFeedback", "feedbackBlock"}
# The names without a capital that we write; HTML has none of them.
_LOWER = {"prompt", "value", "match", "variable", "correct", "multiple"}


def normalize(root: _Element) -> None:
    """Local names of 2.x for every element and its attributes, in place, whatever the version."""
    for element in root.iter(etree.Element):
        name = local_name(element)
        if name.startswith(PREFIX):
            name = _camel(name.removeprefix(PREFIX))
            for key in [key for key in element.attrib if "-" in str(key)]:
                element.set(_camel(str(key)), element.attrib.pop(key))
        element.tag = name
    etree.cleanup_namespaces(root)


def named(root: _Element, *, is_v3: bool) -> _Element:
    """A tree written in 2.x names without a namespace, as one of 2.1 or of 3.0.

    `root` must not be used again.
    """
    namespace = V3 if is_v3 else V21
    elements = [e for e in root.iter(etree.Element) if _is_qti(e)]
    for element in elements if is_v3 else []:
        if element.tag in _WRAPPED:
            _wrap(element)
        for key in [key for key in element.attrib if str(key).lower() != key]:
            element.set(_kebab(str(key)), element.attrib.pop(key))
    for element in root.iter("ol") if not is_v3 else []:
        element.attrib.pop(
            "start", ""
        )  # unknown to 2.1, whose readers refuse what they do not know
    for element in elements if is_v3 else []:
        element.tag = PREFIX + _kebab(str(element.tag))
    for element in root.iter(etree.Element):
        element.tag = f"{{{namespace}}}{element.tag}"
    finished = root_in(namespace, str(root.tag).rpartition("}")[2])
    finished.attrib.update(root.attrib)
    finished.text = root.text
    finished.extend(list(root))
    return finished


def root_in(namespace: str, name: str) -> _Element:
    """An element that makes `namespace` the one of all names without a prefix."""
    return etree.fromstring(f'<{name} xmlns="{namespace}"/>')


def local_name(element: _Element) -> str:
    """The name without its namespace, however the file spells that."""
    return str(element.tag).rpartition("}")[2]


def _is_qti(element: _Element) -> bool:
    name = str(element.tag)
    return name.lower() != name or name in _LOWER


def _wrap(element: _Element) -> None:
    body = etree.Element("contentBody")
    body.text, element.text = element.text, None
    body.extend(list(element))
    element.append(body)
    # It is no part of the list that is renamed.
    body.tag = PREFIX + "content-body"


def _camel(name: str) -> str:
    return re.sub(r"-([a-z0-9])", lambda match: match[1].upper(), name)


def _kebab(name: str) -> str:
    return re.sub(r"[A-Z]", lambda match: f"-{match[0].lower()}", name)
