"""Two hundred threads at once: every one of them must move, whatever Discord's limits.

    python -m bench.threads [THREADS [SECONDS]]

One bot, the adapter on the real discord.py, over sockets to the twin of Discord with the limits
that are observed there; in each thread an agent speaks all the time (in this process: two hundred
of them are not what is measured). Prints how old the oldest text was that a thread did not show
yet, and how many requests were refused for coming too fast. Ends with 1 when a bar is missed.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path

import structlog

from bench.live_edits import newest
from cc_connect.commands import COMMANDS
from cc_connect.contract.agent import AgentFeatures, Decision, Prompt, SessionSpec
from cc_connect.contract.agent_events import AgentEvent, Opened, Spoke, TurnEnded
from cc_connect.contract.plugin import PlatformContext
from cc_connect.platforms.discord import plugin
from cc_connect.runtime.assembly import Runtime
from cc_connect.runtime.settings import Project
from cc_connect.runtime.supervisor import Station
from cc_connect.store.blobs import Blobs
from cc_connect.store.store import Store
from cc_connect.testing.discord import Application, ChannelHandle, DiscordTwin, RateLimits, User

THREADS, SECONDS = 200, 30.0
EVERY = 0.5
OLDEST, REFUSED = 10.0, 0.01
"""The bars: seconds, and the part of all requests."""
LENGTHS = 20
"""The longest turn takes twice as long as the shortest, which speaks with all the others."""
LONGEST = 120.0

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


class Voice:
    """A session that says a numbered word every so often; `said` keeps when, by thread."""

    pid = None

    def __init__(self, said: dict[str, list[float]], seconds: float) -> None:
        self._said = said
        self._seconds = seconds
        self._events: asyncio.Queue[AgentEvent] = asyncio.Queue()
        self._speaking: asyncio.Task[None] | None = None

    async def submit(self, prompt: Prompt) -> None:
        self._speaking = asyncio.create_task(self._speak(prompt))

    async def _speak(self, prompt: Prompt) -> None:
        times = self._said.setdefault(prompt.text.strip(), [])
        # They do not all end in one second: that would measure a wave of two hundred answers.
        until = time.time() + self._seconds * (1 + int(prompt.text.split()[-1]) % LENGTHS / LENGTHS)
        while time.time() < until:
            await self._events.put(Spoke(prompt.id, f"w{len(times):04} ", begins=not times))
            times.append(time.time())
            await asyncio.sleep(EVERY)
        await self._events.put(TurnEnded(prompt.id))

    async def steer(self, prompt: Prompt) -> None:
        del prompt

    async def answer(self, request: str, decision: Decision) -> None:
        del request, decision

    async def interrupt(self) -> None:
        pass

    async def events(self) -> AsyncIterator[AgentEvent]:
        while True:
            yield await self._events.get()


class Voices:
    """An agent that opens voices."""

    def __init__(self, seconds: float) -> None:
        self.said: dict[str, list[float]] = {}
        self._seconds = seconds

    def features(self) -> AgentFeatures:
        return AgentFeatures("Voice")

    @asynccontextmanager
    async def open(self, spec: SessionSpec) -> AsyncIterator[Voice]:
        voice = Voice(self.said, self._seconds)
        voice._events.put_nowait(Opened(spec.session))  # noqa: SLF001 - its maker
        yield voice

    def library(self) -> None:
        return None


async def measure(threads: int, seconds: float) -> bool:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        twin = await stack.enter_async_context(DiscordTwin(limits=RateLimits.observed()))
        alice = twin.add_user("alice", "Alice")
        bot = twin.add_application("cc-connect", owner=alice)
        guild = twin.add_guild("Workshop")
        guild.add_member(alice)
        guild.invite(bot)
        options = plugin.options(
            token=bot.token, api_base=twin.api_base, gateway_url=twin.gateway_url
        )
        adapter = plugin.build(PlatformContext("bench", options, folder, ("bench",)))
        voices = Voices(seconds)
        project = Project("bench", voices, "voice", SessionSpec(cwd=str(folder)))
        store = await Store.open(folder / "data")
        stack.push_async_callback(store.close)
        station = Station("bench", "bench", ("bench",), adapter)
        blobs = Blobs(folder / "data")
        runtime = Runtime(store, blobs, {"bench": project}, [station], COMMANDS)
        await runtime.start()
        stack.push_async_callback(runtime.stop)
        await station.up.wait()
        general = guild.add_channel("general")
        places = [await general.start_thread(alice, f"t{n}") for n in range(threads)]
        await crowd(places, alice, bot)
        return report(twin, places, voices)


async def crowd(places: list[ChannelHandle], alice: User, bot: Application) -> None:
    for number, place in enumerate(places):
        await place.say(alice, f"thread {number}", mention=bot)

    def over() -> bool:
        return all(any(m.mentions and m.author.bot for m in place.messages) for place in places)

    while not over():  # noqa: ASYNC110 - the end of two hundred turns has no event
        await asyncio.sleep(0.5)


def report(twin: DiscordTwin, places: list[ChannelHandle], voices: Voices) -> bool:
    oldest, edits = [], 0
    for number, place in enumerate(places):
        times = voices.said[f"thread {number}"]
        shown = [
            (request.at, newest(str(request.body.get("content"))))
            for request in twin.requests.of("P*/messages*", channel=place.state)
            if request.performed and isinstance(request.body, dict)
        ]
        edits += len(shown)
        seen = [(times[0], -1), *((at, word) for at, word in shown if word >= 0)]
        ages = [
            at - times[word + 1] for (_, word), (at, _) in pairwise(seen) if word + 1 < len(times)
        ]
        oldest.append(max(ages))
    refused = len(twin.requests.of(status=429))
    part = refused / len(twin.requests)
    oldest.sort()
    print(
        f"{len(places)} threads: {edits} posts and edits, {len(twin.requests)} requests, "
        f"{refused} refused as too many ({100 * part:.2f} %)\n"
        f"oldest text not yet visible: worst thread {oldest[-1]:.1f} s, "
        f"median thread {oldest[len(oldest) // 2]:.1f} s"
    )
    return oldest[-1] < OLDEST and part <= REFUSED


async def main(arguments: list[str]) -> int:
    threads = int(arguments[0]) if arguments else THREADS
    seconds = float(arguments[1]) if len(arguments) > 1 else SECONDS
    async with asyncio.timeout(seconds + LONGEST):
        return 0 if await measure(threads, seconds) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
