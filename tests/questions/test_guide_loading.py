"""Guides come from the files once; after that authors have the word."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from questions.formats.faults import BankError
from questions.formats.outline import OutlineGuide, OutlineResource
from questions.guide_loading import load_guide
from questions.loading import load
from questions.models import Certification, Question, Resource
from tests.questions.factories import make_certification
from tests.questions.formats.test_outline import GUIDE, OUTLINE

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FREE = OutlineResource("Guide", "", "free", 5, 10, is_optional=False)
FILE = OutlineGuide(summary="From the file.", price_usd=0, kinds=("single",), resources=(FREE,))


def test_an_empty_guide_is_filled():
    certification = make_certification()
    load_guide(certification, FILE)
    certification.refresh_from_db()
    assert (certification.summary, certification.price_usd, certification.kinds) == (
        "From the file.",
        0,
        ["single"],
    )
    assert list(Resource.objects.values_list("position", "name", "cost", "minutes")) == [
        (1, "Guide", "free", 5)
    ]


def test_what_authors_wrote_stays():
    certification = make_certification(summary="Ours.")
    Resource.objects.create(certification=certification, name="Ours", cost="free", usefulness=9)
    load_guide(certification, FILE)
    certification.refresh_from_db()
    assert (certification.summary, certification.price_usd) == ("Ours.", 0)
    assert [one.name for one in Resource.objects.all()] == ["Ours"]


def test_statements(django_assert_num_queries):
    certification = make_certification()
    with django_assert_num_queries(3):
        load_guide(certification, FILE)
    with django_assert_num_queries(1):
        load_guide(certification, FILE)


def test_an_outline_without_questions_may_leave_its_tasks_out(tmp_path):
    text = OUTLINE.replace("[[domains]]", GUIDE + "[[domains]]", 1)
    lines = [line for line in text.splitlines() if not line.startswith("tasks")]
    (tmp_path / "certification.toml").write_text("\n".join(lines))
    load(tmp_path, now=NOW)
    assert Certification.objects.get().resources.count() == 2
    (tmp_path / "1-first.md").write_text("# 1 First\n")
    with pytest.raises(BankError, match="domains: domain 1 has no tasks"):
        load(tmp_path, now=NOW)


def test_what_is_shipped(capsys):
    call_command("load_bank")
    codes = Certification.objects.values_list("code", "question_count", "minutes", "cut_score")
    assert list(codes) == [
        ("AIF-C01", 65, 90, 700),
        ("CLF-C02", 65, 90, 700),
        ("MLA-C01", 65, 130, 720),
        ("MLS-C01", 65, 180, 750),
        ("SAA-C03", 65, 130, 720),
    ]
    asked = Question.objects.order_by().values_list("certification__code", flat=True).distinct()
    assert set(asked) == {"CLF-C02", "MLS-C01"}
    assert not Certification.objects.filter(summary="").exists()
    assert Resource.objects.filter(certification__code="MLS-C01").count() == 6
