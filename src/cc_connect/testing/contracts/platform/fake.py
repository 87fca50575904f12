"""The harness of the fake platform: the suite's own example, and what it is proved with."""

from collections.abc import Mapping

from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Person
from cc_connect.contract.platform import Capabilities, Platform
from cc_connect.testing.contracts.platform.harness import Act, Seen, SeenFile
from cc_connect.testing.platform.adapter import RICH, FakePlatform
from cc_connect.testing.platform.message import Message

NOTHING: Mapping[Act, str] = {}


class FakeHarness:
    """A fake platform of some kind, made with some capabilities.

    `kind` may be a class of your own that behaves otherwise. It needs a running event loop.
    """

    def __init__(
        self,
        kind: type[FakePlatform] = FakePlatform,
        capabilities: Capabilities = RICH,
        lacks: Mapping[Act, str] = NOTHING,
    ) -> None:
        self._kind = kind
        self._first = kind(capabilities)
        self._adapter: FakePlatform | None = None
        self._lacks = lacks
        self._people: dict[str, Person] = {}
        self.fake = self._first
        self.patience = 5.0

    @property
    def place(self) -> Address:
        """The chat that is always there."""
        return self._first.home

    @property
    def lacks(self) -> Mapping[Act, str]:
        """What it was made with."""
        return self._lacks

    async def make(self) -> Platform:
        """The first adapter, then others on the same service."""
        self._adapter = self._first if self._adapter is None else self._adapter.restarted()
        return self._adapter

    async def shared(self) -> Address:
        """A chat that is not private."""
        return self.fake.service.add_chat("general")

    async def thread(self) -> Address:
        """A thread of that chat."""
        return self.fake.service.add_chat("general", thread="t1")

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
        """Say it; the handle is the id of the message."""
        return self.fake.people.say(
            text,
            where=where,
            who=self._person(who) if who else None,
            files=files or {},
            reply_to=reply_to,
            addressed=addressed,
            bot=bot,
        )

    def _person(self, name: str) -> Person:
        if name not in self._people:
            self._people[name] = self.fake.service.add_person(name)
        return self._people[name]

    async def rename(self, who: str, name: str) -> None:
        """The same id, another name."""
        self._people[name] = self.fake.people.rename(self._person(who), name)

    async def person(self, where: Address) -> str:  # noqa: ARG002 - she is in every chat
        """Ann."""
        return self.fake.service.ann.id

    async def press(self, where: Address, message: str, label: str) -> str:  # noqa: ARG002
        """Press it."""
        return self.fake.people.press(message, label)

    async def choose(self, where: Address, message: str, labels: tuple[str, ...]) -> str:  # noqa: ARG002
        """Choose them."""
        return self.fake.people.choose(message, labels)

    async def submit(self, where: Address, message: str, values: Mapping[str, str]) -> str:  # noqa: ARG002
        """Fill it in."""
        return self.fake.people.submit(message, values)

    async def invoke(self, where: Address, command: str, arguments: Mapping[str, str]) -> str:
        """Use it."""
        return self.fake.people.invoke(command, arguments, where=where)

    async def suggestions(
        self, where: Address, command: str, option: str, prefix: str
    ) -> tuple[str, ...]:
        """What the adapter answers."""
        return await self.fake.people.suggestions(command, option, prefix, where=where)

    async def edit(self, where: Address, handle: str, text: str) -> str:  # noqa: ARG002
        """Change it."""
        return self.fake.people.edit(handle, text)

    async def recall(self, where: Address, handle: str) -> str:  # noqa: ARG002
        """Take it back."""
        return self.fake.people.recall(handle)

    async def remove(self, where: Address, message: str) -> None:  # noqa: ARG002
        """Remove it as a moderator."""
        self.fake.people.remove(message)

    # --- what is seen ---------------------------------------------------------------------------

    async def seen(self, where: Address) -> tuple[Seen, ...]:
        """The transcript without what people said."""
        return tuple(_seen(one) for one in self.fake.transcript(where) if one.author is None)

    async def signs_on(self, where: Address, handle: str) -> tuple[str, ...]:  # noqa: ARG002
        """The reactions on it."""
        return tuple(self.fake.service.messages[handle].signs)

    async def acknowledged(self, handle: str) -> bool:
        """Whether its frame is acknowledged."""
        return self.fake.acknowledged(handle)

    # --- trouble --------------------------------------------------------------------------------

    async def redeliver(self, handle: str) -> None:
        """Send its frame again."""
        self.fake.faults.redeliver(handle)

    async def garbage(self) -> None:
        """Half a frame, one without what belongs in it, and one of another kind."""
        self.fake.faults.garbage()
        self.fake.faults.garbage('{"event": "said", "number": 0}')
        self.fake.faults.garbage("[1, 2]")

    async def drop(self) -> None:
        """Break the connection."""
        self.fake.faults.drop()

    async def down(self) -> None:
        """Take the service away."""
        self.fake.faults.down()

    async def up(self) -> None:
        """Bring it back."""
        self.fake.faults.up()

    async def refuse_login(self) -> None:
        """Refuse the login."""
        self.fake.faults.refuse_login()

    async def rate_limit(self, retry_after: float) -> None:
        """Refuse one call."""
        self.fake.faults.rate_limit(retry_after=retry_after)

    async def stall(self) -> None:
        """Let calls hang."""
        self.fake.faults.hold()

    async def flow(self) -> None:
        """Let them go on."""
        self.fake.faults.release()


def _seen(message: Message) -> Seen:
    return Seen(
        "" if message.growing else message.id,
        message.text,
        tuple(button.label for button in message.buttons),
        tuple(tuple(option.label for option in menu.options) for menu in message.menus),
        tuple(tuple(one.label for one in form.fields) for form in message.forms),
        tuple(SeenFile(file.name, file.data) for file in message.files),
        message.reply_to,
        message.called,
    )
