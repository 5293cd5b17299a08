"""Reminders: who is owed one and when, once a day, and how it reads."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from questions.models import QuestionVersion
from scoring import mailing, reminding, unsubscribing
from scoring.models import EmailState, Reminder, ReviewCard, StudyPlan
from scoring.tasks import owe_reminders, send_owed_summaries
from tests.exams.factories import make_user
from tests.questions.factories import make_certification, make_question

pytestmark = [
    pytest.mark.django_db,
    # Static files are collected for production only.
    pytest.mark.filterwarnings("ignore:No directory at"),
]

DAY = date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 8, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def make_reader(name="ada", **fields) -> User:
    return make_user(f"{name}@passline.example", wants_review_reminders=True, **fields)


def make_card(candidate, due_at=LONG_AGO, version=None, **fields) -> ReviewCard:
    version = version or make_question()
    return ReviewCard.objects.create(
        candidate=candidate,
        question=version.question,
        version=version,
        reason="missed",
        stability=1.0,
        difficulty=5.0,
        due_at=due_at,
        **fields,
    )


def make_plan(candidate, days, certification=None) -> StudyPlan:
    return StudyPlan.objects.create(
        candidate=candidate,
        certification=certification or make_certification("X-1", name="Example"),
        exam_on=DAY + timedelta(days=days),
    )


def owed() -> list[tuple[str, str, date]]:
    rows = Reminder.objects.order_by("pk")
    return list(rows.values_list("candidate__email", "kind", "day"))


def state(reminder):
    return Reminder.objects.with_email_state().get(pk=reminder.pk).email_state


# --- Who is owed one


def test_reviews_due_are_reminded_of_once_a_day():
    make_card(make_reader())
    for hour in (8, 9, 11):
        reminding.owe_reminders(MORNING.replace(hour=hour))
    assert owed() == [("ada@passline.example", "review", DAY)]
    reminding.owe_reminders(MORNING + timedelta(days=1))
    assert [day for _, _, day in owed()] == [DAY, DAY + timedelta(days=1)]


@pytest.mark.parametrize(
    ("fields", "card"),
    [
        ({"wants_review_reminders": False}, {}),
        ({"is_active": False}, {}),
        ({}, {"due_at": datetime(2099, 1, 1, tzinfo=UTC)}),
        ({}, {"suspended_at": LONG_AGO}),
    ],
)
def test_nobody_is_reminded_for_nothing(fields, card):
    reader = make_reader()
    User.objects.filter(pk=reader.pk).update(**fields)
    make_card(reader, **card)
    assert (reminding.owe_reminders(MORNING), owed()) == (0, [])


@pytest.mark.parametrize(
    ("hour", "zone", "day"),
    [
        (6, "UTC", None),
        (7, "UTC", 24),
        (11, "UTC", 24),
        (12, "UTC", None),
        (8, "America/Los_Angeles", None),
        (16, "America/Los_Angeles", 24),
        (22, "Asia/Tokyo", 25),
        (8, "Mars/Olympus", 24),
    ],
)
def test_it_comes_in_the_candidate_s_morning(hour, zone, day):
    make_card(make_reader(time_zone=zone))
    reminding.owe_reminders(MORNING.replace(hour=hour))
    assert [one.day for _, _, one in owed()] == ([day] if day else [])


@pytest.mark.parametrize(
    ("days", "count"),
    [(15, 0), (14, 1), (13, 0), (8, 0), (7, 1), (2, 0), (1, 1), (0, 0), (-1, 0)],
)
def test_an_exam_date_is_reminded_of_three_times(days, count):
    make_plan(make_user(), days)
    for hour in (8, 9):
        reminding.owe_reminders(MORNING.replace(hour=hour))
    assert owed() == [("ada@passline.example", "exam", DAY)] * count


def test_whoever_switched_it_off_hears_of_no_exam_date():
    make_plan(make_user(wants_exam_reminders=False), 7)
    assert reminding.owe_reminders(MORNING) == 0


@pytest.mark.parametrize("count", [1, 3, 50])
def test_a_sweep_is_four_statements(count, django_assert_num_queries):
    version, certification = make_question(), make_certification("X-1")
    for number in range(count):
        reader = make_reader(f"reader-{number}")
        make_card(reader, version=version)
        make_plan(reader, 7, certification)
    with django_assert_num_queries(4):
        assert reminding.owe_reminders(MORNING) == 2 * count
    with django_assert_num_queries(3):
        assert reminding.owe_reminders(MORNING) == 0
    with django_assert_num_queries(1):
        assert reminding.owe_reminders(MORNING.replace(hour=20)) == 0


# --- How it is sent


@pytest.fixture
def at_eight(time_machine):
    """Eight in the morning of a day on which the database's clock agrees with ours."""
    today = timezone.now().date()
    time_machine.move_to(datetime(today.year, today.month, today.day, 8, tzinfo=UTC), tick=False)
    return today


def parts(message):
    parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    return [" ".join(str(part.get_content()).split()) for part in parsed.iter_parts()]


def make_reminder(reader, day, kind="review", **fields) -> Reminder:
    return Reminder.objects.create(
        candidate=reader, kind=kind, day=day, email_due_at=LONG_AGO, **fields
    )


def test_from_the_sweep_to_the_mailbox(at_eight, settings):
    settings.SITE_URL = "https://passline.example"
    reader = make_reader()
    for _ in range(3):
        make_card(reader)
    owe_reminders()
    Reminder.objects.update(email_due_at=LONG_AGO)
    for _ in range(2):
        send_owed_summaries()
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["ada@passline.example"], "3 questions to review")
    for part in parts(letter):
        assert "to review today" in part
        assert "about 3 minutes" in part
        assert "https://passline.example/review/" in part
        assert unsubscribing.address(reader, "review") in part


def test_its_headers_let_a_mail_program_unsubscribe(at_eight, settings):
    settings.SITE_URL = "https://passline.example"
    reader = make_user()
    plan = make_plan(reader, 0)
    StudyPlan.objects.update(exam_on=at_eight)
    reminder = make_reminder(reader, at_eight, "exam", certification=plan.certification)
    mailing.send(reminder.pk, Reminder)
    raw = mail.outbox[0].message().as_bytes(linesep="\r\n").partition(b"\r\n\r\n")[0]
    address = unsubscribing.address(reader, "exam")
    head = raw.decode().replace("\r\n ", "").split("\r\n")
    assert f"List-Unsubscribe:<{address}>" in [line.replace(": ", ":") for line in head]
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    assert f"Message-ID: <reminder-{reminder.pk}.0@passline.example>" in head


@pytest.mark.parametrize(
    ("days", "subject", "said"),
    [
        (14, "Your exam date is in 14 days: X-1", "14 days left"),
        (6, "Your exam date is in 6 days: X-1", "6 days left"),
        (1, "Your exam date is tomorrow: X-1", "1 day left"),
        (0, "Your exam date is today: X-1", "Today is the day"),
    ],
)
def test_an_exam_date_is_told_as_it_stands(at_eight, days, subject, said):
    reader = make_user()
    plan = make_plan(reader, 0)
    StudyPlan.objects.update(exam_on=at_eight + timedelta(days=days))
    reminder = make_reminder(reader, at_eight, "exam", certification=plan.certification)
    mailing.send(reminder.pk, Reminder)
    [letter] = mail.outbox
    assert letter.subject == subject
    for part in parts(letter):
        assert "X-1 Example" in part
        assert said in part
        assert unsubscribing.address(reader, "exam") in part


def switched_off(reader):
    User.objects.filter(pk=reader.pk).update(wants_review_reminders=False)


def reviewed(reader):
    ReviewCard.objects.filter(candidate=reader).update(due_at=datetime(2099, 1, 1, tzinfo=UTC))


def too_late(reader):
    Reminder.objects.filter(candidate=reader).update(day=DAY - timedelta(days=1))


def withdrawn(reader):
    QuestionVersion.objects.filter(question__review_cards__candidate=reader).update(
        withdrawn_at=LONG_AGO
    )


@pytest.mark.parametrize("change", [switched_off, reviewed, too_late, withdrawn])
def test_what_is_no_longer_so_is_not_sent(at_eight, change):
    reader = make_reader()
    make_card(reader)
    reminder = make_reminder(reader, at_eight)
    change(reader)
    mailing.send(reminder.pk, Reminder)
    assert (mail.outbox, state(reminder)) == ([], EmailState.NONE)


def test_a_plan_given_up_is_no_longer_told(at_eight):
    reader = make_user()
    reminder = make_reminder(reader, at_eight, "exam", certification=make_certification())
    mailing.send(reminder.pk, Reminder)
    assert (mail.outbox, state(reminder)) == ([], EmailState.NONE)


def test_sending_is_six_statements(at_eight, django_assert_num_queries):
    reader = make_reader()
    make_card(reader)
    reminder = make_reminder(reader, at_eight)
    with django_assert_num_queries(6 + 2):
        mailing.send(reminder.pk, Reminder)
    assert state(reminder) == EmailState.SENT


def test_staff_look_at_reminders(client, django_user_model):
    make_reminder(make_reader(), DAY)
    client.force_login(django_user_model.objects.create_superuser("staff@example.com", "secret"))
    page = client.get("/admin/scoring/reminder/").content.decode()
    assert "ada@passline.example" in page
    assert "owed" in page
