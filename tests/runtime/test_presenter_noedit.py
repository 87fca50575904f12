"""Progress where nothing can be edited or taken back: few lines, and no remark cut short."""

import asyncio
from collections import ChainMap
from collections.abc import AsyncIterator, Coroutine
from itertools import pairwise
from typing import Any, cast

from cc_connect.agents.claudecode import ClaudeCode, Options
from cc_connect.contract.agent import SessionSpec, Spoke, ToolFinished, ToolStarted
from cc_connect.contract.content import Text
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Media, Person
from cc_connect.contract.platform import (
    Capabilities,
    Extend,
    Intent,
    Markup,
    PlatformHost,
    Post,
    Receipt,
    Support,
)
from cc_connect.core.turn.state import Item, Turn
from cc_connect.runtime.outbox import Outbox
from cc_connect.runtime.presenter import Presenter
from cc_connect.runtime.settings import Project, Settings
from cc_connect.store.store import Store
from cc_connect.testing.leaping import LeapingLoop

PLACE = Address("plain", "1")
PLAIN = Capabilities(2000, markup=Markup.PLAIN, stream=Support.FULL)


class Plain:
    """A platform that writes down what it is given, with the time."""

    def __init__(self) -> None:
        self.said: list[tuple[float, str]] = []

    def capabilities(self, to: Address) -> Capabilities:
        del to
        return PLAIN

    async def run(self, host: PlatformHost) -> None:
        del host
        await asyncio.Event().wait()

    async def deliver(self, intent: Intent) -> Receipt:
        now = asyncio.get_running_loop().time()
        match intent:
            case Extend(text=text, at=at):
                self.said.append((now, f"{at}:{text}"))
            case Post(content=content):
                texts = [block.markdown for block in content if isinstance(block, Text)]
                self.said.append((now, "".join(texts)))
            case _:
                raise AssertionError(intent)
        return Receipt("m")

    def fetch(self, media: Media) -> AsyncIterator[bytes]:
        raise NotImplementedError


def presenter(platform: Plain) -> Presenter:
    loop = asyncio.get_running_loop()
    outbox = Outbox(cast("Store", None), loop.time)  # only live things are shown
    outbox.register("plain", platform)
    agent = ClaudeCode(Options(), {})
    project = Project("shop", agent, "claudecode", SessionSpec(cwd="/"))
    settings = Settings(project, PLACE, platform.capabilities, ChainMap())
    turn = Turn(Item("t", 0, "m", Person("1"), "words"), "p")
    return Presenter(turn, settings, outbox, loop.time)


def leaping(main: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runner.run(main)


def test_a_line_now_and_then() -> None:
    platform = Plain()

    async def main() -> None:
        shown = presenter(platform)
        for number in range(100):
            shown.show(ToolStarted("p", f"{number}", "Bash", title=f"step {number}"))
            await asyncio.sleep(1)
        shown.rest()

    leaping(main())
    times = [at for at, _ in platform.said]
    assert 15 <= times[0] < 17
    assert len(times) == 3
    assert all(later - earlier >= 30 for earlier, later in pairwise(times))
    assert platform.said[0][1].startswith("⏳ Bash(step ")


def test_a_quick_turn_and_a_waiting_agent_are_quiet() -> None:
    platform = Plain()

    async def main() -> None:
        shown = presenter(platform)
        shown.show(ToolStarted("p", "1", "Bash", title="make"))
        await asyncio.sleep(14)
        shown.rest()
        await asyncio.sleep(100)
        shown.show(ToolFinished("p", "1"))
        await asyncio.sleep(100)

    leaping(main())
    assert platform.said == []


def test_one_long_tool_is_told_once() -> None:
    platform = Plain()

    async def main() -> None:
        presenter(platform).show(ToolStarted("p", "1", "Bash", title="make"))
        await asyncio.sleep(500)

    leaping(main())
    assert [text for _, text in platform.said] == ["⏳ Bash(make) · 15 s"]


def test_a_remark_is_shown_to_its_end() -> None:
    platform = Plain()

    async def main() -> None:
        shown = presenter(platform)
        shown.show(Spoke("p", "Let me look at ", begins=True))
        await asyncio.sleep(1)
        shown.show(Spoke("p", "it."))
        shown.show(ToolStarted("p", "1", "Bash", title="make"))
        await asyncio.sleep(1)
        shown.show(ToolFinished("p", "1"))
        shown.show(Spoke("p", "All is well here.", begins=True))
        await asyncio.sleep(1)

    leaping(main())
    assert [text for _, text in platform.said] == [
        "0:Let me look at ",
        "15:it.",
        "0:",
        "0:All is well here.",
    ]
