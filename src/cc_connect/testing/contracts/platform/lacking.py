"""Where a harness begins: one that can do nothing yet."""

from collections.abc import Mapping

from cc_connect.contract.ids import Address

_LACKING = "name it in `lacks`, or write it"


class LackingHarness:
    """Every act of a `PlatformHarness` that can be lacking, lacking.

    A harness derived from it writes what its far end can do, and names in `lacks` what it cannot.
    """

    async def shared(self) -> Address:
        """A chat of several people, the bot among them (SHARED)."""
        raise NotImplementedError(_LACKING)

    async def thread(self) -> Address:
        """A thread in a chat (THREADS)."""
        raise NotImplementedError(_LACKING)

    async def rename(self, who: str, name: str) -> None:
        """Have a person called otherwise; they speak as `name` from now on (PEOPLE)."""
        raise NotImplementedError(_LACKING)

    async def person(self, where: Address) -> str:
        """Id of a person there, as in `Post.mention` (MENTION)."""
        raise NotImplementedError(_LACKING)

    async def press(self, where: Address, message: str, label: str) -> str:
        """Press the button with this label."""
        raise NotImplementedError(_LACKING)

    async def choose(self, where: Address, message: str, labels: tuple[str, ...]) -> str:
        """Choose the options with these labels, and send the choice."""
        raise NotImplementedError(_LACKING)

    async def submit(self, where: Address, message: str, values: Mapping[str, str]) -> str:
        """Fill in the form by the labels of its fields, and send it."""
        raise NotImplementedError(_LACKING)

    async def invoke(self, where: Address, command: str, arguments: Mapping[str, str]) -> str:
        """Use a command of the platform's own surface (COMMANDS)."""
        raise NotImplementedError(_LACKING)

    async def suggestions(
        self, where: Address, command: str, option: str, prefix: str
    ) -> tuple[str, ...]:
        """What is offered while an option is typed (SUGGEST)."""
        raise NotImplementedError(_LACKING)

    async def edit(self, where: Address, handle: str, text: str) -> str:
        """Change what was said (EDIT)."""
        raise NotImplementedError(_LACKING)

    async def recall(self, where: Address, handle: str) -> str:
        """Take back what was said (RECALL)."""
        raise NotImplementedError(_LACKING)

    async def remove(self, where: Address, message: str) -> None:
        """Remove a message of the bot without telling it (VANISH)."""
        raise NotImplementedError(_LACKING)

    async def signs_on(self, where: Address, handle: str) -> tuple[str, ...]:
        """The bot's reactions on what a person said."""
        raise NotImplementedError(_LACKING)

    async def acknowledged(self, handle: str) -> bool:
        """Whether the adapter has acknowledged what a person did (ACKNOWLEDGED)."""
        raise NotImplementedError(_LACKING)

    async def redeliver(self, handle: str) -> None:
        """Send what was acknowledged once more, as it was (REDELIVER)."""
        raise NotImplementedError(_LACKING)

    async def garbage(self) -> None:
        """Send something that is no frame (GARBAGE)."""
        raise NotImplementedError(_LACKING)

    async def drop(self) -> None:
        """Break the connection; a new one can be made at once (DROP)."""
        raise NotImplementedError(_LACKING)

    async def down(self) -> None:
        """Take the service away (OUTAGE)."""
        raise NotImplementedError(_LACKING)

    async def up(self) -> None:
        """Bring the service back (OUTAGE)."""
        raise NotImplementedError(_LACKING)

    async def refuse_login(self) -> None:
        """Refuse the adapter's credentials from now on (LOGIN)."""
        raise NotImplementedError(_LACKING)

    async def rate_limit(self, retry_after: float) -> None:
        """Refuse the next call: it may be tried again after so many seconds (RATE)."""
        raise NotImplementedError(_LACKING)

    async def stall(self) -> None:
        """Let calls hang until `flow` (STALL)."""
        raise NotImplementedError(_LACKING)

    async def flow(self) -> None:
        """Calls go on (STALL)."""
        raise NotImplementedError(_LACKING)
