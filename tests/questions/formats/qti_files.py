"""QTI files for tests: one small item of each kind, in both spellings, and zips around them."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

SPACE = "http://www.imsglobal.org/xsd/imsqti_v2p2"
V3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p2/rptemplates"
BY_MATCH = f'<responseProcessing template="{TEMPLATES}/match_correct"/>'
BY_MAP = f'<responseProcessing template="{TEMPLATES}/map_response"/>'
OPTIONS = """
<simpleChoice identifier="A">Copper</simpleChoice>
<simpleChoice identifier="B" fixed="true">Iron</simpleChoice>
<simpleChoice identifier="C">None of these</simpleChoice>
"""
STEM = "<p>Which metal <strong>rusts</strong>?</p>"


def declaration(*values: str, cardinality: str = "single", mapping: str = "") -> str:
    base = "directedPair" if any(" " in value for value in values) else "identifier"
    correct = "".join(f"<value>{value}</value>" for value in values)
    whole = f"<correctResponse>{correct}</correctResponse>" if values else ""
    return (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}"'
        f' baseType="{base}">{whole}{mapping}</responseDeclaration>'
    )


def mapping(**weights: float) -> str:
    entries = (f'<mapEntry mapKey="{k}" mappedValue="{v}"/>' for k, v in weights.items())
    return f'<mapping defaultValue="-2">{"".join(entries)}</mapping>'


def choice(options: str = OPTIONS, *, shuffle: str = "true", most: str = "1") -> str:
    return (
        f'<choiceInteraction responseIdentifier="RESPONSE" shuffle="{shuffle}"'
        f' maxChoices="{most}">{options}</choiceInteraction>'
    )


def qti(
    declared: str = "",
    *,
    body: str = "",
    processing: str = BY_MATCH,
    more: str = "",
    attributes: str = 'adaptive="false" timeDependent="false"',
) -> bytes:
    """An item of 2.2; the parts that are not given are those of a single choice, B right."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<assessmentItem xmlns="{SPACE}"'
        f' identifier="metal-1" title="Metals" {attributes}>{declared or declaration("B")}'
        f"<itemBody>{body or STEM + choice()}</itemBody>{processing}{more}</assessmentItem>"
    ).encode()


ORDER = """<orderInteraction responseIdentifier="RESPONSE" shuffle="true">
<prompt>Put the steps in order.</prompt>
<simpleChoice identifier="x">Bake</simpleChoice>
<simpleChoice identifier="y">Knead</simpleChoice>
<simpleChoice identifier="z">Let it rise</simpleChoice>
</orderInteraction>"""
MATCH = """<p>Who wrote what?</p>
<matchInteraction responseIdentifier="RESPONSE" shuffle="true" maxAssociations="3">
<simpleMatchSet>
<simpleAssociableChoice identifier="p1" matchMax="1">Emma</simpleAssociableChoice>
<simpleAssociableChoice identifier="p2" matchMax="1">Dracula</simpleAssociableChoice>
<simpleAssociableChoice identifier="p3" matchMax="1">Persuasion</simpleAssociableChoice>
</simpleMatchSet><simpleMatchSet>
<simpleAssociableChoice identifier="t1" matchMax="3">Austen</simpleAssociableChoice>
<simpleAssociableChoice identifier="t2" matchMax="3">Shelley</simpleAssociableChoice>
<simpleAssociableChoice identifier="t3" matchMax="3">Stoker</simpleAssociableChoice>
</simpleMatchSet></matchInteraction>"""
SINGLE_3 = f"""<qti-assessment-item xmlns="{V3}" identifier="metal-1" title="Metals"
 adaptive="false" time-dependent="false" xml:lang="en">
<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">
<qti-correct-response><qti-value><![CDATA[B]]></qti-value></qti-correct-response>
</qti-response-declaration>
<qti-item-body><div class="qti-layout-row"><div class="qti-layout-col6">{STEM}</div>
<div><qti-choice-interaction response-identifier="RESPONSE" shuffle="true" max-choices="1">
<qti-simple-choice identifier="A">Copper</qti-simple-choice>
<qti-simple-choice identifier="B" fixed="true">Iron</qti-simple-choice>
<qti-simple-choice identifier="C">None of these</qti-simple-choice>
</qti-choice-interaction></div></div></qti-item-body>
<qti-response-processing
 template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>
</qti-assessment-item>""".encode()


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as package:
        for path, content in files.items():
            package.writestr(path, content)
    return stream.getvalue()


def manifest(*hrefs: str, kind: str = "imsqti_item_xmlv2p2", metadata: str = "") -> str:
    resources = "".join(
        f'<resource identifier="R{n}" type="{kind}" href="{href}">{metadata}'
        f'<file href="{href}"/></resource>'
        for n, href in enumerate(hrefs)
    )
    return (
        '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="M">'
        f"<organizations/><resources>{resources}</resources></manifest>"
    )
