import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import supervisor
from config.children import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    STEADY_SECONDS,
    Child,
    Journal,
    Part,
    stop_all,
)
from config.parts import parts, steps
from config.supervisor import SetUpError, read_port, wait_for_port
from tests.config.waiting import wait_until

# Deaf to SIGTERM, with a child that is deaf too; says both PIDs.
STUBBORN = """
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
print(os.getpid(), flush=True)
signal.pause()
"""


def python(name: str, code: str) -> Part:
    return Part(name, (sys.executable, "-c", code))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc/self").exists()


@pytest.mark.parametrize(
    ("value", "port"), [("", 8000), ("1", 1), ("8001", 8001), ("65535", 65535)]
)
def test_port(value: str, port: int) -> None:
    assert read_port(value) == port


@pytest.mark.parametrize("value", ["0", "65536", "-1", "http", "80.5", " "])
def test_a_bad_port_is_named(value: str) -> None:
    with pytest.raises(SetUpError, match=r"^PORT is "):
        read_port(value)


def test_a_taken_port_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PORT_SECONDS", 0.0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SetUpError, match=rf"^Port {port} cannot be used: [^\n]*$"):
            wait_for_port(port)
    wait_for_port(port)


def test_nothing_is_skipped_and_nothing_listens_to_the_world() -> None:
    assert [step.name for step in steps()] == ["migrate", "load_bank", "load_exams", "create_demo"]
    assert [part.name for part in parts(8000)] == ["web", "worker", "beat", "sweep"]
    assert "--host 127.0.0.1 --port 8001" in " ".join(parts(8001)[0].command)


def test_the_journal_names_every_line_in_one_width() -> None:
    out = io.StringIO()
    journal = Journal(out, colored=False)
    journal.say("web", "up")
    journal.say("create_demo", "done")
    assert out.getvalue() == "web         | up\ncreate_demo | done\n"


def test_colors_are_one_a_name() -> None:
    out = io.StringIO()
    journal = Journal(out, colored=True)
    for name in ("web", "beat", "web"):
        journal.say(name, "")
    colors = re.findall(r"\x1b\[(\d\d)m", out.getvalue())
    assert colors[0] == colors[2] != colors[1]


class GoneReader(io.StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_a_journal_without_a_reader_goes_on() -> None:
    journal = Journal(GoneReader(), colored=False)
    journal.say("web", "unheard")
    journal.say("web", "unheard too")
    journal.out.close()


def test_lines_are_whole_and_the_last_words_are_heard() -> None:
    child = Child(python("web", "print('one\\ntwo\\nthr', end='')"), os.environ)
    wait_until(child.has_died)
    assert child.lines() == ["one", "two", "thr"]
    child.output.close()


def test_the_pause_doubles_while_it_keeps_dying_and_is_forgiven_later() -> None:
    child = Child(python("web", ""), os.environ)
    wait_until(child.has_died)
    now = child.started_at + 1
    pauses = [child.plan_restart(now) for _ in range(6)]
    assert pauses == [0.5, 1, 2, 4, 8, 8]
    assert child.restart_at == now + LONGEST_PAUSE
    assert child.plan_restart(child.started_at + STEADY_SECONDS + 1) == FIRST_PAUSE
    child.output.close()


def test_an_end_leaves_no_child_however_stubborn() -> None:
    child = Child(python("web", STUBBORN), os.environ)
    pids: list[int] = []
    wait_until(lambda: len(pids.extend(map(int, child.lines())) or pids) == 2)
    began = time.monotonic()
    stop_all([child], seconds=0.2)
    assert time.monotonic() - began < 2
    wait_until(lambda: not any(map(is_alive, pids)))
    child.output.close()


RUN = """
import sys
from pathlib import Path
from config import supervisor
from config.children import Part
from config.servers import Place

STEP, PART = "print('stepped')", "import os, time; print('pid', os.getpid()); time.sleep(60)"
STEP = sys.argv[2] if len(sys.argv) > 2 else STEP
supervisor.HERE = Place(Path(sys.argv[1]) / "run", Path(sys.argv[1]) / "sockets")
supervisor.steps = lambda: [Part("step", (sys.executable, "-c", STEP))]
supervisor.parts = lambda port: [Part(n, (sys.executable, "-c", PART)) for n in ("web", "beat")]
supervisor.Supervisor.is_healthy = lambda self: True
supervisor.main()
"""


def supervise(tmp_path: Path, *step: str, **variables: str) -> subprocess.Popen[str]:
    """A supervisor of two sleepers, in a process group of its own, without servers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    addresses = {"DATABASE_URL": "postgresql://db/exams", "REDIS_URL": "redis://queue/0"}
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path), *step],
        env=os.environ | addresses | {"PORT": port} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def pids_of_parts(running: subprocess.Popen[str]) -> list[int]:
    """Read the log until both parts have said their PID."""
    assert running.stdout is not None
    pids: list[int] = []
    for line in running.stdout:
        pids += map(int, re.findall(r"\| pid (\d+)", line))
        if len(pids) == 2:
            break
    return pids


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_group_ends_all(tmp_path: Path, number: signal.Signals) -> None:
    with supervise(tmp_path) as running:
        pids = pids_of_parts(running)
        os.killpg(running.pid, number)
        rest, errors = running.communicate(timeout=10)
    assert (running.returncode, errors) == (0, "")
    assert rest.endswith("passline    | ended\n")
    assert not any(map(is_alive, pids))


def test_a_killed_supervisor_takes_all_with_it(tmp_path: Path) -> None:
    with supervise(tmp_path) as running:
        pids = pids_of_parts(running)
        running.kill()
        wait_until(lambda: not any(map(is_alive, pids)))


def test_a_part_that_dies_is_started_again(tmp_path: Path) -> None:
    with supervise(tmp_path) as running:
        first, second = pids_of_parts(running)
        os.kill(first, signal.SIGKILL)
        os.kill(second, signal.SIGKILL)
        again = pids_of_parts(running)
        assert len({first, second, *again}) == 4
        running.terminate()
        running.communicate(timeout=10)


def test_a_failing_step_ends_it_with_that_steps_code(tmp_path: Path) -> None:
    with supervise(tmp_path, "print('broken'); raise SystemExit(3)") as running:
        said, errors = running.communicate(timeout=10)
    assert running.returncode == 3
    assert "step        | broken\n" in said
    assert errors == "`manage.py step` failed\n"


@pytest.mark.parametrize("variable", ["DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PORT"])
def test_a_bad_variable_is_one_line_before_any_step(tmp_path: Path, variable: str) -> None:
    with supervise(tmp_path, **{variable: "nonsense"}) as running:
        said, errors = running.communicate(timeout=10)
    assert running.returncode == 2
    assert errors.startswith(f"{variable} is ")
    assert errors.count("\n") == 1
    assert "step " not in said
