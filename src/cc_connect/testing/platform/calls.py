"""What an adapter can have the fake service do."""

from dataclasses import dataclass
from pathlib import Path

from cc_connect.contract.content import Attachment, Content, Text
from cc_connect.contract.ids import Address
from cc_connect.contract.platform import Kind
from cc_connect.testing.platform.line import Refused, Status
from cc_connect.testing.platform.message import File, Message
from cc_connect.testing.platform.service import ChatService

EVERYONE = "everyone"
"""Allowed among `Draft.mention`, it makes `@everyone` in the text call all people of the chat."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be posted.

    Attributes:
        place: Where.
        content: What it shows.
        kind: Why.
        key: The key of the post.
        reply_to: The message it answers.
        mention: Ids of the people it may call.
        stream: The stream it settles.
        once: The service shall remember `key` and show the message only once.
    """

    place: Address
    content: Content
    kind: Kind
    key: str
    reply_to: str | None = None
    mention: tuple[str, ...] = ()
    stream: str | None = None
    once: bool = False


class Calls:
    """The calls. Each raises `Refused` when the service does not do it."""

    def __init__(self, service: ChatService) -> None:
        self._service = service

    async def post(self, draft: Draft) -> str:
        """Show a message; returns its id."""
        service = self._service
        await service.trouble.before()
        known = service.keys.get(draft.key) if draft.once else None
        if known is None:
            known = self._show(draft)
            if draft.once:
                service.keys[draft.key] = known
        service.trouble.after()
        return known

    def _show(self, draft: Draft) -> str:
        service = self._service
        place = service.known(draft.place)
        if draft.stream is not None:
            self._settle(place, draft.stream)
        message = Message(
            service.fresh("m"),
            place,
            service.now(),
            author=None,
            content=draft.content,
            kind=draft.kind,
            key=draft.key,
            files=files_of(draft.content),
            reply_to=draft.reply_to,
        )
        message.called = _called(draft.mention, message.text)
        return service.add(message).id

    def _settle(self, place: Address, stream: str) -> None:
        message = self._service.streams.pop((place, stream), None)
        if message is not None:
            self._service.take_away(message)

    async def amend(self, ident: str, content: Content) -> None:
        """Show something else in a message; NOT_FOUND when it is not there."""
        await self._service.trouble.before()
        self._own(ident).change(content, files_of(content))
        self._service.pulse.beat()
        self._service.trouble.after()

    async def retract(self, ident: str) -> None:
        """Take a message away."""
        await self._service.trouble.before()
        self._service.take_away(self._own(ident))
        self._service.trouble.after()

    async def sign(self, ident: str, sign: str, *, on: bool) -> None:
        """Put a reaction on somebody's message, or take it off."""
        await self._service.trouble.before()
        signs = self._found(ident).signs
        if on and sign not in signs:
            signs.append(sign)
        if not on and sign in signs:
            signs.remove(sign)
        self._service.pulse.beat()
        self._service.trouble.after()

    async def typing(self, place: Address, lasts: float) -> None:
        """Show for so many seconds that the bot is at it."""
        await self._service.trouble.before()
        self._service.typing_until[self._service.known(place)] = self._service.now() + lasts
        self._service.pulse.beat()

    async def extend(self, place: Address, stream: str, text: str, at: int) -> None:
        """Add to a growing text; a piece at 0 begins it anew, and an empty one ends it."""
        service = self._service
        await service.trouble.before()
        if at == 0:
            self._settle(service.known(place), stream)
        message = service.streams.get((place, stream))
        if message is None:
            if not text:
                return
            message = Message(
                service.fresh("s"), service.known(place), service.now(), None, (), key=stream
            )
            message.growing = True
            service.streams[place, stream] = service.add(message)
        before = message.text
        if at != len(before):
            service.gaps.append(f"{stream}: a piece at {at} came after {len(before)} characters")
        message.content = (Text(before + text),)
        service.pulse.beat()

    async def download(self, ident: str) -> bytes:
        """The bytes of a file that somebody sent."""
        await self._service.trouble.before()
        file = self._service.uploads.get(ident)
        if file is None:
            raise Refused(Status.NOT_FOUND, f"there is no file {ident}")
        return file.data

    def _found(self, ident: str) -> Message:
        message = self._service.messages.get(ident)
        if message is None:
            raise Refused(Status.NOT_FOUND, f"there is no message {ident}")
        return message

    def _own(self, ident: str) -> Message:
        message = self._found(ident)
        if message.author is not None:
            raise Refused(Status.BAD, f"message {ident} is not the bot's")
        return message


def files_of(content: Content) -> tuple[File, ...]:
    """The files of a content, read now."""
    return tuple(
        File(block.name, Path(block.path).read_bytes(), block.mime)
        for block in content
        if isinstance(block, Attachment)
    )


def _called(mention: tuple[str, ...], text: str) -> tuple[str, ...]:
    return tuple(one for one in mention if one != EVERYONE or f"@{EVERYONE}" in text)
