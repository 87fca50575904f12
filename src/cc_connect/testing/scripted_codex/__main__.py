"""Runs the scripted app-server. See the package's docstring for its language."""

import asyncio
import json
import os
import sys

from cc_connect.testing.scripted_codex import SETTINGS
from cc_connect.testing.scripted_codex.server import Server

if __name__ == "__main__":
    wishes = json.loads(os.environ.get(SETTINGS) or "{}")
    if "stderr" in wishes:
        sys.stderr.write(f"{wishes['stderr']}\n")
    if "exit" in wishes:
        sys.exit(wishes["exit"])
    asyncio.run(Server(wishes).serve())
    sys.stdout.flush()
    os._exit(0)  # not waiting for the thread that reads
