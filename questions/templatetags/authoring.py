"""What the navigation of the authors' pages shows, in one statement."""

from typing import Any, NamedTuple

from django import template
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from questions.models import Certification, Question, QuestionReport, QuestionVersion

register = template.Library()

CURRENT_FIRST = Case(When(status=Certification.Status.CURRENT, then=0), default=1)
IS_BARE = ~Exists(Question.objects.filter(certification=OuterRef("pk")))


class Navigation(NamedTuple):
    code: str
    draft_count: int
    report_count: int

    @property
    def waiting_count(self) -> int:
        """What waits for a reviewer."""
        return self.draft_count + self.report_count


@register.simple_tag
def authoring_navigation() -> Navigation:
    """How much waits for review, and the certification to begin with: one that has questions."""
    row = (
        Certification.objects.order_by(IS_BARE, CURRENT_FIRST, "code")
        .annotate(
            draft_count=_counted(QuestionVersion.objects.in_review()),
            report_count=_counted(QuestionReport.objects.filter(Q(resolved_at=None))),
        )
        .values_list("code", "draft_count", "report_count")
        .first()
    )
    return Navigation(*row) if row else Navigation("", 0, 0)


def _counted(rows: QuerySet[Any]) -> Coalesce:
    every = rows.order_by().values(every=Value(1))
    return Coalesce(Subquery(every.annotate(count=Count("pk")).values("count")), 0)
