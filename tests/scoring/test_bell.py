import socket
import time
from contextlib import ExitStack

import pytest
import redis
from kombu.exceptions import OperationalError

from scoring import bell
from scoring.bell import Bell
from scoring.tasks import send_summary

publish = bell.publish


@pytest.fixture
def broker(monkeypatch):
    """Turns Celery to another broker."""

    def turn(url):
        monkeypatch.setattr(send_summary.app.conf, "broker_write_url", url)
        monkeypatch.setattr(bell, "publish", publish)

    return turn


def seconds(call, *args):
    started = time.monotonic()
    call(*args)
    return time.monotonic() - started


@pytest.mark.parametrize(
    "url", ["redis+socket:///nowhere/redis.sock", "redis://127.0.0.1:1/0", "redis://host.invalid/0"]
)
def test_no_broker_costs_nearly_nothing(url, broker):
    broker(url)
    own = Bell()
    assert seconds(own.ring, 1) < 1
    assert own.quiet_until > time.monotonic()


def test_a_broker_that_hangs_costs_about_half_a_second(broker):
    with socket.create_server(("127.0.0.1", 0)) as server:
        broker(f"redis://127.0.0.1:{server.getsockname()[1]}/0")
        own = Bell()
        assert 0.2 < seconds(own.ring, 1) < 1.2
        assert seconds(own.ring, 2) < 0.05


@pytest.mark.parametrize("error", [OperationalError, redis.ConnectionError, OSError])
def test_a_bell_not_heard_is_quiet_for_a_while(error, monkeypatch):
    rung = []

    def fail(result_id):
        rung.append(result_id)
        raise error("down")

    own = Bell()
    monkeypatch.setattr(bell, "publish", fail)
    own.ring(1)
    own.ring(2)
    assert rung == [1]
    own.quiet_until = 0.0
    own.ring(3)
    assert rung == [1, 3]


def test_a_mistake_of_ours_is_not_hidden(monkeypatch):
    monkeypatch.setattr(bell, "publish", lambda result_id: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Bell().ring(1)


def test_the_message_says_which_result(broker):
    broker("memory://")
    with ExitStack() as stack:
        connection = stack.enter_context(send_summary.app.connection_for_write())
        publish(7)
        message = connection.SimpleQueue("celery").get_nowait()
        assert message.headers["task"] == "scoring.tasks.send_summary"
        assert message.payload[0] == [7]
        message.ack()
