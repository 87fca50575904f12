"""What a conversation is run by: its project, its place, and what people set in the chat."""

from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from cc_connect.contract.agent import Agent, SessionSpec
from cc_connect.contract.ids import Address
from cc_connect.contract.platform import Capabilities, ProgressStyle, Support
from cc_connect.core.admission import Policy
from cc_connect.core.compose.turn import Limits
from cc_connect.core.display import Detail, Display, display_for
from cc_connect.core.spec import AGENT, BUSY, DETAIL, LANGUAGE, PROVIDER, STYLE, Supplier
from cc_connect.core.texts import Language, language_of
from cc_connect.core.turn.mail import OnRestart
from cc_connect.core.turn.state import QUEUE_LIMIT, Busy
from cc_connect.runtime.prewarmed import Prewarmed

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds; 0 means never.

    Attributes:
        silence: An agent that says nothing for so long is ended.
        turn: A turn that takes so long is ended.
        stop: After a polite stop the agent has so long.
        request: An answer must come within so long.
        session: An agent with nothing to do is closed after so long.
    """

    silence: float = 120 * MINUTE
    turn: float = 0.0
    stop: float = 10.0
    request: float = 24 * 60 * MINUTE
    session: float = 30 * MINUTE


class LongAnswer(StrEnum):
    """What becomes of an answer that is longer than a message."""

    AUTO = ""  # several messages up to MOST_PIECES, then as FILE
    SPLIT = "split"  # as many messages as it takes
    FILE = "file"  # its beginning as a message, the whole as a file


@dataclass(frozen=True, slots=True)
class PeopleRole:
    """A role: who has it (ids in lower case), which commands they lack, their own pace."""

    people: frozenset[str]
    disabled: frozenset[str] = frozenset()
    pace: tuple[int, float] | None = None


class Others(Protocol):
    """The other agents that can work on a project. Both may import plug-ins."""

    def installed(self) -> tuple[str, ...]:
        """Names of the agents that are on this machine, the project's own first; looks there."""
        ...

    def project(self, name: str) -> "Project | None":
        """The project with this agent in place of its own; None when there is no such agent."""
        ...


@dataclass(frozen=True, slots=True)
class Project:
    """A project of the configuration, ready to run.

    Attributes:
        name: Its name.
        agent: The driver.
        agent_type: Its name in the configuration.
        spec: How sessions are opened unless a conversation says otherwise.
        sign_in: What to type on the machine when the agent is not signed in.
        policies: Who is let in, by platform instance.
        styles: The style of progress set for a platform instance.
        catch_up_max_age: People are asked about a message that was said so many seconds ago, while
            the program was away, before it is run; 0 = none is asked about.
        shared: Platform instances in which a chat is one conversation for all.
        long_answers: What becomes of long answers, by platform instance.
        aliases: What a whole message, or its first word, stands for.
        suppliers: The providers that can be chosen.
        supplier: The one that is used unless a conversation says otherwise; "" = own account.
        keys: Environment of the agent by provider: its key and address.
        approvers: Who may answer requests: `requester`, `admin`, `member`, or names of `roles`.
        roles: Roles of people, by their names in lower case.
        default_role: The role of people that no role names.
        configured: The configuration of the project for people, without secrets.
        reset_on_idle: A message after so many seconds of silence begins a new session; 0 = never.
        terminal_sessions: Sessions that were begun in a terminal are listed too.
        merge_queued: What a person has waiting becomes one turn.
        roots: Folders that a conversation may be moved to, with what is below; none = any.
        environ: What programs that people start here may see of our environment.
        marker: Names this instance to the processes it starts.
        others: The agents that a conversation can be given to.
        pace: Most messages of a person in so many seconds; owners and admins are not held back.
    """

    name: str
    agent: Agent
    agent_type: str
    spec: SessionSpec
    sign_in: str = ""
    language: Language = Language.ENGLISH
    detail: Detail = Detail.FULL
    display: Display | None = None
    busy: Busy = Busy.QUEUE
    queue_limit: int = QUEUE_LIMIT
    timeouts: Timeouts = field(default_factory=Timeouts)
    on_restart: OnRestart = OnRestart.RESUME
    catch_up_max_age: float = 10 * MINUTE
    inject_sender: bool = False
    disabled_commands: frozenset[str] = frozenset()
    policies: Mapping[str, Policy] = field(default_factory=dict)
    styles: Mapping[str, ProgressStyle] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    attachment_limit: int = 50 * 1024 * 1024
    long_answers: Mapping[str, LongAnswer] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    pace: tuple[int, float] = (0, 0.0)
    suppliers: tuple[Supplier, ...] = ()
    supplier: str = ""
    keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    approvers: frozenset[str] = frozenset({"requester", "admin"})
    roles: Mapping[str, PeopleRole] = field(default_factory=dict)
    default_role: str = "member"
    configured: str = ""
    reset_on_idle: float = 0.0
    terminal_sessions: bool = True
    merge_queued: bool = False
    roots: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    marker: str = "unnamed"
    others: Others | None = None

    def equipped(self, spec: SessionSpec, supplier: str) -> SessionSpec:
        """The spec with what the agent needs for a provider."""
        keys = self.keys.get(supplier)
        return replace(spec, env={**spec.env, **keys}) if keys else spec

    def with_agent(self, name: str) -> "Project":
        """The project with another agent in place of its own, if there is such an agent."""
        if not name or name == self.agent_type or self.others is None:
            return self
        return self.others.project(name) or self

    def role_of(self, person: str) -> tuple[str, PeopleRole | None]:
        """The role of a person by their id; one for everybody else has the id `*`."""
        for wanted in (person.lower(), "*"):
            for name, role in self.roles.items():
                if wanted in role.people:
                    return name, role
        return self.default_role, self.roles.get(self.default_role)


@dataclass(slots=True)
class Settings:
    """A project at one place, with the preferences of one conversation.

    `preferences` are those of the conversation, and behind them those that an admin set for the
    whole project; `long_texts` is the folder for answers that go out as files; `identity` is the
    environment that tells an agent which conversation it works for.
    """

    own: Project
    address: Address
    capabilities: Callable[[Address], Capabilities]
    preferences: ChainMap[str, str]
    long_texts: Path | None = None
    identity: Mapping[str, str] = field(default_factory=dict)

    @property
    def project(self) -> Project:
        """The project, with the agent that was chosen for this conversation."""
        return self.own.with_agent(self.preferences.get(AGENT, ""))

    @property
    def long_answer(self) -> LongAnswer:
        """What becomes of long answers here."""
        return self.project.long_answers.get(self.address.platform, LongAnswer.AUTO)

    @property
    def spec(self) -> SessionSpec:
        """How sessions are opened here, before what people chose in the chat."""
        mode = self.can.mode
        return replace(self.project.spec, mode=mode) if mode else self.project.spec

    @property
    def can(self) -> Capabilities:
        """What the platform can do here."""
        return self.capabilities(self.address)

    @property
    def language(self) -> Language:
        """The language of the chat."""
        return language_of(self.preferences.get(LANGUAGE, "")) or self.project.language

    @property
    def busy(self) -> Busy:
        """What a message means that comes while a turn runs."""
        chosen = self.preferences.get(BUSY)
        return Busy(chosen) if chosen else self.project.busy

    @property
    def supplier(self) -> str:
        """The provider in use; "" for the agent's own account."""
        chosen = self.preferences.get(PROVIDER, self.project.supplier)
        return chosen if chosen in self.project.keys else ""

    def equipped(self, spec: SessionSpec) -> SessionSpec:
        """The spec with what the agent needs for the provider in use, which is never stored.

        A spare agent has to fit any conversation, so it is told none: the process tells it.
        """
        if not isinstance(self.project.agent, Prewarmed):
            spec = replace(spec, env={**spec.env, **self.identity})
        return self.project.equipped(spec, self.supplier)

    @property
    def display(self) -> Display:
        """What of a turn is shown."""
        detail = self.preferences.get(DETAIL)
        if detail is None:
            return self.project.display or display_for(self.project.detail)
        return display_for(Detail(detail))

    @property
    def style(self) -> ProgressStyle:
        """How progress is shown."""
        chosen = self.preferences.get(STYLE)
        if chosen is not None:
            return ProgressStyle(chosen)
        return self.project.styles.get(self.address.platform, self.can.progress)

    @property
    def keeps_steps(self) -> bool:
        """The steps of a turn belong into its final post: they are drawn, and nothing else is kept.

        So on the page, whose history is our store; a chat application keeps the live message.
        """
        return self.can.cards is Support.FULL and self.can.stream is Support.FULL

    @property
    def limits(self) -> Limits:
        """Figures that endings name."""
        timeouts = self.project.timeouts
        return Limits(timeouts.silence / MINUTE, timeouts.turn / MINUTE, self.project.sign_in)
