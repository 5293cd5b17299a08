from dataclasses import replace

import pytest

from questions.formats.item import ItemOption, ItemPrompt
from questions.service_names import stale_names
from questions.wording import ALIKE, near_duplicates, pairs, unstressed, wording_problems
from tests.questions.formats.items import MATCHING, SINGLE

CLEAN = replace(
    SINGLE, options=(ItemOption("Amazon S3", "Slow."), ItemOption("EBS", "Fits.", is_key=True))
)
STEM = (
    "A hospital keeps 40 TB of scans in Amazon S3 and trains a model of them each night with six "
    "jobs that read every file by name. The jobs start late, and the disks fill up before noon. "
    "The team wants to keep the code as it is and to pay for no copy of the data.\n\n"
    "Which change shortens the start of the jobs **MOST**?"
)


def found(item):
    return [tuple(problem) for problem in wording_problems(item)]


def test_nothing_to_say():
    assert found(CLEAN) == []
    assert found(MATCHING) == []


@pytest.mark.parametrize(
    "text", ["All of the above", "None of the above.", "Both of these", "none of the options"]
)
def test_options_that_lean_on_others(text):
    item = replace(CLEAN, options=(ItemOption(text, "No."), ItemOption("EBS", "Yes.", is_key=True)))
    [(field, message)] = found(item)
    assert field == "option A"
    assert message.endswith("options are shuffled")


@pytest.mark.parametrize(
    "text", ["None of the three parts", "All of the rows above 5", "Above all"]
)
def test_options_that_only_sound_like_it(text):
    item = replace(CLEAN, options=(ItemOption(text, "No."), ItemOption("EBS", "Yes.", is_key=True)))
    assert found(item) == []


@pytest.mark.parametrize(
    "text",
    [
        "Option B is slower.",
        "Slower than answer C, and dearer.",
        "See options (A) and (D).",
        "Unlike response D.",
        "B is wrong, for it scans everything.",
        "B and C are incorrect.",
        "As choice\nA shows.",
    ],
)
def test_letters_that_shuffling_makes_untrue(text):
    assert found(replace(CLEAN, explanation=text))[0][0] == "explanation"
    options = (CLEAN.options[0], ItemOption("EBS", text, is_key=True))
    assert found(replace(CLEAN, options=options))[0][0] == "option B"
    prompts = (replace(MATCHING.prompts[0], rationale=text), *MATCHING.prompts[1:])
    assert found(replace(MATCHING, prompts=prompts))[0][0] == "pair 1"


@pytest.mark.parametrize(
    "text",
    [
        "The option A/B test gives is better.",
        "This option is right. A key of that kind fits.",
        "`option B` is what the log says.",
        "Vitamin C is true to its name in group K.",
        "The option a team has.",
        "Class A is right of the line.",
    ],
)
def test_letters_that_name_no_option(text):
    assert found(replace(CLEAN, explanation=text)) == []


@pytest.mark.parametrize(
    ("stem", "word"),
    [
        ("Which of these is NOT a metric?", "NOT"),
        ("All scale EXCEPT which one?", "EXCEPT"),
        ("Which costs LEAST?", "LEAST"),
        ("A team waits.\n\nWhich one needs the least effort?", "least"),
        ("Which service does not scale?", "Which service does not"),
        ("Which of the following are not metrics?", "Which of the following are not"),
        ("Which layer cannot be trained?", "Which layer cannot"),
        ("Which of them, except the first, fits?", "except"),
    ],
)
def test_what_turns_a_stem_around_stands_in_bold(stem, word):
    assert unstressed(stem) == word
    assert found(replace(CLEAN, stem=stem))[0][0] == "stem"


@pytest.mark.parametrize(
    "stem",
    [
        "Which of these is **NOT** a metric?",
        "Which costs **LEAST**?",
        "The jobs do not scale. Which change helps **MOST**?",
        "It needs at least two zones. Which design keeps at least one?",
        "Which option lets a team that may not see the data train on it?",
        "```sql\nWHEN NOT MATCHED\n```\n\nWhich row is kept?",
        "What does `NOT NULL` do?",
        "| NOT | LEAST |\n| --- | --- |\n\nWhich row fits?",
    ],
)
def test_stems_that_turn_nothing_around(stem):
    assert unstressed(stem) is None


@pytest.mark.parametrize(
    "name",
    [
        "Amazon SageMaker",
        "SageMaker",
        "Amazon Kinesis Data Firehose",
        "Kinesis Data Analytics",
        "Amazon Forecast",
        "Amazon Lookout for Vision",
        "Amazon Elastic Inference",
        "AWS Cloud9",
        "AWS CodeCommit",
        "Amazon SageMaker Clarify",
        "SageMaker AI Model Monitor",
        "Amazon QuickSight",
        "Amazon Augmented AI",
        "AWS Data Pipeline",
    ],
)
def test_stale_names_wherever_they_stand(name):
    assert list(stale_names(f"It uses {name}, as before."))
    for item in (
        replace(CLEAN, stem=f"It uses {name}. Why?"),
        replace(CLEAN, explanation=f"{name} does."),
        replace(CLEAN, services=(name,)),
        replace(CLEAN, options=(ItemOption(name, "No."), *CLEAN.options[1:])),
        replace(MATCHING, prompts=(ItemPrompt(name, 0, "Yes."), *MATCHING.prompts[1:])),
    ):
        assert any(name.endswith(message.split("'")[1]) for _, message in found(item))


@pytest.mark.parametrize(
    "text",
    [
        "Amazon SageMaker AI",
        "a SageMaker\nAI endpoint",
        "SageMaker Feature Store",
        "the SageMaker Python SDK",
        "`import SageMaker`",
        "the metric `SageMakerVariantInvocationsPerInstance`",
        "Amazon Data Firehose",
        "a forecast of the demand",
        "an Amazon Managed Service for Apache Flink",
        "AWS Machine Learning Blog",
    ],
)
def test_names_in_use(text):
    assert found(replace(CLEAN, explanation=text)) == []


def test_a_copy_with_other_numbers_and_names_is_found():
    copy = STEM.replace("hospital", "museum").replace("40", "75").replace("scans", "photos")
    copy = copy.replace("six", "nine").replace("noon", "dawn").replace("each night", "every day")
    [pair] = near_duplicates(pairs({"a": STEM, "b": copy}))
    assert (pair.first, pair.second) == ("a", "b")
    assert ALIKE <= pair.likeness < 1


def test_a_copy_with_a_sentence_more_is_found():
    longer = f"The head of the department has asked for a plan by Friday. {STEM}"
    assert near_duplicates(pairs({"a": STEM, "b": longer}))


def test_a_shared_closing_is_no_copy():
    other = (
        "A bank scores transfers with a small model behind an endpoint that stands idle at night. "
        "The team wants to keep the code as it is.\n\nWhich change lowers the cost **MOST**?"
    )
    assert near_duplicates(pairs({"a": STEM, "b": other})) == []


def test_pairs_stand_with_the_most_alike_first():
    stems = {"a": "one two three four", "b": "one two three five", "c": "six"}
    assert pairs(stems)[0] == ("a", "b", 0.5)
    assert pairs({"a": "", "b": "?"})[0].likeness == 0
