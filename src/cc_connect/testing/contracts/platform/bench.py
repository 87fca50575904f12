"""What contracts are proved on: an adapter, the host it talks to, and patience."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import NoReturn, TypeVar

from cc_connect.contract.content import Block, Text
from cc_connect.contract.errors import PlatformUnavailable
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound, Said
from cc_connect.contract.platform import Capabilities, Intent, Kind, Platform, Post, Receipt
from cc_connect.testing.broken import ContractBroken
from cc_connect.testing.contracts.platform.harness import (
    COMMANDS,
    SUGGESTED,
    PlatformHarness,
    Seen,
)
from cc_connect.testing.platform.host import RecordingHost

T = TypeVar("T")

_LOOK_AGAIN = 0.01
_KEYS = count(1)


class Bench:
    """One adapter under proof.

    Attributes:
        place: A private chat.
        can: What the adapter says it can do there.
        host: The host it is run with.
        run: The task of its `run`; None before.
    """

    def __init__(
        self, number: str, harness: PlatformHarness, platform: Platform, can: Capabilities
    ) -> None:
        self.number = number
        self.harness = harness
        self.platform = platform
        self.can = can
        self.place = harness.place
        self.patience = harness.patience
        self.host = RecordingHost(commands=COMMANDS, suggested=SUGGESTED)
        self.run: asyncio.Task[None] | None = None

    # --- saying no ------------------------------------------------------------------------------

    def broken(self, words: str) -> ContractBroken:
        """The error that says how the adapter breaks this contract."""
        return ContractBroken(f"{self.number}: {words}")

    def fail(self, words: str) -> NoReturn:
        """The adapter breaks this contract."""
        raise self.broken(words)

    def must(self, condition: bool, words: str) -> None:  # noqa: FBT001 - reads as an assertion
        """Fail unless it holds."""
        if not condition:
            self.fail(words)

    async def soon(self, thing: Awaitable[T], words: str) -> T:
        """What comes of it, within patience; `words` says what did not happen."""
        try:
            async with asyncio.timeout(self.patience):
                return await thing
        except TimeoutError:
            raise self._late(words) from None

    def _late(self, words: str) -> ContractBroken:
        run = self.run
        if run is not None and run.done() and not run.cancelled() and run.exception() is not None:
            return self.broken(f"{words}; run() ended with {run.exception()!r}")
        return self.broken(words)

    async def refuses(
        self, thing: Awaitable[object], kind: type[Exception], words: str
    ) -> Exception:
        """The error of this kind that it raises; `words` says when it has to."""
        try:
            result = await self.soon(thing, f"{words}: it hangs instead of raising")
        except kind as error:
            return error
        except ContractBroken:
            raise
        except Exception as error:  # noqa: BLE001 - any other error is the finding
            self.fail(f"{words}: {kind.__name__} must be raised, not {error!r}")
        raise self.broken(f"{words}: {kind.__name__} must be raised, but it returned {result!r}")

    # --- running --------------------------------------------------------------------------------

    def start(self) -> None:
        """Run the adapter, again when it says that its platform is unavailable, as hosts do."""
        self.run = asyncio.create_task(self._keep(self.platform, self.host), name="run")

    async def _keep(self, platform: Platform, host: RecordingHost) -> None:
        while True:
            try:
                await platform.run(host)
            except PlatformUnavailable as error:
                host.disconnected(f"run() ended: {error}")
                await asyncio.sleep(_LOOK_AGAIN)
            else:
                self.fail("run() ended by itself")

    async def started(self) -> None:
        """Run the adapter and wait until it is connected."""
        self.start()
        await self.until(lambda: self.host.up or None, "the adapter did not say it is connected")

    async def stop(self) -> None:
        """Cancel `run`, as the program does at its end."""
        run, self.run = self.run, None
        if run is None:
            return
        run.cancel()
        _, late = await asyncio.wait({run}, timeout=self.patience)
        self.must(not late, "run() does not end when it is cancelled")

    async def again(self) -> None:
        """Restart the program: another adapter and another host, which knows what was saved."""
        await self.stop()
        self.host = RecordingHost(commands=COMMANDS, values=self.host.values, suggested=SUGGESTED)
        self.platform = await self.harness.make()

    async def close(self) -> None:
        """End what still runs."""
        run, self.run = self.run, None
        if run is not None:
            run.cancel()
            await asyncio.wait({run}, timeout=self.patience)
        self.host.crash()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Platform]:
        """The adapter, connected, and stopped at the end."""
        await self.started()
        yield self.platform
        await self.stop()

    # --- what goes out --------------------------------------------------------------------------

    def post(
        self,
        *blocks: Block,
        to: Address | None = None,
        reply_to: str | None = None,
        mention: tuple[str, ...] = (),
        stream: str | None = None,
    ) -> Post:
        """A post with a key of its own."""
        key = f"suite-{next(_KEYS)}"
        where = to or self.place
        return Post(where, blocks, key, Kind.NOTICE, reply_to, mention, stream)

    def say(self, text: str, to: Address | None = None) -> Post:
        """A post of some words."""
        return self.post(Text(text), to=to)

    async def deliver(self, intent: Intent) -> Receipt:
        """Deliver, within patience."""
        return await self.soon(
            self.platform.deliver(intent), f"deliver({type(intent).__name__}) does not return"
        )

    async def shown(self, *blocks: Block, to: Address | None = None) -> Seen:
        """Post it and wait until a person sees it."""
        receipt = await self.deliver(self.post(*blocks, to=to))
        return await self.sees(
            lambda one: one.id == receipt.message, "the post is not seen", where=to
        )

    async def sees(
        self, predicate: Callable[[Seen], bool], words: str, where: Address | None = None
    ) -> Seen:
        """The first message of the bot, now or soon, that is meant."""

        async def look() -> Seen | None:
            seen = await self.harness.seen(where or self.place)
            return next((one for one in seen if predicate(one)), None)

        return await self.eventually(look, words)

    async def all_seen(self, where: Address | None = None) -> tuple[Seen, ...]:
        """All messages of the bot, once everything sent before has had its time to arrive."""
        last = self.word("last")
        await self.deliver(self.say(last, where))
        await self.sees(lambda one: last in one.text, "a later post is not seen", where)
        seen = await self.harness.seen(where or self.place)
        return tuple(one for one in seen if last not in one.text)

    # --- what comes in --------------------------------------------------------------------------

    async def hears(self, predicate: Callable[[Inbound], bool], words: str) -> Inbound:
        """The first thing received, now or soon, that is meant."""
        received = self.host.received
        return await self.until(
            lambda: next((one for one in received if predicate(one)), None), words
        )

    async def hears_text(self, text: str) -> Inbound:
        """The message with these words."""
        words = f"{text[:40]!r} was said, but not received"
        return await self.hears(lambda one: text_of(one) == text, words)

    async def all_heard(self, where: Address | None = None) -> list[Inbound]:
        """Everything received, once what was said before has had its time to arrive."""
        last = self.word("last")
        await self.harness.say(where or self.place, last)
        await self.hears_text(last)
        return [one for one in self.host.received if text_of(one) != last]

    async def until(self, look: Callable[[], T | None], words: str) -> T:
        """What `look` finds, within patience."""

        async def looked() -> T | None:
            return look()

        return await self.eventually(looked, words)

    async def eventually(self, look: Callable[[], Awaitable[T | None]], words: str) -> T:
        """What `look` finds (anything but None), within patience and while `run` lives."""
        try:
            async with asyncio.timeout(self.patience):
                while (found := await look()) is None:
                    if self.run is not None and self.run.done():
                        break
                    await asyncio.sleep(_LOOK_AGAIN)
                else:
                    return found
        except TimeoutError:
            pass
        raise self._late(words)

    def word(self, about: str) -> str:
        """A text that nobody has said yet."""
        return f"{about} {next(_KEYS)} {self.number}"


def text_of(inbound: Inbound) -> str | None:
    """The words of a message; None for anything else."""
    return inbound.body.text if isinstance(inbound.body, Said) else None
