"""Runs the scripted agent. See the package's docstring for its language."""

import json
import os
import sys
from pathlib import Path

from cc_connect.testing.scripted_acp import SETTINGS
from cc_connect.testing.scripted_acp.seat import Seat
from cc_connect.testing.scripted_acp.shelf import Shelf


def main() -> None:
    """Play until stdin ends."""
    wishes = json.loads(os.environ.get(SETTINGS) or "{}")
    for step in wishes.get("start") or ():
        match step:
            case {"exit": code}:
                sys.stdout.flush()
                os._exit(int(code))
            case {"stderr": text}:
                sys.stderr.write(f"{text}\n")
            case {"garbage": line}:
                for _ in range(int(step.get("times", 1))):
                    print(line, flush=True)  # noqa: T201  # the wire is stdout
            case _:
                raise ValueError(f"not a step for the start: {step}")
    shelf = Shelf(Path(os.environ.get("HOME", "/")) / ".scripted-acp")
    Seat(wishes, shelf).serve()


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # not waiting for the threads that play
