import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config.servers import TETHER
from tests.config.waiting import wait_until

# Runs the script as a system without prctl would; the arguments follow.
WATCHING = """
import runpy, sys
sys.platform = "other"
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
BY_KERNEL = [sys.executable, str(TETHER)]
BY_WATCHING = [sys.executable, "-c", WATCHING, str(TETHER)]

PARENT = """
import os, subprocess, sys, time
place = sys.argv.index("PARENT")
subprocess.Popen([*sys.argv[1:place], str(os.getpid()), *sys.argv[place + 1:]])
time.sleep(60)
"""
PATIENT = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
DYING = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(pathlib.Path(sys.argv[1]).unlink()))
pathlib.Path(sys.argv[1]).touch()
time.sleep(60)
"""

both_ways = pytest.mark.parametrize("tether", [BY_KERNEL, BY_WATCHING], ids=["kernel", "watching"])


def start(tether: list[str], code: str, *arguments: str) -> subprocess.Popen[bytes]:
    number = str(int(signal.SIGTERM))
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen([*tether, str(os.getpid()), number, *command])


@both_ways
def test_the_code_of_the_command_is_passed_on(tether: list[str]) -> None:
    assert start(tether, "raise SystemExit(7)").wait(5) == 7


@both_ways
def test_a_signal_reaches_the_command(tether: list[str], tmp_path: Path) -> None:
    started = tmp_path / "started"
    process = start(tether, PATIENT, str(started))
    wait_until(started.exists)
    process.terminate()
    assert process.wait(5) in {-signal.SIGTERM, 128 + signal.SIGTERM}


@both_ways
def test_the_command_ends_when_its_parent_is_killed(tether: list[str], tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    command = [str(int(signal.SIGTERM)), sys.executable, "-c", DYING, str(alive)]
    parent = subprocess.Popen([sys.executable, "-c", PARENT, *tether, "PARENT", *command])
    wait_until(alive.exists)
    parent.kill()
    parent.wait()
    wait_until(lambda: not alive.exists())


@both_ways
def test_a_parent_that_is_gone_already_is_noticed(tether: list[str], tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    number = str(int(signal.SIGTERM))
    command = [sys.executable, "-c", PATIENT, str(tmp_path / "started")]
    process = subprocess.Popen([*tether, str(gone.pid), number, *command])
    assert process.wait(5) != 0
