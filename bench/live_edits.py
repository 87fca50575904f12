"""What a person in Discord sees of one long turn: 1,000 agent events over some seconds.

    python -m bench.live_edits

The adapter on the real discord.py, over sockets to the twin of Discord, a scripted agent in a
process of its own. Prints the time to the first visible sign, the times between edits, and how old
the oldest text was that was not visible yet.
"""

import asyncio
import re
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from bench.rig import Rig
from cc_connect.contract.platform import Capabilities
from cc_connect.contract.plugin import PlatformContext
from cc_connect.platforms.discord import plugin
from cc_connect.testing.discord import Application, ChannelHandle, DiscordTwin, Message, User
from cc_connect.testing.scripted_agent import script

EVENTS = 1000
EVERY = 0.012
WORD = re.compile(r"w(\d+)")


def newest(text: str) -> int:
    """The number of the last word that is visible; -1 when none is."""
    found = WORD.findall(text)
    return int(found[-1]) if found else -1


async def measure(style: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with DiscordTwin() as twin:
            alice = twin.add_user("alice", "Alice")
            bot = twin.add_application("cc-connect", owner=alice)
            guild = twin.add_guild("Workshop")
            guild.add_member(alice)
            guild.invite(bot)
            options = plugin.options(
                token=bot.token,
                api_base=twin.api_base,
                gateway_url=twin.gateway_url,
                progress_style=style,
            )
            context = PlatformContext("bench", options, Path(folder), ("bench",))
            async with Rig(Capabilities(text_limit=1), other=plugin.build(context)):
                direct = twin.direct(alice, bot)
                await direct.say(alice, "warm up")
                await direct.wait_for(lambda m: "You said: warm up" in m.content, 30)
                await turn(twin, direct, alice, bot, style)


async def turn(
    twin: DiscordTwin, direct: ChannelHandle, alice: User, bot: Application, style: str
) -> None:
    words = " ".join(f"w{n:04}" for n in range(EVENTS))
    began = time.time()
    await direct.say(alice, script({"text": words, "pieces": EVENTS, "delay": EVERY}, say="go"))
    sign = asyncio.create_task(first_sign(twin, direct, bot, began))
    final = await direct.wait_for(
        lambda m: f"w{EVENTS - 1:04}" in m.content and m.edited_at is None and bool(m.mentions), 60
    )
    report(style, await sign, direct.messages, final, began)


async def first_sign(
    twin: DiscordTwin, direct: ChannelHandle, bot: Application, began: float
) -> float:
    await twin.until_true(lambda: direct.is_typing(bot) or direct.messages[-1].author.bot, 30)
    return time.time() - began


def report(style: str, sign: float, messages: list[Message], final: Message, began: float) -> None:
    live = next(m for m in messages if m is not final and m.author.bot and len(m.versions) > 1)
    shown = [(v.at, newest(v.content + str(v.embeds))) for v in live.versions]
    shown.append((final.sent_at, EVENTS - 1))
    gaps = [b - a for (a, _), (b, _) in pairwise(shown[:-1])]
    # Words come evenly; how far apart is seen from the whole, for sleeping takes its own time.
    every = (final.sent_at - began) / EVENTS
    ages = [at - (began + (before + 1) * every) for (_, before), (at, _) in pairwise(shown)]
    print(
        f"{style}: first sign {1000 * sign:.0f} ms, {len(gaps)} edits, "
        f"between edits {min(gaps):.2f} to {max(gaps):.2f} s, "
        f"oldest text not yet visible {max(ages):.2f} s"
    )


async def main() -> None:
    for style in ("compact", "card"):
        await measure(style)


if __name__ == "__main__":
    asyncio.run(main())
