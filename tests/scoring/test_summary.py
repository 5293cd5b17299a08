import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from exams.models import Sitting
from questions.models import Domain
from scoring import composing, summary
from scoring.models import Result
from scoring.precision import Standing
from scoring.summary import DomainRow, Outlook
from tests.exams.factories import make_user
from tests.scoring.factories import make_mock, make_result, set_email

pytestmark = pytest.mark.django_db


def written(result):
    result = Result.objects.select_related(*summary.RELATED).get(pk=result.pk)
    return summary.message(result, result.sitting.candidate)


def received(message):
    return message_from_bytes(message.message().as_bytes(), policy=policy.default)


def parts(message):
    """The text and the HTML as a mail client would find them."""
    return [str(part.get_content()) for part in received(message).iter_parts()]


@pytest.fixture
def passed():
    return make_result(right=55, exam=make_mock(65))


def test_the_whole_text(passed, settings):
    settings.SITE_URL = "https://passline.example"
    Sitting.objects.update(submitted_at=datetime(2026, 11, 3, 15, 5, tzinfo=UTC))
    code = passed.sitting.exam.certification.code
    text, _html = parts(written(passed))
    assert text == (
        f"""Mock exam 1, {code} Example
Submitted Nov. 3, 2026, 3:05 p.m. UTC

PASS
Your score: 846 of 1000. The pass line: 750.
Your level is probably (about 2 chances in 3) between 796 and 885.
You got 55 of 65 scored questions right.

BY DOMAIN

- Domain 1
  17 of 17 right, 100%: Meets competencies

- Domain 2
  16 of 16 right, 100%: Meets competencies

- Domain 3
  16 of 16 right, 100%: Meets competencies

- Domain 4
  6 of 16 right, 37%: Needs improvement

NEXT STEP

Your whole likely range lies above the pass line. Go through what you missed while it is fresh, """
        f"""and take another mock exam to confirm it. Start with Domain 4.

The questions you missed, each option explained:
https://passline.example/results/{passed.pk}/?show=missed

The score report as PDF (log in to open it):
https://passline.example/results/{passed.pk}/report.pdf

--
The scale is an estimate: real exams adjust it to the difficulty of each form, so a real score """
        """may differ.

Passline is not affiliated with, endorsed by or sponsored by Amazon Web Services. AWS and the """
        """certification names are trademarks of Amazon.com, Inc. or its affiliates.

You receive this message because you submitted this exam on Passline. It was sent automatically.
"""
    )


def test_the_html_says_the_same(passed):
    text, html = parts(written(passed))
    plain = " ".join(re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL).split())
    for said in (
        "PASS", "846 of 1000, pass line 750", "between 796 and 885", "55 of 65 scored questions",
        "Domain 4 6 of 16 37% Needs improvement", "Domain 1 17 of 17 100% Meets competencies",
        "Start with Domain 4.", "The scale is an estimate", "not affiliated with",
    ):  # fmt: skip
        assert said in plain
    links = re.findall(r'href="([^"]+)"', html)
    assert len(links) == 2
    assert all(link in text for link in links)


def test_the_styles_are_inline_and_dark_mode_stays(passed):
    _text, html = parts(written(passed))
    assert '<h1 class="pass" style="' in html
    [style] = re.findall(r"<style>(.*?)</style>", html, flags=re.DOTALL)
    assert re.findall(r"(@media [^{]+) {", style) == [
        "@media (min-width: 520px)",
        "@media (prefers-color-scheme: dark)",
    ]
    assert not re.search(r"<img|<svg|<script|url\(", html)


def test_headers(passed):
    message = received(written(set_email(passed, resend_count=2)))
    assert message["Subject"] == "Your result: PASS in Mock exam 1 (846 of 1000)"
    assert message["Message-ID"] == f"<result-{passed.pk}.2@passline.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "Passline <results@passline.example>"
    assert message["To"] == "ada@passline.example"


def test_a_fail_says_so():
    message = written(make_result(right=0))
    text, html = parts(message)
    assert message.subject == "Your result: FAIL in Mock exam 1 (100 of 1000)"
    assert "\nFAIL\n" in text
    assert '<h1 class="fail"' in html


def test_names_smuggle_in_no_header_and_no_markup():
    exam = make_mock(4, name="Mock\r\nBcc: eve@passline.example\r\n\r\n<b>1</b>")
    exam.certification.name = "C&A\r\nX-Canary: yes"
    exam.certification.save()
    Domain.objects.filter(number=1).update(name="<script>alert(1)</script>")
    message = written(make_result(right=0, exam=exam))
    assert message.recipients() == ["ada@passline.example"]
    sent = received(message)
    assert sent["Bcc"] is None
    assert sent["X-Canary"] is None
    assert "\n" not in message.subject
    _text, html = parts(message)
    assert "<script>" not in html
    assert "<b>1</b>" not in html
    assert "&lt;script&gt;" in html


def test_the_candidates_own_zone():
    result = make_result(make_user(time_zone="Asia/Tokyo"))
    Sitting.objects.update(submitted_at=datetime(2026, 11, 3, 23, 30, tzinfo=UTC))
    text, _html = parts(written(result))
    assert "Submitted Nov. 4, 2026, 8:30 a.m. JST" in text


def test_an_unknown_zone_is_utc():
    assert str(composing.zone("Mars/Olympus")) == "UTC"
    assert str(composing.zone("../etc")) == "UTC"


@pytest.mark.parametrize(
    ("right", "outlook"),
    [(65, "clear"), (53, "clear"), (52, "just-passed"), (49, "just-passed"),
     (48, "near"), (46, "near"), (45, "below"), (0, "below")],
)  # fmt: skip
def test_the_next_step_follows_from_the_range(right, outlook):
    result = make_result(right=right, exam=make_mock(65))
    assert summary.outlook(result, summary.likely_range(result)) == outlook
    text, _html = parts(written(result))
    assert str(summary.NEXT_STEPS[Outlook(outlook)]) in text


def test_nothing_to_start_with_when_all_is_met():
    text, _html = parts(written(make_result(right=65, exam=make_mock(65))))
    assert "Start with" not in text


def test_the_weakest_domain_by_share():
    rows = [
        DomainRow("a", 9, 13, Standing.NEEDS_IMPROVEMENT),
        DomainRow("b", 2, 4, Standing.NEEDS_IMPROVEMENT),
        DomainRow("c", 3, 4, Standing.MEETS),
    ]
    assert summary.weakest(rows) == rows[1]
    assert summary.weakest(rows[2:]) is None


def picture(right, n=65):
    result = make_result(right=right, exam=make_mock(n))
    return [
        (cell.kind, cell.width)
        for cell in summary.score_cells(result, summary.likely_range(result))
    ]


def test_the_picture_of_a_pass():
    assert picture(49) == [
        ("track", 67), ("range", 5), ("line", 0), ("dot", 0), ("range", 6), ("track", 22),
    ]  # fmt: skip


def test_the_picture_of_a_near_fail_has_the_score_before_the_line():
    assert picture(48) == [
        ("track", 65), ("range", 6), ("dot", 0), ("range", 1), ("line", 0), ("range", 4),
        ("track", 24),
    ]  # fmt: skip


def test_the_line_goes_through_label_and_bar():
    _text, html = parts(written(make_result(right=49, exam=make_mock(65))))
    assert re.findall(r'(colspan|rowspan)="(\d)"', html) == [
        ("colspan", "2"), ("rowspan", "2"), ("colspan", "3"),
    ]  # fmt: skip


def test_the_picture_at_the_ends():
    assert picture(0) == [("dot", 0), ("range", 1), ("track", 71), ("line", 0), ("track", 28)]
    assert summary.place(1000, Result(floor_score=100, ceiling_score=1000)) == 100


@pytest.mark.parametrize("right", [0, 1, 30, 48, 49, 64, 65])
def test_the_picture_is_as_wide_as_the_scale(right):
    cells = picture(right)
    assert sum(width for _kind, width in cells) == 100
    assert [kind for kind, _width in cells].count("line") == 1
    assert [kind for kind, _width in cells].count("dot") == 1
