from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exams import delivery
from exams.models import Exam, ExamForm, FormQuestion, LateResponse, Sitting
from tests.exams.factories import (
    make_exam,
    make_form,
    make_sitting,
    make_user,
    respond,
    submit,
    token_of,
)
from tests.questions.factories import make_bank, make_certification

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def root(client):
    client.force_login(User.objects.create_superuser("root@passline.example", "secret"))
    return client


@pytest.fixture
def form():
    return make_form(make_exam())


@pytest.fixture
def sitting(form):
    return make_sitting(form, make_user())


def staff_with(*codenames):
    """A browser of staff that holds these rights of the exams app."""
    user = make_user("staff@passline.example", is_staff=True)
    rights = Permission.objects.filter(content_type__app_label="exams", codename__in=codenames)
    user.user_permissions.set(rights)
    client = Client()
    client.force_login(user)
    return client


def address(page, *args):
    return reverse(f"admin:exams_{page}", args=args)


def change_page(row):
    return address(f"{row._meta.model_name}_change", row.pk)


def statements(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def without_responses(count=0):
    """What the inlines of a sitting's page post: nothing that could be changed."""
    return {
        f"{prefix}-{field}": count
        for prefix in ("responses", "late_responses")
        for field in ("TOTAL_FORMS", "INITIAL_FORMS")
    }


def extend(client, sitting, minutes):
    return client.post(change_page(sitting), {"more_minutes": minutes, **without_responses()})


def told(response):
    return [str(message) for message in response.context["messages"]]


# --- Lists


@pytest.mark.parametrize("model", ["exam", "examform", "sitting"])
def test_a_list_costs_the_same_at_one_and_three_rows(root, model):
    def add(number):
        exam = make_exam(slug=f"mock-{number}")
        make_sitting(make_form(exam), make_user(f"{number}@passline.example"))

    add(1)
    one = statements(root, address(f"{model}_changelist"))
    add(2)
    add(3)
    assert statements(root, address(f"{model}_changelist")) == one


@pytest.mark.parametrize("model", ["examform", "sitting"])
def test_a_page_costs_the_same_for_any_length(root, model):
    costs = []
    for size in (1, 3):
        exam = make_exam(slug=f"mock-{size}", question_count=size)
        sitting = make_sitting(make_form(exam), make_user(f"{size}@passline.example"))
        row = {"examform": sitting.form, "sitting": sitting}[model]
        root.get(change_page(row))  # content types are asked for once a process
        costs.append(statements(root, change_page(row)))
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("model", "found", "not_found"),
    [
        ("exam", "mock-1", "mock-9"),
        ("examform", "mock-1", "mock-9"),
        ("sitting", "ada@", "eve@"),
    ],
)
def test_lists_can_be_searched(root, sitting, model, found, not_found):
    counts = [
        root.get(address(f"{model}_changelist"), {"q": query}).context["cl"].result_count
        for query in (found, not_found)
    ]
    assert counts == [1, 0]


def test_a_sitting_is_found_by_its_number(root, form, sitting):
    make_sitting(form, make_user("bob@passline.example"))
    page = root.get(address("sitting_changelist"), {"q": str(sitting.pk)})
    assert list(page.context["cl"].result_list) == [sitting]


def test_lists_can_be_filtered_by_exam(root, sitting):
    other = make_exam(slug="mock-2")
    for exam, count in ((sitting.exam, 1), (other, 0)):
        page = root.get(address("sitting_changelist"), {"exam__id__exact": exam.pk})
        assert page.context["cl"].result_count == count


def test_a_guests_sitting_is_listed_as_one(root, form):
    make_sitting(form, guest_key=uuid4())
    assert ">guest<" in root.get(address("sitting_changelist")).content.decode()


def test_staff_without_rights_see_nothing(sitting):
    client = staff_with()
    for row in (sitting, sitting.form, sitting.exam):
        assert client.get(change_page(row)).status_code == 403
    for model in ("exam", "examform", "sitting"):
        assert client.get(address(f"{model}_changelist")).status_code == 403


def test_candidates_are_sent_to_the_log_in(client, sitting):
    client.force_login(sitting.candidate)
    response = client.get(change_page(sitting))
    assert (response.status_code, sitting.candidate.is_staff) == (302, False)


# --- Exams and forms


def test_an_exam_is_edited_freely_before_a_form_is_drawn(root):
    exam = make_exam()
    page = root.get(change_page(exam))
    assert {"certification", "pool", "question_count"} <= set(page.context["adminform"].form.fields)


def test_what_its_forms_were_drawn_to_stays(root, form):
    exam = form.exam
    page = root.get(change_page(exam)).context["adminform"].form
    assert not {"certification", "pool", "question_count", "unscored_count"} & set(page.fields)
    data = {name: page.initial[name] for name in page.fields if page.initial[name] is not None}
    data |= {"email_delay": "0", "opened_at_0": "", "opened_at_1": "", "name": "New name"}
    data |= {"question_count": "99", "pool": "sample"}
    assert root.post(change_page(exam), data).status_code == 302
    exam.refresh_from_db()
    assert (exam.name, exam.question_count, exam.pool) == ("New name", 4, "exam")


def test_a_form_is_drawn_from_the_list_of_exams(root):
    certification = make_certification(weights=(25, 25, 25, 25))
    make_bank(certification, (1, 1, 1, 1))
    exam = make_exam(certification)
    data = {"action": "draw_forms", "_selected_action": [exam.pk]}
    response = root.post(address("exam_changelist"), data, follow=True)
    form = ExamForm.objects.get()
    assert told(response) == [f"{form} was drawn."]
    assert form.frozen_at is not None
    assert LogEntry.objects.get().get_change_message() == "Drew form 1."
    response = root.post(address("exam_changelist"), data, follow=True)
    assert [text[:24] for text in told(response)] == ["The bank is too small fo"]
    assert (ExamForm.objects.count(), LogEntry.objects.count()) == (1, 1)


def test_drawing_takes_the_right_to_add_forms():
    exam = make_exam()
    data = {"action": "draw_forms", "_selected_action": [exam.pk]}
    client = staff_with("view_exam", "change_exam")
    page = client.get(address("exam_changelist"))
    assert "draw_forms" not in page.content.decode()
    client.post(address("exam_changelist"), data)
    assert not ExamForm.objects.exists()


def test_a_frozen_form_can_only_be_looked_at(root, form):
    page = root.get(change_page(form))
    assert page.context["has_change_permission"] is False
    assert 'name="form_questions-0-position"' not in page.content.decode()
    assert root.post(change_page(form), {"number": 9}).status_code == 403
    assert root.post(address("examform_delete", form.pk), {"post": "yes"}).status_code == 403
    assert root.get(address("examform_add")).status_code == 403
    assert form.form_questions.count() == 4


def test_a_form_not_yet_frozen_can_be_edited(root, form):
    ExamForm.objects.filter(pk=form.pk).update(frozen_at=None)
    first = form.form_questions.order_by("position").first()
    data = {
        "form_questions-TOTAL_FORMS": 1,
        "form_questions-INITIAL_FORMS": 1,
        "form_questions-0-id": first.pk,
        "form_questions-0-form": form.pk,
        "form_questions-0-position": 1,
        "form_questions-0-version": first.version_id,
    }
    assert root.post(change_page(form), data).status_code == 302
    assert FormQuestion.objects.get(pk=first.pk).is_scored is False


def test_frozen_forms_are_not_deleted_in_bulk_either(root, form):
    data = {"action": "delete_selected", "_selected_action": [form.pk], "post": "yes"}
    root.post(address("examform_changelist"), data)
    root.post(address("exam_delete", form.exam.pk), {"post": "yes"})
    assert (Exam.objects.count(), ExamForm.objects.count()) == (1, 1)


# --- Sittings


def test_a_sitting_shows_what_was_said_in_order(root, sitting):
    respond(sitting, 2, "C", is_flagged=True)
    LateResponse.objects.create(sitting=sitting, position=3, selected="D")
    page = root.get(change_page(sitting))
    responses, late = page.context["inline_admin_formsets"]
    assert [form.instance.position for form in responses.formset.forms] == [1, 2, 3, 4]
    assert responses.formset.forms[1].instance.selected == "C"
    assert [form.instance.selected for form in late.formset.forms] == ["D"]
    html = page.content.decode()
    assert 'name="responses-0-selected"' not in html
    assert 'name="deadline_0"' not in html


def test_a_response_cannot_be_written(root, sitting):
    response = sitting.responses.get(position=1)
    data = {
        "more_minutes": 1,
        **without_responses(count=1),
        "responses-0-id": response.pk,
        "responses-0-sitting": sitting.pk,
        "responses-0-selected": "A",
        "late_responses-TOTAL_FORMS": 1,
        "late_responses-INITIAL_FORMS": 0,
        "late_responses-0-position": 1,
        "late_responses-0-selected": "A",
    }
    root.post(change_page(sitting), data)
    response.refresh_from_db()
    assert (response.selected, LateResponse.objects.count()) == ("", 0)


def test_time_is_added_and_recorded(root, sitting):
    deadline = sitting.deadline
    assert extend(root, sitting, 15).status_code == 302
    sitting.refresh_from_db()
    assert (sitting.deadline, sitting.extra_minutes) == (deadline + 15 * MINUTE, 15)
    entry = LogEntry.objects.get()
    assert (entry.user.email, entry.object_id) == ("root@passline.example", str(sitting.pk))
    assert entry.get_change_message() == (
        f"Added 15 minutes; the deadline is {sitting.deadline:%Y-%m-%d %H:%M:%S} UTC."
    )


def test_added_time_takes_responses_again(root, form):
    sitting = make_sitting(form, make_user(), started_ago=HOUR + 5 * MINUTE)
    assert delivery.respond(token_of(sitting), delivery.Change(1, 0, "B", "", False)) is None
    extend(root, sitting, 10)
    respond(sitting, 1, "B")
    assert delivery.close_overdue() == 0


@pytest.mark.parametrize("minutes", ["0", "-5", "", "x", "1.5", "1441"])
def test_time_is_never_taken_away(root, sitting, minutes):
    response = extend(root, sitting, minutes)
    assert list(response.context["adminform"].form.errors) == ["more_minutes"]
    before = sitting.deadline
    sitting.refresh_from_db()
    assert (sitting.deadline, LogEntry.objects.count()) == (before, 0)


def test_a_deadline_is_not_moved_to_a_moment_already_past(root, form):
    sitting = make_sitting(form, make_user(), started_ago=2 * HOUR)
    response = extend(root, sitting, 59)
    assert response.context["adminform"].form.errors == {
        "more_minutes": ["The deadline would still lie in the past."]
    }
    assert extend(root, sitting, 61).status_code == 302
    sitting.refresh_from_db()
    assert timezone.now() < sitting.deadline <= timezone.now() + MINUTE


def test_a_deadline_cannot_be_posted(root, sitting):
    data = {
        "more_minutes": 5,
        "deadline": "2020-01-01 00:00:00",
        "deadline_0": "2020-01-01",
        "deadline_1": "00:00:00",
        "submitted_at_0": "2020-01-01",
        "submitted_at_1": "00:00:00",
        "candidate": "",
        "extra_minutes": "0",
        **without_responses(),
    }
    expected = (sitting.deadline + 5 * MINUTE, None, sitting.candidate, 5)
    root.post(change_page(sitting), data)
    sitting.refresh_from_db()
    assert (
        sitting.deadline,
        sitting.submitted_at,
        sitting.candidate,
        sitting.extra_minutes,
    ) == expected


def test_a_submitted_sitting_can_only_be_looked_at(root, sitting):
    submit(sitting)
    page = root.get(change_page(sitting))
    assert (page.status_code, page.context["has_change_permission"]) == (200, False)
    assert "more_minutes" not in page.content.decode()
    assert extend(root, sitting, 15).status_code == 403


def test_an_untimed_sitting_has_no_time_to_add_to(root):
    sitting = make_sitting(make_form(make_exam(minutes=None)), make_user())
    assert "more_minutes" not in root.get(change_page(sitting)).content.decode()
    assert extend(root, sitting, 15).status_code == 403


def test_the_sitting_is_locked_while_time_is_added(root, sitting):
    with CaptureQueriesContext(connection) as queries:
        extend(root, sitting, 15)
    locks = [one["sql"] for one in queries if "FOR UPDATE" in one["sql"]]
    assert ["exams_sitting" in sql for sql in locks] == [True]
    with CaptureQueriesContext(connection) as queries:
        root.get(change_page(sitting))
    assert [one["sql"] for one in queries if "FOR UPDATE" in one["sql"]] == []


def test_who_may_only_look_adds_no_time(sitting):
    client = staff_with("view_sitting")
    page = client.get(change_page(sitting))
    assert (page.status_code, "more_minutes" in page.content.decode()) == (200, False)
    assert extend(client, sitting, 15).status_code == 403
    sitting.refresh_from_db()
    assert sitting.extra_minutes == 0


def test_sittings_are_neither_made_nor_deleted_by_hand(root, sitting):
    assert root.get(address("sitting_add")).status_code == 403
    assert root.post(address("sitting_delete", sitting.pk), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [sitting.pk], "post": "yes"}
    root.post(address("sitting_changelist"), data)
    assert Sitting.objects.count() == 1


@pytest.mark.parametrize("pk", ["0", "99999999999999999999", "abc"])
def test_a_sitting_that_is_not_there(root, sitting, pk):
    url = address("sitting_change", pk)
    assert [root.get(url).status_code, root.post(url, {}).status_code] == [302, 302]
