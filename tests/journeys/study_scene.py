"""Reviews that are due and practices, ended, under way and paused."""

import random
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from exams import practice
from exams.models import Sitting
from questions.models import Certification, QuestionVersion
from scoring import exposure, repetition, studying
from scoring.models import ReviewCard
from tests.exams.factories import key_shown

CODE = "CLF-C02"


def make_study(candidate: User) -> dict[str, int]:
    """The ids of a card that is due, of one reviewed just now, and of practices."""
    cards = list(ReviewCard.objects.for_candidate(candidate).order_by("pk")[:14])
    past = timezone.now() - timedelta(hours=2)
    chosen = ReviewCard.objects.filter(pk__in=[card.pk for card in cards])
    chosen.update(due_at=past, created_at=past - timedelta(days=1))
    reviewed = ReviewCard.objects.get(pk=cards[0].pk)
    review(reviewed)
    studying.put_aside(cards[2], now=timezone.now())
    return {
        "pairs_card": of_kind(candidate, "matching").pk,
        "order_card": of_kind(candidate, "ordering").pk,
        "card": cards[1].pk,
        "reviewed_card": reviewed.pk,
        "practice_ended": make_ended(candidate),
        "practice": make_practice(candidate).pk,
        "practice_paused": make_paused(User.objects.get(email="author@passline.example")),
    }


def of_kind(candidate: User, kind: str) -> ReviewCard:
    """A card of a kind, made where nothing of the kind was missed."""
    version = QuestionVersion.objects.current().filter(kind=kind).order_by("pk")[0]
    past = timezone.now() - timedelta(days=1)
    columns = studying.columns(repetition.first(repetition.Rating.AGAIN, past))
    card, _ = ReviewCard.objects.get_or_create(
        candidate=candidate,
        question=version.question,
        defaults={"version": version, "reason": "missed", "created_at": past, **columns},
    )
    return card


def review(card: ReviewCard) -> None:
    version = studying.current_version(card)
    assert version
    entry = studying.opened(card, version, random.Random(1))
    studying.respond(entry, "", is_guessed=False, now=timezone.now())


def make_ended(candidate: User) -> int:
    sitting = make_practice(candidate)
    practice.end(sitting)
    return sitting.pk


def make_paused(candidate: User) -> int:
    sitting = make_practice(candidate)
    practice.pause(sitting)
    return sitting.pk


def make_practice(candidate: User) -> Sitting:
    """Ten questions with a clock, the first three answered, the second of them wrongly."""
    certification = Certification.objects.get(code=CODE)
    rng = random.Random(3)
    drawn = exposure.draw(candidate, exposure.Choice(certification), 10, rng)
    sitting = practice.start(
        candidate, certification, drawn, minutes=600, shows_rationale=True, rng=rng
    )
    for response in sitting.responses.order_by("position")[:3]:
        said = "" if response.position == 2 else key_shown(response)
        practice.check(sitting, response.position, said, is_guessed=False, seconds=40)
    practice.flag(sitting, 3, is_on=True)
    return sitting
