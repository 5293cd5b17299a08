import pytest

from questions.formats.item import Item, ItemOption, ItemPrompt
from questions.formats.parsed import Code, FileRefusedError, Note, ParsedItem
from questions.formats.qti import parse
from tests.questions.formats.qti_files import (
    BY_MAP,
    MATCH,
    OPTIONS,
    ORDER,
    SINGLE_3,
    STEM,
    choice,
    declaration,
    mapping,
    qti,
)

SINGLE = Item(
    external_id="metal-1",
    kind="single",
    task="",
    pool="exam",
    stem="Which metal **rusts**?",
    options=(
        ItemOption("Copper"),
        ItemOption("Iron", is_key=True, is_fixed=True),
        ItemOption("None of these"),
    ),
)


def read(data: bytes) -> ParsedItem:
    parsed = parse(data, file="a.xml")
    assert parsed.skipped == []
    return parsed.items[0]


def notes(data: bytes) -> list[tuple[str, str]]:
    return [(note.code, note.message) for note in read(data).notes]


def skipped(data: bytes) -> str:
    parsed = parse(data, file="a.xml")
    assert parsed.items == []
    return parsed.skipped[0].code


def rule(then: str = '<baseValue baseType="float">1</baseValue>', **changes: str) -> str:
    right = changes.get("right", '<correct identifier="RESPONSE"/>')
    outcome = changes.get("outcome", "SCORE")
    return (
        "<responseCondition><responseIf><match><variable identifier='RESPONSE'/>"
        f"{right}</match><setOutcomeValue identifier='{outcome}'>{then}</setOutcomeValue>"
        f"</responseIf>{changes.get('other', '')}</responseCondition>"
    )


def processing(*rules: str) -> str:
    return f"<responseProcessing>{''.join(rules)}</responseProcessing>"


@pytest.mark.parametrize("data", [qti(), SINGLE_3], ids=["2.2", "3.0"])
def test_a_single_choice_in_both_spellings(data: bytes) -> None:
    assert read(data) == ParsedItem(SINGLE, "metal-1", [], "Metals")


def test_the_prompt_is_the_stem_and_options_that_are_not_shuffled_stay() -> None:
    body = choice(f"<prompt>Which <em>one</em>?</prompt>{OPTIONS}", shuffle="false")
    item = read(qti(body=body)).item
    assert item.stem == "Which *one*?"
    assert [option.is_fixed for option in item.options] == [True, True, True]


def test_several_values_are_a_multiple_response() -> None:
    declared = declaration("A", "B", cardinality="multiple")
    item = read(qti(declared, body=STEM + choice(most="0"))).item
    assert (item.kind, item.key) == ("multiple", "AB")


def test_one_value_of_unlimited_choices_stays_multiple() -> None:
    declared = declaration("B", cardinality="multiple")
    parsed = read(qti(declared, body=STEM + choice(most="0")))
    assert (parsed.item.kind, parsed.item.key) == ("multiple", "B")
    assert [note.code for note in parsed.notes] == [Code.ONE_KEY]
    assert read(qti(declared)).item.kind == "single"


def test_steps_come_in_their_right_order() -> None:
    declared = declaration("y", "z", "x", cardinality="ordered")
    item = read(qti(declared, body=ORDER)).item
    assert (item.kind, item.stem) == ("ordering", "Put the steps in order.")
    assert [step.text for step in item.options] == ["Knead", "Let it rise", "Bake"]


def test_two_prompts_may_share_a_response() -> None:
    declared = declaration("p1 t1", "p2 t3", "p3 t1", cardinality="multiple")
    item = read(qti(declared, body=MATCH)).item
    assert [option.text for option in item.options] == ["Austen", "Shelley", "Stoker"]
    assert item.prompts == (
        ItemPrompt("Emma", 0),
        ItemPrompt("Dracula", 2),
        ItemPrompt("Persuasion", 0),
    )


def test_the_sets_change_places_if_one_response_has_several_prompts() -> None:
    declared = declaration("p1 t1", "p1 t2", "p2 t3", cardinality="multiple")
    parsed = read(qti(declared, body=MATCH))
    assert [prompt.text for prompt in parsed.item.prompts] == ["Austen", "Shelley", "Stoker"]
    assert parsed.item.key == "AAB"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (["p1 t1", "p1 t2", "p2 t2"], Code.KIND_UNKNOWN),
        (["p1 t9"], Code.NO_KEY),
        (["p1"], Code.NO_KEY),
        (["p1 t1"], Code.TOO_FEW_OPTIONS),
    ],
)
def test_pairs_that_we_cannot_hold_are_skipped(values: list[str], code: str) -> None:
    assert skipped(qti(declaration(*values, cardinality="multiple"), body=MATCH)) == code


@pytest.mark.parametrize(
    "template",
    [
        "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct",
        "http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct.xml",
        "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml",
        "https://www.imsglobal.org/question/qti_v3p0/rptemplates/CC2_match.xml",
        "/templates/match_correct",
    ],
)
def test_templates_are_known_by_their_last_part(template: str) -> None:
    data = qti(processing=f'<responseProcessing template="{template}"/>')
    assert (read(data).item, read(data).notes) == (SINGLE, [])


NULL = (
    "<responseCondition><responseIf><isNull><variable identifier='RESPONSE'/></isNull>"
    "<setOutcomeValue identifier='SCORE'><baseValue baseType='float'>0</baseValue>"
    "</setOutcomeValue></responseIf><responseElse><setOutcomeValue identifier='SCORE'>"
    "<mapResponse identifier='RESPONSE'/></setOutcomeValue></responseElse></responseCondition>"
)
ELSE = (
    "<responseElse><setOutcomeValue identifier='FEEDBACK'><multiple><random/></multiple>"
    "</setOutcomeValue></responseElse>"
)
FEEDBACK = (
    "<setOutcomeValue identifier='FEEDBACK'><variable identifier='RESPONSE'/></setOutcomeValue>"
)
START = FEEDBACK.replace("FEEDBACK", "SCORE").replace(
    "<variable identifier='RESPONSE'/>", "<baseValue baseType='float'>0</baseValue>"
)


@pytest.mark.parametrize(
    "rules",
    [
        [rule()],
        [FEEDBACK, rule("<variable identifier='MAXSCORE'/>")],
        [START, rule()],
        [rule(other=ELSE)],
        [rule(outcome="POINTS")],
    ],
)
def test_the_usual_rule_is_known_where_it_is_written_out(rules: list[str]) -> None:
    assert notes(qti(processing=processing(*rules))) == []


def test_a_mapping_written_out_is_known() -> None:
    declared = declaration("B", mapping=mapping(B=1))
    assert notes(qti(declared, processing=processing(NULL))) == []


@pytest.mark.parametrize("rules", ["", "<responseProcessing/>", processing(FEEDBACK)])
def test_without_any_rule_the_correct_response_counts(rules: str) -> None:
    message = "has no rule that scores it; its correct response counts, all or nothing"
    assert notes(qti(processing=rules)) == [(Code.NO_SCORING, message)]


@pytest.mark.parametrize(
    "rules",
    [
        '<responseProcessing template="https://example.com/my_own.xml"/>',
        processing(rule(right="<baseValue baseType='identifier'>A</baseValue>")),
        processing(rule(), rule(right="<baseValue baseType='identifier'>A</baseValue>")),
        processing("<customOperator><variable identifier='RESPONSE'/></customOperator>"),
        processing(rule("<random/>")),
    ],
)
def test_scoring_of_its_own_is_skipped(rules: str) -> None:
    assert skipped(qti(processing=rules)) == Code.CUSTOM_SCORING


def test_a_mapping_is_the_key_if_there_is_no_other() -> None:
    declared = declaration(cardinality="multiple", mapping=mapping(A=1, B=1, C=-1))
    parsed = read(qti(declared, body=STEM + choice(most="0"), processing=BY_MAP))
    assert (parsed.item.kind, parsed.item.key) == ("multiple", "AB")
    assert [note.code for note in parsed.notes] == [Code.PARTIAL_CREDIT]


def test_of_a_single_choice_the_best_mapped_option_is_right() -> None:
    declared = declaration(mapping=mapping(A=0.5, B=1))
    parsed = read(qti(declared, processing=BY_MAP))
    assert (parsed.item.kind, parsed.item.key) == ("single", "B")
    assert [note.code for note in parsed.notes] == [Code.PARTIAL_CREDIT]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (qti(declaration()), Code.NO_KEY),
        (qti(declaration("Z")), Code.NO_KEY),
        (qti(declaration("A", "B")), Code.SYNTAX),
        (qti("<responseDeclaration identifier='OTHER'/>"), Code.SYNTAX),
        (qti(declaration(mapping=mapping(A=float("nan"))), processing=BY_MAP), Code.BAD_WEIGHT),
        (qti(body="<p>Read this.</p>"), Code.KIND_DESCRIPTION),
        (qti(body=STEM + choice() + choice()), Code.KIND_SEVERAL),
        (qti(body=choice()), Code.NO_STEM),
        (qti(body=STEM + choice("")), Code.NO_KEY),
        (qti(body=STEM + choice(OPTIONS + OPTIONS)), Code.SYNTAX),
        (qti(more="<templateDeclaration/>"), Code.KIND_TEMPLATE),
        (qti(body="<p><textEntryInteraction/></p>"), Code.KIND_SHORT_ANSWER),
        (qti(body="<extendedTextInteraction/>"), Code.KIND_ESSAY),
        (qti(body="<gapMatchInteraction/>"), Code.KIND_MISSING_WORD),
        (qti(body="<sliderInteraction/>"), Code.KIND_NUMERIC),
        (qti(body="<associateInteraction/>"), Code.KIND_UNKNOWN),
        (qti(declaration("x", cardinality="ordered"), body=ORDER), Code.BAD_POSITION),
        (qti(declaration("x", "y", "z"), body=ORDER), Code.SYNTAX),
        (qti(more="<assessmentStimulusRef href='text.xml'/>"), Code.FILE_MISSING),
        (qti(body=f"<p>{'x' * 200_001}</p>{choice()}"), Code.TEXT_TOO_LONG),
    ],
)
def test_what_is_skipped_has_a_code(data: bytes, code: str) -> None:
    assert skipped(data) == code


def feedback(name: str, text: str, tag: str = "feedbackInline") -> str:
    return f'<{tag} outcomeIdentifier="FEEDBACK" identifier="{name}" showHide="show">{text}</{tag}>'


def test_feedback_inside_an_option_is_its_rationale() -> None:
    options = OPTIONS.replace("Copper", "Copper " + feedback("A", "<em>Never</em> red.")).replace(
        "Iron", "Iron" + feedback("B", "<p>Yes.</p><p>Red.</p>", "feedbackBlock") + " of course"
    )
    item = read(qti(body=STEM + choice(options))).item
    assert [(option.text, option.rationale) for option in item.options] == [
        ("Copper", "*Never* red."),
        ("Iron of course", "Yes.\n\nRed."),
        ("None of these", ""),
    ]


def test_modal_feedback_belongs_to_the_option_it_names_or_to_the_question() -> None:
    more = (
        feedback("B", "Iron does.", "modalFeedback")
        + feedback("right", "Well done.", "modalFeedback")
        + feedback("wrong", "<contentBody>Look again.</contentBody>", "modalFeedback")
        + feedback("none", "Look again.", "modalFeedback")
    )
    parsed = read(qti(more=more))
    assert [option.rationale for option in parsed.item.options] == ["", "Iron does.", ""]
    assert parsed.item.explanation == "Well done.\n\nLook again."
    message = (
        "2 texts, shown for right and wrong responses or one after another, are one explanation now"
    )
    assert [note.message for note in parsed.notes] == [message]


def test_feedback_in_the_body_is_no_part_of_the_stem() -> None:
    body = feedback("x", "<p>Because.</p>", "feedbackBlock") + STEM + choice()
    item = read(qti(body=body)).item
    assert (item.stem, item.explanation) == (SINGLE.stem, "Because.")


def test_what_is_foreign_to_us_is_left_out_with_a_note() -> None:
    body = (
        '<stylesheet href="a.css" type="text/css"/>'
        '<rubricBlock view="scorer"><p>Be kind.</p></rubricBlock>' + STEM + choice()
    )
    parsed = read(qti(body=body))
    assert parsed.item == SINGLE
    assert [note.message for note in parsed.notes] == [
        "its style sheet is left out",
        "its instructions for candidates or raters (rubric) are left out",
    ]


def test_formulas_are_kept_as_text_with_one_note() -> None:
    math = (
        '<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mfrac><m:mrow><m:msup><m:mi>x</m:mi>'
        "<m:mn>2</m:mn></m:msup><m:mo>+</m:mo><m:mn>1</m:mn></m:mrow><m:msqrt><m:mi>y</m:mi>"
        "</m:msqrt></m:mfrac></m:math>"
    )
    parsed = read(qti(body=f"<p>Is {math} or {math} more?</p>{choice()}"))
    assert parsed.item.stem == "Is (x^2 + 1)/(sqrt(y)) or (x^2 + 1)/(sqrt(y)) more?"
    assert [note.code for note in parsed.notes] == [Code.MATH_AS_TEXT]


def test_unknown_elements_leave_their_text_and_scripts_leave_nothing() -> None:
    body = "<p>Which <hottext>metal</hottext><script>alert(1)</script> rusts?</p>" + choice()
    assert read(qti(body=body)).item.stem == "Which metal rusts?"


def test_an_adaptive_item_is_noted() -> None:
    assert [code for code, _ in notes(qti(attributes='adaptive="true"'))] == [Code.DETAIL_DROPPED]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.MALFORMED),
        (b"hello", Code.MALFORMED),
        (b"PK\x03\x04 no zip", Code.MALFORMED),
        (b"<assessmentItem>", Code.MALFORMED),
        (b"<quiz/>", Code.NOT_THIS_FORMAT),
        (b"<questestinterop/>", Code.NOT_THIS_FORMAT),
        (b"<assessmentTest/>", Code.NOT_THIS_FORMAT),
        (b"\xff\xfe\xff", Code.ENCODING),
    ],
)
def test_what_is_no_item_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(FileRefusedError) as refusal:
        parse(data, file="a.xml")
    assert refusal.value.note.code == code
    assert refusal.value.note.file == "a.xml"


def test_a_skipped_item_is_named() -> None:
    assert parse(qti(body="<p>Read.</p>"), file="a.xml").skipped == [
        Note("a.xml", "metal-1", Code.KIND_DESCRIPTION, "asks for no response")
    ]
