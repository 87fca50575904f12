"""An answer in thousands of pieces, and a turn with thousands of tool calls."""

import time

import bench.rig as inside
from bench.speed.figures import Row
from bench.speed.scene import Setting, scene
from cc_connect.contract.platform import Capabilities, ProgressStyle, Support
from cc_connect.testing.scripted_agent import script

PIECES, SIZE = 8000, 200
TOOLS = 2000
EVENTS = 20_000.0
STEP = {"tool": "Bash", "input": {"command": "true"}, "ask": False, "output": "ok"}


async def pieces(setting: Setting) -> list[Row]:
    """Seconds from the question to the whole answer, for a quarter, half and all of the pieces."""
    async with scene(setting) as (crowd, program):
        await crowd.turn("ann")
        times, cpus = [], []
        for count in (PIECES // 4, PIECES // 2, PIECES):
            began, used = time.monotonic(), program.cpu()
            await crowd.turn("ann", f"@pieces {count} {SIZE}@")
            times.append(time.monotonic() - began)
            cpus.append(program.cpu() - used)
    seen = ", ".join(f"{time_:.2f}" for time_ in times)
    of_cpu = ", ".join(f"{cpu:.2f}" for cpu in cpus)
    linear = cpus[2] <= 6 * max(cpus[0], 0.01)
    return [
        Row(
            f"one answer in {PIECES // 4}, {PIECES // 2}, {PIECES} pieces of {SIZE} bytes",
            f"{seen} s; of the processor {of_cpu} s",
            "<= 1 s, linear",
            times[2] <= 1.0 and linear,
        )
    ]


async def tools(setting: Setting) -> list[Row]:
    """What people see of many tool calls on a chat that cannot edit, and events taken in."""
    async with scene(setting) as (crowd, program):
        await crowd.turn("ann")
        screen = crowd.screen("ann")
        before, began, used = screen.count, time.monotonic(), program.cpu()
        await crowd.turn("ann", f"@tools {TOOLS}@")
        took, cpu = time.monotonic() - began, program.cpu() - used
        shown = screen.count - before - 1
    rate = 2 * TOOLS / took
    return [
        Row(
            f"a turn with {TOOLS} tool calls, a chat without edits",
            f"{shown} messages beside the answer",
            "none in the first 15 s",
            shown == 0 or took > 15,
        ),
        Row(
            "events taken in",
            f"{rate:.0f} per s ({took:.2f} s, of the processor {cpu:.2f} s)",
            f">= {EVENTS:.0f} per s",
            rate >= EVENTS,
        ),
    ]


async def edits(setting: Setting) -> list[Row]:
    """The same turn on chats that can edit, by style; in this process, on a counting platform."""
    count = setting.many(TOOLS, 300)
    found = []
    for style in (ProgressStyle.COMPACT, ProgressStyle.CARD, ProgressStyle.LEGACY):
        can = Capabilities(
            text_limit=2000,
            edit=Support.FULL,
            edit_interval=1.2,
            cards=Support.FULL,
            buttons=Support.FULL,
            delete=Support.FULL,
            progress=style,
        )
        async with inside.Rig(can) as rig:
            await rig.turn("warm up")
            rig.platform.intents.clear()
            began = time.monotonic()
            await rig.turn(script(*[STEP] * count, {"text": "done"}))
            took = time.monotonic() - began
            seen = dict(rig.platform.intents)
        most = took / can.edit_interval + 3
        shown = seen.get("Amend", 0) if style is not ProgressStyle.LEGACY else seen.get("Post", 0)
        owed = (
            "<= 1 edit per 1.2 s" if style is not ProgressStyle.LEGACY else "steps share messages"
        )
        found.append(
            Row(
                f"{count} tool calls, {style.value}",
                f"{seen} in {took:.1f} s",
                owed,
                shown <= most,
            )
        )
    return found


async def rows(setting: Setting) -> list[Row]:
    return [*await pieces(setting), *await tools(setting), *await edits(setting)]
