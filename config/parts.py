"""What a running Passline consists of: the commands, and nothing about how they are kept alive."""

import signal
import sys

from config.children import Part
from config.servers import HERE

HOST = "127.0.0.1"
MANAGE = (sys.executable, "manage.py")
CELERY = (sys.executable, "-m", "celery", "--quiet", "--app", "config")


def steps() -> list[Part]:
    """What is done once before anything serves, in this order; the last one names the log-ins."""
    names = ("migrate", "load_bank", "load_exams", "create_demo")
    return [Part(name, (*MANAGE, name)) for name in names]


def parts(port: int) -> list[Part]:
    """What is kept alive."""
    granian = "-m granian config.wsgi:application --interface wsgi --workers 2 --blocking-threads 4"
    # The wait for headers is also how long an idle connection is kept: as long as granian allows.
    address = f"--host {HOST} --port {port} --no-ws --http1-header-read-timeout 60000"
    failing = "--respawn-failed-workers --respawn-interval 0.5 --workers-kill-timeout 3"
    worker = "--concurrency 2 --prefetch-multiplier 1 --without-gossip --without-mingle"
    schedule = ("--schedule", str(HERE.run / "beat-schedule"), "--pidfile", "")
    return [
        Part("web", (sys.executable, *f"{granian} {address} {failing}".split())),
        # Its warm shutdown never ends when the broker has died at the same time.
        Part("worker", (*CELERY, "worker", "--loglevel", "INFO", *worker.split()), signal.SIGKILL),
        Part("beat", (*CELERY, "beat", "--loglevel", "WARNING", *schedule)),
        Part("sweep", (*MANAGE, "sweep", "--every", "5")),
    ]
