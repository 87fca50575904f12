"""Adapters that break one contract each about what comes in."""

import asyncio
import unicodedata
from dataclasses import replace

from cc_connect.contract.inbound import (
    Body,
    Edited,
    Inbound,
    Invoked,
    Pressed,
    Recalled,
    Said,
    Submitted,
)
from cc_connect.contract.platform import (
    PlatformHost,
)
from cc_connect.testing.platform import FakePlatform
from cc_connect.testing.platform.line import Json, Line


class AcknowledgesInTime(FakePlatform):
    """Acknowledges after a moment, stored or not."""

    async def _hear(self, frame: Json, host: PlatformHost) -> None:
        asyncio.get_running_loop().call_later(0.1, self.service.acknowledge, frame["number"])
        await super()._hear(frame, host)


class CountsRedeliveries(FakePlatform):
    """What comes again gets an id of its own."""

    def _read(self, frame: Json) -> Inbound | None:
        inbound = super()._read(frame)
        seen = self.__dict__.setdefault("_seen", set())
        again = frame["number"] in seen
        seen.add(frame["number"])
        return replace(inbound, id=f"{inbound.id}-again") if inbound and again else inbound


class NamesPressesByMessage(FakePlatform):
    """A press has the id of the message it was made on."""

    def _read(self, frame: Json) -> Inbound | None:
        inbound = super()._read(frame)
        if inbound and isinstance(inbound.body, Pressed):
            return replace(inbound, id=inbound.body.message)
        return inbound


class Rewriting(FakePlatform):
    """Changes what was done on its way in."""

    def rewrite(self, body: Body, inbound: Inbound) -> Body:  # noqa: ARG002 - for subclasses
        return body

    def _read(self, frame: Json) -> Inbound | None:
        inbound = super()._read(frame)
        return replace(inbound, body=self.rewrite(inbound.body, inbound)) if inbound else None


class SaysWhatIsPressed(Rewriting):
    """A press of a button becomes prose."""

    def rewrite(self, body: Body, inbound: Inbound) -> Body:  # noqa: ARG002
        prose = isinstance(body, Pressed) and not body.values and "Request" in body.action
        return Said(body.action) if prose and isinstance(body, Pressed) else body


class NormalisesText(Rewriting):
    """Composes accents: the text is not what was typed."""

    def rewrite(self, body: Body, inbound: Inbound) -> Body:  # noqa: ARG002
        if isinstance(body, Said):
            return replace(body, text=unicodedata.normalize("NFC", body.text))
        return body


class TellsLabels(Rewriting):
    """A choice comes back as what could be read, not as its value."""

    def rewrite(self, body: Body, inbound: Inbound) -> Body:  # noqa: ARG002
        if isinstance(body, Pressed) and body.values:
            return replace(body, values=tuple(value.upper() for value in body.values))
        return body


class JoinsLines(Rewriting):
    """A field of a form is one line."""

    def rewrite(self, body: Body, inbound: Inbound) -> Body:  # noqa: ARG002
        if isinstance(body, Submitted):
            joined = {key: " ".join(text.split()) for key, text in body.values.items()}
            return replace(body, values=joined)
        return body


class HearsBots(FakePlatform):
    """Listens to other bots."""

    def _read(self, frame: Json) -> Inbound | None:
        return super()._read({**frame, "bot": False})


class TakesAllAsAddressed(FakePlatform):
    """Whatever is said is meant for it."""

    def _read(self, frame: Json) -> Inbound | None:
        return super()._read({**frame, "addressed": True})


class TakesAllAsPrivate(FakePlatform):
    """Every chat is a private one."""

    def _read(self, frame: Json) -> Inbound | None:
        return super()._read({**frame, "private": True})


class NamesEditsByThemselves(Rewriting):
    """An edit names itself, not what was edited."""

    def rewrite(self, body: Body, inbound: Inbound) -> Body:
        return replace(body, message=inbound.id) if isinstance(body, Edited) else body


class NamesDeletionsByThemselves(Rewriting):
    """A deletion names itself, not what was deleted."""

    def rewrite(self, body: Body, inbound: Inbound) -> Body:
        return replace(body, message=inbound.id) if isinstance(body, Recalled) else body


class LastComeFirstServed(FakePlatform):
    """Handles the newest of what waits."""

    async def _listen(self, line: Line, host: PlatformHost) -> None:
        frames = line.frames()
        async for text in frames:
            batch = [text, *line._waiting]
            line._waiting.clear()
            for one in reversed(batch):
                frame = self._parse(one)
                if frame is not None:
                    await self._hear(frame, host)


class HearsNoReplies(FakePlatform):
    """What is answered does not come in."""

    def _read(self, frame: Json) -> Inbound | None:
        return super()._read({**frame, "reply_to": None})


class WritesCommands(Rewriting):
    """A native command becomes prose with a slash."""

    def rewrite(self, body: Body, inbound: Inbound) -> Body:  # noqa: ARG002
        if isinstance(body, Invoked):
            return Said(" ".join((f"/{body.command}", *body.arguments.values())))
        return body


class SuggestsNothing(FakePlatform):
    """Answers without asking the host."""

    async def _suggest(self, frame: Json, host: PlatformHost) -> None:  # noqa: ARG002
        self.service.answer(frame["number"], ())


class AcknowledgesAtItsEnd(FakePlatform):
    """Acknowledges what it was at when it was cancelled."""

    async def _hear(self, frame: Json, host: PlatformHost) -> None:
        try:
            await super()._hear(frame, host)
        except asyncio.CancelledError:
            self.service.acknowledge(frame["number"])
            raise


class AcknowledgesFailures(FakePlatform):
    """Goes on when the host failed to store something."""

    async def _hand_over(self, inbound: Inbound, host: PlatformHost) -> None:
        try:
            await host.receive(inbound)
        except OSError:
            return


class ForgetsThreads(FakePlatform):
    """What is said in a thread comes from its channel."""

    def _read(self, frame: Json) -> Inbound | None:
        return super()._read({**frame, "thread": None})


class KnowsPeopleByName(FakePlatform):
    """Takes the name of a person for their id."""

    def _read(self, frame: Json) -> Inbound | None:
        who = frame["who"]
        return super()._read({**frame, "who": {**who, "id": who["name"]}})


class CountsMilliseconds(FakePlatform):
    """Tells the time in milliseconds."""

    def _read(self, frame: Json) -> Inbound | None:
        return super()._read({**frame, "at": 1000 * frame["at"]})
