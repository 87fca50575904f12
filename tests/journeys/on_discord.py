"""Discord as a body of journeys: a channel of the twin, and people in it."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from cc_connect.testing.discord import Application, ChannelHandle, DiscordTwin, File, Message, User
from cc_connect.testing.discord.interacting import begin
from cc_connect.testing.discord.interaction import InteractionKind
from cc_connect.testing.discord.model import walk
from tests.journeys.chat import ALICE, PATIENCE, Chat, Seen, plain

T = TypeVar("T")
_RUNNING, _STOP = "⏳", "Stop"


class DiscordChat(Chat):
    """A channel; everybody in it sees what is not private."""

    body = "discord"
    name = "Alice"

    def __init__(
        self, twin: DiscordTwin, place: ChannelHandle, bot: Application, people: Mapping[str, User]
    ) -> None:
        self.place = place
        self._twin, self._bot, self._people = twin, bot, people

    async def write(
        self, text: str, *, by: str, reply_to: Seen | None, files: Mapping[str, bytes]
    ) -> str:
        sent = [File(name, data) for name, data in files.items()]
        answered = self._message(reply_to) if reply_to else None
        message = await self.place.say(
            self._people[by], text, attachments=sent, reply_to=answered, ping=False
        )
        return str(message.id)

    async def edit(self, said: str, text: str, *, by: str = ALICE) -> None:
        """Change what one wrote."""
        await self.place.edit(self._people[by], self._by_id(said), text)

    async def delete(self, said: str) -> None:
        """Delete what one wrote."""
        await self.place.delete(self._by_id(said))

    async def thread(self) -> "DiscordChat":
        """The first thread that was opened here."""
        place = await self.place.wait_for_thread(PATIENCE)
        return DiscordChat(self._twin, place, self._bot, self._people)

    def signs(self, said: str) -> tuple[str, ...]:
        """The signs that stand on what one wrote."""
        found = self._by_id(said).reactions.values()
        return tuple(each.emoji for each in found if each.users)

    async def press(self, message: Seen, label: str, *, by: str = ALICE) -> None:
        await self._twin.press(self._people[by], self._message(message), label, patience=PATIENCE)

    async def press_anyway(self, message: Seen, label: str) -> None:
        found, who = self._message(message), self._people[ALICE]
        drawn = [one for version in found.versions for one in walk(list(version.components))]
        button = next(one for one in drawn if one.get("label") == label)
        data = {"custom_id": button["custom_id"], "component_type": 2, "id": button["id"]}
        kind = InteractionKind.COMPONENT
        begin(self._twin.world, kind, self._bot, who, found.channel, data, message=found)

    async def choose(self, message: Seen, *labels: str, by: str = ALICE) -> None:
        found = self._message(message)
        for menu in found.menus:
            if {one["label"] for one in menu["options"]} >= set(labels):
                who, which = self._people[by], menu["custom_id"]
                await self._twin.select(who, found, labels, menu=which, patience=PATIENCE)
                return
        (label,) = labels
        await self.press(message, label, by=by)

    async def fill(self, message: Seen, label: str, text: str, *, by: str = ALICE) -> None:
        who, found = self._people[by], self._message(message)
        form = await self._twin.press(who, found, label, patience=PATIENCE)
        assert form.form is not None
        inner = form.form["components"][0]
        field = (inner.get("components") or [inner.get("component")])[0]["custom_id"]
        await self._twin.submit(who, form, {field: text}, patience=PATIENCE)

    async def order(self, command: str, *, by: str = ALICE, **options: str) -> None:
        """Give a command as Discord offers it."""
        who = self._people[by]
        await self._twin.invoke(who, self.place, command, options, bot=self._bot, patience=PATIENCE)

    async def suggested(self, command: str, option: str, typed: str) -> list[str]:
        """What is offered while an option of a command is typed."""
        who, bot = self._people[ALICE], self._bot
        found = await self._twin.suggest(
            who, self.place, command, option, typed, bot=bot, patience=PATIENCE
        )
        return [str(choice["name"]) for choice in found]

    async def download(self, message: Seen, name: str) -> bytes:
        return next(a.data for a in self._message(message).attachments if a.filename == name)

    def messages(self, by: str = ALICE) -> list[Seen]:
        who = self._people[by]
        return [
            _seen(one)
            for one in self.place.messages
            if one.author is self._bot.user and one.visible_to in {None, who} and not one.loading
        ]

    async def until(self, look: Callable[[], T | None]) -> T:
        return await self._twin.until(look, PATIENCE)

    def _message(self, seen: Seen) -> Message:
        return self._by_id(seen.key)

    def _by_id(self, key: str) -> Message:
        return next(one for one in self.place.messages if str(one.id) == key)


def _seen(message: Message) -> Seen:
    buttons = [str(one.get("label") or "") for one in message.buttons if not one.get("disabled")]
    options = [str(o["label"]) for menu in message.menus for o in menu.get("options") or ()]
    files = tuple(file.filename for file in message.attachments)
    text = message.text
    live = _RUNNING in text and _STOP in buttons
    return Seen(str(message.id), plain(text), (*buttons, *options), files, live)
