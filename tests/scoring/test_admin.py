from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from scoring import corrections
from scoring.models import Result, ResultRevision
from tests.exams.factories import make_user
from tests.scoring.factories import make_mock, make_result, set_email

pytestmark = pytest.mark.django_db

LIST = reverse("admin:scoring_result_changelist")
REVISIONS = reverse("admin:scoring_resultrevision_changelist")


@pytest.fixture
def clerk(client):
    """Staff who may look at results and nothing more."""
    clerk = make_user("clerk@passline.example", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_result"))
    clerk.user_permissions.add(Permission.objects.get(codename="view_domainresult"))
    client.force_login(clerk)
    return clerk


@pytest.fixture
def staff(clerk):
    """Staff who may send e-mails again."""
    clerk.user_permissions.add(Permission.objects.get(codename="change_result"))
    return clerk


def results(count):
    exam = make_mock()
    return [make_result(make_user(f"c{n}@passline.example"), exam=exam) for n in range(count)]


def uncertain(result):
    past = timezone.now() - timedelta(minutes=5)
    return set_email(result, try_count=1, data_at=past, claimed_until=past)


def failed(result):
    return set_email(result, try_count=8, failed_at=timezone.now())


def send_again(client, *chosen):
    data = {"action": "send_again", "_selected_action": [result.pk for result in chosen]}
    return client.post(LIST, data, follow=True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_each_length(count, client, clerk, django_assert_num_queries):
    results(count)
    client.get(LIST)
    with django_assert_num_queries(9):
        page = client.get(LIST)
    assert page.context["cl"].result_count == count


def test_the_list_shows_who_what_and_the_email(client, clerk):
    uncertain(make_result())
    page = client.get(LIST).content.decode()
    for shown in ("ada@passline.example", "Mock exam 1", "750", "uncertain"):
        assert shown in page


def test_each_state_is_a_filter(client, clerk):
    owed, sent, unsure, given_up = results(4)
    set_email(sent, sent_at=timezone.now())
    uncertain(unsure)
    failed(given_up)
    found = {
        state: [row.pk for row in client.get(LIST, {"email": state}).context["cl"].result_list]
        for state in ("owed", "sending", "sent", "uncertain", "failed", "none")
    }
    assert found == {
        "owed": [owed.pk],
        "sending": [],
        "sent": [sent.pk],
        "uncertain": [unsure.pk],
        "failed": [given_up.pk],
        "none": [],
    }


def test_an_unknown_state_shows_all(client, clerk):
    results(2)
    assert client.get(LIST, {"email": "lost"}).context["cl"].result_count == 2


def test_results_are_read_only(client, staff):
    result = make_result()
    address = reverse("admin:scoring_result_change", args=[result.pk])
    page = client.get(address)
    assert page.status_code == 200
    assert b"Domain 1" in page.content
    assert client.post(address, {"raw_score": 1}).status_code == 403
    assert client.get(reverse("admin:scoring_result_add")).status_code == 403
    assert client.post(reverse("admin:scoring_result_delete", args=[result.pk])).status_code == 403


def test_sending_again(client, staff, rung, django_capture_on_commit_callbacks):
    owed, unsure, given_up = results(3)
    uncertain(unsure)
    failed(given_up)
    with django_capture_on_commit_callbacks(execute=True):
        page = send_again(client, owed, unsure, given_up)
    texts = [str(message) for message in page.context["messages"]]
    assert texts == [
        "2 e-mails will be sent again.",
        "1 was neither uncertain nor failed and is left as it is.",
    ]
    again = Result.objects.filter(email_resend_count=1).order_by("pk")
    assert list(again) == [unsure, given_up]
    assert sorted(rung) == [unsure.pk, given_up.pk]
    logged = LogEntry.objects.filter(user=staff).order_by("object_id").values_list("object_id")
    assert sorted(int(pk) for (pk,) in logged) == [unsure.pk, given_up.pk]


def test_who_may_only_look_cannot_send_again(client, clerk, rung):
    result = uncertain(make_result())
    assert b"send_again" not in client.get(LIST).content
    send_again(client, result)
    result.refresh_from_db()
    assert (result.email_resend_count, rung) == (0, [])


def test_a_candidate_has_no_admin(client):
    client.force_login(make_user("eve@passline.example"))
    assert client.get(LIST).status_code == 302


# --- Revisions


@pytest.fixture
def revision(clerk):
    clerk.user_permissions.add(Permission.objects.get(codename="view_resultrevision"))
    result = make_result(right=3)
    version = result.sitting.form.form_questions.get(position=1).version
    corrections.correct_key(version, key="C", actor=clerk, reason="Why", may_fail=True)
    return result.revisions.get()


def test_revisions_are_read_and_never_written(client, revision):
    page = client.get(REVISIONS)
    assert f"#{revision.result_id}<" in page.content.decode()
    assert client.get(f"{REVISIONS}add/").status_code == 403
    address = reverse("admin:scoring_resultrevision_change", args=[revision.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "Other"}).status_code == 403


def test_failed_news_is_sent_again(client, staff, revision, rung):
    ResultRevision.objects.update(email_failed_at=timezone.now(), email_try_count=8)
    data = {"action": "send_again", "_selected_action": [revision.pk]}
    page = client.post(REVISIONS, data, follow=True).content.decode()
    assert "1 e-mail will be sent again." in page
    revision.refresh_from_db()
    assert (revision.email_resend_count, revision.email_failed_at) == (1, None)
    assert rung == []
