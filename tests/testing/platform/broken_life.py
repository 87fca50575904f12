"""Adapters that break one contract each about their life and its troubles."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from cc_connect.contract.errors import (
    DeliveryRejected,
    PlatformAuthFailed,
    PlatformUnavailable,
    RateLimited,
)
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import (
    Inbound,
    Media,
)
from cc_connect.contract.platform import (
    Capabilities,
    Intent,
    PlatformHost,
    Receipt,
)
from cc_connect.testing.platform import FakePlatform
from cc_connect.testing.platform.line import Json, Line, LineDropped


class ForgetsItsCapabilities(FakePlatform):
    """The pace is known only once the service has told it."""

    def capabilities(self, to: Address) -> Capabilities:
        can = super().capabilities(to)
        return can if self._state.name == "RUNNING" else replace(can, edit_interval=9.0)


class LeavesTasks(FakePlatform):
    """Its heartbeat goes on after its end."""

    async def _connect(self) -> Line:
        self.__dict__.setdefault("_beats", []).append(asyncio.create_task(self._beat()))
        return await super()._connect()

    async def _beat(self) -> None:
        await asyncio.Event().wait()


class WaitsOutOutages(FakePlatform):
    """Tries again for itself until the service is back."""

    async def _do(self, intent: Intent) -> Receipt:
        await self.service.pulse.until(lambda: not self.service.trouble.down or None, 1e9)
        return await super()._do(intent)


class TriesWrongLogins(FakePlatform):
    """A login that is refused is tried again and again."""

    async def _connect(self) -> Line:
        try:
            return await super()._connect()
        except PlatformAuthFailed as error:
            raise PlatformUnavailable(str(error)) from error


class ForgetsHowLong(FakePlatform):
    """Is told how long to wait, and does not tell."""

    async def _do(self, intent: Intent) -> Receipt:
        try:
            return await super()._do(intent)
        except RateLimited as error:
            raise RateLimited(str(error), 0.0) from error


class KnowsOnlyWhatItHeard(FakePlatform):
    """After a restart it can post only where something was said to it."""

    def restarted(self) -> FakePlatform:
        again = super().restarted()
        again.__dict__["_heard"] = set()
        return again

    def _read(self, frame: Json) -> Inbound | None:
        inbound = super()._read(frame)
        if inbound is not None and "_heard" in self.__dict__:
            self.__dict__["_heard"].add(inbound.address)
        return inbound

    async def _do(self, intent: Intent) -> Receipt:
        if intent.to not in self.__dict__.get("_heard", {intent.to}):
            raise DeliveryRejected("no such channel object")
        return await super()._do(intent)


class DiesOfGarbage(FakePlatform):
    """Takes it for granted that every frame is one."""

    def _parse(self, text: str) -> Json | None:
        frame = super()._parse(text)
        if frame is None:
            raise ValueError(f"not a frame: {text}")
        return frame


class ListensToTheDead(FakePlatform):
    """Connects anew after a break, and forgets to listen there."""

    async def _listen(self, line: Line, host: PlatformHost) -> None:
        if not self.service.trouble.down and self.__dict__.get("_broke"):
            await asyncio.Event().wait()
        try:
            await super()._listen(line, host)
        except LineDropped:
            self.__dict__["_broke"] = not self.service.trouble.down
            raise


class SuffersInSilence(FakePlatform):
    """Waits for the service to come back, and tells nobody that it is away."""

    async def run(self, host: PlatformHost) -> None:
        await super().run(_Quiet(host))

    async def _connect(self) -> Line:
        while True:
            try:
                return await super()._connect()
            except PlatformUnavailable:
                await asyncio.sleep(0.1)


class _Quiet:
    def __init__(self, host: PlatformHost) -> None:
        self._host = host
        self.receive, self.connected = host.receive, host.connected
        self.commands, self.suggest = host.commands, host.suggest
        self.load, self.save = host.load, host.save
        self.admits = host.admits

    def disconnected(self, reason: str) -> None:
        pass


class NeedsToRun(FakePlatform):
    """Has nothing to send with before it runs."""

    async def _do(self, intent: Intent) -> Receipt:
        if self._state.name == "IDLE":
            raise AttributeError("'NoneType' object has no attribute 'post'")
        return await super()._do(intent)


class LosesItsPlace(FakePlatform):
    """Sends one thing at a time, and a cancelled one never lets the next go."""

    async def _do(self, intent: Intent) -> Receipt:
        turn: asyncio.Lock = self.__dict__.setdefault("_turn", asyncio.Lock())
        await turn.acquire()
        try:
            receipt = await super()._do(intent)
        except Exception:
            turn.release()
            raise
        turn.release()
        return receipt


class FetchesTheBeginning(FakePlatform):
    """Reads one chunk of a file and is content."""

    async def fetch(self, media: Media) -> AsyncIterator[bytes]:
        async for chunk in super().fetch(media):
            yield chunk
            return


class FetchesNothing(FakePlatform):
    """A file that is gone is an empty one."""

    async def fetch(self, media: Media) -> AsyncIterator[bytes]:
        try:
            async for chunk in super().fetch(media):
                yield chunk
        except DeliveryRejected:
            return
