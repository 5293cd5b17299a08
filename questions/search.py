"""Finding in the bank: full text over a version's words, and stems that are nearly the same."""

import re
from collections.abc import Collection
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramSimilarity
from django.db import connection
from django.db.models import F, Q, QuerySet

from questions.models import Certification, Question, QuestionVersion

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


# Private-use characters stand for nothing in any text. One hides what looks like HTML, which
# PostgreSQL would leave out of an excerpt.
HIT, END, LESS = "\ue000", "\ue001", "\ue002"
STEM_OPTIONS = f"StartSel={HIT}, StopSel={END}, MaxWords=40, MinWords=25"
ELSEWHERE_OPTIONS = f"StartSel={HIT}, StopSel={END}, MaxFragments=1, MaxWords=24, MinWords=12"
EXCERPTS = """
SELECT v.id, right(v.stem, 20),
    ts_headline(%(config)s, translate(v.stem, '<', %(less)s), query, %(stem)s),
    ts_headline(%(config)s,
        translate(
            concat_ws(' ', o.texts, p.texts, v.explanation, o.rationales, p.rationales),
            '<', %(less)s
        ),
        query, %(elsewhere)s)
FROM websearch_to_tsquery(%(config)s, %(text)s) query, questions_questionversion v
LEFT JOIN LATERAL (
    SELECT string_agg(text, ' ' ORDER BY position) AS texts,
        string_agg(rationale, ' ' ORDER BY position) AS rationales
    FROM questions_option WHERE version_id = v.id
) o ON true
LEFT JOIN LATERAL (
    SELECT string_agg(text, ' ' ORDER BY position) AS texts,
        string_agg(rationale, ' ' ORDER BY position) AS rationales
    FROM questions_prompt WHERE version_id = v.id
) p ON true
WHERE v.id = ANY(%(ids)s)
"""

# Pieces of a text in order, each with whether it is a hit.
Excerpt = list[tuple[str, bool]]

_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINE_MARKS = re.compile(r"^(?:```\w*|#+ |> ?|\|[ :|-]+\|$)", re.MULTILINE)
_MARKS = re.compile(r"\*\*|`")
_NAME = re.compile(r"(?=\S*[\d-])[\w.-]+")


def index(version_ids: Collection[int]) -> None:
    """Make these versions findable by what they say now. One statement, or none for none."""
    if not version_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(INDEX, {"config": CONFIG, "ids": list(version_ids)})


def matching(versions: QuerySet[QuestionVersion], text: str) -> QuerySet[QuestionVersion]:
    """Those that match `text` as people type it (quotes, or, -without), best first.

    What may be a part of an external id finds those too.
    """
    query = SearchQuery(text, search_type="websearch", config=CONFIG)
    hits = Q(search=query)
    if _NAME.fullmatch(text):
        # Two subqueries, each with an index of its own, where OR on the row would read every row.
        words = QuestionVersion.objects.filter(search=query)
        named = Question.objects.filter(external_id__icontains=text)
        hits = Q(pk__in=words.values("pk")) | Q(question__in=named.values("pk"))
    ranked = versions.filter(hits).annotate(rank=SearchRank(F("search"), query))
    return ranked.order_by("-rank", "-pk")


def excerpts(version_ids: Collection[int], text: str) -> dict[int, tuple[Excerpt, Excerpt]]:
    """Where `text` matches, by version: in the stem, and elsewhere (empty if it does not).

    One statement.
    """
    values: dict[str, str | list[int]] = {
        "config": CONFIG,
        "ids": list(version_ids),
        "text": text,
        "less": LESS,
        "stem": STEM_OPTIONS,
        "elsewhere": ELSEWHERE_OPTIONS,
    }
    with connection.cursor() as cursor:
        cursor.execute(EXCERPTS, values)
        return {
            pk: (_cut(pieces(stem), last), pieces(elsewhere) if HIT in elsewhere else [])
            for pk, last, stem, elsewhere in cursor.fetchall()
        }


def pieces(marked: str) -> Excerpt:
    """A text cut where a hit begins and ends."""
    cut = [part.partition(END) for part in plain(marked.replace(LESS, "<")).split(HIT)]
    found = [(cut[0][0] + cut[0][2], False)]
    for hit, _, rest in cut[1:]:
        found += [(hit, True), (rest, False)]
    return [(text, is_hit) for text, is_hit in found if text]


def _cut(stem: Excerpt, last: str) -> Excerpt:
    """With a sign that it goes on, unless it ends as the stem does."""
    goes_on = not "".join(text for text, _ in stem).endswith(plain(last)[-8:])
    return [*stem, (" …", False)] if goes_on else stem


def plain(markdown: str) -> str:
    """Markdown in one line without most of its marks: enough to recognize a text by."""
    text = _LINE_MARKS.sub(" ", _IMAGE.sub(r"\1", markdown))
    return " ".join(_MARKS.sub("", text).split())


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
