"""Forms from draft to frozen: drawn, laid open, a question swapped, frozen for good."""

import random

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from exams import drafting
from exams.assembly import LimitsClash, draw_form, draw_parallel_forms
from exams.form_sheets import FormSheet
from exams.groups import grant_forms
from exams.models import ExamForm, FormQuestion
from questions.models import Question
from tests.exams.factories import make_exam, make_form, make_sitting
from tests.questions.factories import (
    make_bank,
    make_certification,
    make_item,
    make_question,
    make_version,
)
from tests.questions.test_life_views import HTMX, person, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def exam():
    """Four questions of two domains, two of them scored, and a bank of three forms."""
    certification = make_certification(weights=(50, 50))
    make_bank(certification, (6, 6))
    return make_exam(certification, question_count=4, unscored_count=2)


@pytest.fixture
def draft(exam):
    return draw_form(exam, rng=random.Random(1), is_frozen=False)


@pytest.fixture
def as_bob(client):
    client.force_login(person("bob", "Reviewers"))
    return client


def detail(form, query=""):
    return reverse("form_detail", args=[form.pk]) + query


def questions_of(form):
    rows = form.form_questions.order_by("position")
    return list(rows.values_list("version__question", flat=True))


def place_of(form, position=1):
    return FormSheet(form).place(position)


def swap_words(form, position=1):
    """What the page sends to put the first candidate at a place."""
    sheet = FormSheet(form)
    place = sheet.place(position)
    return {"leaving": place.version.pk, "coming": sheet.candidates(place)[0].pk}


def make_enemies(one, other):
    Question.objects.get(pk=one).enemies.add(other)


# --- Who


def statuses(client, exam, draft):
    posts = [reverse(name, args=[draft.pk]) for name in ("form_freeze", "form_discard")]
    posts.append(reverse("form_swap", args=[draft.pk, 1]))
    gets = [detail(draft), reverse("form_assemble", args=[exam.slug])]
    return [
        *(client.get(address).status_code for address in gets),
        *(client.post(address).status_code for address in posts),
    ]


def test_a_guest_logs_in_and_outsiders_find_nothing(client, exam, draft):
    assert set(statuses(client, exam, draft)) == {302}
    for name, groups in (("eve", ()), ("ada", ("Authors",))):
        client.force_login(person(name, *groups))
        assert set(statuses(client, exam, draft)) == {404}
    assert ExamForm.objects.filter(frozen_at=None).get() == draft


def test_who_may_only_look_is_offered_no_change(client, draft):
    viewer = person("vera")
    viewer.user_permissions.add(Permission.objects.get(codename="view_examform"))
    client.force_login(viewer)
    text = client.get(detail(draft, "?swap=1")).content.decode()
    assert not any(each in text for each in ("Freeze", "?swap=", "swap-heading"))
    assert client.post(reverse("form_freeze", args=[draft.pk])).status_code == 404


def test_reviewers_got_their_rights_once():
    reviewers = Group.objects.get(name="Reviewers")
    held = reviewers.permissions.filter(content_type__app_label="exams")
    names = {"view_exam", "view_examform", "add_examform", "change_examform"}
    assert set(held.values_list("codename", flat=True)) == names
    reviewers.permissions.remove(held.get(codename="add_examform"))
    grant_forms()
    assert held.count() == 3


# --- Drawing drafts


def test_drafts_are_drawn_and_nobody_can_sit_them(as_bob, exam):
    address = reverse("form_assemble", args=[exam.slug])
    response = as_bob.post(address, {"method": "stratified", "k": 2, "seed": 7}, follow=True)
    assert response.redirect_chain == [(address, 302)]
    assert "2 drafts were drawn, with seed 7." in response.content.decode()
    assert [form.frozen_at for form in exam.forms.all()] == [None, None]
    drawn = [question for form in exam.forms.all() for question in questions_of(form)]
    assert len(set(drawn)) == 8


def test_one_draft_is_opened_at_once(as_bob, exam):
    address = reverse("form_assemble", args=[exam.slug])
    response = as_bob.post(address, {"method": "parallel", "k": 1})
    assert response["Location"] == detail(exam.forms.get())


def test_the_same_seed_draws_the_same_parallel_forms(exam):
    def drawn():
        forms = draw_parallel_forms([exam] * 3, rng=random.Random(5), is_frozen=False)
        questions = [questions_of(form) for form in forms]
        exam.forms.all().delete()
        return questions

    assert drawn() == drawn()


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ("stratified", "The bank is too small for"),
        ("parallel", "No 4 parallel forms can be drawn for"),
    ],
)
def test_why_nothing_was_drawn_is_said_and_nothing_is_written(as_bob, exam, method, told):
    response = as_bob.post(
        reverse("form_assemble", args=[exam.slug]), {"method": method, "k": 4, "seed": ""}
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert told in text
    assert "domain 1 Domain 1 needs" in text
    assert not ExamForm.objects.exists()


@pytest.mark.parametrize(
    "words", [{"k": 0}, {"k": 21}, {"k": 1, "seed": -1}, {"k": 1, "method": "x"}]
)
def test_what_cannot_be_drawn_is_said(as_bob, exam, words):
    words = {"method": "stratified"} | words
    response = as_bob.post(reverse("form_assemble", args=[exam.slug]), words)
    assert response.status_code == 422
    assert not ExamForm.objects.exists()


def test_chance_keeps_enemies_apart(exam):
    first, *others = Question.objects.filter(task__number="1.1")
    first.enemies.set(others)
    for seed in range(20):
        form = draw_form(exam, rng=random.Random(seed))
        assert first.pk not in questions_of(form)
        form.delete()


def test_the_solver_finds_the_one_peaceful_form_and_names_enemies_when_there_is_none():
    certification = make_certification(weights=(100,))
    versions = make_bank(certification, (30,))
    exam = make_exam(certification, question_count=2)
    ids = [version.question_id for version in versions]
    for place, one in enumerate(ids):
        Question.objects.get(pk=one).enemies.add(*ids[place + 1 :])
    Question.objects.get(pk=ids[0]).enemies.remove(ids[1])
    form = draw_form(exam, rng=random.Random(1))
    assert sorted(questions_of(form)) == ids[:2]
    form.delete()
    make_enemies(ids[0], ids[1])
    with pytest.raises(LimitsClash, match="questions that are never on one form would have to be"):
        draw_form(exam, rng=random.Random(1))


def test_parallel_exams_must_be_alike(exam):
    other = make_exam(exam.certification, slug="mock-2", question_count=2)
    with pytest.raises(ValueError, match="one certification, pool and length"):
        draw_parallel_forms([exam, other], rng=random.Random(1))


@pytest.mark.parametrize("count", [1, 3])
def test_parallel_forms_are_a_fixed_few_statements(exam, django_assert_num_queries, count):
    # savepoint, lock, fresh, domains, enemies, last numbers, forms, form questions, release
    with django_assert_num_queries(9):
        draw_parallel_forms([exam] * count, rng=random.Random(1))


# --- The form laid open


def test_figures_stand_beside_the_blueprint(as_bob, draft):
    response = as_bob.get(detail(draft))
    sheet = response.context["sheet"]
    assert [(each.found, each.needed, each.scored_found) for each in sheet.shares] == [
        (2, 2, 1),
        (2, 2, 1),
    ]
    assert (sheet.angoff, sheet.scored_angoff, sheet.target) == (60, 60, 60)
    assert [(each.kind, each.found, each.is_kept) for each in sheet.kinds] == [("single", 4, True)]
    assert (sheet.key_places, sheet.faults) == ({"B": 4}, [])
    text = response.content.decode()
    assert "It keeps its blueprint." in text
    assert text.count(">unscored<") == 2


def test_exposure_is_shown_of_a_frozen_form_and_nothing_can_be_changed(as_bob, exam):
    form = draw_form(exam, rng=random.Random(1))
    make_sitting(form, person("eve"))
    response = as_bob.get(detail(form, "?swap=1"))
    assert [place.shown_count for place in response.context["sheet"].places] == [1, 1, 1, 1]
    text = response.content.decode()
    assert not any(each in text for each in ("freeze-dialog", "?swap=", "swap-heading"))


@pytest.mark.parametrize(("query", "cost"), [("", 8), ("?swap=1", 8)])
def test_a_form_costs_the_same_however_long(as_bob, query, cost):
    for size in (1, 3):
        certification = make_certification(weights=(50, 50))
        make_bank(certification, (4 * size, 4 * size))
        exam = make_exam(certification, slug=f"mock-{size}", question_count=2 * size)
        form = draw_form(exam, rng=random.Random(1), is_frozen=False)
        assert statements(as_bob, detail(form, query)) == cost


def test_the_list_of_forms_costs_the_same_at_one_and_three(as_bob, exam):
    address = reverse("form_assemble", args=[exam.slug])
    draw_form(exam, rng=random.Random(1))
    assert statements(as_bob, address) == 3
    for _ in range(2):
        make_sitting(draw_form(exam, rng=random.Random(1)), person("eve"))
    assert statements(as_bob, address) == 3


# --- Swapping


def test_a_question_is_swapped_for_one_of_its_domain(as_bob, draft):
    before, words = questions_of(draft), swap_words(draft)
    place = place_of(draft)
    response = as_bob.post(reverse("form_swap", args=[draft.pk, 1]), words, headers=HTMX)
    assert response.status_code == 200
    assert response.content.decode().strip().startswith('<div class="stack" id="form-sheet">')
    after = questions_of(draft)
    assert (after[0] == before[0], after[1:]) == (False, before[1:])
    swapped = place_of(draft)
    assert (swapped.version.pk, swapped.is_scored) == (words["coming"], place.is_scored)
    assert swapped.known.domain == place.known.domain


def test_without_scripts_a_swap_is_a_page_and_a_redirect(as_bob, draft):
    text = as_bob.get(detail(draft, "?swap=1")).content.decode()
    words = swap_words(draft)
    assert f'name="coming" value="{words["coming"]}"' in text
    response = as_bob.post(reverse("form_swap", args=[draft.pk, 1]), words)
    assert response["Location"] == detail(draft)


def test_candidates_are_free_of_the_domain_and_no_enemies(exam, draft):
    place, neighbor = place_of(draft, 1), place_of(draft, 2)
    sheet = FormSheet(draft)
    free = {version.question_id for version in sheet.candidates(place)}
    domain = {
        version.question_id
        for version in sheet.bank
        if str(version.question.task.domain) == place.known.domain
    }
    assert free == domain - set(questions_of(draft))
    foe = min(free)
    make_enemies(neighbor.version.question_id, foe)
    other = draw_form(exam, rng=random.Random(2), is_frozen=False)
    now = {version.question_id for version in FormSheet(draft).candidates(place_of(draft))}
    assert now == free - {foe} - set(questions_of(other))


def test_a_swap_loses_no_task_and_no_kind_and_stays_as_hard():
    certification = make_certification(weights=(100,))
    on_form = [
        make_question(certification, task="1.1"),
        make_question(certification, task="1.2", kind="multiple"),
    ]
    fitting = make_question(certification, task="1.1", angoff=61)
    make_question(certification, task="1.1", angoff=80)
    make_question(certification, task="1.1", angoff=None)
    make_question(certification, task="1.2", angoff=60)
    make_question(certification, task="1.1", kind="multiple", angoff=60)
    exam = make_exam(certification, question_count=2)
    form = make_form(exam, on_form)
    ExamForm.objects.update(frozen_at=None)
    sheet = FormSheet(ExamForm.objects.select_related("exam__certification").get(pk=form.pk))
    assert fitting in sheet.candidates(sheet.places[0])
    found = {version.question.angoff for version in sheet.candidates(sheet.places[0])}
    assert found == {61}


def test_a_newer_version_may_take_the_place_of_the_older(exam, draft):
    question = Question.objects.get(pk=questions_of(draft)[0])
    newer = make_version(question, make_item(stem="Said anew."))
    sheet = FormSheet(draft)
    assert sheet.faults == [f"{question} at place 1 has a newer version."]
    assert newer in sheet.candidates(sheet.place(1))
    drafting.swap(draft, position=1, leaving=sheet.place(1).version.pk, coming=newer.pk)
    assert FormSheet(draft).faults == []


@pytest.mark.parametrize("change", ["other place", "taken", "unknown", "shape"])
def test_what_does_not_fit_any_more_is_refused_with_new_candidates(as_bob, exam, draft, change):
    words = swap_words(draft)
    if change == "other place":
        words["leaving"] = place_of(draft, 2).version.pk
    elif change == "taken":
        FormQuestion.objects.create(
            form=make_form(exam, []), position=1, version_id=words["coming"]
        )
    elif change == "unknown":
        words["coming"] = 2**40
    else:
        del words["coming"]
    before = questions_of(draft)
    response = as_bob.post(reverse("form_swap", args=[draft.pk, 1]), words, headers=HTMX)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert questions_of(draft) == before


# --- The doors


def test_a_form_that_keeps_its_blueprint_is_frozen_for_good(as_bob, draft):
    words, address = swap_words(draft), reverse("form_freeze", args=[draft.pk])
    assert as_bob.post(address)["Location"] == detail(draft)
    draft.refresh_from_db()
    frozen_at, before = draft.frozen_at, questions_of(draft)
    assert frozen_at is not None
    for again in (
        as_bob.post(address),
        as_bob.post(reverse("form_discard", args=[draft.pk])),
        as_bob.post(reverse("form_swap", args=[draft.pk, 1]), words),
    ):
        assert again.status_code == 422
        assert "The form is frozen and stays as it is." in again.content.decode()
    draft.refresh_from_db()
    assert (draft.frozen_at, questions_of(draft)) == (frozen_at, before)


def test_the_rules_refuse_a_frozen_form_whatever_a_page_does(draft):
    words = swap_words(draft)
    drafting.freeze(draft)
    with pytest.raises(drafting.FrozenError):
        drafting.freeze(draft)
    with pytest.raises(drafting.FrozenError):
        drafting.discard(draft)
    with pytest.raises(drafting.FrozenError):
        drafting.swap(draft, position=1, **words)


def break_domain(form):
    form.form_questions.filter(position=4).delete()
    return "Domain "


def break_places(form):
    form.form_questions.filter(position=4).update(position=9)
    return "The places do not count up from 1 without a gap."


def break_scored(form):
    form.form_questions.update(is_scored=True)
    return "Domain 1 Domain 1 has 2 questions, 2 of them scored; it needs 2 and 1."


def break_retired(form):
    question = Question.objects.get(pk=questions_of(form)[1])
    Question.objects.filter(pk=question.pk).update(retired_at=timezone.now())
    return f"{question} at place 2 is retired."


def break_pool(form):
    question = Question.objects.get(pk=questions_of(form)[1])
    Question.objects.filter(pk=question.pk).update(pool="sample")
    return f"{question} at place 2 is not in the pool of this exam."


def break_version(form):
    question = Question.objects.get(pk=questions_of(form)[1])
    make_version(question, make_item(stem="Said anew."))
    return f"{question} at place 2 has a newer version."


def break_peace(form):
    one, other = sorted(questions_of(form))[:2]
    make_enemies(one, other)
    return " are never to be on one form."


def break_overlap(form):
    row = form.form_questions.get(position=1)
    make_form(form.exam, [row.version])
    return f"{row.version.question} is on another form as well."


def break_twice(form):
    row = form.form_questions.get(position=1)
    older = make_version(row.version.question, make_item(), published=False)
    form.form_questions.filter(position=2).update(version=older)
    return f"{row.version.question} is on the form twice."


@pytest.mark.parametrize(
    "breaks",
    [
        break_domain, break_places, break_scored, break_retired, break_pool, break_version,
        break_peace, break_overlap, break_twice,
    ],
)  # fmt: skip
def test_a_broken_form_is_not_frozen_and_what_is_broken_is_named(as_bob, draft, breaks):
    told = breaks(draft)
    response = as_bob.post(reverse("form_freeze", args=[draft.pk]))
    text = response.content.decode()
    assert response.status_code == 422
    assert "The form does not keep its blueprint and was not frozen." in text
    assert told in text
    draft.refresh_from_db()
    assert draft.frozen_at is None


def test_a_deleted_draft_gives_its_questions_back(as_bob, exam, draft):
    response = as_bob.post(reverse("form_discard", args=[draft.pk]))
    assert response["Location"] == reverse("form_assemble", args=[exam.slug])
    assert not FormQuestion.objects.exists()
    assert as_bob.get(detail(draft)).status_code == 404
