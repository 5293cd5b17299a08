"""Asks the web server of this container whether it serves: exit code 0 for yes, 1 for no.

Usage: python config/probe.py
"""

import http.client
import os
import sys

HOST = "127.0.0.1"
SECONDS = 3


def allowed_host(allowed_hosts: str) -> str:
    """A name that the list of ALLOWED_HOSTS lets pass; any other would be answered by 400."""
    first = allowed_hosts.split(",")[0].strip()
    return HOST if first in {"", "*"} else first.removeprefix(".")


def is_serving(port: int, host: str) -> bool:
    """Whether /healthz answers 200 within a few seconds."""
    connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    port = int(os.environ.get("PORT") or 8000)
    sys.exit(not is_serving(port, allowed_host(os.environ.get("ALLOWED_HOSTS", ""))))
