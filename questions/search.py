"""Finding in the bank: full text over a version's words, and stems that are nearly the same."""

from collections.abc import Collection
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramSimilarity
from django.db import connection
from django.db.models import F, QuerySet

from questions.models import Certification, QuestionVersion

CONFIG = "english"
ALIKE_FROM = 0.5  # trigram similarity of two stems, 0 to 1, that is worth a second look
ALIKE_MOST = 5

# Weights: A the stem, B the options and prompts, C the explanation, D the rationales.
INDEX = """
UPDATE questions_questionversion v
SET search = setweight(to_tsvector(%(config)s, v.stem), 'A')
    || setweight(to_tsvector(%(config)s, concat_ws(' ', o.texts, p.texts)), 'B')
    || setweight(to_tsvector(%(config)s, v.explanation), 'C')
    || setweight(to_tsvector(%(config)s, concat_ws(' ', o.rationales, p.rationales)), 'D')
FROM questions_questionversion w
LEFT JOIN LATERAL (
    SELECT string_agg(text, ' ') AS texts, string_agg(rationale, ' ') AS rationales
    FROM questions_option WHERE version_id = w.id
) o ON true
LEFT JOIN LATERAL (
    SELECT string_agg(text, ' ') AS texts, string_agg(rationale, ' ') AS rationales
    FROM questions_prompt WHERE version_id = w.id
) p ON true
WHERE w.id = v.id AND v.id = ANY(%(ids)s)
"""


def index(version_ids: Collection[int]) -> None:
    """Make these versions findable by what they say now. One statement, or none for none."""
    if not version_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(INDEX, {"config": CONFIG, "ids": list(version_ids)})


def matching(versions: QuerySet[QuestionVersion], text: str) -> QuerySet[QuestionVersion]:
    """Those that match `text` as people type it (quotes, or, -without), best first."""
    query = SearchQuery(text, search_type="websearch", config=CONFIG)
    ranked = versions.filter(search=query).annotate(rank=SearchRank(F("search"), query))
    return ranked.order_by("-rank", "-pk")


def alike(stem: str, *, certification: Certification, exclude: int | None = None) -> list[Any]:
    """Up to five versions whose stem is nearly this one, each with its `similarity`, nearest first.

    `exclude` is the id of a question that may of course resemble itself.
    """
    versions = (
        QuestionVersion.objects.filter(
            question__certification=certification, question__retired_at=None
        )
        .exclude(question=exclude)
        .filter(stem__trigram_similar=stem)
        .annotate(similarity=TrigramSimilarity("stem", stem))
        .filter(similarity__gte=ALIKE_FROM)
        .select_related("question")
    )
    return list(versions.order_by("-similarity")[:ALIKE_MOST])
