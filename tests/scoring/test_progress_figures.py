"""The figures of progress: what is counted, and what is left out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from exams.models import Exam, Sitting
from questions.models import Certification, Domain
from scoring import (
    progress_changes,
    progress_next,
    progress_pace,
    progress_readiness,
    progress_strengths,
    progress_study,
)
from scoring.evidence import Change, Exposure, Judged
from scoring.progress_record import Record, ReviewDay, Sat, model_exam
from scoring.progress_strengths import Standing

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday
CERTIFICATION = Certification(
    pk=1, code="X-1", name="Example", question_count=65, unscored_count=15, minutes=130,
    cut_score=750, shift=0,
)  # fmt: skip
DOMAINS = tuple(
    Domain(pk=pk, number=pk, name=f"Domain {pk}", weight=weight)
    for pk, weight in enumerate((20, 24, 36, 20), start=1)
)


def an_exam(**fields) -> Exam:
    values = {"pk": 5, "slug": "mock-1", "name": "Mock exam 1", "pool": "exam", "minutes": 130}
    counts = {"question_count": 65, "unscored_count": 15}
    return Exam(certification=CERTIFICATION, **values | counts | fields)


def a_sat(days=0.0, *, minutes=60, seconds=0, pk=1, is_released=True, count=65, **exam) -> Sat:
    at = NOW - timedelta(days=days)
    sitting = Sitting(
        pk=pk, exam=an_exam(**exam), started_at=at - timedelta(minutes=minutes), submitted_at=at
    )
    return Sat(sitting, count, seconds, is_released)


def said(domain=1, *, right=True, days=0.0, **fields) -> Judged:
    values = {
        "sitting_id": 1, "certification_id": 1, "mode": "exam", "pool": "exam",
        "at": NOW - timedelta(days=days), "question_id": 1, "domain_id": domain, "position": 1,
        "is_right": right, "has_first": False, "change": None, "seconds": 0,
        "exposure": Exposure.FIRST,
    }  # fmt: skip
    return Judged(**values | fields)


def a_record(*responses, sittings=(), reviews=(), goal=None, **fields) -> Record:
    record = Record(
        certification=CERTIFICATION, domains=DOMAINS, exams=(an_exam(),), exam=an_exam(),
        sittings=tuple(sittings), responses=responses, reviews=tuple(reviews),
        weekly_minutes=goal, now=NOW,
    )  # fmt: skip
    return replace(record, **fields)


def answers(*counts, **fields) -> list[Judged]:
    """Of pairs of right and wrong, one for each domain."""
    return [
        said(domain, right=place < right, **fields)
        for domain, (right, wrong) in enumerate(counts, start=1)
        for place in range(right + wrong)
    ]


# --- Strengths


def test_strengths_are_drawn_toward_the_whole_with_raw_counts_beside():
    found = progress_strengths.strengths(
        a_record(*answers((13, 0), (16, 0), (23, 0), (2, 11), days=0.5))
    )
    last = found.lines[3]
    assert (last.right_count, last.count) == (2, 13)
    assert 100 * 2 / 13 < last.level < 70
    assert found.lines[0].level < 100
    assert [line.standing for line in found.lines] == [
        Standing.MEETS,
        Standing.MEETS,
        Standing.MEETS,
        Standing.NEEDS_IMPROVEMENT,
    ]
    assert last.bar.is_short
    assert last.bar.cut_x == 75


def test_strengths_move_with_each_sitting_and_fade():
    first = answers((2, 3), (2, 3), (2, 3), (2, 3), days=30)
    second = answers((9, 1), (9, 1), (9, 1), (9, 1), days=2)
    moments = list(progress_strengths.moments_of(a_record(*first, *second)))
    assert [moment.raw for moment in moments] == [(5,) * 4, (15,) * 4]
    left = 0.5 ** (28 / 30)
    assert moments[1].right == pytest.approx((9 + 2 * left,) * 4)
    assert moments[1].wrong == pytest.approx((1 + 3 * left,) * 4)
    found = progress_strengths.strengths(a_record(*first, *second))
    assert [row.at for row in found.history] == [moment.at for moment in reversed(moments)]
    assert found.history[0].levels[0] > found.history[1].levels[0]
    assert found.lines[0].trend.text.endswith("on Nov 23")


def test_the_strengths_are_those_of_the_forecast():
    record = a_record(*answers((10, 3), (12, 4), (18, 5), (8, 5), days=3))
    levels = progress_readiness.of_record(record).found.forecast.levels
    lines = progress_strengths.strengths(record).lines
    assert [line.level for line in lines] == [round(100 * level) for level in levels]


def test_no_evidence_is_no_strength():
    assert progress_strengths.strengths(a_record(said(exposure=Exposure.SEEN))) is None
    assert progress_strengths.table(a_record()).rows == []


@pytest.mark.parametrize(
    ("right", "n", "word"),
    [
        (4, 4.9, Standing.TOO_FEW), (12, 13, Standing.MEETS), (11, 13, Standing.NEAR),
        (9, 13, Standing.NEAR), (8, 13, Standing.NEEDS_IMPROVEMENT),
    ],
)  # fmt: skip
def test_the_word_of_a_domain(right, n, word):
    assert progress_strengths.standing(right, n, 0.75) is word


# --- Pace


def test_pace_beside_the_allowance():
    timed = a_sat(minutes=65, seconds=3900)
    found = progress_pace.pace(
        a_record(sittings=[timed, a_sat(pool="sample", minutes=10), a_sat(mode="practice")])
    )
    [line] = found.lines
    assert (line.each, line.allowed) == (timedelta(minutes=1), timedelta(minutes=2))
    assert (line.bar.x, line.is_measured) == (50, True)
    assert (found.unmeasured, found.allowance) == (0, timedelta(minutes=2))


def test_extra_time_is_allowed_for():
    sat = a_sat(minutes=195)
    sat.sitting.extra_minutes = 65
    assert progress_pace.line(sat).bar.x == 100


def test_where_the_time_went():
    found = progress_pace.pace(
        a_record(
            said(1, seconds=60, position=1), said(1, seconds=180, position=2, right=False),
            said(2, seconds=90, position=3), said(3, seconds=0),
            said(4, seconds=500, pool="sample"), said(4, seconds=500, mode="practice"),
            sittings=[a_sat(seconds=330), a_sat(days=3)],
        )
    )  # fmt: skip
    assert [(one.domain.pk, one.count, one.mean.seconds) for one in found.domains] == [
        (1, 2, 120),
        (2, 1, 90),
    ]
    assert [slow.response.position for slow in found.slowest] == [2, 3, 1]
    assert (found.right, found.wrong) == (timedelta(seconds=75), timedelta(seconds=180))
    assert found.unmeasured == 1


def test_nothing_measured_says_so():
    found = progress_pace.pace(a_record(said(), sittings=[a_sat()]))
    assert (found.is_measured, found.domains, found.right, found.unmeasured) == (False, [], None, 1)


# --- Changes


def test_changes_are_counted_and_the_lost_ones_named():
    found = progress_changes.changes(
        a_record(
            said(has_first=True), said(),
            said(has_first=True, change=Change.RIGHT_TO_WRONG, position=4, days=2),
            said(has_first=True, change=Change.RIGHT_TO_WRONG, position=5, days=1),
            said(has_first=True, change=Change.WRONG_TO_RIGHT),
        )
    )  # fmt: skip
    assert (found.known, found.changed, found.gain) == (4, 3, -1)
    assert [(line.change, line.count, line.bar.x) for line in found.lines] == [
        (Change.RIGHT_TO_WRONG, 2, 100),
        (Change.WRONG_TO_RIGHT, 1, 50),
        (Change.WRONG_TO_WRONG, 0, 0),
    ]
    assert [one.position for one in found.lost] == [5, 4]


# --- Study


@pytest.mark.parametrize(
    ("sat", "seconds"),
    [
        (a_sat(minutes=50), 3000),
        (a_sat(minutes=50, seconds=2400), 2400),
        (a_sat(minutes=500), 7800),
        (a_sat(minutes=500, count=10) , 7800),
    ],
)  # fmt: skip
def test_the_time_of_a_sitting(sat, seconds):
    assert progress_study.time_of(sat, 120) == seconds


def test_an_untimed_sitting_left_open_counts_no_more_than_the_real_exam_would_allow():
    sat = a_sat(minutes=5000, count=10)
    sat.sitting.exam = an_exam(minutes=None)
    assert progress_study.time_of(sat, 120) == 1200


def test_weeks_hold_exams_practice_and_reviews():
    found = progress_study.study(
        a_record(
            sittings=[
                a_sat(0, minutes=30), a_sat(1, minutes=10, mode="practice"),
                a_sat(3, minutes=20, is_released=False), a_sat(200, minutes=60),
            ],
            reviews=[ReviewDay(date(2026, 11, 23), 90, 4), ReviewDay(date(2026, 11, 24), 60, 1)],
            goal=60,
        )
    )  # fmt: skip
    assert len(found.weeks) == 12
    last, before = found.weeks[-1], found.weeks[-2]
    assert (last.monday, last.day_count, last.minutes) == (date(2026, 11, 23), 3, 43)
    assert (last.exam_minutes, last.practice_minutes, last.review_minutes) == (30, 10, 3)
    assert (before.minutes, before.is_reached, found.left) == (20, False, 17)
    assert found.text == "Minutes studied in the last 12 weeks: 20 from Nov 16, 43 from Nov 23."


def test_no_goal_is_not_reached():
    found = progress_study.study(a_record())
    assert (found.this_week.is_reached, found.left, found.day_count) == (False, 0, 0)
    assert found.text == "Minutes studied in the last 12 weeks: none."


# --- Readiness


def test_the_weakest_domain_is_the_first_reason():
    outlook = progress_readiness.of_record(
        a_record(*answers((13, 0), (15, 1), (21, 2), (3, 10)), said(exposure=Exposure.SEEN))
    )
    assert outlook.reasons[0].startswith("Domain 4 is the weakest domain: expect about ")
    assert outlook.reasons[1] == (
        "1 response (2% of all) is left out because you had seen the question before."
    )
    assert outlook.weakest == DOMAINS[3]


def test_age_is_a_reason_and_stale_evidence_is_early():
    outlook = progress_readiness.of_record(a_record(*answers(*[(80, 20)] * 4, days=31)))
    assert (outlook.state, outlook.is_stale, outlook.needed) == ("early", True, 0)
    assert outlook.reasons == ["Responses fade, by half in 30 days: 51% of their weight is gone."]


@pytest.mark.parametrize(("right", "chance"), [(20, "above 95%"), (0, "below 5%")])
def test_a_chance_is_never_certain(right, chance):
    outlook = progress_readiness.of_record(a_record(*answers(*[(right, 20 - right)] * 4)))
    assert outlook.chance == chance


def test_a_moment_ahead_counts_as_now():
    assert progress_readiness.age_days(NOW + timedelta(seconds=2), NOW) == 0


def test_the_reference_of_the_rules_of_thumb():
    quotas, weights = (10, 12, 18, 10), (20, 24, 36, 20)
    odds = [progress_readiness.odds(quotas, 38, shift, weights) for shift in (0, 0.29, 0.63)]
    assert odds == [(50, 73), (25, 48), (7, 20)]


def test_a_new_form_is_that_of_the_first_mock_exam():
    sample, practice = an_exam(pool="sample"), an_exam(mode="practice")
    mock = an_exam(slug="mock")
    assert model_exam(CERTIFICATION, [sample, practice, mock]) is mock
    made = model_exam(CERTIFICATION, [sample])
    assert (made.scored_count, made.cut_score, str(made.cut_share)) == (50, 750, "0.75")


# --- The next step


def outlook_of(*counts, **fields):
    return progress_readiness.of_record(a_record(*answers(*counts), **fields))


def test_first_the_sample_then_a_mock_exam():
    silent = outlook_of((1, 0), (0, 0), (0, 0), (0, 0))
    exams = [an_exam(pk=1, pool="sample", name="Sample"), an_exam(pk=2), an_exam(pk=3, name="Two")]
    step = progress_next.next_step(silent, exams, set(), has_begun=False)
    assert (step.label, step.url) == ("Sample", "/exams/mock-1/")
    assert progress_next.next_step(silent, exams, {1}, has_begun=True).label == "Sit Mock exam 1"
    assert progress_next.next_step(silent, exams, {1, 2}, has_begun=True).label == "Sit Two"
    assert progress_next.next_step(silent, [], set(), has_begun=False) is None


def test_then_unseen_questions_and_in_the_end_the_guide():
    strong, weak = (40, 0), (10, 30)
    firm = outlook_of(strong, strong, strong, weak)
    step = progress_next.next_step(firm, [an_exam()], {5}, has_begun=True)
    assert step.text == "Domain 4 has most to gain."
    assert step.url.endswith("?certification=X-1&source=unseen")
    ready = outlook_of(strong, strong, strong, strong)
    step = progress_next.next_step(ready, [an_exam()], set(), has_begun=True)
    assert (step.text, step.url) == ("Book the exam.", "/certifications/X-1/")


def test_what_a_code_opens_is_no_step():
    silent = outlook_of((1, 0), (0, 0), (0, 0), (0, 0))
    step = progress_next.next_step(silent, [an_exam(is_restricted=True)], set(), has_begun=True)
    assert step.label == "Practice unseen questions"


def test_the_sample_and_practice_are_no_mock():
    assert [a_sat().is_mock, a_sat(pool="sample").is_mock, a_sat(mode="practice").is_mock] == [
        True,
        False,
        False,
    ]
