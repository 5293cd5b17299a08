"""Imports: read by a worker into rows, looked through by an author, written in one transaction.

An `Import` row is the queue. A worker claims it by a conditional UPDATE and the moment of its claim
is its fence: whoever lost the claim writes nothing more. Confirming is a one-way door.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import User
from questions.findings import Comparison, Finding, message, skipped_row
from questions.formats.parsed import FileRefusedError, Parsed
from questions.formats.registry import READ, detect, read
from questions.memory import memory_capped
from questions.models import Certification, Import, ImportRow, Task
from questions.writing import write_rows

log = structlog.get_logger()

Choice = ImportRow.Choice
T = TypeVar("T")

CHUNK = 250  # questions between two looks at the progress
MEMORY = 1_000_000_000  # bytes that reading may take on top of what the worker has
TIME = timedelta(minutes=4)  # that reading may take
LEASE = TIME + timedelta(minutes=1)
PATIENCE = timedelta(seconds=10)  # until a bell counts as lost
MAX_TRIES = 3
KEPT = timedelta(days=7)  # for so long the file itself waits

TOO_SLOW = (
    f"Reading took longer than {int(TIME.total_seconds() // 60)} minutes; "
    "divide the file into several."
)
TOO_LARGE = "Reading needs more memory than an import may take; divide the file into several."
STOPPED = f"Reading was begun {MAX_TRIES} times and never came to its end; divide the file."
EXPIRED = f"Nobody could read the file within {KEPT.days} days; upload it again."

CHOICES = {
    Finding.NEW: (Choice.TAKE, Choice.SKIP),
    Finding.CONFLICT: (Choice.REPLACE, Choice.KEEP_BOTH, Choice.SKIP),
    Finding.DOUBLE: (Choice.KEEP_BOTH, Choice.SKIP),
    Finding.SAME: (Choice.KEEP_BOTH, Choice.SKIP),
    Finding.SKIPPED: (Choice.SKIP,),
}


class LostClaimError(Exception):
    """Somebody else reads the import now, or it is gone."""


# --- Reading


def start_import(
    certification: Certification, *, task: Task | None, content: bytes, file_name: str,
    format_key: str, encoding: str, actor: User,
) -> Import:  # fmt: skip
    """The row that asks a worker to read a file; an empty `format_key` is found by content."""
    return Import.objects.create(
        certification=certification,
        task=task,
        uploaded_by=actor,
        file_name=file_name[-255:],
        format=format_key or detect(content),
        content=content,
        encoding=encoding,
    )


def parse_import(import_id: int) -> bool:
    """Read an import into rows; false if there is nothing to read, or somebody else does.

    Can run twice without harm. Whatever is wrong with the file is told in `failure`.
    """
    batch = _claim(import_id)
    if batch is None:
        return False
    try:
        _parse(batch)
    except LostClaimError:
        log.info("import_claim_lost", batch=import_id)
        return False
    return True


def give_up(import_id: int, reason: str) -> None:
    """Tell that an import could not be read; nothing if it was."""
    unread().filter(pk=import_id).update(failure=reason, content=None)


def unread() -> Any:
    return Import.objects.filter(parsed_at=None, failure="", confirmed_at=None)


def waiting() -> list[int]:
    """The ids of imports whose bell was lost or whose worker was; oldest first."""
    forgotten = Q(parse_claimed_at=None, created_at__lt=Now() - PATIENCE)
    abandoned = Q(parse_claimed_at__lt=Now() - LEASE)
    stopped = unread().filter(abandoned, try_count__gte=MAX_TRIES)
    stopped.update(failure=STOPPED, content=None)
    due = unread().filter(forgotten | abandoned).order_by("created_at")
    return list(due.values_list("pk", flat=True)[:20])


def forget_files() -> int:
    """Empty the files of old imports, whatever became of them; how many there were."""
    old = Import.objects.filter(created_at__lt=Now() - KEPT, content__isnull=False)
    old.filter(parsed_at=None, failure="").update(failure=EXPIRED)
    return old.update(content=None)


def _claim(import_id: int) -> Import | None:
    is_free = Q(parse_claimed_at=None) | Q(parse_claimed_at__lt=Now() - LEASE)
    free = unread().filter(is_free, pk=import_id, content__isnull=False)
    if not free.update(parse_claimed_at=Now(), try_count=F("try_count") + 1):
        return None
    return Import.objects.select_related("task").filter(pk=import_id).first()


def _parse(batch: Import) -> None:
    try:
        with memory_capped(MEMORY):
            parsed = read(
                batch.format,
                bytes(batch.content or b""),
                file=batch.file_name,
                encoding=batch.encoding or None,
            )
            batch.content = None
            _write_findings(batch, parsed)
    except FileRefusedError as error:
        _fail(batch, str(error.note))
    except MemoryError:
        _fail(batch, TOO_LARGE)
    except SoftTimeLimitExceeded:
        _fail(batch, TOO_SLOW)
    except (LostClaimError, InterfaceError, OperationalError):
        raise  # the lease runs out, and another worker begins anew
    except Exception:
        log.exception("import_failed", batch=batch.pk)
        name = READ[batch.format].name if batch.format in READ else "this format"
        _fail(batch, f"The file cannot be read as {name}. What is wrong stands in the log.")


def _fail(batch: Import, reason: str) -> None:
    with transaction.atomic():
        _hold(batch, failure=reason, content=None)
        batch.rows.all().delete()


def _hold(batch: Import, **columns: Any) -> None:
    """Write into the import as long as the claim is ours; raises LostClaimError."""
    mine = unread().filter(pk=batch.pk, parse_claimed_at=batch.parse_claimed_at)
    if not mine.update(**columns):
        raise LostClaimError


def _write_findings(batch: Import, parsed: Parsed) -> None:
    """A row for each question, each chunk in a transaction of its own: that is the progress."""
    total = len(parsed.items) + len(parsed.skipped)
    warnings = [{"place": note.place, **message(note.code, note.message)}
                for note in parsed.warnings]  # fmt: skip
    with transaction.atomic():
        _hold(batch, total_count=total, done_count=0, warnings=warnings)
        batch.rows.all().delete()
    done, comparison = 0, Comparison(batch)
    for items in chunks(parsed.items):
        _write_chunk(batch, comparison.rows(items, first=done + 1), done := done + len(items))
    for notes in chunks(parsed.skipped):
        rows = [skipped_row(batch, done + n, note) for n, note in enumerate(notes, start=1)]
        _write_chunk(batch, rows, done := done + len(notes))
    _hold(batch, parsed_at=Now())


def _write_chunk(batch: Import, rows: Sequence[ImportRow], done: int) -> None:
    with transaction.atomic():
        _hold(batch, done_count=done)
        ImportRow.objects.bulk_create(rows)


def chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


# --- Choosing


def choose(row: ImportRow, choice: str) -> bool:
    """Say what becomes of one question; false if the import is written or cannot do this."""
    return bool(choose_all(row.batch, row.finding, choice, number=row.number))


def choose_all(batch: Import, finding: str, choice: str, *, number: int | None = None) -> int:
    """The same choice for every question of a finding, or for the one; how many it was said of."""
    if choice not in CHOICES.get(Finding(finding), ()):
        return 0
    with transaction.atomic():
        if open_batch(batch) is None:
            return 0
        rows = batch.rows.filter(finding=finding)
        if number is not None:
            rows = rows.filter(number=number)
        return rows.update(choice=choice)


def open_batch(batch: Import) -> Import | None:
    """The import, locked, as long as it waits to be confirmed."""
    ready = Import.objects.select_for_update().defer("content")
    return ready.filter(pk=batch.pk, parsed_at__isnull=False, confirmed_at=None, failure="").first()


# --- Writing


@transaction.atomic
def confirm(batch: Import, *, actor: User) -> int | None:
    """Write what was chosen, as drafts; how many there are, None if it was confirmed before.

    All of it or nothing. A question that came into the bank meanwhile, or got a draft, is left out
    and its row says so.
    """
    ready = Import.objects.filter(pk=batch.pk, parsed_at__isnull=False, failure="")
    if not ready.filter(confirmed_at=None).update(confirmed_at=Now(), content=None):
        return None
    # One import at a time into a certification, so that none takes the ids of another.
    certification = Certification.objects.select_for_update(no_key=True).get(
        pk=batch.certification_id
    )
    return sum(
        write_rows(rows, certification=certification, actor=actor) for rows in _chosen(batch)
    )


def _chosen(batch: Import) -> Iterator[list[ImportRow]]:
    last = 0
    rows = (
        batch.rows.exclude(choice=Choice.SKIP)
        .select_related("question", "batch")
        .defer("batch__content")
        .order_by("number")
    )
    while chunk := list(rows.filter(number__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1].number
