"""An adapter on the twin, and the harness that shows both to the contract suite."""

# ruff: noqa: ARG002 - the protocol of a harness names all arguments

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NoReturn

from cc_connect.contract.content import Attachment, Content, Text
from cc_connect.contract.ids import Address
from cc_connect.contract.platform import Extend, Kind, Platform, Post
from cc_connect.contract.plugin import PlatformContext
from cc_connect.platforms.weibo.adapter import WeiboPlatform
from cc_connect.platforms.weibo.config import WeiboOptions
from cc_connect.platforms.weibo.timings import Timings
from cc_connect.testing.contracts.platform import Act, Seen, SeenFile
from cc_connect.testing.platform.host import RecordingHost
from cc_connect.testing.weibo import WeiboTwin
from cc_connect.testing.weibo.twin import ANN

QUICK: Final = Timings(first=0.01, longest=0.05, retry=0.01, longest_retry=0.05, acknowledge=0.5)
PLACE: Final = Address("weibo", ANN)
_KEYS = count(1)


def options(twin: WeiboTwin, **changes: Any) -> WeiboOptions:
    plain = WeiboOptions(
        app_id=twin.app_id,
        app_secret=twin.app_secret,
        token_endpoint=twin.token_endpoint,
        ws_endpoint=twin.ws_endpoint,
    )
    return replace(plain, **changes)


def adapter(
    twin: WeiboTwin, folder: Path, timings: Timings = QUICK, **changes: Any
) -> WeiboPlatform:
    context = PlatformContext("weibo", options(twin, **changes), folder, ("shop",), "1.2.3")
    return WeiboPlatform(context, timings)


@asynccontextmanager
async def running(platform: Platform) -> AsyncIterator[RecordingHost]:
    """The adapter runs, and is connected."""
    host = RecordingHost()
    run = asyncio.create_task(platform.run(host))
    try:
        await host.pulse.until(lambda: host.up or None, 10)
        yield host
    finally:
        run.cancel()
        await asyncio.wait({run})


def post(text: str, *files: Attachment, stream: str | None = None, **changes: Any) -> Post:
    kind = Kind.FINAL if stream else Kind.NOTICE
    content: Content = (Text(text), *files) if text else files
    plain = Post(PLACE, content, f"key-{next(_KEYS)}", kind, stream=stream)
    return replace(plain, **changes)


def extend(text: str, at: int, stream: str = "turn") -> Extend:
    return Extend(PLACE, stream, text, at)


LACKS: Final = MappingProxyType(
    {
        Act.ACKNOWLEDGED: "the protocol has no acknowledgement of what came in",
        Act.RETURN: "the server does not send twice what was not acknowledged",
        Act.SHARED: "there are private chats only",
        Act.OVERHEARD: "there are private chats only",
        Act.BOTS: "bots do not speak to each other",
        Act.PEOPLE: "there are no names, and no chats of several people",
        Act.THREADS: "there are none",
        Act.REPLY: "a message does not name the one it answers",
        Act.EDIT: "messages are not edited",
        Act.RECALL: "the bot is not told of it",
        Act.COMMANDS: "there are none",
        Act.SUGGEST: "there are none",
        Act.MENTION: "nobody can be called",
        Act.VANISH: "the bot is not told of it",
        Act.RATE: "the socket knows no such answer; see test_files for calls",
    }
)


class WeiboHarness:
    """The twin, for the contract suite."""

    place: Final = PLACE
    lacks: Final = LACKS
    patience: Final = 5.0

    def __init__(self, twin: WeiboTwin, folder: Path) -> None:
        self._twin = twin
        self._folder = folder
        self._frames: dict[str, dict[str, Any]] = {}

    async def make(self) -> Platform:
        return adapter(self._twin, self._folder)

    async def say(
        self,
        where: Address,
        text: str,
        *,
        files: Mapping[str, bytes] | None = None,
        reply_to: str | None = None,
        addressed: bool = True,
        who: str = "",
        bot: bool = False,
    ) -> str:
        return await self._twin.say(text, where.chat, files=files)

    async def redeliver(self, handle: str) -> None:
        await self._twin.redeliver(handle)

    async def seen(self, where: Address) -> tuple[Seen, ...]:
        return tuple(
            Seen(
                one.id,
                one.text,
                files=(SeenFile(one.name, one.data),) if one.name else (),
            )
            for one in self._twin.screen(where.chat).messages
        )

    async def garbage(self) -> None:
        for frame in ("{", "pong pong", "[]", '{"type":5}', '{"type":"message"}', b"\xff\x00"):
            await self._twin.raw(frame)

    async def drop(self) -> None:
        await self._twin.until(lambda: self._twin.connected)
        await self._twin.drop()

    async def down(self) -> None:
        await self._twin.down()

    async def up(self) -> None:
        await self._twin.up()

    async def refuse_login(self) -> None:
        self._twin.app_secret = "another"

    async def stall(self) -> None:
        self._twin.stall()

    async def flow(self) -> None:
        self._twin.flow()

    # What `lacks` names.

    def _cannot(self) -> NoReturn:
        raise NotImplementedError

    async def shared(self) -> Address:
        self._cannot()

    async def thread(self) -> Address:
        self._cannot()

    async def rename(self, who: str, name: str) -> None:
        self._cannot()

    async def person(self, where: Address) -> str:
        self._cannot()

    async def press(self, where: Address, message: str, label: str) -> str:
        self._cannot()

    async def choose(self, where: Address, message: str, labels: tuple[str, ...]) -> str:
        self._cannot()

    async def submit(self, where: Address, message: str, values: Mapping[str, str]) -> str:
        self._cannot()

    async def invoke(self, where: Address, command: str, arguments: Mapping[str, str]) -> str:
        self._cannot()

    async def suggestions(
        self, where: Address, command: str, option: str, prefix: str
    ) -> tuple[str, ...]:
        self._cannot()

    async def edit(self, where: Address, handle: str, text: str) -> str:
        self._cannot()

    async def recall(self, where: Address, handle: str) -> str:
        self._cannot()

    async def remove(self, where: Address, message: str) -> None:
        self._cannot()

    async def signs_on(self, where: Address, handle: str) -> tuple[str, ...]:
        self._cannot()

    async def acknowledged(self, handle: str) -> bool:
        self._cannot()

    async def rate_limit(self, retry_after: float) -> None:
        self._cannot()
