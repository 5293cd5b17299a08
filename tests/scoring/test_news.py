"""The news of a changed result, and its way through the queue of letters."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.utils import timezone

from exams.models import Sitting
from scoring import corrections, mailing, news
from scoring.models import EmailState, ResultRevision
from scoring.tasks import send_owed_summaries
from tests.scoring.factories import make_mock
from tests.scoring.mail_server import running
from tests.scoring.test_corrections import WHY, first_version, sat, staff
from tests.scoring.test_mailing import smtp  # noqa: F401

pytestmark = pytest.mark.django_db


def corrected(*, first=None, right=3, withdrawn=False, reason=WHY):
    """The revision of one result; its summary is sent and out of the way."""
    exam = make_mock(4)
    sat(exam, "ada", right=right, first=first)
    mailing.send_owed()
    mail.outbox.clear()
    version = first_version(exam)
    if withdrawn:
        corrections.withdraw(version, actor=staff(), reason=reason)
    else:
        corrections.correct_key(version, key="C", actor=staff(), reason=reason, may_fail=True)
    return ResultRevision.objects.get()


def written(revision):
    found = ResultRevision.objects.select_related(*news.RELATED).get(pk=revision.pk)
    return news.message(found, found.recipient)


def parts(message):
    parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    return [" ".join(str(part.get_content()).split()) for part in parsed.iter_parts()]


def state(revision):
    return ResultRevision.objects.with_email_state().get(pk=revision.pk).email_state


def test_the_whole_text(settings):
    settings.SITE_URL = "https://passline.example"
    revision = corrected()
    message = written(revision)
    body = message.body
    assert message.subject == "Your result has changed to FAIL: Mock exam 1 (750 to 533)"
    assert message.extra_headers["Message-ID"] == f"<revision-{revision.pk}.0@passline.example>"
    code = Sitting.objects.get().exam.certification.code
    assert body.startswith(f"Mock exam 1, {code} Example\nSubmitted ")
    assert body.partition("UTC\n")[2] == (
        f"""
The key of question 1 was wrong and is corrected. Your response was judged again.

Your score was 750 (PASS) and is now 533 (FAIL).
The pass line is 750, as before. You had 3 and now have 2 of 4 scored questions right.
This turns a pass into a fail. We are sorry that we told you otherwise.

WHY

{WHY}

The question, each option explained:
https://passline.example/results/{revision.result_id}/#question-1

--
Passline is not affiliated with, endorsed by or sponsored by Amazon Web Services. AWS and the """
        """certification names are trademarks of Amazon.com, Inc. or its affiliates.

You receive this message because you submitted this exam on Passline. It was sent automatically.
"""
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "This turns a pass into a fail."),
        ({"first": "C"}, "You have passed after all."),
        ({"right": 1}, "The verdict stays as it was."),
        ({"first": "A", "withdrawn": True}, "Question 1 was withdrawn: it counts as right"),
    ],
)
def test_both_parts_say_what_changed(options, said):
    revision = corrected(**options)
    for part in parts(written(revision)):
        assert said in part
        assert WHY in part
        assert f"Your score was {revision.scaled_before} (" in part


def test_a_reason_cannot_become_markup():
    text, html = parts(written(corrected(reason="<b>A & B</b>")))
    assert "<b>A & B</b>" in text
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in html


def test_it_is_written_in_the_reader_s_zone():
    revision = corrected()
    candidate = revision.recipient
    candidate.time_zone = "Asia/Tokyo"
    candidate.save()
    assert "JST" in written(revision).body


def test_it_is_sent_once_and_a_summary_goes_first():
    revision = corrected()
    sat(revision.result.sitting.exam, "bob", right=2)
    for _ in range(2):
        send_owed_summaries()
    assert [one.to[0] for one in mail.outbox] == ["bob@passline.example", "ada@passline.example"]
    assert state(revision) == EmailState.SENT


def test_sending_is_five_statements(django_assert_num_queries):
    revision = corrected()
    with django_assert_num_queries(5 + 2):
        mailing.send(revision.pk, ResultRevision)


def test_a_candidate_who_left_gets_none():
    revision = corrected()
    candidate = revision.recipient
    candidate.is_active = False
    candidate.save()
    mailing.send(revision.pk, ResultRevision)
    assert (mail.outbox, state(revision)) == ([], EmailState.NONE)


def test_the_fence_holds_for_this_kind_too():
    revision = corrected()
    slow = mailing.claim(revision.pk, ResultRevision)
    past = timezone.now() - timedelta(seconds=1)
    ResultRevision.objects.update(email_claimed_until=past)
    quick = mailing.claim(revision.pk, ResultRevision)
    assert (slow.try_number, quick.try_number) == (1, 2)
    with pytest.raises(mailing.ClaimLost):
        slow.begin()
    quick.begin()
    slow.finish()
    assert state(revision) == EmailState.SENDING


def test_what_broke_after_the_mark_is_sent_again_by_staff_only(smtp):  # noqa: F811
    revision = corrected()
    with running("dropped after the dot") as server:
        smtp(server.port)
        mailing.send(revision.pk, ResultRevision)
        past = timezone.now() - timedelta(seconds=1)
        ResultRevision.objects.update(email_claimed_until=past, email_due_at=past)
        assert state(revision) == EmailState.UNCERTAIN
        server.place = ""
        mailing.send_owed()
        assert len(server.received) == 1
        revision.refresh_from_db()
        assert mailing.send_again(revision, by=staff("clerk"))
        mailing.send_owed()
        assert len(server.received) == 2
    assert server.received[1]["Message-ID"] == f"<revision-{revision.pk}.1@passline.example>"
    assert state(revision) == EmailState.SENT
