"""One use of a button, menu, form or command, from the press to the end of its token.

Docs: Interactions > Receiving and Responding. The rules of time live here: an initial response
within 3 seconds, a token of 15 minutes.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from cc_connect.testing.discord.model import Application, Channel, JsonObject, Message, User

ACKNOWLEDGE_WITHIN = 3.0
TOKEN_LIFE = 15 * 60.0


class InteractionKind(IntEnum):
    """Docs: Interactions > Interaction Type."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    FORM = 5


class CallbackKind(IntEnum):
    """Docs: Interactions > Interaction Callback Type."""

    MESSAGE = 4
    DEFER_MESSAGE = 5
    DEFER_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    FORM = 9


class InteractionFailed(Exception):
    """What a person sees as "This interaction failed": the bot did not answer in time."""


@dataclass(slots=True, eq=False)
class Interaction:
    """One interaction. `answered` is the kind of the first response, None until there is one."""

    id: int
    kind: InteractionKind
    token: str
    application: Application
    user: User
    channel: Channel
    data: JsonObject
    started_at: float
    message: Message | None = None
    cause: "Interaction | None" = None
    answered: CallbackKind | None = None
    answered_at: float | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    form: JsonObject | None = None
    choices: list[JsonObject] = field(default_factory=list)
    hidden: bool = False

    def overdue(self, now: float) -> bool:
        """Whether the 3 seconds for the first response have passed."""
        return now - self.started_at > ACKNOWLEDGE_WITHIN

    def expired(self, now: float) -> bool:
        """Whether the token is no longer good."""
        return now - self.started_at > TOKEN_LIFE

    @property
    def source(self) -> Message | None:
        """The message whose component started it, also through a form."""
        if self.message is not None or self.cause is None:
            return self.message
        return self.cause.source
