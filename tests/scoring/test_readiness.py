import pytest

from scoring.forecast import Target, forecast
from scoring.readiness import (
    Advice,
    Answer,
    Cause,
    Chance,
    Evidence,
    Missing,
    State,
    advice_of,
    assess,
    missing_of,
    reasons_of,
    rounded,
    short_domains,
    state_of,
    weigh,
    weight,
)
from tests.scoring.rows import read

QUOTAS = (10, 12, 18, 10)
TARGET = Target(QUOTAS, 38)
AWS = {"cut_share": "3/4", "cut_score": 750}
SECTIONS = read("section_classification.csv")


def evidence(*counts, age=0.0, repeats=0):
    """Of pairs of right and wrong, one for each domain."""
    right, wrong = zip(*counts, strict=True)
    return Evidence(tuple(right), tuple(wrong), sum(right) + sum(wrong), repeats, age)


def assessed(found):
    return assess(found, TARGET, **AWS)


@pytest.mark.parametrize(("days", "counts"), [(0, 1), (15, 0.5**0.5), (30, 0.5), (60, 0.25)])
def test_an_answer_counts_half_after_thirty_days(days, counts):
    assert weight(days) == pytest.approx(counts)


def test_no_answer_is_from_tomorrow():
    with pytest.raises(ValueError, match="days old"):
        weight(-1)


def test_answers_become_weighted_counts():
    answers = [Answer(0, True, 0), Answer(0, False, 30), Answer(1, True, 60), Answer(1, True, 30)]
    assert weigh(answers, domain_count=3, repeat_count=7) == Evidence(
        (1, 0.75, 0), (0.5, 0, 0), answer_count=4, repeat_count=7, last_age_days=0
    )
    assert weigh([], domain_count=2) == Evidence((0, 0), (0, 0))


@pytest.mark.parametrize(
    ("found", "state", "missing"),
    [
        (evidence((0, 0), (0, 0)), State.SILENT, Missing(40, (5, 5))),
        (evidence((10, 0), (29, 0)), State.SILENT, Missing(1, (0, 0))),
        (evidence((4, 0), (100, 30)), State.SILENT, Missing(1, (1, 0))),
        (evidence((30, 0), (9, 0), (0, 0)), State.SILENT, Missing(5, (0, 0, 5))),
        (evidence((5, 0), (25, 10)), State.EARLY, Missing(90, (0, 0))),
        (evidence((50, 14), (65, 0)), State.EARLY, Missing(1, (0, 0))),
        (evidence((50, 15), (65, 0)), State.FIRM, None),
        (evidence((50, 15), (65, 0), age=30), State.FIRM, None),
        (evidence((50, 15), (65, 0), age=30.1), State.EARLY, Missing(0, (0, 0), is_stale=True)),
        (evidence((20, 0), (19.6, 0)), State.EARLY, Missing(90, (0, 0))),
    ],
)
def test_when_it_speaks_and_what_is_missing(found, state, missing):
    assert state_of(found) is state
    assert missing_of(found, state) == missing


def test_all_right_in_one_domain_alone_says_nothing():
    found = evidence((20, 0), (0, 0), (0, 0), (0, 0))
    assert forecast(found.right, found.wrong, TARGET).p_pass > 0.9
    silent = assessed(found)
    assert (silent.state, silent.chance, silent.forecast) == (State.SILENT, None, None)
    assert silent.missing == Missing(20, (0, 5, 5, 5))


@pytest.mark.parametrize(
    ("p_pass", "early", "firm"),
    [
        (0, "<5%", "<5%"),
        (0.0499, "<5%", "<5%"),
        (0.06, "10%", "5%"),
        (0.44, "40%", "45%"),
        (0.45, "50%", "45%"),
        (0.633, "60%", "65%"),
        (0.93, "90%", "95%"),
        (0.95, "95%", "95%"),
        (0.951, ">95%", ">95%"),
        (1, ">95%", ">95%"),
    ],
)
def test_chances_are_rounded_and_never_certain(p_pass, early, firm):
    assert str(rounded(p_pass, State.EARLY)) == early
    assert str(rounded(p_pass, State.FIRM)) == firm


@pytest.mark.parametrize("wrong", [(0, 0), (40, 0), (0, 40), (40, 40)])
def test_no_evidence_makes_certain(wrong):
    counts = [(40 - bad, bad) for bad in wrong for _ in range(2)]
    chance = assessed(evidence(*counts)).chance
    assert 5 <= chance.percent <= 95
    assert (chance.percent not in {5, 95}) == (chance.bound == "")


@pytest.mark.parametrize(
    ("p_pass", "state", "is_short", "advice"),
    [
        (0.8, State.FIRM, False, Advice.BOOK),
        (0.8, State.FIRM, True, Advice.NEARLY),
        (0.99, State.EARLY, False, Advice.NEARLY),
        (0.7999, State.FIRM, False, Advice.NEARLY),
        (0.6, State.FIRM, False, Advice.NEARLY),
        (0.5999, State.FIRM, False, Advice.NOT_YET),
    ],
)
def test_advice(p_pass, state, is_short, advice):
    assert advice_of(p_pass, state, is_short=is_short) is advice


@pytest.mark.parametrize("row", SECTIONS, ids=lambda row: f"{row['raw']}-of-{row['n_section']}")
def test_a_domain_needs_improvement_as_the_reference_says(row):
    right, n = int(row["raw"]), int(row["n_section"])
    expected = row["three_way_interval"] == "needs_improvement"
    assert short_domains(evidence((right, n - right)), "3/4") == ((0,) if expected else ())


def test_the_three_reasons_stand_with_the_biggest_first():
    answers = [Answer(place, True, 30) for place in (0, 0, 1, 1)]
    found = weigh([*answers, Answer(0, False, 0)], domain_count=2, repeat_count=15)
    causes = [
        (each.cause, each.value, each.domain) for each in reasons_of(found, (0.8, 0.5), (1, 1))
    ]
    assert causes == [
        (Cause.REPEATS, 0.75, None),
        (Cause.AGE, pytest.approx(0.4), None),
        (Cause.WEAKEST_DOMAIN, 0.5, 1),
    ]


def test_what_plays_no_part_is_no_reason():
    assert reasons_of(evidence((5, 5), (5, 5)), (0.5, 0.5), (10, 10)) == ()


def test_firm_and_ready():
    ready = assessed(evidence((36, 4), (36, 4), (36, 4), (36, 4)))
    assert (ready.state, ready.missing, ready.advice) == (State.FIRM, None, Advice.BOOK)
    assert ready.chance == Chance(95, ">")
    assert ready.nearly_sure.low < ready.likely.low <= 750 + 100 < ready.likely.high <= 1000


def test_one_domain_that_needs_improvement_holds_the_advice_back():
    found = evidence((40, 0), (40, 0), (40, 0), (24, 16))
    ready = assessed(found)
    assert ready.forecast.p_pass > 0.8
    assert short_domains(found, "3/4") == (3,)
    assert ready.advice is Advice.NEARLY
    assert ready.reasons[0].domain == 3


def test_the_word_early():
    early = assessed(evidence((10, 3), (13, 3), (18, 5), (10, 3)))
    assert early.state is State.EARLY
    assert early.chance == Chance(60)
    assert early.missing == Missing(65, (0, 0, 0, 0))
