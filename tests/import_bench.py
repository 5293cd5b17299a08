# ruff: noqa: E402 - Django is set up before its models are imported
"""Time and peak memory of importing a CSV: `python -m tests.import_bench [QUESTIONS]`.

Runs in a database of its own, which goes afterwards. Each part runs in a child, so that its peak is
its own; the size of a process that has only started Django is told beside it.
"""

import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.db import connection

from accounts.models import User
from questions import exchanging
from questions.formats import sheet
from questions.models import Import, Task
from tests.accounts.factories import make_user
from tests.questions.factories import make_certification, make_item

KINDS = ("single", "multiple", "ordering", "matching")
WORDS = "A company keeps the records of its sensors for a year and reads them once a month. " * 5
MB = 1_000_000


def upload(count: int, user: User) -> int:
    """A file such as people have: scenarios of some hundred characters, rationales, references."""
    task = Task.objects.earliest("pk")
    items = [make_item(KINDS[number % 4], external_id=f"bench-{number}") for number in range(count)]
    data = sheet.write_csv(replace(item, stem=f"{WORDS}{item.stem}") for item in items)
    print(f"{count} questions, {len(data) / MB:.1f} MB")
    return exchanging.start_import(
        task.domain.certification, task=task, content=data, file_name="bench.csv",
        format_key="csv", encoding="", actor=user,
    ).pk  # fmt: skip


def measured(name: str, work: Callable[[], object]) -> None:
    connection.close()
    child = multiprocessing.get_context("fork").Process(target=_told, args=(name, work))
    child.start()
    child.join()
    if child.exitcode:
        sys.exit(f"{name} failed")


def _told(name: str, work: Callable[[], object]) -> None:
    before, start = _peak(), time.perf_counter()
    found = work()
    seconds = time.perf_counter() - start
    print(
        f"{name:<10} {seconds:6.1f} s  peak {_peak():5.0f} MB (at its start {before:.0f}): {found}"
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MB


def main(count: int) -> None:
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = "test_import_bench"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        make_certification("BENCH")
        user = make_user()
        import_id = upload(count, user)
        measured("read", lambda: exchanging.parse_import(import_id))
        batch = Import.objects.defer("content").get(pk=import_id)
        measured("confirm", lambda: exchanging.confirm(batch, actor=user))
        again = upload(count, user)
        measured("read again", lambda: exchanging.parse_import(again))
        rows = Import.objects.get(pk=again).rows.order_by("finding").values_list("finding")
        print("found again:", *(finding for (finding,) in rows.distinct()))
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
