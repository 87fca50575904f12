"""Runs the demo agent. See the package's docstring."""

import os
import sys
from pathlib import Path

from cc_connect.agents.demo.acts import Demo
from cc_connect.agents.demo.sample import seed
from cc_connect.procs.stream_json.seat import Seat, settings


def main() -> int:
    """Answer until stdin ends; returns the exit code."""
    given = settings(sys.argv[1:], os.environ, model="demo")
    if os.environ.get("CC_DEMO_SEED"):
        seed(Path(given.cwd))
    seat = Seat(given)
    if missing := seat.open():
        sys.stderr.write(f"{missing}\n")
        return 1
    delay = float(os.environ.get("CC_DEMO_DELAY") or 0.03)
    return seat.serve(Demo(seat, delay).behave)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # not waiting for the thread that reads
