"""What the contract suite needs to be able to make an agent do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cc_connect.contract.agent import Agent, SessionSpec


class Act(StrEnum):
    """What an agent may be unable to do; `AgentHarness.lacks` says why."""

    THINK = "think aloud"
    PERMISSION = "ask for permission to run a tool"
    REASON = "hear why a permission was refused"
    PARALLEL = "ask for several permissions at once"
    GRANT = "take a permission for the whole session"
    QUESTION = "ask a question"
    PLAN = "propose a plan"
    TODO = "keep a to-do list"
    FILE = "send a file"
    INTERRUPT = "be interrupted"
    STEER = "take words while it works"
    BACKGROUND = "speak without being asked"
    FAIL = "fail because its model's service does"
    EXIT = "die in the middle of a turn"
    NOVELTY = "send a frame nobody knows"
    FLOOD = "send a frame that is too long"
    NOISE = "print what is no frame"
    CLEAR = "forget everything and go on under another session id"
    COMPACT = "shorten its memory"
    RESUME = "continue a session"
    FORK = "continue a session as a copy"
    TRACE = "tell what became of a prompt"


@dataclass(frozen=True, slots=True)
class Script:
    """What the agent is to do in a turn, in this order. All parts are optional.

    Attributes:
        thinks: Think this aloud.
        permissions: Ask for permission for so many tool runs, all at once; then run those that
            are allowed. The output of a run is `ran <its title>`.
        asks: Ask one question with the choices `A` and `B`, of which several may be chosen, and
            then say the answer, as `A, B`.
        plans: Propose this plan, and then say `approved` or `rejected`.
        todos: Show this list, with the first entry done and the second one active.
        sends: Send the file with this path.
        reports: Say the output of all tools of the turn, before what `says` says. The output of
            a run that was refused contains the reason, unless the agent lacks `Act.REASON`.
        background: When the turn is over, say this without being asked.
        says: Say this.
        pieces: In so many pieces.
        novelty: Send a frame nobody knows.
        flood: Send a frame that is too long to be taken in.
        noise: Print this line, which is no frame.
        compacts: Shorten the memory.
        waits: Then do nothing until interrupted.
        holds: Wait until the file with this path exists, while a tool runs, and then say what was
            said to it meanwhile.
        fails: Fail because the service of the model refuses.
        exits: Die.
    """

    thinks: str = ""
    permissions: int = 0
    asks: str = ""
    plans: str = ""
    todos: tuple[str, ...] = ()
    sends: str = ""
    reports: bool = False
    background: str = ""
    says: str = ""
    pieces: int = 1
    novelty: bool = False
    flood: bool = False
    noise: str = ""
    compacts: bool = False
    waits: bool = False
    holds: str = ""
    fails: bool = False
    exits: bool = False


class AgentHarness(Protocol):
    """A driver with an agent that can be told what to do. Fresh for each contract.

    Attributes:
        lacks: What the agent cannot do, each with a reason for people.
        patience: Seconds after which something that must happen has not happened.
    """

    @property
    def lacks(self) -> Mapping[Act, str]:
        """See above."""
        ...

    @property
    def patience(self) -> float:
        """See above."""
        ...

    def agent(self) -> Agent:
        """The driver. Called several times it may give the same one."""
        ...

    def without_program(self) -> Agent:
        """The driver where the agent's program is not installed."""
        ...

    def spec(self) -> SessionSpec:
        """How to open a session, in a folder that is there."""
        ...

    def prompt(self, script: Script) -> str:
        """The words that make the agent do this. Only asked for what it does not lack."""
        ...

    def clear(self) -> str:
        """The words that make it forget everything; see `Act.CLEAR`."""
        ...

    def alive(self, pid: int) -> bool:
        """Whether the process is there."""
        ...
