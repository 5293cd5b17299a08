"""Codes that open restricted exams: made, redeemed once, and nobody gets by without one."""

import re
import threading

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exams import access
from exams.models import AccessCode, Exam, Sitting
from tests.exams.factories import make_exam, make_form, make_user

pytestmark = pytest.mark.django_db
REDEEM = reverse("redeem")
REFUSAL = "This code is not valid."


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def exam():
    return make_form(make_exam(is_restricted=True)).exam


@pytest.fixture
def ada():
    return make_user()


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


def code_of(exam, **fields):
    [code] = access.make(exam, 1)
    AccessCode.objects.filter(pk=code.pk).update(**fields)
    return AccessCode.objects.get(pk=code.pk)


def said(reply):
    return " ".join(re.findall(r"errorlist.*?<li>(.*?)</li>", reply.content.decode(), re.DOTALL))


# --- The code itself


def test_a_code_is_easy_to_read_and_hard_to_guess(exam):
    codes = {code.code for code in access.make(exam, 50)}
    assert len(codes) == 50
    shape = re.compile(r"[2-9A-HJKMNP-TW-Z]{4}(-[2-9A-HJKMNP-TW-Z]{4}){2}")
    assert all(map(shape.fullmatch, codes))


@pytest.mark.parametrize("typed", ["7kq2-m9td-rx4b", "7KQ2M9TDRX4B", " 7KQ2 M9TD RX4B\n"])
def test_a_code_may_be_typed_as_one_likes(exam, ada, typed):
    code_of(exam, code="7KQ2-M9TD-RX4B")
    assert access.redeem(typed, ada) == exam


def test_a_code_is_given_once_a_candidate(exam, ada):
    for _ in range(2):
        access.give(exam.pk, ada.pk)
    assert access.given(exam.pk, ada.pk) == AccessCode.objects.get()


# --- Without one, nothing


def test_a_restricted_exam_is_locked(as_ada, exam):
    page = as_ada.get(reverse("exam_detail", args=[exam.slug])).content.decode()
    assert "opened by an access code" in page
    assert reverse("start", args=[exam.slug]) not in page
    assert as_ada.post(reverse("start", args=[exam.slug])).status_code == 404
    assert not Sitting.objects.exists()


def test_a_guest_finds_it_locked_even_where_guests_may_sit(client, exam):
    Exam.objects.update(is_open_to_guests=True)
    assert client.post(reverse("start", args=[exam.slug])).status_code == 404
    assert client.get(REDEEM)["Location"] == f"/account/login/?next={REDEEM}"


def test_home_shows_it_locked_and_then_open(as_ada, ada, exam):
    [shelf] = as_ada.get(reverse("home")).context["shelves"]
    assert [(line.is_locked, line.may_start) for line in shelf.exams] == [(True, False)]
    access.redeem(code_of(exam).code, ada)
    page = as_ada.get(reverse("home"))
    [shelf] = page.context["shelves"]
    assert [(line.is_locked, line.may_start) for line in shelf.exams] == [(False, True)]
    assert "Open to you" in page.content.decode()


def test_a_code_of_another_exam_opens_only_that(as_ada, ada, exam):
    other = make_exam(exam.certification, slug="other", is_restricted=True)
    access.redeem(code_of(other).code, ada)
    assert as_ada.post(reverse("start", args=[exam.slug])).status_code == 404


def test_somebody_elses_code_opens_nothing(as_ada, exam):
    access.redeem(code_of(exam).code, make_user("bob@passline.example"))
    assert as_ada.post(reverse("start", args=[exam.slug])).status_code == 404


def test_an_exam_in_hand_without_its_access_is_taken_for_locked(exam, ada):
    assert not Exam.objects.get().is_open_to(ada)


# --- Redeeming


def test_a_code_opens_the_exam_for_good(as_ada, ada, exam):
    code = code_of(exam)
    reply = as_ada.post(REDEEM, {"code": code.code})
    assert reply["Location"] == reverse("exam_detail", args=[exam.slug])
    code.refresh_from_db()
    assert code.redeemed_by == ada
    for _ in range(2):
        reply = as_ada.post(reverse("start", args=[exam.slug]))
        assert reply["Location"] == f"/sittings/{Sitting.objects.get().pk}/"


def test_unknown_used_and_given_codes_get_the_same_words(as_ada, exam):
    bob = make_user("bob@passline.example")
    used, given = code_of(exam), code_of(exam, issued_to=bob)
    access.redeem(used.code, bob)
    closed = code_of(make_exam(exam.certification, slug="closed", opened_at=None))
    replies = [
        as_ada.post(REDEEM, {"code": code})
        for code in ("AAAA-AAAA-AAAA", used.code, given.code, closed.code)
    ]
    assert [reply.status_code for reply in replies] == [422] * 4
    assert {said(reply) for reply in replies} == {f"{REFUSAL} Check it letter by letter."}


def test_a_second_code_stays_good(as_ada, ada, exam):
    access.redeem(code_of(exam).code, ada)
    second = code_of(exam)
    page = as_ada.post(REDEEM, {"code": second.code}, follow=True).content.decode()
    assert "the code is still good" in page
    assert access.redeem(second.code, make_user("bob@passline.example")) == exam


def test_tries_are_limited(as_ada):
    replies = [as_ada.post(REDEEM, {"code": f"AAAA-AAAA-AA{n}"}) for n in range(11)]
    assert [reply.status_code for reply in replies] == [422] * 10 + [429]
    other = Client()
    other.force_login(make_user("bob@passline.example"))
    assert other.post(REDEEM, {"code": "AAAA"}).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_has_it(exam):
    code = code_of(exam)
    people = [make_user(f"{n}@passline.example") for n in range(6)]
    opened = []

    def go(person):
        try:
            opened.append((person, access.redeem(code.code, person)))
        except access.NotAccepted:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[one]) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == [(AccessCode.objects.get().redeemed_by, exam)]


def test_redeeming_takes_two_statements(exam, ada, django_assert_num_queries):
    code = code_of(exam)
    with django_assert_num_queries(2):
        access.redeem(code.code, ada)


# --- In the admin


@pytest.fixture
def root(client):
    client.force_login(User.objects.create_superuser("root@passline.example", "secret"))
    return client


LIST = reverse("admin:exams_accesscode_changelist")


def test_staff_make_codes_in_numbers(root, exam):
    add = reverse("admin:exams_accesscode_add")
    make_exam(exam.certification, slug="open")
    choices = root.get(add).context["adminform"].form.fields["exam"].queryset
    assert list(choices) == [exam]
    assert root.post(add, {"exam": exam.pk, "count": 25}).status_code == 302
    assert AccessCode.objects.filter(exam=exam, issued_to=None).count() == 25
    assert LogEntry.objects.get().change_message == f"Made 25 access codes of {exam}."


def test_staff_download_codes(root, exam, ada):
    free, used = access.make(exam, 2)
    AccessCode.objects.filter(pk=used.pk).update(
        redeemed_by=make_user("=cmd@passline.example"), redeemed_at="2026-11-24T12:00:00Z"
    )
    data = {"action": "download", "_selected_action": [free.pk, used.pk]}
    reply = root.post(LIST, data)
    lines = reply.content.decode().splitlines()
    assert reply["Content-Type"].startswith("text/csv")
    assert lines[0] == "code,exam,issued_at,issued_to,redeemed_by,redeemed_at"
    assert any(line.startswith(f"{free.code},{exam.slug},") for line in lines)
    assert any(",'=cmd@passline.example,2026-11-24" in line for line in lines)


def test_a_redeemed_code_cannot_be_deleted(root, exam, ada):
    free, used = access.make(exam, 2)
    access.redeem(used.code, ada)
    pages = [reverse("admin:exams_accesscode_delete", args=[one.pk]) for one in (free, used)]
    assert [root.get(page).status_code for page in pages] == [200, 403]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_each_length(root, exam, count, django_assert_num_queries):
    for n in range(count):
        access.redeem(code_of(exam).code, make_user(f"{n}@passline.example"))
    root.get(LIST)
    with django_assert_num_queries(7):
        root.get(LIST)
