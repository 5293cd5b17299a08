import signal
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Avg, Count

from exams import delivery
from exams.management.commands import load_exams, sweep
from exams.models import Exam, ExamForm, FormQuestion
from questions.models import Question
from tests.exams.factories import make_exam, make_form, make_sitting, make_user
from tests.questions.factories import make_bank, make_certification

pytestmark = pytest.mark.django_db


# --- load_exams

CATALOGUE = """
[[exams]]
certification = "MLS-C01"
slug = "sample"
name = "Sample questions"
pool = "sample"
question_count = 4
is_open_to_guests = true

[[exams]]
certification = "MLS-C01"
slug = "mock-1"
name = "Mock exam 1"
position = 1
pool = "exam"
question_count = 8
unscored_count = 4
minutes = 180
cut_share = "0.72"
cut_score = 720
"""


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    """A catalogue of two exams and the certification they are of; the bank is empty."""
    path = tmp_path / "catalogue.toml"
    path.write_text(CATALOGUE)
    monkeypatch.setattr(load_exams, "CATALOGUE", path)
    return make_certification("MLS-C01", weights=(25, 25, 25, 25))


def fill(certification):
    make_bank(certification, (1, 1, 1, 1), pool="sample")
    make_bank(certification, (2, 2, 2, 2))


def rows():
    forms = ExamForm.objects.order_by("pk").values_list("exam__slug", "number")
    return list(forms), FormQuestion.objects.count()


def test_exams_are_created_open_with_a_form_each(catalogue, capsys):
    fill(catalogue)
    call_command("load_exams")
    mock = Exam.objects.get(slug="mock-1")
    assert (mock.minutes, str(mock.cut_share), mock.cut_score, mock.scored_count) == (
        180,
        "0.7200",
        720,
        4,
    )
    assert list(Exam.objects.opened().values_list("slug", "is_open_to_guests")) == [
        ("sample", True),
        ("mock-1", False),
    ]
    assert rows() == ([("sample", 1), ("mock-1", 1)], 12)
    assert capsys.readouterr().out.splitlines() == [
        "MLS-C01 Sample questions: 1 form(s)",
        "MLS-C01 Mock exam 1: 1 form(s)",
    ]


def test_own_practice_is_prepared_and_stands_on_no_list(catalogue):
    fill(catalogue)
    make_certification("EMPTY")
    call_command("load_exams")
    call_command("load_exams")
    own = Exam.objects.filter(mode=Exam.Mode.PRACTICE)
    assert list(own.values_list("slug", "opened_at")) == [("mls-c01-own", None)]


def test_loading_again_draws_nothing_and_brings_up_to_date(catalogue):
    fill(catalogue)
    call_command("load_exams")
    Exam.objects.filter(slug="mock-1").update(name="Old name", opened_at=None)
    call_command("load_exams")
    mock = Exam.objects.get(slug="mock-1")
    assert (mock.name, mock.opened_at) == ("Mock exam 1", None)
    assert rows() == ([("sample", 1), ("mock-1", 1)], 12)


def test_too_small_a_bank_is_said_and_nothing_is_loaded(catalogue):
    make_bank(catalogue, (1, 1, 1, 1), pool="sample")
    make_bank(catalogue, (2, 2, 1, 2))
    with pytest.raises(CommandError, match="domain 3 Domain 3 needs 2 questions and has 1"):
        call_command("load_exams")
    assert (Exam.objects.count(), rows()) == (0, ([], 0))


def test_an_exam_of_an_unknown_certification_is_said(catalogue):
    catalogue.code = "OTHER"
    catalogue.save()
    with pytest.raises(CommandError, match=r"sample: the bank has no certification MLS-C01\."):
        call_command("load_exams")
    assert Exam.objects.count() == 0


def means_of(forms, **filters):
    """The mean Angoff estimate of each form."""
    rows = FormQuestion.objects.filter(form__in=forms, **filters)
    means = rows.values("form").annotate(mean=Avg("version__question__angoff"))
    return [float(row["mean"]) for row in means]


def test_what_is_shipped_fits_the_shipped_bank(capsys):
    call_command("load_bank")
    call_command("load_exams")
    assert capsys.readouterr().err == ""
    shipped = ["sample", "mock-1", "mock-2", "mock-3", "mock-4", "practice"]
    forms = ExamForm.objects.filter(exam__certification__code="MLS-C01", frozen_at__isnull=False)
    counts = forms.order_by("exam__position").annotate(count=Count("form_questions"))
    assert list(counts.values_list("exam__slug", "number", "count")) == [
        (f"mls-c01-{name}", 1, count)
        for name, count in zip(shipped, (10, 65, 65, 65, 65, 20), strict=True)
    ]
    cloud = Exam.objects.get(slug="clf-c02-mock-1")
    assert (cloud.minutes, cloud.cut_score, cloud.scored_count) == (90, 700, 50)
    assert by_domain(cloud) == [16, 19, 22, 8]
    assert by_domain(cloud, is_scored=True) == [12, 15, 17, 6]
    assert by_domain(Exam.objects.get(slug="clf-c02-sample")) == [2, 3, 4, 1]


def by_domain(exam, **filters):
    """How many questions each domain has on the exam's only form, in the order of the domains."""
    rows = exam.forms.get().form_questions.filter(**filters)
    counts = rows.order_by().values("version__question__task__domain__number")
    return list(
        counts.annotate(count=Count("pk"))
        .order_by("version__question__task__domain__number")
        .values_list("count", flat=True)
    )


def test_the_shipped_mock_exams_are_parallel():
    call_command("load_bank")
    call_command("load_exams")
    forms = ExamForm.objects.filter(exam__slug__startswith="mls-c01-mock")
    for filters in ({}, {"is_scored": True}):
        means = means_of(forms, **filters)
        assert len(means) == 4
        assert max(means) - min(means) < 2
    rows = FormQuestion.objects.filter(form__in=forms)
    assert rows.values("version__question").distinct().count() == 260
    assert rows.values("form", "version__kind").distinct().count() == 4 * 4
    assert rows.values("form", "version__question__task").distinct().count() == 4 * 15


def alike(count):
    """A catalogue of so many exams of one blueprint."""
    entry = CATALOGUE.rpartition("[[exams]]")[2]
    return "".join(
        f"[[exams]]{entry}".replace("mock-1", f"mock-{n}").replace("exam 1", f"exam {n}")
        for n in range(1, count + 1)
    )


def test_exams_alike_that_lack_forms_get_parallel_ones(catalogue, capsys):
    load_exams.CATALOGUE.write_text(alike(3))
    make_bank(catalogue, (6, 6, 6, 6))
    for place, question in enumerate(Question.objects.order_by("pk")):
        Question.objects.filter(pk=question.pk).update(angoff=40 + 20 * (place % 3))
    call_command("load_exams")
    forms = ExamForm.objects.order_by("exam__slug")
    assert means_of(forms) == [60, 60, 60]
    assert capsys.readouterr().err == ""


def test_a_form_there_is_is_kept_when_others_are_drawn(catalogue):
    make_bank(catalogue, (8, 8, 8, 8))
    load_exams.CATALOGUE.write_text(alike(1))
    call_command("load_exams")
    before = list(FormQuestion.objects.order_by("pk").values())
    load_exams.CATALOGUE.write_text(alike(3))
    call_command("load_exams")
    assert list(FormQuestion.objects.order_by("pk").values())[: len(before)] == before
    assert rows() == ([("mock-1", 1), ("mock-2", 1), ("mock-3", 1)], 24)


def test_a_bank_without_parallel_forms_gives_others_and_says_why(catalogue, capsys):
    load_exams.CATALOGUE.write_text(alike(2))
    make_bank(catalogue, (4, 4, 4, 4))
    Question.objects.filter(task__number="3.1").update(angoff=None)
    call_command("load_exams")
    assert rows() == ([("mock-1", 1), ("mock-2", 1)], 16)
    assert capsys.readouterr().err == (
        "No 2 parallel forms can be drawn for MLS-C01 Mock exam 1: domain 3 Domain 3 needs 4"
        " questions and has 0, 4 short. Left out, having no Angoff estimate: 4."
        " Each form is drawn by chance.\n"
    )


# --- sweep


@pytest.fixture
def overdue():
    return make_sitting(make_form(make_exam()), make_user(), started_ago=timedelta(hours=2))


def test_sweeping_once_closes_and_counts(overdue, capsys):
    call_command("sweep")
    overdue.refresh_from_db()
    assert overdue.submitted_at == overdue.deadline
    call_command("sweep")
    assert capsys.readouterr().out == "Sittings closed: 1\nSittings closed: 0\n"


@pytest.fixture
def handlers(monkeypatch):
    """What the command asks to have done on a signal, by signal."""
    asked = {}
    monkeypatch.setattr(sweep.signal, "signal", asked.__setitem__)
    return asked


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_sweeping_goes_on_until_a_signal(handlers, monkeypatch, number):
    monkeypatch.setattr(sweep, "close_old_connections", lambda: None)  # the test's own transaction
    passes = []

    def close(limit=200):
        passes.append(limit)
        if len(passes) == 3:
            handlers[number](number, None)
        return 0

    monkeypatch.setattr(delivery, "close_overdue", close)
    call_command("sweep", every=0.001)
    assert len(passes) == 3


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_breaks_is_made_anew_at_the_next_pass(handlers, monkeypatch, overdue):
    close, breaks = delivery.close_overdue, ["SELECT pg_terminate_backend(pg_backend_pid())"]

    def close_later(limit=200):
        if breaks:
            connection.cursor().execute(breaks.pop())
        handlers[signal.SIGTERM](signal.SIGTERM, None)
        return close(limit)

    monkeypatch.setattr(delivery, "close_overdue", close_later)
    call_command("sweep", every=0.001)
    overdue.refresh_from_db()
    assert overdue.submitted_at == overdue.deadline
