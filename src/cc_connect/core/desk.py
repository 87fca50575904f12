"""What a command may ask of the conversation it was given in, and what it answers with.

A command sees a `Desk`, never a platform, an agent or the store; its answer is a `Screen`, which is
drawn the same way whether it was typed, pressed or called natively.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cc_connect.contract.agent import AgentFeatures, Decision
from cc_connect.contract.command import CommandSpec, Role
from cc_connect.contract.content import Content, Text
from cc_connect.contract.inbound import Person
from cc_connect.core.spec import ModelChoice, Source, Supplier
from cc_connect.core.texts import Language
from cc_connect.core.turn.state import Busy, Grant, Request
from cc_connect.core.workplace import Unable, Workplace


@dataclass(frozen=True, slots=True)
class Screen:
    """The answer of a command; `private` asks that only the person sees it, where possible."""

    content: Content = ()
    private: bool = False


def screen(text: str) -> Screen:
    """A screen of prose."""
    return Screen((Text(text),))


@dataclass(frozen=True, slots=True)
class Running:
    """The running turn, as told from what was seen of it, without asking the agent."""

    seconds: float
    doing: str
    steps: int


@dataclass(frozen=True, slots=True)
class Facts:
    """How the conversation stands at this moment."""

    project: str
    agent: str
    platform: str
    chat: str
    cwd: str
    session: str
    session_name: str
    agent_session: str | None
    mode: str
    model: str
    effort: str
    provider: str
    busy: Busy
    detail: str
    language: Language
    queue: int
    pending: tuple[Request, ...]
    running: Running | None
    version: str


@dataclass(frozen=True, slots=True)
class SessionFact:
    """A session that can be switched to. `last_used` is Unix seconds.

    One that began in a `terminal` is not the conversation's yet: its id is that of the agent.
    """

    id: str
    name: str
    turns: int
    last_used: float
    current: bool
    terminal: bool = False
    agent_session: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A prompt and what came of it."""

    prompt: str
    answer: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A turn in which words were found. `at` is Unix seconds."""

    session: str
    said: Said
    at: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What a turn has cost: tokens, and US dollars; 0 where unknown."""

    model: str = ""
    input: int = 0
    output: int = 0
    cost: float = 0.0
    context: int = 0
    window: int = 0


@dataclass(frozen=True, slots=True)
class Missed:
    """An old message from while the program was away that waits for a word of a person.

    `row` is its number, the same for ever. `at` is when it was said, in Unix seconds.
    """

    row: int
    author: Person
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Passage:
    """One step of a message's way: when (Unix seconds), what, and the ids that belong to it."""

    at: float
    step: str
    detail: str


@dataclass(frozen=True, slots=True)
class AgentFact:
    """An agent that can work on this conversation; `title` is for people."""

    name: str
    title: str
    current: bool


class Desk(Protocol):
    """A conversation, as far as a command may act on it."""

    @property
    def person(self) -> Person:
        """Who gave the command."""
        ...

    @property
    def role(self) -> Role:
        """What that person may do."""
        ...

    def now(self) -> float:
        """Unix seconds."""
        ...

    def facts(self) -> Facts:
        """How things stand."""
        ...

    def features(self) -> AgentFeatures:
        """What the agent of the project can do."""
        ...

    @property
    def workplace(self) -> Workplace:
        """The folder of the conversation."""
        ...

    def agent_commands(self) -> frozenset[str]:
        """The agent's own commands, once it has named them."""
        ...

    def commands(self) -> tuple[CommandSpec, ...]:
        """Everything that can be ordered here."""
        ...

    def stop(self) -> bool:
        """Stop the running turn; False when nothing runs."""
        ...

    def submit(self, text: str, busy: Busy | None = None) -> None:
        """Ask the agent, as if the person had written it."""
        ...

    def decide(self, request: Request, decision: Decision) -> None:
        """Answer a request of the agent."""
        ...

    def may_answer(self, request: Request) -> bool:
        """Whether this person may answer that request."""
        ...

    def grants(self) -> tuple[Grant, ...]:
        """Standing permissions of the session in use and of the project, in force now."""
        ...

    def grant(self, grant: Grant) -> Awaitable[None]:
        """Give a standing permission, in place of one about the same; open requests stay open."""
        ...

    def revoke(self, grant: Grant) -> Awaitable[None]:
        """Take a standing permission; a running turn may still use it."""
        ...

    def prefer(self, name: str, value: str | None, *, everywhere: bool = False) -> Awaitable[None]:
        """Set (or with None clear) a preference of this conversation; the next turn has it.

        `everywhere` makes it the default of the project; the caller checks that this is an admin.
        """
        ...

    def source(self, name: str) -> Source:
        """Where a preference comes from."""
        ...

    def suppliers(self) -> tuple[Supplier, ...]:
        """The providers of the project."""
        ...

    def models(self) -> tuple[ModelChoice, ...]:
        """What /model offers: of the provider in use, else of the agent."""
        ...

    def agents(self) -> Awaitable[tuple[AgentFact, ...]]:
        """The agents that are on this machine, the project's own first."""
        ...

    def employ(self, agent: str) -> Awaitable[bool]:
        """Give the conversation to another agent, in a new session.

        Returns whether there was something to tell it about the time before.
        """
        ...

    def configuration(self) -> str:
        """The configuration of the project, without secrets."""
        ...

    def projects(self) -> tuple[str, ...]:
        """Projects that this conversation could be about; none where the place decides."""
        ...

    def work_on(self, project: str) -> Awaitable[None]:
        """Whatever is said at this place is for another project from now on."""
        ...

    def sessions(self) -> Awaitable[tuple[SessionFact, ...]]:
        """The sessions of this conversation and those from a terminal, newest first."""
        ...

    def listed(self) -> Awaitable[tuple[str, ...]]:
        """The sessions that the last list showed, in its order: what their numbers mean."""
        ...

    def note_listed(self, sessions: tuple[str, ...]) -> Awaitable[None]:
        """A list was shown."""
        ...

    def used_elsewhere(self, session: SessionFact) -> Awaitable[float | None]:
        """How many seconds ago another program worked on a session, if one did of late."""
        ...

    def start_session(self, name: str = "") -> Awaitable[None]:
        """Make a new session the one in use; a running turn ends as interrupted."""
        ...

    def switch(self, session: str) -> Awaitable[None]:
        """Make an old session the one in use; a running turn ends as interrupted.

        One from a terminal becomes the conversation's.
        """
        ...

    def rename(self, name: str) -> Awaitable[None]:
        """Name the session in use."""
        ...

    def fork(self, name: str = "") -> Awaitable[None]:
        """Go on with a copy of the session in use, which the agent must have begun.

        A running turn ends as interrupted.
        """
        ...

    def delete(self, session: str) -> Awaitable[None]:
        """Remove a session that is not in use, and what the agent keeps of it, for good."""
        ...

    def folders(self) -> Awaitable[tuple[str, ...]]:
        """Where the conversation was, the folder in use first."""
        ...

    def go(self, folder: str) -> Awaitable[str | Unable]:
        """Work in another folder from now on, in a new session; "" means the project's own.

        Gives the folder as it is called on the disk. A running turn ends as interrupted.
        """
        ...

    def search(self, words: str, limit: int) -> Awaitable[tuple[Hit, ...]]:
        """The latest turns with all these words in prompt or answer, newest first."""
        ...

    def usage(self) -> Awaitable[Usage | None]:
        """What the last turn of the session in use has cost."""
        ...

    def why(self, message: str = "") -> Awaitable[tuple[Passage, ...]]:
        """What became of a message of this conversation.

        When none is named it is the one that the command replies to, else the last one.
        """
        ...

    def missed(self) -> Awaitable[tuple[Missed, ...]]:
        """Old messages that wait for a word, in the order they were said."""
        ...

    def settle_missed(self, rows: tuple[int, ...], *, run: bool) -> Awaitable[None]:
        """Run or skip some of them; what does not wait any more is passed over."""
        ...

    def history(self, last: int) -> Awaitable[tuple[Said, ...]]:
        """The last turns of the session in use, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """A command as it was given: `rest` is everything after its name, `arguments` its parts."""

    name: str
    rest: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)

    def get(self, option: str) -> str:
        """An argument, or "" when it was not given."""
        return self.arguments.get(option, "").strip()


@dataclass(frozen=True, slots=True)
class Command:
    """A command as a value: what it is, and what it does.

    A slow one runs beside what comes after it, and after a crash it is not run again.
    """

    spec: CommandSpec
    run: Callable[[Call, Desk], Awaitable[Screen]]
    slow: bool = False
