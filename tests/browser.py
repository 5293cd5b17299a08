"""The Chromium that the tests drive: found on this machine, or installed.

`python -m tests.browser` makes sure that there is one.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
ADVICE = "No Chromium here: install chromium or Google Chrome, or set CHROMIUM to its program"


class BrowserMissingError(Exception):
    """There is no Chromium; the message is one line."""


def find() -> str:
    """The path of $CHROMIUM, one on PATH, or Playwright's own. Raises BrowserMissingError."""
    chosen = os.environ.get("CHROMIUM", "")
    if chosen and not shutil.which(chosen):
        raise BrowserMissingError(f"CHROMIUM is {chosen}, which cannot be run")
    for name in (chosen, *NAMES, MAC_CHROME):
        program = shutil.which(name) if name else None
        if program:
            return program
    own = _playwright_chromium()
    if Path(own).exists():
        return own
    raise BrowserMissingError(ADVICE)


def ensure() -> str:
    """The path of a Chromium, installed first when there is none. Raises BrowserMissingError."""
    try:
        return find()
    except BrowserMissingError:
        if os.environ.get("CHROMIUM"):
            raise
    print("Installing Chromium for the browser tests", flush=True)
    for command in _ways_to_install():
        if subprocess.run(command, stdout=sys.stderr).returncode != 0:
            raise BrowserMissingError(ADVICE)
    return find()


def _ways_to_install() -> list[list[str]]:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        return [[*apt, "update"], [*apt, "install", "-y", "chromium", "fonts-liberation"]]
    return [[sys.executable, "-m", "playwright", "install", "chromium"]]


def _playwright_chromium() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def main() -> None:
    """Say which browser the tests use, or in one line why there is none."""
    try:
        print(f"Browser: {ensure()}")
    except BrowserMissingError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
