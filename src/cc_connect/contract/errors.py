"""Every failure an adapter or an agent may raise.

    CcConnectError
    +-- PlatformError             a chat platform could not do it
    |   +-- PlatformUnavailable   not now: try again later
    |   +-- PlatformAuthFailed    the credentials are refused: park it, tell a person
    |   +-- RateLimited           too fast: try again after `retry_after` seconds
    |   +-- DeliveryRejected      never, in this form: bury it
    |       +-- MessageGone       the message to change is not there (any more)
    +-- AgentError                an agent could not be started or spoken to
        +-- AgentMissing          its program is not on this machine
        +-- AgentStartFailed      it ended or fell silent before it was ready
        +-- ResumeFailed          it does not know the session to continue
        +-- AgentGone             it is not there (any more) to take an order

An error carries what is needed to react, so that nobody has to look into its text. The text is for
people: what happened and what to do next.
"""


class CcConnectError(Exception):
    """Anything this program raises on purpose."""


class PlatformError(CcConnectError):
    """A chat platform could not do what was asked."""


class PlatformUnavailable(PlatformError):
    """Not reachable or not able just now; the same call may work later."""


class PlatformAuthFailed(PlatformError):
    """The platform refuses the credentials or the rights; a person has to mend it."""


class RateLimited(PlatformError):
    """Too many calls. `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class DeliveryRejected(PlatformError):
    """The platform will never take this as it is."""


class MessageGone(DeliveryRejected):
    """The message to be changed is gone, or too old to be changed."""


class AgentError(CcConnectError):
    """An agent could not be started or spoken to."""


class AgentMissing(AgentError):
    """The agent's program is not on this machine."""


class AgentStartFailed(AgentError):
    """The agent ended, or fell silent, before it was ready."""


class ResumeFailed(AgentError):
    """The agent does not know the session that was to be continued."""


class AgentGone(AgentError):
    """The session has ended; orders do not reach it any more."""
