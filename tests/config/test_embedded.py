import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import dj_database_url
import psycopg
import pytest
import redis

from config import embedded
from config.embedded import PostgreSQL, Valkey, services
from config.postgresql import is_stale
from config.servers import HERE, LONGEST_SOCKET_PATH, Place, ServerError, place_of
from tests.config.waiting import wait_until


@pytest.fixture(autouse=True)
def _no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = place_of(tmp_path, os.getuid())
    yield place
    shutil.rmtree(place.sockets, ignore_errors=True)


@pytest.mark.parametrize(
    "value",
    [
        "postgresql://ann:secret@db.example:5433/exams",
        "postgres://db/exams?sslmode=require",
        "postgresql://ann@%2Fvar%2Frun%2Fpostgresql/exams",
        "postgresql:///exams?host=/var/run/postgresql",
    ],
)
def test_database_url_is_taken_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", value)
    assert embedded.database_url() == value


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("DATABASE_URL", "db.example", "is no such address"),
        ("DATABASE_URL", "mysql://ann:secret@db/exams", "is no such address"),
        ("DATABASE_URL", "postgresql://ann:secret@db:port/exams", "is no such address"),
        ("DATABASE_URL", "postgresql://ann:secret@db:99999/exams", "is no such address"),
        ("DATABASE_URL", "postgresql://ann:secret@[db/exams", "is no such address"),
        ("DATABASE_URL", "postgresql://ann:secret@db/", "names no database"),
        ("DATABASE_URL", "postgresql:///exams", "names no host"),
        ("REDIS_URL", "redis", "is no such address"),
        ("REDIS_URL", "amqp://:secret@queue", "is no such address"),
        ("REDIS_URL", "redis:///0", "names no host"),
        ("REDIS_URL", "unix://", "names no socket"),
        ("REDIS_URL", "redis://:secret@queue/first", "the database is not a number"),
    ],
)
def test_a_bad_address_is_one_line_without_its_password(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, complaint: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=complaint) as caught:
        embedded.embedded_servers()
    message = str(caught.value)
    assert message.startswith(variable)
    assert "\n" not in message
    assert "secret" not in message


@pytest.mark.parametrize(
    ("value", "broker"),
    [
        ("redis://queue.example:6380/2", "redis://queue.example:6380/2"),
        ("rediss://queue/0", "rediss://queue/0?ssl_cert_reqs=required"),
        ("rediss://queue/0?ssl_cert_reqs=none", "rediss://queue/0?ssl_cert_reqs=none"),
        ("unix:///run/redis.sock?db=3", "redis+socket:///run/redis.sock?virtual_host=3"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
    ],
)
def test_the_broker_is_the_redis(monkeypatch: pytest.MonkeyPatch, value: str, broker: str) -> None:
    monkeypatch.setenv("REDIS_URL", value)
    assert embedded.redis_url() == value
    assert embedded.celery_broker_url() == broker


def test_without_addresses_all_point_at_the_sockets_of_this_checkout() -> None:
    database = dj_database_url.parse(embedded.database_url())
    assert (database["HOST"], database["USER"], database["NAME"]) == (
        str(HERE.sockets),
        "passline",
        "passline",
    )
    assert embedded.redis_url() == f"unix://{HERE.sockets}/valkey.sock?db=0"
    assert embedded.celery_broker_url() == (
        f"redis+socket://{HERE.sockets}/valkey.sock?virtual_host=0"
    )


def test_only_what_has_no_address_is_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [server.name for server in embedded.embedded_servers()] == ["PostgreSQL", "Valkey"]
    monkeypatch.setenv("REDIS_URL", "redis://queue/0")
    assert [server.name for server in embedded.embedded_servers()] == ["PostgreSQL"]
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/exams")
    assert embedded.embedded_servers() == []


@pytest.mark.parametrize(
    ("checkout", "is_beside"),
    [
        ("/home/ann/passline", True),
        ("/home/ann/pass line", False),
        ("/home/ann/passline,2", False),
        ("/home/ann/" + "deep/" * 20 + "passline", False),
    ],
)
def test_sockets_are_beside_the_data_when_their_path_is_fit(checkout: str, is_beside: bool) -> None:
    place = place_of(Path(checkout), 501)
    assert place.run == Path(checkout) / ".run"
    assert (place.sockets == place.run / "sockets") == is_beside
    for server in (PostgreSQL(place), Valkey(place)):
        assert len(str(server.socket_path)) <= LONGEST_SOCKET_PATH
        assert re.fullmatch(r"[\w/.-]+", str(server.socket_path))


def test_no_two_users_or_checkouts_share_a_folder_of_sockets() -> None:
    long, longer = Path("/srv/" + "deep/" * 20), Path("/srv/" + "deep/" * 21)
    places = {place_of(checkout, uid).sockets for checkout in (long, longer) for uid in (501, 502)}
    assert len(places) == 4


def test_a_folder_of_sockets_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "sockets").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ServerError, match="belongs to another user"):
        Place(tmp_path / "run", tmp_path / "sockets").prepare()


def test_folders_are_closed_to_others(place: Place) -> None:
    place.prepare()
    assert [folder.stat().st_mode & 0o777 for folder in (place.run, place.sockets)] == [0o700] * 2


def test_a_pid_file_is_stale_unless_it_names_a_server_of_that_data(tmp_path: Path) -> None:
    pid_file = tmp_path / "postmaster.pid"
    assert not is_stale(pid_file, tmp_path)
    pid_file.write_text("")
    assert is_stale(pid_file, tmp_path)
    pid_file.write_text(f"{os.getpid()}\n{tmp_path}\n")
    assert is_stale(pid_file, tmp_path)
    pid_file.write_text(f"{2**22 + 1}\n{tmp_path}\n")
    assert is_stale(pid_file, tmp_path)
    waiting = [sys.executable, "-c", "input()", "-D", str(tmp_path)]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE) as server:
        pid_file.write_text(f"{server.pid}\n{tmp_path}\n")
        wait_until(lambda: not is_stale(pid_file, tmp_path))
        assert is_stale(pid_file, tmp_path / "other")


def test_kill_9_loses_nothing_and_leaves_nothing_in_the_way(place: Place) -> None:
    half_made = place.run / "postgresql.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").touch()
    address = f"postgresql://passline@{quote(str(place.sockets), safe='')}/passline"
    with services(place) as servers:
        with psycopg.connect(address) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
        with redis.Redis(unix_socket_path=f"{place.sockets}/valkey.sock") as queue:
            queue.set("kept", 2)

        with services(place) as found:
            assert [server.process for server in found] == [None, None]
        assert [server.answers() for server in servers] == [True, True]

        for server in servers:
            assert server.process is not None
            server.process.kill()
            wait_until(server.is_gone)
            server.restart()
        with psycopg.connect(address) as connection:
            assert connection.execute("SELECT number FROM kept").fetchall() == [(1,)]
            durable = "SELECT current_setting('fsync'), current_setting('synchronous_commit')"
            assert connection.execute(durable).fetchone() == ("on", "on")
        with redis.Redis(unix_socket_path=f"{place.sockets}/valkey.sock") as queue:
            assert queue.get("kept") == b"2"

    assert [server.answers() for server in servers] == [False, False]
    (place.run / "postgresql" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(place.run), str(place.sockets)])
    wait_until(lambda: all(server.answers() for server in servers), 10)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    wait_until(lambda: not any(server.answers() for server in servers), 10)


OWNER = """
import signal, sys
from pathlib import Path
from config.embedded import services
from config.servers import Place
with services(Place(Path(sys.argv[1]), Path(sys.argv[2]))):
    signal.pause()
"""
