"""Real programs for the tests, and ways to wait for them."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from cc_connect.procs import Child, Grace, Identity, Launch, Line, child_environment, identity_of
from cc_connect.procs.identity import is_alive

QUICK = Grace(eof=0.3, term=0.3, kill=20)
"""For children that are known to need force."""

PATIENT = Grace(eof=30, term=30, kill=30)
"""For children that are known to go by themselves, however slow the machine is."""

ECHO = """
import sys
for line in sys.stdin:
    print(line, end="")
print("end of input")
"""

STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready")
while True:
    time.sleep(60)
"""

# Starts a process in a session of its own, says its id, and goes on by the rule given:
# "stay" until the end of input, or "leave" at once. What it starts ignores SIGTERM if "deaf".
PARENT = """
import subprocess, sys
rule, deaf, wipe = sys.argv[1:4]
code = "import signal, time; print('up', flush=True); time.sleep(600)"
if deaf == "deaf":
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + code
child = subprocess.Popen(
    [sys.executable, "-I", "-S", "-c", code],
    start_new_session=True,
    stdout=subprocess.PIPE,
    env={} if wipe == "wipe" else None,
)
child.stdout.readline()
print(child.pid)
if rule == "stay":
    sys.stdin.read()
"""


def launch_of(folder: Path, source: str, *arguments: object, grace: Grace = QUICK) -> Launch:
    """Writes a program to the folder and says how to run it."""
    script = folder / f"child{len(list(folder.iterdir()))}.py"
    script.write_text(source)
    argv = [sys.executable, "-I", "-S", "-u", str(script), *map(str, arguments)]
    env = child_environment(os.environ, {})
    return Launch(argv, folder, env, marker=f"test-{os.getpid()}", grace=grace)


async def next_line(child: Child) -> str:
    """Gives the next line of a child that is known to say one."""
    match await anext(child.lines()):
        case Line(data):
            return data.decode()
        case other:
            raise AssertionError(other)


async def announced(child: Child) -> Identity:
    """Names the process whose id the child prints."""
    found = identity_of(int(await next_line(child)))
    assert found is not None
    return found


async def until(condition: Callable[[], bool]) -> None:
    """Waits as long as the test may take; what never comes is a time-out."""
    while not condition():  # noqa: ASYNC110  # what is waited for is outside this process
        await asyncio.sleep(0.01)


async def gone(identity: Identity) -> None:
    """Waits for the end of a process."""
    await until(lambda: not is_alive(identity))
