"""What commands on the machine use to talk to the running program; the standard library only."""

import http.client
import json
import os
import socket
from pathlib import Path

SOCKET = Path("run") / "api.sock"
TIMEOUT = 10.0


class NotRunning(Exception):
    """No cc-connect runs on this data folder."""


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path, patience: float) -> None:
        super().__init__("localhost", timeout=patience)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(os.fspath(self._path))


def call(data: Path, name: str, patience: float = TIMEOUT, /, **fields: str) -> dict[str, str]:
    """Ask the running program, which has `patience` seconds for each step of its answer.

    Raises:
        NotRunning: It is not there.
        ValueError: It refuses; the text says why.
    """
    connection = _Connection(data / SOCKET, patience)
    try:
        connection.request("POST", f"/{name}", json.dumps(fields))
        answer: dict[str, str] = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException) as error:
        raise NotRunning(f"no cc-connect is running on {data}; start it first") from error
    finally:
        connection.close()
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer
