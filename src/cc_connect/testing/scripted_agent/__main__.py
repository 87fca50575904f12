"""Runs the scripted agent. See the package's docstring for its language."""

import json
import os
import sys
from collections.abc import Callable

from cc_connect.procs.stream_json.seat import Given, Seat, settings
from cc_connect.testing.scripted_agent import JOURNAL, SETTINGS
from cc_connect.testing.scripted_agent.player import Player, begin


def main() -> int:
    """Play until stdin ends; returns the exit code."""
    wishes = json.loads(os.environ.get(SETTINGS) or "{}")
    begin(wishes.get("start") or ())
    given = settings(sys.argv[1:], os.environ, model="scripted-model")
    seat = Seat(given, lifecycle=not wishes.get("old"), received=_journal("got", given.session))
    if missing := seat.open():
        sys.stderr.write(f"{missing}\n")
        told = {"subtype": "error_during_execution", "is_error": True, "num_turns": 0}
        seat.send({**told, "errors": [missing], "type": "result"})
        return 1
    seat.silent = bool(wishes.get("silent"))
    player = Player(seat, tuple(wishes.get("default") or ()), _journal("done", given.session))
    return seat.serve(player.behave)


def _journal(key: str, session: str) -> Callable[[Given], None]:
    path = os.environ.get(JOURNAL)

    def write(given: Given) -> None:
        if not path:
            return
        entry = {key: given.id, "session": session, "pid": os.getpid(), "text": given.text}
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, json.dumps(entry).encode() + b"\n")
        finally:
            os.close(handle)

    return write


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # not waiting for the thread that reads
