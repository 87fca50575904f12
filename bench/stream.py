"""What one long turn costs: 8,000 text deltas of 200 bytes, and 2,000 tool calls.

    python -m bench.stream

Prints the CPU of this program alone (driver, conversation, presenter, store); the scripted agent
runs in a process of its own.
"""

import asyncio
import time
from itertools import pairwise

from bench.rig import Rig
from cc_connect.contract.content import Text
from cc_connect.contract.platform import Capabilities, ProgressStyle, Support
from cc_connect.testing.scripted_agent import script

DELTAS = 8000
SIZE = 200
TOOLS = 2000
PAGE = Capabilities(
    text_limit=10_000_000,
    edit=Support.FULL,
    edit_interval=0.15,
    cards=Support.FULL,
    buttons=Support.FULL,
    stream=Support.FULL,
    idempotent_post=Support.FULL,
    progress=ProgressStyle.CARD,
)
CHAT = Capabilities(
    text_limit=2000,
    edit=Support.FULL,
    edit_interval=1.2,
    buttons=Support.FULL,
    delete=Support.FULL,
    typing=Support.FULL,
)


async def deltas(name: str, can: Capabilities) -> None:
    async with Rig(can) as rig:
        await rig.turn("warm up")
        rig.platform.intents.clear()
        text = "x" * (SIZE - 1) + " "
        cpu, wall = time.process_time(), time.perf_counter()
        content = await rig.turn(script({"text": text * DELTAS, "pieces": DELTAS}))
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        size = sum(len(block.markdown) for block in content if isinstance(block, Text))
        print(
            f"{DELTAS} deltas of {SIZE} bytes, {name}: cpu {cpu:.2f} s, wall {wall:.2f} s, "
            f"last piece of the answer {size} characters, calls {dict(rig.platform.intents)}"
        )


async def tools(name: str, can: Capabilities) -> None:
    async with Rig(can) as rig:
        await rig.turn("warm up")
        rig.platform.intents.clear()
        rig.platform.edits.clear()
        steps = [
            {"tool": "Bash", "input": {"command": f"echo {n}"}, "ask": False, "output": "ok"}
            for n in range(TOOLS)
        ]
        cpu, wall = time.process_time(), time.perf_counter()
        await rig.turn(script(*steps, {"text": "done"}))
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        edits = rig.platform.edits
        gaps = [b - a for a, b in pairwise(edits)]
        shortest = f"{min(gaps):.2f} s" if gaps else "-"
        print(
            f"{TOOLS} tool calls, {name}: cpu {cpu:.2f} s, wall {wall:.2f} s, "
            f"calls {dict(rig.platform.intents)}, shortest time between edits {shortest} "
            f"(interval {can.edit_interval} s)"
        )


async def main() -> None:
    await deltas("page", PAGE)
    await deltas("chat", CHAT)
    await tools("page", PAGE)
    await tools("chat", CHAT)


if __name__ == "__main__":
    asyncio.run(main())
