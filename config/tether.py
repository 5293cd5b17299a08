"""Runs a command that does not outlive the process that asked for it, however that one ends.

Usage: python tether.py PARENT_PID SIGNAL COMMAND [ARGUMENT ...]

On Linux the kernel sends SIGNAL when the parent dies, and this process becomes the command.
Elsewhere it stays beside the command, passes signals on and looks for its parent twice a second.
A script of its own rather than a hook after fork, which is not safe beside threads.
"""

import ctypes
import os
import signal
import sys
import time

PR_SET_PDEATHSIG = 1


def tether_by_kernel(parent: int, number: int, command: list[str]) -> None:
    """Become the command; only the kernel's word is left behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel was told
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606


def tether_by_watching(parent: int, number: int, command: list[str]) -> int:
    """Stay until the command ends or the parent is gone. Returns the command's exit code."""
    child = os.posix_spawnp(command[0], command, os.environ)
    for passed_on in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
        signal.signal(passed_on, lambda received, _frame: os.kill(child, received))
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if os.getppid() != parent and number:
            os.kill(child, number)
            number = 0
        time.sleep(0.5 if number else 0.1)


def main() -> None:
    """Read the arguments and hold on."""
    parent, number, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    if sys.platform == "linux":
        tether_by_kernel(parent, number, command)
    code = tether_by_watching(parent, number, command)
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
