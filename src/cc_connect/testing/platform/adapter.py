"""The fake platform: an adapter as complete as a real one, and the service behind it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeVar, assert_never

from cc_connect.contract.errors import (
    DeliveryRejected,
    MessageGone,
    PlatformAuthFailed,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
)
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound, Media
from cc_connect.contract.platform import (
    Amend,
    Capabilities,
    Extend,
    Intent,
    PlatformHost,
    Post,
    React,
    Receipt,
    Retract,
    Support,
    Typing,
)
from cc_connect.testing.broken import ContractBroken
from cc_connect.testing.platform.calls import Calls, Draft
from cc_connect.testing.platform.faults import Faults
from cc_connect.testing.platform.inbound import read, whole
from cc_connect.testing.platform.line import Json, Line, LineDropped, Refused, Status
from cc_connect.testing.platform.message import Message, write
from cc_connect.testing.platform.people import People
from cc_connect.testing.platform.rules import Rule, of_intent
from cc_connect.testing.platform.service import ChatService
from cc_connect.testing.platform.watch import Watch

RICH = Capabilities(
    text_limit=4_000,
    edit=Support.FULL,
    edit_interval=0.05,
    delete=Support.FULL,
    buttons=Support.FULL,
    menus=Support.FULL,
    forms=Support.FULL,
    files=Support.FULL,
    typing=Support.FULL,
    reactions=Support.FULL,
    threads=Support.FULL,
    stream=Support.FULL,
    stream_interval=0.01,
    cards=Support.FULL,
    idempotent_post=Support.FULL,
)
"""A platform that can do everything."""

BARE = Capabilities(text_limit=1_000)
"""A platform that can show text, and nothing else."""

_AGAIN = 0.05
_CHUNK = 1024


T = TypeVar("T")


class NotSeen(AssertionError):
    """What a test waited for did not come."""


class _State(Enum):
    IDLE = auto()
    RUNNING = auto()
    FAILED = auto()
    OVER = auto()


@dataclass(slots=True, eq=False)
class Delivery:
    """An intent the host asked for, and what became of it.

    `at` and `ended` are seconds of the event loop's clock; both outcomes are None while it lasts.
    """

    intent: Intent
    at: float
    ended: float | None = None
    receipt: Receipt | None = None
    error: BaseException | None = None


class FakePlatform:
    """A chat platform in memory, strict about what it is asked for.

    `capabilities` hold everywhere, or are a function of the place. What the host must not ask
    raises `ContractBroken` from `deliver`; as a host may catch that, it is kept in `breaches` too,
    and `check` raises it. Rules in `forgive` are not watched.

    Attributes:
        people: What people do.
        faults: What goes wrong.
        service: The far end; it outlasts this adapter (see `restarted`).
        deliveries: Every intent, with its time and outcome.
        breaches: What the host asked against the contract.
    """

    def __init__(
        self,
        capabilities: Capabilities | Callable[[Address], Capabilities] = RICH,
        *,
        instance: str = "fake",
        forgive: Collection[Rule] = (),
        service: ChatService | None = None,
    ) -> None:
        self._given = capabilities
        self._forgiven = frozenset(forgive)
        self.service = service or ChatService(instance)
        self.people = People(self.service)
        self.faults = Faults(self.service)
        self.deliveries: list[Delivery] = []
        self.breaches: list[ContractBroken] = []
        self._calls = Calls(self.service)
        self._watch = Watch()
        self._state = _State.IDLE

    # --- the contract ---------------------------------------------------------------------------

    def capabilities(self, to: Address) -> Capabilities:
        """What it was made with."""
        return self._given if isinstance(self._given, Capabilities) else self._given(to)

    async def run(self, host: PlatformHost) -> None:
        """Connect and receive, again after every break, until cancelled or until that fails."""
        self._state = _State.RUNNING
        try:
            while True:
                line = await self._connect()
                host.connected()
                try:
                    await self._listen(line, host)
                except LineDropped as error:
                    host.disconnected(str(error))
                finally:
                    self.service.close(line)
        except asyncio.CancelledError:
            self._state = _State.OVER
            raise
        except BaseException:
            self._state = _State.FAILED
            raise

    async def deliver(self, intent: Intent) -> Receipt:
        """Do it, unless the contract says that it must not be asked."""
        delivery = Delivery(intent, self.service.now())
        self.deliveries.append(delivery)
        try:
            self._permit(intent)
            delivery.receipt = await self._do(intent)
        except BaseException as error:
            delivery.error = error
            raise
        finally:
            delivery.ended = self.service.now()
            self.service.pulse.beat()
        if isinstance(intent, Post):
            self._watch.receipted(intent.key)
        return delivery.receipt

    async def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of a file that somebody sent."""
        try:
            data = await self._calls.download(media.id)
        except Refused as refused:
            raise failure(refused) from refused
        for begin in range(0, len(data), _CHUNK):
            yield data[begin : begin + _CHUNK]

    # --- the parts of it ------------------------------------------------------------------------

    async def _connect(self) -> Line:
        try:
            return await self.service.connect()
        except Refused as refused:
            raise failure(refused) from refused

    async def _listen(self, line: Line, host: PlatformHost) -> None:
        async for text in line.frames():
            frame = self._parse(text)
            if frame is not None:
                await self._hear(frame, host)

    def _parse(self, text: str) -> Json | None:
        """A frame; None for what is none, or of a kind that a later service invented."""
        try:
            frame = json.loads(text)
        except ValueError:
            return None
        return frame if isinstance(frame, dict) and whole(frame) else None

    async def _hear(self, frame: Json, host: PlatformHost) -> None:
        if frame["event"] == "typing":
            await self._suggest(frame, host)
            return
        inbound = self._read(frame)
        if inbound is not None:
            await self._hand_over(inbound, host)
        self.service.acknowledge(frame["number"])

    def _read(self, frame: Json) -> Inbound | None:
        return read(frame, self.service.instance)

    async def _hand_over(self, inbound: Inbound, host: PlatformHost) -> None:
        """Until the host has it: an error of its store is no reason to acknowledge."""
        while True:
            try:
                await host.receive(inbound)
            except Exception:  # noqa: BLE001 - whatever it is, it is not stored
                await asyncio.sleep(_AGAIN)
            else:
                return

    async def _suggest(self, frame: Json, host: PlatformHost) -> None:
        inbound = self._read(frame)
        if inbound is not None:
            values = await host.suggest(inbound, frame["command"], frame["option"], frame["prefix"])
            self.service.answer(frame["number"], values)

    async def _do(self, intent: Intent) -> Receipt:
        if self._state in {_State.IDLE, _State.FAILED}:
            raise PlatformUnavailable("not connected")
        try:
            return Receipt(await self._carry_out(intent))
        except Refused as refused:
            changes = isinstance(intent, Amend | Retract | React)
            raise failure(refused, changes=changes) from refused

    async def _carry_out(self, intent: Intent) -> str:
        calls = self._calls
        match intent:
            case Post():
                return await calls.post(self._draft(intent))
            case Amend(message=message, content=content):
                self._young_enough(message, intent.to)
                await calls.amend(message, content)
                return message
            case Retract(message=message):
                await calls.retract(message)
            case Typing(to=to):
                await calls.typing(to, self.capabilities(to).typing_lasts)
            case React(message=message, sign=sign, on=on):
                await calls.sign(message, sign, on=on)
            case Extend(to=to, stream=stream, text=text, at=at):
                await calls.extend(to, stream, text, at)
            case _:
                assert_never(intent)
        return ""

    def _draft(self, post: Post) -> Draft:
        once = self.capabilities(post.to).idempotent_post is Support.FULL
        return Draft(
            post.to,
            post.content,
            post.kind,
            post.key,
            post.reply_to,
            post.mention,
            post.stream,
            once=once,
        )

    def _young_enough(self, ident: str, to: Address) -> None:
        oldest = self.capabilities(to).edit_max_age
        message = self.service.messages.get(ident)
        if oldest is not None and message and self.service.now() - message.at > oldest:
            raise MessageGone(f"message {ident} is too old to be changed")

    def _permit(self, intent: Intent) -> None:
        """Raise ContractBroken for what the host must not ask."""
        can = self.capabilities(intent.to)
        people = frozenset(self.service.people)
        breaches = [*of_intent(intent, can)]
        breaches += self._watch.asked(intent, can, people, self.service.now())
        if intent.to.platform != self.service.instance:
            breaches.append((Rule.PLACE, f"{intent.to.lane} is a place of another platform"))
        if self._state is _State.OVER:
            breaches.append((Rule.STATE, "something is asked after `run` was cancelled"))
        for rule, words in breaches:
            if rule not in self._forgiven:
                broken = ContractBroken(f"{rule.value}: {words} [{type(intent).__name__}]")
                self.breaches.append(broken)
                raise broken

    # --- what a test looks at -------------------------------------------------------------------

    @property
    def home(self) -> Address:
        """The private chat of Ann with the bot; it is always there."""
        return self.service.home

    def transcript(self, place: Address | None = None) -> list[Message]:
        """What a person sees, oldest first: of one place, or of all, place by place."""
        return list(self.service.shown(place))

    def picture(self, place: Address | None = None) -> str:
        """The transcript as text, for people who look at a test that failed."""
        return write(self.transcript(place))

    async def wait_for(
        self,
        predicate: Callable[[Message], bool],
        timeout: float = 5.0,  # noqa: ASYNC109 - reads like asyncio's own
        *,
        place: Address | None = None,
    ) -> Message:
        """The first message of the bot, now or soon, that is meant.

        Raises:
            AssertionError: It is not there in time; the text shows what is there instead.
        """

        def look() -> Message | None:
            mine = (one for one in self.service.shown(place) if one.author is None)
            return next((one for one in mine if predicate(one)), None)

        return await self.until(look, timeout)

    async def until(
        self,
        look: Callable[[], T | None],
        timeout: float = 5.0,  # noqa: ASYNC109 - reads like asyncio's own
    ) -> T:
        """What `look` finds (anything but None), looking again after every change.

        Raises:
            AssertionError: It finds nothing in time; the text shows what is there instead.
        """
        try:
            return await self.service.pulse.until(look, timeout)
        except TimeoutError:
            raise NotSeen(f"not seen; what is there:\n{self.picture()}") from None

    async def until_true(
        self,
        condition: Callable[[], bool],
        timeout: float = 5.0,  # noqa: ASYNC109 - reads like asyncio's own
    ) -> None:
        """Wait until a condition holds. Raises AssertionError like `until`."""
        await self.until(lambda: condition() or None, timeout)

    def acknowledged(self, ident: str) -> bool:
        """Whether the adapter acknowledged what happened under this id."""
        frames = [frame for frame in self.service.frames if frame.id == ident]
        return bool(frames) and all(frame.acknowledged for frame in frames)

    def check(self) -> None:
        """Raise what the host asked against the contract, if it did."""
        if self.breaches:
            raise self.breaches[0]

    def restarted(self) -> "FakePlatform":
        """Another adapter on the same service, as after a restart of the program."""
        return type(self)(self._given, forgive=self._forgiven, service=self.service)


def failure(refused: Refused, *, changes: bool = False) -> PlatformError:
    """The typed error for what the service answered."""
    text = str(refused)
    match refused.status:
        case Status.UNAVAILABLE:
            return PlatformUnavailable(text)
        case Status.UNAUTHORIZED:
            return PlatformAuthFailed(text)
        case Status.TOO_MANY:
            return RateLimited(text, refused.retry_after)
        case Status.NOT_FOUND:
            return MessageGone(text) if changes else DeliveryRejected(text)
        case Status.BAD:
            return DeliveryRejected(text)
        case _:
            assert_never(refused.status)
