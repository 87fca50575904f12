"""How long a person on Weibo waits for the first characters of an answer.

    python -m bench.weibo

A whole program, the scripted agent and the twin of the Open IM server, over real sockets and pipes.
The agent writes the time before its first delta; the bar is 300 ms at the median.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import structlog

from cc_connect.testing.scripted_agent import script
from cc_connect.testing.weibo import WeiboTwin
from tests.platforms.weibo.rig import WeiboRig

TURNS = 21
BAR = 300.0
DELAY = 0.02

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))  # errors only


async def first_characters(twin: WeiboTwin, mark: Path) -> float:
    """Milliseconds from the agent's first delta to the first characters on the screen."""
    before = len(twin.screen().messages)
    words = "Hello, this is an answer that is written word by word. " * 3
    told = {"touch": str(mark)}, {"text": words, "pieces": 40, "delay": DELAY}
    await twin.say(script(*told))
    await twin.until(lambda: len(twin.screen().messages) > before)
    seen = time.time()
    shown = twin.screen().messages[-1]
    await twin.until(lambda: shown.done)
    return 1000 * (seen - touched(mark) - DELAY)


def touched(mark: Path) -> float:
    """When the file was made, which is one delay before the first delta."""
    at = mark.stat().st_mtime
    mark.unlink()
    return at


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        async with WeiboTwin() as twin, WeiboRig(twin, place):
            await first_characters(twin, place / "mark")  # starts the agent
            times = [await first_characters(twin, place / "mark") for _ in range(TURNS)]
    print(
        f"first characters after the agent's first delta: median {statistics.median(times):.0f} ms,"
        f" worst {max(times):.0f} ms of {TURNS} turns (bar: median {BAR:.0f} ms)"
    )


if __name__ == "__main__":
    asyncio.run(main())
