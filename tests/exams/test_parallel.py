"""Parallel forms: against every possible choice on small banks, and with the reasons named."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import combinations, product
from math import inf
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams import parallel
from exams.limits import (
    AllTogether,
    BankQuestion,
    DomainShort,
    EnemiesClash,
    KindsOut,
    Limits,
    NoParallelForms,
    Rule,
    TaskNeed,
    TasksMissed,
    TimeUp,
    TooTight,
    task_needs,
)
from exams.parallel import parallel_forms


def question(number, domain="1", task="1.1", kind="single", difficulty=60):
    return BankQuestion(number, f"q{number}", domain, task, kind, difficulty)


def questions(count, **traits):
    return [question(number, **traits) for number in range(count)]


def reasons(bank, limits, count=1, **options):
    with pytest.raises(NoParallelForms) as refusal:
        parallel_forms(bank, limits, count=count, **options)
    return refusal.value.reasons


# --- Against every possible choice


@st.composite
def problems(draw):
    size = draw(st.integers(2, 6))
    bank = [
        question(
            number,
            domain=(domain := draw(st.sampled_from("12"))),
            task=f"{domain}.{draw(st.sampled_from('12'))}",
            kind=draw(st.sampled_from(["single", "multiple"])),
            difficulty=draw(st.integers(40, 80)),
        )
        for number in range(size)
    ]
    pairs = list(combinations(range(size), 2))
    fewest = draw(st.integers(0, 1))
    limits = Limits(
        quotas={"1": draw(st.integers(1, 2)), "2": draw(st.integers(0, 2))},
        target=draw(st.integers(50, 70)),
        tolerance=draw(st.sampled_from([1, 5, 10, inf])),
        kinds=draw(st.sampled_from([{}, {"multiple": (fewest, 2)}])),
        enemies=draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True)),
        most_forms=draw(st.integers(1, 2)),
        covers_tasks=draw(st.booleans()),
    )
    return bank, limits, draw(st.integers(1, 2))


def every_choice(bank, count):
    uses = list(product((False, True), repeat=count))
    for chosen in product(uses, repeat=len(bank)):
        yield [
            [one for one, on in zip(bank, chosen, strict=True) if on[form]] for form in range(count)
        ]


def distance(forms, limits):
    """How far the worst form is from the target, in points."""
    return max(abs(fmean(one.difficulty for one in form) - limits.target) for form in forms)


def keeps_all(forms, limits, needs):
    ids = [{one.id for one in form} for form in forms]
    uses = Counter(one for form in ids for one in form)
    return (
        all(
            Counter(one.domain for one in form) == +Counter(limits.quotas)
            and all(
                fewest <= sum(one.kind == kind for one in form) <= most
                for kind, (fewest, most) in limits.kinds.items()
            )
            and all(
                need.fewest <= sum(one.task == need.task for one in form) <= need.most
                for need in needs
            )
            for form in forms
        )
        and not any(set(pair) <= form for pair in limits.enemies for form in ids)
        and max(uses.values()) <= limits.most_forms
        and all(
            sum(one.task == need.task for form in forms for one in form) >= need.in_all
            for need in needs
        )
        and distance(forms, limits) <= limits.tolerance
    )


@settings(max_examples=80, deadline=None)
@given(problems())
def test_the_solver_finds_what_trying_everything_finds(problem):
    bank, limits, count = problem
    needs = task_needs(bank, limits, count)
    kept = [forms for forms in every_choice(bank, count) if keeps_all(forms, limits, needs)]
    best = min((distance(forms, limits) for forms in kept), default=None)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(parallel, "CLOSE_ENOUGH", 0)
        if best is None:
            assert reasons(bank, limits, count)
            return
        ids = parallel_forms(bank, limits, count=count)
    found = [[bank[one] for one in form] for form in ids]
    assert keeps_all(found, limits, needs)
    assert best <= distance(found, limits) <= best * 1.01 + 1e-6


LIFTED = {
    TooTight: {"tolerance": inf},
    KindsOut: {"kinds": {}},
    TasksMissed: {"covers_tasks": False},
    EnemiesClash: {"enemies": ()},
}


@settings(max_examples=80, deadline=None)
@given(problems())
def test_with_the_one_group_lifted_that_is_named_there_are_forms(problem):
    bank, limits, count = problem
    try:
        parallel_forms(bank, limits, count=count)
    except NoParallelForms as refusal:
        named = refusal.reasons
    else:
        return
    if len(named) == 1 and type(named[0]) in LIFTED:
        assert parallel_forms(bank, replace(limits, **LIFTED[type(named[0])]), count=count)


# --- A bank as large as ours


def large_bank(size=260):
    return [
        question(
            number,
            domain=str(1 + number % 4),
            task=f"{1 + number % 4}.{number // 4 % 3}",
            kind="multiple" if number % 5 == 0 else "single",
            difficulty=40 + number * 7 % 45,
        )
        for number in range(size)
    ]


def test_four_long_forms_are_alike():
    bank = large_bank()
    limits = Limits(
        quotas=dict.fromkeys("1234", 16), target=62, tolerance=1, kinds={"multiple": (12, 14)},
        enemies=[(number, number + 4) for number in range(0, 80, 8)],
    )  # fmt: skip
    forms = parallel_forms(bank, limits, count=4)
    found = [[bank[one] for one in form] for form in forms]
    assert keeps_all(found, limits, task_needs(bank, limits, 4))
    assert distance(found, limits) < 0.1


def test_another_order_of_the_bank_gives_another_form():
    bank = large_bank()
    limits = Limits(quotas=dict.fromkeys("1234", 5), target=62)
    forms = {
        tuple(sorted(parallel_forms(order, limits, count=1)[0])) for order in (bank, bank[::-1])
    }
    assert len(forms) == 2


# --- Tasks, where the bank allows


@pytest.mark.parametrize(
    ("tasks", "quota", "count", "needs"),
    [
        (["a", "a", "b", "b"], 2, 2, [("a", 1, inf, 0), ("b", 1, inf, 0)]),
        (["a", "a", "a", "b"], 2, 2, [("a", 1, inf, 0), ("b", 0, 1, 1)]),
        (["a", "b", "c"], 2, 1, [("a", 0, 1, 0), ("b", 0, 1, 0), ("c", 0, 1, 0)]),
        (["a", "a", "b"], 1, 3, [("a", 0, 1, 0), ("b", 0, 1, 0)]),
        (["a", "a", "a", "a", "b"], 2, 3, [("a", 1, inf, 0), ("b", 0, 1, 1)]),
        (["a", "a", "a", "b", "c"], 2, 3, []),
    ],
)
def test_a_task_is_asked_for_as_often_as_the_bank_has_it(tasks, quota, count, needs):
    bank = [question(number, task=task) for number, task in enumerate(tasks)]
    limits = Limits(quotas={"1": quota}, target=60)
    assert task_needs(bank, limits, count) == [TaskNeed("1", *need) for need in needs]


# --- Why not


def test_every_short_domain_is_named():
    bank = [*questions(5), question(9, domain="2")]
    limits = Limits(quotas={"1": 3, "2": 1, "3": 2}, target=60)
    assert reasons(bank, limits, 2) == [
        DomainShort("1", 6, 5), DomainShort("2", 2, 1), DomainShort("3", 4, 0),
    ]  # fmt: skip
    with pytest.raises(NoParallelForms, match="domain 1 needs 6 questions and has 5, 1 short; dom"):
        parallel_forms(bank, limits, count=2)


def test_with_more_exposure_fewer_questions_are_needed():
    limits = Limits(quotas={"1": 2}, target=60, most_forms=2)
    forms = parallel_forms(questions(3), limits, count=3)
    assert Counter(one for form in forms for one in form) == {0: 2, 1: 2, 2: 2}
    assert reasons(questions(2), limits, 3) == [DomainShort("1", 3, 2)]


def test_clashing_enemies_are_named():
    limits = Limits(quotas={"1": 2}, target=60, enemies=[(0, 1), (7, 8)])
    assert reasons(questions(2), limits) == [EnemiesClash([("q0", "q1")])]


def test_too_tight_a_tolerance_is_named_with_what_is_possible():
    bank = [question(0, difficulty=40), question(1, difficulty=70)]
    limits = Limits(quotas={"1": 1}, target=60, tolerance=2)
    (tight,) = reasons(bank, limits)
    assert tight == TooTight(2, 60, pytest.approx(10))
    assert str(tight) == (
        "the difficulty tolerance of 2 points around 60.0 is too tight: the closest that every"
        " form can get is 10.00"
    )


def test_kinds_out_of_bounds_are_named():
    limits = Limits(quotas={"1": 3}, target=60, kinds={"single": (0, 1), "multiple": (2, 3)})
    bank = [*questions(3), question(3, kind="multiple")]
    assert reasons(bank, limits) == [KindsOut({"single": 1, "multiple": 1})]


def test_missed_tasks_are_named():
    """Both tasks have enough, but enemies leave one of them out of reach."""
    bank = [question(0, task="a"), question(1, task="b"), question(2, task="a")]
    limits = Limits(quotas={"1": 2}, target=60, enemies=[(0, 1), (1, 2)])
    missed, clash = reasons(bank, limits)
    assert missed == TasksMissed(["b"])
    assert clash in (EnemiesClash([("q0", "q1")]), EnemiesClash([("q1", "q2")]))


def test_two_groups_in_the_way_are_both_named():
    bank = [question(0, difficulty=40), question(1, difficulty=40)]
    limits = Limits(quotas={"1": 2}, target=60, tolerance=1, enemies=[(0, 1)])
    assert reasons(bank, limits) == [
        TooTight(1, 60, pytest.approx(20)),
        EnemiesClash([("q0", "q1")]),
    ]


def test_limits_that_clash_only_together_are_said_to():
    """One domain sets kinds against difficulty, the other tasks against enemies."""
    bank = [
        question(0, difficulty=90),
        question(1, kind="multiple"),
        question(2, domain="2", task="a"),
        question(3, domain="2", task="b"),
        question(4, domain="2", task="a"),
    ]
    limits = Limits(
        quotas={"1": 1, "2": 2}, target=60, tolerance=1, kinds={"multiple": (0, 0)},
        enemies=[(2, 3), (3, 4)],
    )  # fmt: skip
    assert reasons(bank, limits) == [AllTogether(tuple(Rule))]
    with pytest.raises(NoParallelForms, match="each can be kept, but not all at once: difficulty,"):
        parallel_forms(bank, limits, count=1)


def test_running_out_of_time_is_said():
    found = reasons(large_bank(), Limits(dict.fromkeys("1234", 16), 62, 1), 4, seconds=0)
    assert found[0] == TimeUp(0)


# --- What it costs others


def test_the_solver_is_not_loaded_before_it_is_asked():
    code = "import sys, exams.parallel; sys.exit('numpy' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
