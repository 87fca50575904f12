"""Conversations, items and requests for the tests of `step`: small, and all told by their names."""

from dataclasses import replace

from cc_connect.contract.agent import (
    AgentEvent,
    PermissionAsked,
    PlanProposed,
    Question,
    QuestionAsked,
    SessionSpec,
    Suggestion,
)
from cc_connect.contract.ids import Address, ConversationKey
from cc_connect.contract.inbound import Person
from cc_connect.core.trail import Trail
from cc_connect.core.turn.effects import Effect
from cc_connect.core.turn.mail import FromAgent, Mail
from cc_connect.core.turn.state import Asked, Conversation, Item, Phase, Request, Turn
from cc_connect.core.turn.step import step

KEY = ConversationKey("demo", Address("web", "one"))
ALICE = Person("alice", "Alice")
BOB = Person("bob", "Bob")

SPEC = SessionSpec(cwd="/p", session="s0", resume="a1")
"""How the live session of `idle` and `running` was opened, after the agent told its name."""
UNUSED = SessionSpec(cwd="/p", session="s0")
"""How the first session of a conversation is opened."""
EPOCH = 4
"""Of all conversations here but `new`; an unusual figure, so that a lost one shows."""
LIMIT = 3

LS = Suggestion("Bash(ls *)", '{"rule": "ls *"}')
GIT = Suggestion("Bash(git *)", '{"rule": "git *"}')

After = tuple[Conversation, tuple[Effect, ...]]


def item(number: int = 1, text: str = "do it", author: Person = ALICE) -> Item:
    """What somebody asked for: item `i1` from message `m1`, and so on."""
    return Item(id=f"i{number}", inbox=number, message=f"m{number}", author=author, text=text)


def items(*numbers: int) -> tuple[Item, ...]:
    return tuple(item(number) for number in numbers)


def turn(number: int = 1) -> Turn:
    """A running turn about item `number`, under the item's own id."""
    return Turn(item=item(number), prompt=f"i{number}")


def stopped_turn(number: int = 1) -> Turn:
    """The same after it was asked to stop."""
    return replace(turn(number), phase=Phase.STOPPING)


def new() -> Conversation:
    """A conversation in which nothing has happened."""
    return Conversation(key=KEY, tag="tag", spec=UNUSED, session="s0", limit=LIMIT)


def asleep() -> Conversation:
    """Something has happened before, but no agent is there."""
    return replace(new(), spec=SPEC, epoch=EPOCH, born=True)


def idle() -> Conversation:
    """An agent is there and has nothing to do."""
    return replace(asleep(), live=True, opened=True)


def running() -> Conversation:
    """An agent works on item 1."""
    return replace(idle(), turn=turn())


def starting() -> Conversation:
    """An agent was ordered for item 1 and has not reported yet."""
    return replace(running(), opened=False)


def stopping() -> Conversation:
    """An agent works on item 1 and was asked to stop."""
    return replace(running(), turn=stopped_turn())


def held() -> Conversation:
    """Items 2 and 3 wait because the agent cannot be started."""
    return replace(asleep(), queue=items(2, 3), held=True)


def permission(
    request: str = "r1",
    turn: str | None = "i1",
    tool: str = "Bash",
    suggestions: tuple[Suggestion, ...] = (),
) -> PermissionAsked:
    return PermissionAsked(turn, request, tool, {"command": "ls"}, suggestions=suggestions)


def question(request: str = "r1", turn: str | None = "i1") -> QuestionAsked:
    return QuestionAsked(turn, request, (Question("Which?"),))


def plan(request: str = "r1", turn: str | None = "i1") -> PlanProposed:
    return PlanProposed(turn, request, "1. do it")


def asked(what: Asked, number: int = 1, requester: Person | None = ALICE) -> Request:
    """A request as the conversation keeps it."""
    return Request(id=f"tag-{number}", number=number, asked=what, requester=requester)


def waiting(c: Conversation, *requests: Request) -> Conversation:
    """The same conversation with these requests open."""
    pending = {request.asked.request: request for request in requests}
    return replace(c, pending=pending, asked=max(request.number for request in requests))


def trail(*pieces: str) -> Trail[str]:
    return Trail(pieces)


def told_by_agent(c: Conversation, event: AgentEvent) -> After:
    """What becomes of the conversation when its live agent reports this."""
    return step(c, FromAgent(c.epoch, event))


def after(c: Conversation, *mails: Mail) -> Conversation:
    """What becomes of the conversation when all this happens; the effects do not matter."""
    for mail in mails:
        c, _ = step(c, mail)
    return c
