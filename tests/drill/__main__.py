"""Runs the rehearsal in a copy of the checkout, so that the developer's own data is not touched.

`--mutant` loosens PostgreSQL and expects the loss to be found; `--keep` leaves the copy and its
logs behind. What goes wrong leaves them too.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "staticfiles", "media", "test-results")
OURS = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MAILBOX_DIR", "SITE_URL", "PRODUCTION", "DEBUG"}

# The models need Django to be set up, with the settings of the copy, before they are imported.
REHEARSAL = """
import django
django.setup()
from tests.drill.rehearsal import main
main()
"""


def rehearse(copy: Path, arguments: list[str]) -> int:
    """Run the rehearsal inside the copy. Returns its exit code."""
    env = {name: value for name, value in os.environ.items() if name not in OURS}
    env |= {"DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "INFO"}
    command = [sys.executable, "-c", REHEARSAL, *arguments]
    running = subprocess.Popen(command, cwd=copy, env=env)
    while True:
        try:
            return running.wait()
        except KeyboardInterrupt:  # it got the same and takes the time to clean up
            continue


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.drill", description=__doc__)
    parser.add_argument("--mutant", action="store_true", help="loosen PostgreSQL first")
    parser.add_argument("--keep", action="store_true", help="leave the copy and its logs")
    options = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="drill-"))
    copy = place / "passline"
    shutil.copytree(CHECKOUT, copy, ignore=LEFT_OUT)
    code = rehearse(copy, ["--mutant"] if options.mutant else [])
    if code == 0 and not options.keep:
        shutil.rmtree(place)
    else:
        print(f"The copy and its logs are in {copy}/.run")
    sys.exit(code)


if __name__ == "__main__":
    main()
