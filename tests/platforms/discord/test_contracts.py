"""The adapter keeps to the contract of a platform, over the twin's real sockets."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import cast

import pytest

from cc_connect.contract.ids import Address
from cc_connect.contract.platform import Platform, PlatformHost, ProgressStyle
from cc_connect.platforms.discord.adapter import DiscordPlatform
from cc_connect.platforms.discord.cursors import KEY
from cc_connect.platforms.discord.rights import Standing, capabilities
from cc_connect.platforms.discord.wire import order
from cc_connect.testing.contracts.platform import (
    EVERYONE,
    Act,
    LackingHarness,
    PlatformContract,
    PlatformHarness,
    Seen,
    SeenFile,
    platform_contracts,
)
from cc_connect.testing.discord import (
    ChannelHandle,
    DiscordTwin,
    File,
    Interaction,
    Message,
    User,
)
from cc_connect.testing.discord.wire_message import message_event_json
from cc_connect.testing.platform import RecordingHost
from tests.platforms.discord.bench import (
    QUICK,
    Place,
    at,
    furnish,
    settings,
    soon,
)

LACKS: Mapping[Act, str] = {}
CAN = capabilities(Standing(), ProgressStyle.COMPACT)


class Watched(DiscordPlatform):
    """The adapter, with a view of what it saves at its host."""

    saved: Mapping[str, str] = MappingProxyType({})

    async def run(self, host: PlatformHost) -> None:
        assert isinstance(host, RecordingHost)
        self.saved = host.values
        await super().run(host)


class DiscordHarness(LackingHarness):
    """A twin with the adapter on it. People write in a direct conversation, or in one channel."""

    patience = 5.0
    lacks = LACKS

    def __init__(self, there: Place) -> None:
        self._there = there
        self._twin = there.twin
        self._direct = there.twin.direct(there.alice, there.bot)
        self._said: dict[str, Message] = {}
        self._people: dict[str, User] = {"": there.alice}
        self.place = at(self._direct)
        self._token = there.bot.token

    async def acknowledged(self, handle: str) -> bool:
        """Discord wants no acknowledgement of messages; the cursor plays its part."""
        rows = json.loads(self._watched.saved.get(KEY, "[]"))
        return any(order(message) >= order(handle) for _, _, message in rows)

    async def make(self) -> Platform:
        timings = soon(QUICK, hiccup=0.02, longest_retry=0.02, attempts=1000)
        context = settings(self._twin, self._there.bot, token=self._token)
        self._watched = Watched(context, timings)
        return self._watched

    async def shared(self) -> Address:
        return at(self._there.general)

    async def thread(self) -> Address:
        return at(await self._there.general.start_thread(self._there.alice, "a thread"))

    # --- people ---------------------------------------------------------------------------------

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
        channel = self._channel(where)
        if bot:
            self._other_bot_says(where, text)
            return ""
        message = await channel.say(
            self._person(who),
            text,
            mention=self._there.bot if addressed and channel is not self._direct else None,
            attachments=[File(name, data) for name, data in (files or {}).items()],
            reply_to=self._message(where, reply_to) if reply_to else None,
        )
        self._said[str(message.id)] = message
        return str(message.id)

    def _other_bot_says(self, where: Address, text: str) -> None:
        author = {"id": "4711", "username": "another", "bot": True}
        data = {"id": "1", "channel_id": where.chat, "content": text, "author": author}
        for session in self._twin.sessions(self._there.bot):
            session.dispatch("MESSAGE_CREATE", data)

    def _person(self, who: str) -> User:
        if who not in self._people:
            self._people[who] = self._twin.add_user(who)
            self._there.guild.add_member(self._people[who])
        return self._people[who]

    async def rename(self, who: str, name: str) -> None:
        person = self._people.pop(who)
        person.display_name = name
        self._people[name] = person

    async def person(self, _: Address) -> str:
        return str(self._there.alice.id)

    async def press(self, where: Address, message: str, label: str) -> str:
        return _handle(
            await self._twin.press(self._there.alice, self._message(where, message), label)
        )

    async def choose(self, where: Address, message: str, labels: tuple[str, ...]) -> str:
        shown = self._message(where, message)
        # Without patience: the suite looks for the choice only after this has returned.
        chosen = await self._twin.select(self._there.alice, shown, list(labels), patience=None)
        return _handle(chosen)

    async def submit(self, where: Address, message: str, values: Mapping[str, str]) -> str:
        opened = await self._opened(self._message(where, message))
        return _handle(await self._twin.submit(self._there.alice, opened, values))

    async def _opened(self, message: Message) -> Interaction:
        (button,) = [each for each in message.buttons if each["custom_id"].startswith("~f")]
        return await self._twin.press(self._there.alice, message, button["custom_id"])

    async def invoke(self, where: Address, command: str, arguments: Mapping[str, str]) -> str:
        await self._offered()
        channel = self._channel(where)
        used = await self._twin.invoke(
            self._there.alice, channel, command, dict(arguments), patience=None
        )
        return _handle(used)

    async def suggestions(
        self, where: Address, command: str, option: str, prefix: str
    ) -> tuple[str, ...]:
        await self._offered()
        channel = self._channel(where)
        found = await self._twin.suggest(self._there.alice, channel, command, option, prefix)
        return tuple(each["value"] for each in found)

    async def _offered(self) -> None:
        await self._twin.until_true(lambda: bool(self._there.bot.commands))

    async def edit(self, where: Address, handle: str, text: str) -> str:
        await self._channel(where).edit(self._there.alice, self._said[handle], text)
        return handle

    async def recall(self, where: Address, handle: str) -> str:
        await self._channel(where).delete(self._said[handle])
        return handle

    async def remove(self, where: Address, message: str) -> None:
        await self._channel(where).delete(self._message(where, message))

    # --- what is seen ---------------------------------------------------------------------------

    async def seen(self, where: Address) -> tuple[Seen, ...]:
        mine = [m for m in self._channel(where).messages if m.author is self._there.bot.user]
        return tuple([await self._seen(message) for message in mine])

    async def _seen(self, message: Message) -> Seen:
        plain = [each for each in message.buttons if not each["custom_id"].startswith("~f")]
        forms: tuple[tuple[str, ...], ...] = ()
        if len(plain) < len(message.buttons):
            opened = await self._opened(message)
            assert opened.form is not None
            forms = (tuple(each["label"] for each in opened.form["components"]),)
        reference = message.reference
        called = tuple(str(user.id) for user in message.mentions)
        return Seen(
            str(message.id),
            message.text,
            tuple(each["label"] for each in plain),
            tuple(tuple(o["label"] for o in menu["options"]) for menu in message.menus),
            forms,
            tuple(SeenFile(each.filename, each.data) for each in message.attachments),
            str(reference.message_id) if reference is not None else None,
            (*called, EVERYONE) if message.mention_everyone else called,
        )

    async def signs_on(self, _: Address, handle: str) -> tuple[str, ...]:
        return tuple(self._said[handle].reactions)

    def _channel(self, where: Address) -> ChannelHandle:
        if where == self.place:
            return self._direct
        return self._twin.channel(int(where.thread or where.chat))

    def _message(self, where: Address, message: str) -> Message:
        return next(each for each in self._channel(where).messages if str(each.id) == message)

    # --- trouble --------------------------------------------------------------------------------

    async def redeliver(self, handle: str) -> None:
        for session in self._twin.sessions(self._there.bot):
            data = message_event_json(
                self._twin.world, self._said[handle], self._there.bot, session.intents
            )
            session.dispatch("MESSAGE_CREATE", data)

    async def garbage(self) -> None:
        for text in ("{", "[]", '{"op": 0, "t": "MESSAGE_CREATE", "d": 7}', '{"op": 99}'):
            self._twin.faults.raw_frame(text)
        self._twin.faults.malformed_event("GUILD_CREATE")

    async def drop(self) -> None:
        self._twin.faults.drop_sockets()

    async def down(self) -> None:
        self._twin.faults.refuse_gateway(times=10_000)
        self._twin.faults.drop_requests(times=10_000)
        self._twin.faults.drop_sockets()

    async def up(self) -> None:
        self._twin.faults.heal()

    async def refuse_login(self) -> None:
        self._twin.faults.reset_token(self._there.bot)

    async def rate_limit(self, retry_after: float) -> None:
        route = "POST /channels/{channel}/messages"
        self._twin.faults.rate_limit(route, retry_after=retry_after)

    async def stall(self) -> None:
        self._twin.faults.delay(600, times=10_000)

    async def flow(self) -> None:
        self._twin.faults.heal()


def _handle(interaction: Interaction) -> str:
    return str(interaction.id)


def _unneeded(contract: PlatformContract) -> str | None:
    """Why a contract does not apply; what it asks of the harness is what its class lacks."""
    return contract.unneeded(CAN, cast("PlatformHarness", DiscordHarness))


@asynccontextmanager
async def opened() -> AsyncIterator[DiscordHarness]:
    async with DiscordTwin() as twin:
        yield DiscordHarness(furnish(twin))


NEEDED = [one for one in platform_contracts() if _unneeded(one) is None]


def test_what_does_not_apply() -> None:
    """No growing messages, and a nonce that is forgotten in the end."""
    others = {one.number for one in platform_contracts()} - {one.number for one in NEEDED}
    assert others <= {"P10", "P35"}


@pytest.mark.parametrize("contract", NEEDED)
async def test_the_adapter_keeps_to_it(contract: PlatformContract) -> None:
    async with opened() as harness:
        await contract.check(harness)
