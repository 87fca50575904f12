"""What the contract suite needs to know about an adapter's far end, and to do there."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cc_connect.contract.command import CommandOption, CommandSpec
from cc_connect.contract.ids import Address
from cc_connect.contract.platform import Platform


class Act(StrEnum):
    """What a harness may be unable to do; `PlatformHarness.lacks` says why."""

    ACKNOWLEDGED = "tell whether something was acknowledged"
    REDELIVER = "send something that was acknowledged once more"
    RETURN = "send what was not acknowledged to the next adapter"
    SHARED = "have a chat of several people"
    OVERHEARD = "say something that is not meant for the bot"
    BOTS = "have another bot speak"
    PEOPLE = "have two people, and rename one"
    THREADS = "have a thread"
    REPLY = "answer a message, or see what a message answers"
    EDIT = "edit what was said"
    RECALL = "take back what was said"
    SEND_FILES = "send a file"
    COMMANDS = "use a native command"
    SUGGEST = "see what is suggested while a command is typed"
    MENTION = "see who is called by a message"
    VANISH = "remove a message of the bot behind its back"
    GARBAGE = "send a frame that is none"
    DROP = "break the connection"
    OUTAGE = "take the service away and bring it back"
    LOGIN = "refuse the credentials"
    RATE = "answer that there are too many calls"
    STALL = "let calls hang"


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file a person got, downloaded."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of the bot as a person sees it now.

    Attributes:
        id: What `Receipt.message` said; "" for a growing text that is no message yet.
        text: Its words, without signs of markup.
        buttons: Labels of its buttons, in order.
        menus: For each menu the labels of its options, in order.
        forms: For each form the labels of its fields, in order.
        files: What can be downloaded from it.
        reply_to: Id of the message it answers.
        called: Ids of the people it calls; `EVERYONE` when it calls all.
    """

    id: str
    text: str = ""
    buttons: tuple[str, ...] = ()
    menus: tuple[tuple[str, ...], ...] = ()
    forms: tuple[tuple[str, ...], ...] = ()
    files: tuple[SeenFile, ...] = ()
    reply_to: str | None = None
    called: tuple[str, ...] = ()


EVERYONE = "everyone"
"""In `Seen.called`: all people of the chat."""

COMMANDS = (
    CommandSpec(
        "model",
        "show or set the model",
        options=(CommandOption("model", "which", suggests=True),),
    ),
    CommandSpec("stop", "stop the running turn"),
)
"""What the host of the suite offers as commands."""

SUGGESTED = {("model", "model"): ("opus", "opal", "sonnet")}
"""What the host of the suite knows for options."""


class PlatformHarness(Protocol):
    """One far end with an adapter on it, and the people there.

    A harness is used for one contract and is fresh: an empty private chat `place` of one person
    with the bot. Opening and closing it is the business of the test. Derive it from
    `LackingHarness`, which says of every act that it is lacking.

    What a person does returns a handle: the id that `Inbound.id` will have, or anything else the
    harness understands. A `message` is the id from a receipt. What `lacks` names is never called
    for. Acts may be called before the adapter runs, or while it is away.
    """

    @property
    def place(self) -> Address:
        """A private chat."""
        ...

    @property
    def lacks(self) -> Mapping[Act, str]:
        """What cannot be done here, each with a reason for people."""
        ...

    @property
    def patience(self) -> float:
        """Seconds after which something that must happen has not happened."""
        ...

    async def make(self) -> Platform:
        """Make an adapter, not running yet.

        Made again, it is as after a restart of the program: the one before does not run any more,
        what it kept in files and at its host is there, and its objects are not.
        """
        ...

    async def shared(self) -> Address:
        """A chat of several people, the bot among them (SHARED)."""
        ...

    async def thread(self) -> Address:
        """A thread in a chat (THREADS)."""
        ...

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
        """Say something. `who` is a name; another name is another person."""
        ...

    async def rename(self, who: str, name: str) -> None:
        """Have a person called otherwise; they speak as `name` from now on (PEOPLE)."""
        ...

    async def person(self, where: Address) -> str:
        """Id of a person there, as in `Post.mention` (MENTION)."""
        ...

    async def press(self, where: Address, message: str, label: str) -> str:
        """Press the button with this label."""
        ...

    async def choose(self, where: Address, message: str, labels: tuple[str, ...]) -> str:
        """Choose the options with these labels, and send the choice."""
        ...

    async def submit(self, where: Address, message: str, values: Mapping[str, str]) -> str:
        """Fill in the form by the labels of its fields, and send it."""
        ...

    async def invoke(self, where: Address, command: str, arguments: Mapping[str, str]) -> str:
        """Use a command of the platform's own surface (COMMANDS)."""
        ...

    async def suggestions(
        self, where: Address, command: str, option: str, prefix: str
    ) -> tuple[str, ...]:
        """What is offered while an option is typed (SUGGEST)."""
        ...

    async def edit(self, where: Address, handle: str, text: str) -> str:
        """Change what was said (EDIT)."""
        ...

    async def recall(self, where: Address, handle: str) -> str:
        """Take back what was said (RECALL)."""
        ...

    async def remove(self, where: Address, message: str) -> None:
        """Remove a message of the bot without telling it (VANISH)."""
        ...

    # --- what is seen ---------------------------------------------------------------------------

    async def seen(self, where: Address) -> tuple[Seen, ...]:
        """The bot's messages a person sees at this moment, oldest first."""
        ...

    async def signs_on(self, where: Address, handle: str) -> tuple[str, ...]:
        """The bot's reactions on what a person said."""
        ...

    async def acknowledged(self, handle: str) -> bool:
        """Whether the adapter has acknowledged what a person did (ACKNOWLEDGED)."""
        ...

    # --- trouble --------------------------------------------------------------------------------

    async def redeliver(self, handle: str) -> None:
        """Send what was acknowledged once more, as it was (REDELIVER)."""
        ...

    async def garbage(self) -> None:
        """Send something that is no frame (GARBAGE)."""
        ...

    async def drop(self) -> None:
        """Break the connection; a new one can be made at once (DROP)."""
        ...

    async def down(self) -> None:
        """Take the service away (OUTAGE)."""
        ...

    async def up(self) -> None:
        """Bring the service back (OUTAGE)."""
        ...

    async def refuse_login(self) -> None:
        """Refuse the adapter's credentials from now on (LOGIN)."""
        ...

    async def rate_limit(self, retry_after: float) -> None:
        """Refuse the next call: it may be tried again after so many seconds (RATE)."""
        ...

    async def stall(self) -> None:
        """Let calls hang until `flow` (STALL)."""
        ...

    async def flow(self) -> None:
        """Calls go on (STALL)."""
        ...
