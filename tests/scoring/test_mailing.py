import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.models import User
from scoring import mailing, summary
from scoring.models import EmailState, Result
from scoring.tasks import send_owed_summaries, send_summary
from tests.exams.factories import make_user
from tests.scoring.factories import make_mock, make_result, set_email
from tests.scoring.mail_server import free_port, running

pytestmark = pytest.mark.django_db

PAST = timedelta(seconds=-1)
AHEAD = timedelta(minutes=1)


def at(delta):
    return timezone.now() + delta


def state(result):
    return Result.objects.with_email_state().get(pk=result.pk).email_state


def over(result):
    """The lease of a sender that died runs out."""
    return set_email(result, claimed_until=at(PAST))


def due(result):
    return set_email(result, due_at=at(PAST))


@pytest.fixture
def smtp(settings):
    """Turns the settings to a mail server."""

    def turn(port):
        settings.EMAIL_BACKEND = "config.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 5

    return turn


# --- Once


def test_an_owed_summary_is_sent_once():
    result = make_result()
    for _ in range(3):
        send_summary(result.pk)
        send_owed_summaries()
    assert len(mail.outbox) == 1
    result.refresh_from_db()
    assert state(result) == EmailState.SENT
    assert result.emailed_at >= result.email_data_at
    assert (result.email_try_count, result.email_claimed_until) == (1, None)


def test_sending_is_five_statements(django_assert_num_queries):
    result = make_result()
    # The mark is a transaction of its own, here a savepoint and its release.
    with django_assert_num_queries(5 + 2):
        mailing.send(result.pk)


@pytest.mark.parametrize(
    "columns",
    [
        {"due_at": None},
        {"due_at": AHEAD},
        {"claimed_until": AHEAD},
        {"data_at": PAST, "claimed_until": PAST},
        {"sent_at": PAST},
        {"failed_at": PAST},
    ],
    ids=["none owed", "not yet", "claimed", "uncertain", "sent", "failed"],
)
def test_what_is_not_owed_is_not_sent(columns):
    columns = {name: delta and at(delta) for name, delta in columns.items()}
    result = set_email(make_result(), **columns)
    before = Result.objects.values().get()
    mailing.send(result.pk)
    mailing.send_owed()
    mailing.send(result.pk + 1)
    assert mail.outbox == []
    assert Result.objects.values().get() == before


def test_a_claim_whose_sender_died_before_data_is_taken_over():
    result = over(set_email(make_result(), try_count=1))
    mailing.send(result.pk)
    assert (len(mail.outbox), state(result)) == (1, EmailState.SENT)


def test_a_candidate_who_left_gets_none():
    result = make_result()
    User.objects.update(is_active=False)
    mailing.send(result.pk)
    assert (mail.outbox, state(result)) == ([], EmailState.NONE)


# --- The fence


def test_a_sender_that_slept_over_its_lease_hands_nothing_over():
    result = make_result()
    slow = mailing.claim(result.pk)
    over(result)
    quick = mailing.claim(result.pk)
    assert (slow.try_number, quick.try_number) == (1, 2)
    with pytest.raises(mailing.ClaimLost):
        slow.begin()
    quick.begin()
    slow.finish()
    slow.retry("late")
    slow.fail("late")
    assert state(result) == EmailState.SENDING
    quick.finish()
    assert state(result) == EmailState.SENT


def test_a_sender_from_before_sending_again_writes_nothing():
    result = make_result()
    old = mailing.claim(result.pk)
    old.begin()
    result = over(result)
    assert mailing.send_again(result, by=make_user("staff@passline.example"))
    new = mailing.claim(result.pk)
    assert old.try_number == new.try_number
    old.finish()
    assert state(result) == EmailState.SENDING


def test_a_lost_claim_ends_quietly(monkeypatch):
    result = make_result()
    written = summary.message

    def while_another_claims(*args):
        over(result)
        mailing.claim(result.pk)
        return written(*args)

    monkeypatch.setattr(summary, "message", while_another_claims)
    mailing.send(result.pk)
    assert (mail.outbox, state(result)) == ([], EmailState.SENDING)


def test_a_result_erased_meanwhile_sends_nothing(monkeypatch):
    result = make_result()
    held = mailing.claim(result.pk)
    result.sitting.candidate.delete()
    mailing.deliver(held, make_user("b@passline.example"))
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_of_many_claims_at_once_one_wins():
    candidate, exam = make_user(), make_mock(1)
    for _round in range(10):
        result = make_result(candidate, right=1, exam=exam)
        start, claims = threading.Barrier(4), []

        def race(result_id=result.pk, start=start, claims=claims):
            start.wait()
            claims.append(mailing.claim(result_id))
            connection.close()

        threads = [threading.Thread(target=race) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [claim.try_number for claim in claims if claim] == [1]
        assert len(claims) == 4


# --- A mail server that breaks


@pytest.mark.parametrize("place", ["recipient refused", "sender refused", "dropped at rcpt"])
def test_broken_before_data_is_tried_again(place, smtp):
    result = make_result()
    with running(place) as server:
        smtp(server.port)
        mailing.send(result.pk)
        assert put_off(result, tries=1)
        server.place = ""
        mailing.send(due(result).pk)
    assert (state(result), len(server.received)) == (EmailState.SENT, 1)


def put_off(result, *, tries):
    """Given back, unmarked, due after the pause of so many tries."""
    result.refresh_from_db()
    pause = (result.email_due_at - timezone.now()).total_seconds()
    return (
        state(result) == EmailState.OWED
        and result.email_try_count == tries
        and result.email_claimed_until is None
        and result.email_data_at is None
        and 30 * 2 ** (tries - 1) - 5 < pause <= 30 * 2 ** (tries - 1) * 1.25
    )


def test_no_server_at_all_is_tried_again(smtp):
    result = make_result()
    smtp(free_port())
    mailing.send(result.pk)
    assert put_off(result, tries=1)


@pytest.mark.parametrize("place", ["data refused now", "message refused now"])
def test_a_no_for_now_to_data_is_tried_again(place, smtp):
    result = make_result()
    with running(place) as server:
        smtp(server.port)
        mailing.send(result.pk)
        assert put_off(result, tries=1)
        server.place = ""
        mailing.send(due(result).pk)
    assert (state(result), len(server.received)) == (EmailState.SENT, 1)


@pytest.mark.parametrize("place", ["data refused for good", "message refused for good"])
def test_a_no_for_good_to_data_is_given_up(place, smtp):
    result = make_result()
    with running(place) as server:
        smtp(server.port)
        mailing.send(result.pk)
        server.place = ""
        mailing.send(due(over(result)).pk)
    assert (state(result), server.received) == (EmailState.FAILED, [])


@pytest.mark.parametrize(
    ("place", "received"),
    [
        ("dropped at data", 0),
        ("dropped before the dot", 0),
        ("dropped after the dot", 1),
        ("odd answer", 1),
    ],
)
def test_broken_after_the_mark_is_uncertain_and_never_sent_again(place, received, smtp):
    result = make_result()
    with running(place) as server:
        smtp(server.port)
        mailing.send(result.pk)
        assert state(result) == EmailState.SENDING
        result.refresh_from_db()
        assert result.email_data_at < timezone.now() < result.email_claimed_until
        due(over(result))
        assert state(result) == EmailState.UNCERTAIN
        server.place = ""
        mailing.send(result.pk)
        mailing.send_owed()
    assert (state(result), len(server.received)) == (EmailState.UNCERTAIN, received)
    assert Result.objects.get().is_email_uncertain(timezone.now())


@pytest.mark.django_db(transaction=True)
def test_the_mark_is_committed_between_rcpt_and_data(smtp):
    result = make_result()
    marks = {}

    def look(step):
        marks[step] = Result.objects.get(pk=result.pk).email_data_at
        connection.close()

    with running() as server:
        server.watchers.append(look)
        smtp(server.port)
        mailing.send(result.pk)
    result.refresh_from_db()
    assert marks == {"rcpt": None, "data": result.email_data_at}
    assert result.email_data_at is not None


def test_what_the_server_gets(smtp):
    result = make_result()
    with running() as server:
        smtp(server.port)
        mailing.send(result.pk)
    [message] = server.received
    assert message["To"] == "ada@passline.example"
    assert message["Message-ID"] == f"<result-{result.pk}.0@passline.example>"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_a_quit_that_fails_changes_nothing(smtp, monkeypatch):
    result = make_result()
    with running() as server:
        smtp(server.port)
        monkeypatch.setattr("smtplib.SMTP.quit", refuse_to_quit)
        mailing.send(result.pk)
    assert state(result) == EmailState.SENT


def refuse_to_quit(self):
    self.close()
    raise OSError("gone")


# --- Back-off


def test_the_pauses_double_and_the_eighth_try_is_the_last(smtp):
    result = make_result()
    smtp(free_port())
    for tries in range(1, 8):
        mailing.send(due(result).pk)
        assert put_off(result, tries=tries)
    mailing.send(due(result).pk)
    assert state(result) == EmailState.FAILED
    result.refresh_from_db()
    assert (result.email_try_count, result.email_claimed_until) == (8, None)


def test_eight_deaths_are_the_end_too():
    result = over(set_email(make_result(), try_count=8))
    mailing.send(result.pk)
    assert (state(result), mail.outbox) == (EmailState.FAILED, [])


def test_a_summary_that_cannot_be_written_waits(monkeypatch):
    result = make_result()
    monkeypatch.setattr(summary, "message", lambda *args: 1 / 0)
    mailing.send(result.pk)
    assert put_off(result, tries=1)


# --- The sweep


def results(count):
    exam = make_mock()
    return [make_result(make_user(f"c{n}@passline.example"), exam=exam) for n in range(count)]


def recipients():
    return [message.to[0] for message in mail.outbox]


def test_the_longest_due_goes_first_and_a_batch_is_bounded():
    set_email(results(3)[1], due_at=at(timedelta(hours=-1)))
    mailing.send_owed(limit=2)
    assert recipients() == ["c1@passline.example", "c0@passline.example"]
    mailing.send_owed()
    assert recipients()[2:] == ["c2@passline.example"]


def test_one_that_fails_stops_no_other(monkeypatch):
    first = results(3)[0]
    claim = mailing.claim
    monkeypatch.setattr(
        mailing, "claim", lambda pk, kind: 1 / 0 if pk == first.pk else claim(pk, kind)
    )
    mailing.send_owed()
    assert recipients() == ["c1@passline.example", "c2@passline.example"]


def test_a_batch_ends_when_its_time_is_over(monkeypatch):
    results(3)
    monkeypatch.setattr(mailing, "BATCH_SECONDS", -1.0)
    mailing.send_owed()
    assert mail.outbox == []


# --- Sending again


@pytest.mark.parametrize(
    ("columns", "may"),
    [
        ({"data_at": PAST, "claimed_until": PAST}, True),
        ({"failed_at": PAST}, True),
        ({"data_at": PAST, "claimed_until": AHEAD}, False),
        ({"sent_at": PAST, "data_at": PAST}, False),
        ({"due_at": PAST}, False),
        ({"due_at": None}, False),
    ],
    ids=["uncertain", "failed", "being sent", "sent", "owed", "none owed"],
)
def test_only_the_uncertain_and_the_failed_are_sent_again(columns, may):
    columns = {name: delta and at(delta) for name, delta in columns.items()}
    result = set_email(make_result(), try_count=3, **columns)
    before = Result.objects.values().get()
    assert mailing.send_again(result, by=make_user("staff@passline.example")) is may
    if may:
        mailing.send(result.pk)
        [message] = mail.outbox
        assert message.extra_headers["Message-ID"] == f"<result-{result.pk}.1@passline.example>"
        assert state(result) == EmailState.SENT
    else:
        assert Result.objects.values().get() == before


def test_sending_again_twice_counts_once():
    result = set_email(make_result(), failed_at=at(PAST))
    staff = make_user("staff@passline.example")
    assert [mailing.send_again(result, by=staff) for _ in range(2)] == [True, False]


# --- The states agree


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"due_at": None}, "none"),
        ({"due_at": AHEAD}, "owed"),
        ({"claimed_until": PAST}, "owed"),
        ({"claimed_until": AHEAD}, "sending"),
        ({"claimed_until": AHEAD, "data_at": PAST}, "sending"),
        ({"claimed_until": PAST, "data_at": PAST}, "uncertain"),
        ({"sent_at": PAST, "data_at": PAST}, "sent"),
        ({"failed_at": PAST}, "failed"),
    ],
)
def test_email_states(columns, expected):
    columns = {name: delta and at(delta) for name, delta in columns.items()}
    result = set_email(make_result(), **columns)
    assert state(result) == expected
    assert Result.objects.uncertain().exists() == (expected == "uncertain")
    assert result.is_email_uncertain(timezone.now()) == (expected == "uncertain")


# --- Other ways of delivering


def test_the_development_mailbox(settings):
    settings.EMAIL_BACKEND = "config.mailbox.EmailBackend"
    result = make_result()
    mailing.send(result.pk)
    assert state(result) == EmailState.SENT
    assert len(list(settings.MAILBOX_DIR.glob("*.eml"))) == 1


def test_a_backend_that_breaks_is_uncertain(settings):
    settings.EMAIL_BACKEND = "config.mailbox.EmailBackend"
    result = make_result()
    settings.MAILBOX_DIR.write_text("a file stands in the way")
    mailing.send(result.pk)
    assert state(over(result)) == EmailState.UNCERTAIN
