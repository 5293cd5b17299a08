"""The report of one sitting."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exams.models import FormQuestion, LateResponse, Response, Sitting
from scoring import charts, reports, results
from scoring.models import Result
from scoring.reports import Show, Summary
from tests.exams.factories import (
    make_exam,
    make_form,
    make_sitting,
    make_user,
    respond,
    respond_all,
    submit,
)
from tests.questions.factories import make_certification, make_question

pytestmark = pytest.mark.django_db
NOW = datetime(2100, 1, 1, 12, tzinfo=UTC)  # after whatever the tests do


def make_submitted(count: int = 4, *, right: int = 3, unscored: int = 0, **fields) -> Sitting:
    exam = make_exam(question_count=count, unscored_count=unscored, **fields)
    sitting = make_sitting(make_form(exam, unscored=unscored), make_user())
    respond_all(sitting, right=right)
    return submit(sitting)


def read(sitting: Sitting, show: Show = Show.ALL, now: datetime = NOW) -> reports.Report:
    found = reports.with_results(Sitting.objects.filter(pk=sitting.pk)).get()
    return reports.report(found, show=show, now=now)


def test_a_pass():
    report = read(make_submitted(4, right=3))

    assert report.picture == charts.score_picture(
        750, 533, 900, is_pass=True, cut_score=750, floor=100, ceiling=1000
    )
    assert (report.needed_count, report.missed_count, report.unscored_count) == (3, 1, 0)
    assert report.time_allowed == timedelta(minutes=60)
    assert report.summary == Summary.UNDER_WAY


def test_domains_in_order_with_share_and_word():
    certification = make_certification(weights=(60, 40))
    versions = [
        *[make_question(certification, task="1.1") for _ in range(3)],
        *[make_question(certification, task="2.1") for _ in range(2)],
    ]
    exam = make_exam(certification, question_count=5)
    sitting = make_sitting(make_form(exam, versions), make_user())
    respond_all(sitting, right=4)
    submit(sitting)

    lines = read(sitting).domains

    assert [
        (one.domain.number, one.right_count, one.scored_count, one.is_met, one.bar) for one in lines
    ] == [
        (1, 3, 3, True, charts.DomainBar(100.0, 75.0, is_short=False)),
        (2, 1, 2, False, charts.DomainBar(50.0, 75.0, is_short=True)),
    ]


def test_every_filter_shows_and_counts_its_own():
    exam = make_exam(question_count=5)
    sitting = make_sitting(make_form(exam), make_user())
    respond_all(sitting, right=2)
    Response.objects.filter(sitting=sitting, position=5).update(selected="")
    Response.objects.filter(sitting=sitting, position__in=[1, 4]).update(is_flagged=True)
    submit(sitting)

    shown = {
        show.value: [question.position for question in read(sitting, show).shown] for show in Show
    }

    assert shown == {
        "all": [1, 2, 3, 4, 5],
        "missed": [3, 4, 5],
        "flagged": [1, 4],
        "unanswered": [5],
    }
    assert [(chip.show.value, chip.count, chip.is_current) for chip in read(sitting).chips] == [
        ("all", 5, True),
        ("missed", 3, False),
        ("flagged", 2, False),
        ("unanswered", 1, False),
    ]


@pytest.mark.parametrize(
    ("value", "show"), [("missed", Show.MISSED), (None, Show.ALL), ("all of it", Show.ALL)]
)
def test_an_unknown_filter_is_all(value, show):
    assert Show.chosen(value) == show


def test_unscored_and_late_are_told():
    sitting = make_submitted(5, right=5, unscored=2)
    late = LateResponse.objects.create(sitting=sitting, position=2, selected="A")

    report = read(sitting)

    assert [question.is_scored for question in report.questions] == [True, True, True, False, False]
    assert report.unscored_count == 2
    assert [(question.position, question.late_at) for question in report.late] == [
        (2, late.received_at)
    ]


def test_nothing_scored_is_no_score():
    sitting = make_submitted(2, right=2)
    FormQuestion.objects.filter(form=sitting.form).update(is_scored=False)
    results.rescore(sitting)

    report = read(sitting)

    assert (report.picture, report.needed_count, list(report.domains)) == (None, None, [])
    assert (report.result.has_passed, report.result.scaled_score) == (None, None)


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({}, Summary.NONE),
        ({"email_due_at": NOW + timedelta(hours=24)}, Summary.PLANNED),
        ({"email_due_at": NOW}, Summary.UNDER_WAY),
        (
            {
                "email_due_at": NOW,
                "email_data_at": NOW,
                "email_claimed_until": NOW + timedelta(minutes=1),
            },
            Summary.UNDER_WAY,
        ),
        (
            {
                "email_due_at": NOW,
                "email_data_at": NOW,
                "email_claimed_until": NOW - timedelta(minutes=1),
            },
            Summary.UNSURE,
        ),
        ({"email_due_at": NOW, "email_failed_at": NOW}, Summary.FAILED),
        ({"email_due_at": NOW, "email_data_at": NOW, "emailed_at": NOW}, Summary.SENT),
    ],
)
def test_where_the_summary_stands(columns, state):
    assert reports.summary(Result(**columns), NOW) == state


def test_references_services_task_and_rationales_come_along():
    exam = make_exam(question_count=1)
    sitting = make_sitting(make_form(exam), make_user())
    respond(sitting, 1, "A", is_flagged=True)
    submit(sitting)

    [question] = read(sitting).questions

    assert question.services == ("Amazon S3",)
    assert question.question.task.domain.name == "Domain 1"
    assert [reference["title"] for reference in question.version.references] == ["Example"]
    assert all(option.rationale_html for option in question.options)


@pytest.mark.parametrize("count", [10, 65])
def test_four_statements_beside_the_sittings_own(count):
    sitting = make_submitted(count, right=count - 1)

    with CaptureQueriesContext(
        connection,
    ) as statements:
        report = read(sitting)

    assert len(report.questions) == count
    assert len(statements) == 5
