"""The work of authors that a running site begins with: drafts, a review, reports, an import."""

import random
from dataclasses import replace

from django.utils import timezone

from accounts.models import User
from exams.assembly import draw_form
from exams.models import Exam
from questions import drafting, exchanging, reviewing
from questions.content import content_of, item_of
from questions.formats import sheet
from questions.models import Certification, Question, QuestionReport, QuestionVersion, Task
from tests.questions.factories import make_bank, make_item

CODE = "MLS-C01"


def make_authoring(candidate: User) -> dict[str, int]:
    """Of every page of the authors something to see; the ids of what stands on them."""
    author = User.objects.get(email="author@passline.example")
    versions = QuestionVersion.objects.current().filter(question__certification__code=CODE)
    single, multiple, matching, ordering = (
        versions.filter(kind=kind, question__pool="exam").order_by("pk")[0]
        for kind in ("single", "multiple", "matching", "ordering")
    )
    report(single, candidate)
    retired = versions.filter(question__pool="exam").order_by("-pk")[0].question
    reason = "The service it asks about has been renamed."
    reviewing.retire(retired, actor=author, reason=reason, now=timezone.now())
    return {
        "draft": begin(author).question_id,
        "pairs": drafting.start_draft(matching.question, author=author).question_id,
        "reviewed": ask(multiple.question, author).question_id,
        "published": single.question_id,
        "version": single.pk,
        "retired": retired.pk,
        "import": upload([single, multiple, ordering], author),
        "draft_form": draft_form(),
    }


def begin(author: User) -> QuestionVersion:
    """A draft that lacks much, with a stem nearly like another's."""
    task = Task.objects.get(domain__certification__code=CODE, number="1.2")
    certification = Certification.objects.get(code=CODE)
    draft = drafting.start_question(certification, task=task, kind="single", author=author)
    content = content_of(draft)
    draft.stem = (
        "A retailer streams **clickstream events** from its web shop and wants to query the "
        "last hour of them with `SQL`.\n\nWhich solution needs the **LEAST** operational effort?"
    )
    content.options[0].text = "Amazon Managed Service for Apache Flink"
    content.options[0].rationale = "It runs SQL over a stream without servers to keep."
    content.options[1].text = "A cluster of Apache Spark on Amazon EC2"
    drafting.save_draft(draft, content, author=author, revision=0)
    return draft


def ask(question: Question, author: User) -> QuestionVersion:
    """The next version of a question, with a reworded stem and option, in review."""
    draft = drafting.start_draft(question, author=author)
    content = content_of(draft)
    content.version.stem = content.version.stem.replace("A company", "A bank in Zurich", 1) + " "
    content.version.stem += "The data must stay in one Region."
    content.options[0].text += " (in the same Region)"
    drafting.save_draft(draft, content, author=author, revision=draft.revision)
    draft.refresh_from_db()
    reviewing.ask_review(draft, actor=author, now=timezone.now())
    return draft


def report(version: QuestionVersion, candidate: User) -> None:
    text = "Since last month the service supports this itself, so B is right as well."
    QuestionReport.objects.create(version=version, reporter=candidate, reason="outdated", text=text)


def upload(versions: list[QuestionVersion], author: User) -> int:
    """A file with questions that are new, the same, different, twice and broken."""
    same, changed, other = (item_of(content_of(version)) for version in versions)
    new = make_item(external_id="import-1", stem="Which metric ignores true negatives?")
    items = [
        new,
        same,
        replace(changed, stem=f"{changed.stem} Choose with care."),
        replace(new, external_id="import-2"),
        replace(other, external_id="import-3", options=other.options[:1]),
    ]
    batch = exchanging.start_import(
        Certification.objects.get(code=CODE),
        task=Task.objects.get(domain__certification__code=CODE, number="1.1"),
        content=sheet.write_csv(items),
        file_name="questions-from-the-team.csv",
        format_key="",
        encoding="",
        actor=author,
    )
    exchanging.parse_import(batch.pk)
    return batch.pk


def draft_form() -> int:
    """Of an exam of its own: the shipped forms use up the shipped questions."""
    exam = Exam.objects.select_related("certification").get(slug="mls-c01-sample")
    make_bank(exam.certification, [3, 4, 5, 3], pool="practice")
    exam.pk, exam.slug, exam.name = None, "mls-c01-draft", "Practice questions"
    exam.pool, exam.question_count = "practice", 8
    exam.save()
    return draw_form(exam, rng=random.Random(1), is_frozen=False).pk
