import http.server
import threading
from collections.abc import Iterator

import pytest

from config.probe import allowed_host, is_serving


@pytest.mark.parametrize(
    ("allowed_hosts", "host"),
    [
        ("", "127.0.0.1"),
        ("*", "127.0.0.1"),
        ("exams.example", "exams.example"),
        (" exams.example , other.example", "exams.example"),
        (".example", "example"),
    ],
)
def test_the_probe_calls_itself_what_the_site_allows(allowed_hosts: str, host: str) -> None:
    assert allowed_host(allowed_hosts) == host


class Health(http.server.BaseHTTPRequestHandler):
    """Serves one path to one host, as the site would."""

    def do_GET(self) -> None:
        allowed = (self.path, self.headers["Host"]) == ("/healthz", "exams.example")
        self.send_response(200 if allowed else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with http.server.HTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_only_a_200_is_health(port: int) -> None:
    assert is_serving(port, "exams.example")
    assert not is_serving(port, "127.0.0.1")


def test_silence_is_no_health() -> None:
    assert not is_serving(1, "exams.example")
