from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.core.signing import Signer, TimestampSigner
from hypothesis import given
from hypothesis import strategies as st

from exams import tokens
from exams.tokens import SittingToken

KEY = UUID("6f0c7c4e-1d5a-4a9e-9f0e-2f1c1f9f8a11")


def token_for(candidate_id=None, guest_key=None, pk=7):
    return tokens.issue(SimpleNamespace(pk=pk, candidate_id=candidate_id), guest_key)


def test_a_candidates_token_says_sitting_and_candidate():
    assert tokens.read(token_for(candidate_id=3)) == SittingToken(7, 3, None)


def test_a_guests_token_says_sitting_and_key():
    assert tokens.read(token_for(guest_key=KEY)) == SittingToken(7, None, KEY)


def test_the_candidate_goes_before_the_key_of_the_browser():
    assert tokens.read(token_for(candidate_id=3, guest_key=KEY)) == SittingToken(7, 3, None)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (token_for(candidate_id=3), token_for(candidate_id=4)),
        (token_for(candidate_id=3), token_for(candidate_id=3, pk=8)),
        (token_for(guest_key=KEY), token_for(guest_key=uuid4())),
    ],
    ids=["candidate", "sitting", "guest"],
)
def test_a_signature_serves_no_other_holder_and_no_other_sitting(mine, theirs):
    said, signature = theirs.rpartition(":")[0], mine.rpartition(":")[2]
    assert tokens.read(f"{said}:{signature}") is None


def test_any_changed_character_is_noticed():
    token = token_for(candidate_id=31)
    for place, letter in enumerate(token):
        other = "0" if letter != "0" else "1"
        assert tokens.read(token[:place] + other + token[place + 1 :]) is None


@pytest.mark.parametrize(
    "signer",
    [
        Signer(salt="exams.other"),
        Signer(),
        Signer(salt="exams.sitting", key="another secret"),
        TimestampSigner(salt="exams.sitting"),
    ],
    ids=["other salt", "no salt", "other secret", "other form"],
)
def test_what_others_signed_is_not_ours(signer):
    assert tokens.read(signer.sign("7:c3")) is None


@pytest.mark.parametrize(
    "said", ["", "7", "7:", "7:c", "7:cx", "x:c3", "7:g", "7:gNone", "7:3", "7:c3:c4", "7:x3", ":"]
)
def test_what_is_signed_but_no_token_is_refused(said):
    assert tokens.read(Signer(salt="exams.sitting").sign(said)) is None


@pytest.mark.parametrize(
    "text", ["", ":", "::", "7:c3", "7:c3:", "\x00", "\ud800:a", "é:ü", "7" * 9999]
)
def test_garbage_is_no_token(text):
    assert tokens.read(text) is None


@given(text=st.text())
def test_no_text_is_a_token_by_chance(text):
    assert tokens.read(text) is None
