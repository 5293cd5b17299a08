"""What a pass brings: AWS's part by the prices in the bank, and a code of Passline's own."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exams import delivery
from exams.models import AccessCode
from questions.models import Certification
from scoring import benefits, corrections, summary
from scoring.models import Result
from tests.exams.factories import make_exam, make_user, submit, token_of
from tests.questions.factories import make_certification
from tests.scoring.factories import make_mock, make_open_sitting

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_user()


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


def sat(candidate, *, right=3, exam=None, **fields):
    return submit(make_open_sitting(exam or make_mock(**fields), candidate, right=right))


def report_of(client, sitting):
    return client.get(reverse("report", args=[sitting.pk])).content.decode()


# --- The cost path


def priced(code, price, **fields):
    return make_certification(code, price_usd=price, **fields)


def test_the_cheaper_way():
    specialty, _cloud = priced("MLS-C01", 300), priced("CLF-C02", 100)
    priced("SAA-C03", 150)
    path = benefits.cost_path(specialty)
    assert (path.first_codes, path.first_price) == ("CLF-C02", 100)
    assert (path.alone, path.discounted, path.total, path.saved) == (300, 150, 250, 50)


def test_equally_cheap_ones_are_both_named():
    specialty = priced("MLS-C01", 300)
    priced("CLF-C02", 100)
    priced("AIF-C01", 100)
    assert benefits.cost_path(specialty).first_codes == "AIF-C01 or CLF-C02"


def test_half_a_dollar_stays():
    one = priced("A", 125)
    priced("B", 10)
    assert benefits.cost_path(one).total == Decimal("72.5")


@pytest.mark.parametrize(
    ("own", "other"), [(None, 100), (300, None), (150, 100), (200, 100), (100, 100)]
)
def test_no_path_without_prices_or_where_it_saves_nothing(own, other):
    certification = priced("A", own)
    priced("B", other)
    assert benefits.cost_path(certification) is None


def test_a_retired_exam_is_no_first_step():
    specialty = priced("MLS-C01", 300)
    priced("OLD-C01", 50, status="retired")
    assert benefits.cost_path(specialty) is None


def test_the_report_of_a_pass_tells_it(as_ada, ada):
    sitting = sat(ada)
    Certification.objects.update(price_usd=300, valid_years=3)
    priced("CLF-C02", 100)
    text = report_of(as_ada, sitting)
    assert "100 + 150 = <strong>250 US dollars</strong>" in text
    assert "50% off the next AWS exam" in text
    assert "Not from Passline" in text
    assert "3 years; then recertify" in text


@pytest.mark.parametrize(("right", "pool"), [(2, "exam"), (3, "sample")])
def test_neither_a_fail_nor_the_sample_tells_it(as_ada, ada, right, pool):
    sitting = sat(ada, right=right, pool=pool)
    assert "What the real pass brings" not in report_of(as_ada, sitting)


# --- A code of Passline's own


@pytest.fixture
def reward():
    return make_exam(slug="reward", name="Final", is_restricted=True)


def test_a_pass_gives_a_code_once(as_ada, ada, reward):
    exam = make_mock(reward=reward)
    first, second = sat(ada, exam=exam), sat(ada, exam=exam, right=4)
    code = AccessCode.objects.get()
    assert (code.exam, code.issued_to) == (reward, ada)
    assert code.code in report_of(as_ada, first)
    assert code.code in report_of(as_ada, second)
    as_ada.post(reverse("redeem"), {"code": code.code})
    assert code.code not in report_of(as_ada, first)
    assert "the exam is open to you" in report_of(as_ada, first)


def test_a_fail_gives_none(as_ada, ada, reward):
    sitting = sat(ada, right=2, reward=reward)
    assert "Access code for" not in report_of(as_ada, sitting)
    assert not AccessCode.objects.exists()


def test_practice_gives_none(ada, reward):
    sat(ada, reward=reward, mode="practice")
    assert not AccessCode.objects.exists()


def test_the_mail_carries_the_code(ada, reward):
    sitting = sat(ada, reward=reward)
    result = Result.objects.select_related(*summary.RELATED).get(pk=sitting.pk)
    letter = summary.message(result, ada)
    assert f"YOUR ACCESS CODE FOR Final\n\n{AccessCode.objects.get().code}" in letter.body
    assert AccessCode.objects.get().code in letter.alternatives[0][0]


def test_a_pass_by_correction_gives_a_code_at_the_next_look(as_ada, ada, reward):
    sitting = sat(ada, right=2, reward=reward)
    version = sitting.responses.get(position=4).form_question.version
    rev = make_user("rev@passline.example")
    corrections.withdraw(version, actor=rev, reason="Out of date.")
    assert AccessCode.objects.count() == 0
    text = report_of(as_ada, sitting)
    assert AccessCode.objects.get().code in text


def statements(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_the_code_costs_a_submit_one_statement(ada, reward):
    exam = make_mock()
    plain = make_open_sitting(exam, ada, right=3)
    without = statements(lambda: delivery.submit(token_of(plain)))
    exam.reward = reward
    exam.save()
    rewarded = make_open_sitting(exam, ada, right=3)
    assert statements(lambda: delivery.submit(token_of(rewarded))) == without + 1
