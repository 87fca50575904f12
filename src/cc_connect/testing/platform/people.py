"""What people do at the fake service."""

import asyncio
import time
from collections.abc import Mapping, Sequence

from cc_connect.contract.content import Text
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Person
from cc_connect.testing.platform.message import File, Message
from cc_connect.testing.platform.service import ChatService

NO_FILES: Mapping[str, bytes] = {}


class CannotDo(AssertionError):
    """A person cannot do that: what they should press, choose or fill in is not shown."""


class People:
    """Acts of people. Each is told to the adapter as soon as it runs, and returns the id it has.

    `who` is Ann when left out, `where` her private chat with the bot. A message is meant by its id
    or by itself.
    """

    def __init__(self, service: ChatService) -> None:
        self._service = service

    def say(
        self,
        text: str,
        *,
        where: Address | None = None,
        who: Person | None = None,
        files: Mapping[str, bytes] = NO_FILES,
        reply_to: str | None = None,
        addressed: bool = True,
        bot: bool = False,
        ago: float | None = None,
    ) -> str:
        """Say something, with files (name -> bytes); `bot` makes it the word of another bot.

        With `ago` it was said so many seconds ago, and is found only now, as in a history.
        """
        service, place = self._service, where or self._service.home
        speaker = who or service.ann
        sent = tuple(File(name, data, _mime(name)) for name, data in files.items())
        message = Message(
            service.fresh("m"),
            service.known(place),
            service.now(),
            speaker,
            (Text(text),),
            files=sent,
            reply_to=reply_to,
        )
        service.add(message)
        event = {
            "event": "said",
            "text": text,
            "bot": bot,
            "addressed": addressed,
            "reply_to": reply_to,
            "files": [self._upload(file) for file in sent],
        }
        if ago is not None:
            event |= {"missed": True, "at": time.time() - ago}
        return service.emit(message.id, place, speaker, event)

    def _upload(self, file: File) -> dict[str, str | int]:
        ident = self._service.fresh("f")
        self._service.uploads[ident] = file
        return {"id": ident, "name": file.name, "mime": file.mime, "size": len(file.data)}

    def press(self, message: Message | str, label: str, *, who: Person | None = None) -> str:
        """Press the button with this label."""
        seen = self._seen(message)
        for button in seen.buttons:
            if button.label == label:
                return self._pressed(seen, button.action, (), who)
        raise CannotDo(f"no button {label!r} on {seen!r}: {[one.label for one in seen.buttons]}")

    def choose(
        self,
        message: Message | str,
        labels: str | Sequence[str],
        *,
        who: Person | None = None,
    ) -> str:
        """Choose in the first menu that has options with these labels."""
        seen = self._seen(message)
        wanted = (labels,) if isinstance(labels, str) else tuple(labels)
        for menu in seen.menus:
            values = {option.label: option.value for option in menu.options}
            if all(label in values for label in wanted) and (menu.multiple or len(wanted) == 1):
                return self._pressed(seen, menu.action, tuple(values[one] for one in wanted), who)
        raise CannotDo(f"no menu on {seen!r} lets one choose {wanted}")

    def submit(
        self, message: Message | str, values: Mapping[str, str], *, who: Person | None = None
    ) -> str:
        """Fill in the first form that has fields with these labels, and send it."""
        seen = self._seen(message)
        for form in seen.forms:
            ids = {one.label: one.id for one in form.fields}
            needed = {one.label for one in form.fields if one.required}
            if values.keys() <= ids.keys() and needed <= values.keys():
                filled = {ids[label]: text for label, text in values.items()}
                event = {"event": "submitted", "action": form.action, "values": filled}
                return self._service.emit(
                    self._service.fresh("e"), seen.place, who or self._service.ann, event
                )
        raise CannotDo(f"no form on {seen!r} takes {sorted(values)}")

    def invoke(
        self,
        command: str,
        arguments: Mapping[str, str] | None = None,
        *,
        where: Address | None = None,
        who: Person | None = None,
    ) -> str:
        """Use a command of the platform's own surface."""
        service = self._service
        event = {"event": "invoked", "command": command, "arguments": dict(arguments or {})}
        return service.emit(service.fresh("e"), where or service.home, who or service.ann, event)

    async def suggestions(
        self,
        command: str,
        option: str,
        prefix: str,
        *,
        where: Address | None = None,
        who: Person | None = None,
        patience: float = 5.0,
    ) -> tuple[str, ...]:
        """What is offered while an option of a command is typed; nothing without an answer."""
        service = self._service
        question = {"event": "typing", "command": command, "option": option, "prefix": prefix}
        future = service.ask(where or service.home, who or service.ann, question)
        try:
            async with asyncio.timeout(patience):
                return await future
        except TimeoutError:
            return ()

    def edit(self, message: Message | str, text: str) -> str:
        """Change what one said."""
        seen = self._seen(message)
        seen.change((Text(text),), seen.files)
        event = {"event": "edited", "message": seen.id, "text": text}
        return self._service.emit(self._service.fresh("e"), seen.place, _author(seen), event)

    def recall(self, message: Message | str) -> str:
        """Take back what one said."""
        seen = self._seen(message)
        self._service.take_away(seen)
        event = {"event": "recalled", "message": seen.id}
        return self._service.emit(self._service.fresh("e"), seen.place, _author(seen), event)

    def remove(self, message: Message | str) -> None:
        """Delete a message of the bot, as a moderator can; the adapter is not told."""
        self._service.take_away(self._seen(message))

    def rename(self, person: Person, name: str) -> Person:
        """A person is called otherwise from now on."""
        renamed = Person(person.id, name, person.roles, person.owner)
        self._service.people[person.id] = renamed
        if person.id == self._service.ann.id:
            self._service.ann = renamed
        return renamed

    def _pressed(
        self, seen: Message, action: str, values: tuple[str, ...], who: Person | None
    ) -> str:
        event = {"event": "pressed", "message": seen.id, "action": action, "values": values}
        presser = who or self._service.ann
        return self._service.emit(self._service.fresh("e"), seen.place, presser, event)

    def _seen(self, message: Message | str) -> Message:
        ident = message if isinstance(message, str) else message.id
        found = self._service.messages.get(ident)
        if found is None:
            raise CannotDo(f"message {ident} is not there")
        return found


def _author(message: Message) -> Person:
    if message.author is None:
        raise CannotDo(f"{message!r} is the bot's, not a person's")
    return message.author


def _mime(name: str) -> str:
    return {"png": "image/png", "txt": "text/plain"}.get(name.rpartition(".")[2], "")
