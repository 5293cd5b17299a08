import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.delivery import Change
from exams.forms import LARGEST_REVISION, MOST_SECONDS, MOST_UNSAVED, RespondForm, SubmitForm

SAID = {"revision": "3", "selected": "AC", "struck": "B", "flagged": "on"}
ROW = {"position": 1, "revision": 0, "selected": "B", "struck": "", "flagged": False}

# Anything a browser, or whoever plays one, can put into JSON.
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["A", "AB", "-", "A-B", "on", "true", "0", 1, 300])
)
names = st.sampled_from(list(ROW)) | st.text(max_size=5)
anything = st.recursive(
    leaves, lambda inner: st.lists(inner) | st.dictionaries(names, inner), max_leaves=20
)
rows = st.fixed_dictionaries({}, optional=dict.fromkeys(ROW, anything))


def unsaved(text):
    return SubmitForm({"unsaved": text})


def faulty_fields(**changes):
    return set(RespondForm(SAID | changes).errors)


# --- One response


def test_a_response_becomes_a_change():
    form = RespondForm(SAID)
    assert form.is_valid()
    assert form.change(12) == Change(12, 3, "AC", "B", True)


def test_a_guess_and_the_seconds_come_along():
    form = RespondForm(SAID | {"guessed": "on", "seconds": "75"})
    assert form.is_valid()
    assert form.change(1) == Change(1, 3, "AC", "B", True, is_guessed=True, seconds=75)


@pytest.mark.parametrize("seconds", ["-1", "x", "1.5", str(MOST_SECONDS + 1)])
def test_seconds_are_a_whole_number_of_a_month_at_the_most(seconds):
    assert faulty_fields(seconds=seconds) == {"seconds"}


def test_only_the_revision_is_asked_for():
    form = RespondForm({"revision": 0})
    assert form.is_valid()
    assert form.change(1) == Change(1, 0, "", "", False)


@pytest.mark.parametrize(
    ("sent", "selected"),
    [("-", ""), ("----", ""), ("A-", "A-"), ("-A-C", "-A-C"), ("ABCDEFGH", "ABCDEFGH")],
)
def test_nothing_but_empty_places_is_no_response(sent, selected):
    form = RespondForm(SAID | {"selected": sent})
    assert form.is_valid()
    assert form.cleaned_data["selected"] == selected


@pytest.mark.parametrize(
    "selected", ["I", "a", "A B", " A", "A\n", "ABCDEFGHA", "AAAAAAAA\n", "\u0410", "\x00", "*"]
)
def test_letters_no_question_has_are_refused(selected):
    assert faulty_fields(selected=selected) == {"selected"}
    assert faulty_fields(struck=selected) == {"struck"}


def test_an_empty_place_cannot_be_struck_out():
    assert faulty_fields(struck="-") == {"struck"}


@pytest.mark.parametrize("revision", ["", "x", "-1", "1.5", str(LARGEST_REVISION + 1), "9" * 5000])
def test_a_revision_is_a_whole_number_the_column_holds(revision):
    assert faulty_fields(revision=revision) == {"revision"}


def test_the_largest_revision_is_taken():
    assert faulty_fields(revision=str(LARGEST_REVISION)) == set()


@given(data=st.dictionaries(names, leaves | st.text().map(str)))
def test_any_fields_give_a_change_or_errors(data):
    form = RespondForm(data)
    assert form.is_valid() is not bool(form.errors)
    if form.is_valid():
        change = form.change(1)
        assert 0 <= change.revision <= LARGEST_REVISION
        assert set(change.selected) <= set("ABCDEFGH-")
        assert set(change.struck) <= set("ABCDEFGH")


# --- What a submit brings along


def test_unsaved_responses_become_changes():
    second = ROW | {"position": 300, "selected": "A-C", "struck": "B", "flagged": True}
    form = unsaved(json.dumps([ROW, second]))
    assert form.is_valid()
    assert form.cleaned_data["unsaved"] == [
        Change(1, 0, "B", "", False),
        Change(300, 0, "A-C", "B", True),
    ]


@pytest.mark.parametrize("data", [{}, {"unsaved": ""}, {"unsaved": "[]"}, {"unsaved": "null"}])
def test_a_submit_need_not_bring_anything(data):
    form = SubmitForm(data)
    assert form.is_valid()
    assert form.cleaned_data["unsaved"] == []


@pytest.mark.parametrize(
    "row",
    [
        *(ROW | {"position": wrong} for wrong in (0, -1, 301, "1", 1.0, True, None, [1], 10**30)),
        *(ROW | {"revision": wrong} for wrong in (-1, None, "x", [], 10**30, 0.5, True)),
        *(ROW | {"selected": wrong} for wrong in ("I", 5, ["A"], {"A": 1}, "A\n", "\ud800")),
        *(ROW | {"struck": wrong} for wrong in ("-", "I", ["A"])),
        {},
        [],
        "A",
        7,
        None,
    ],
    ids=repr,
)
def test_one_wrong_row_refuses_the_submit(row):
    form = unsaved(json.dumps([ROW, row]))
    assert not form.is_valid()
    assert list(form.errors) == ["unsaved"]
    assert form.malformed == [2]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[{]",
        '{"position": 1}',
        '"A"',
        "7",
        "true",
        "NaN",
        "\x00",
        "\ud800",
        "[" * 100_000,
        "1" * 5000,
        f'[{{"position": {"1" * 5000}}}]',
        '[{"position": 1, "revision": 0, "selected": ' + "[" * 300 + "]" * 300 + "}]",
        '[{"position": ' + "[" * 900 + "]" * 900 + "}]",
        '{"a":' * 900 + "1" + "}" * 900,
        "[" + "[" * 900 + "]" * 900 + "]",
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_list_of_responses_is_refused(text):
    form = unsaved(text)
    assert not form.is_valid()
    assert list(form.errors) == ["unsaved"]


def test_more_rows_than_any_exam_has_are_refused():
    assert unsaved(json.dumps([ROW] * MOST_UNSAVED)).is_valid()
    assert not unsaved(json.dumps([ROW] * (MOST_UNSAVED + 1))).is_valid()


@given(text=st.text())
def test_any_text_gives_changes_or_errors(text):
    form = unsaved(text)
    assert form.is_valid() is not bool(form.errors)


@given(value=st.lists(rows | anything, max_size=4) | anything)
def test_any_json_gives_changes_or_errors(value):
    form = unsaved(json.dumps(value))
    assert form.is_valid() is not bool(form.errors)
    if form.is_valid():
        assert all(type(one.position) is int for one in form.cleaned_data["unsaved"])
    assert form.errors.as_json()


# --- Where the time went


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("[3, 70, 0]", [3, 70, 0]),
        ("", []),
        ("{}", []),
        ("nonsense", []),
        ("[1.5, true, null, -4, 99999999999]", [0, 0, 0, 0, 0]),
        (json.dumps([1] * (MOST_UNSAVED + 1)), []),
    ],
)
def test_seconds_of_a_submit_never_stand_in_its_way(sent, kept):
    form = SubmitForm({"unsaved": "", "seconds": sent})
    assert form.is_valid()
    assert form.cleaned_data["seconds"] == kept
