"""What goes wrong at the fake service, and the switches for it."""

import asyncio
from dataclasses import dataclass, field

from cc_connect.testing.platform.line import Refused, Status


@dataclass(slots=True)
class Trouble:
    """How the service is just now. `Faults` sets it, calls of adapters meet it.

    Attributes:
        down: It cannot be reached.
        locked: It refuses the credentials.
        limits: For each of the next calls, after how many seconds it may be tried again.
        refusals: For each of the next calls, why it is refused for good.
        lost: So many of the next answers get lost on their way back, though the thing is done.
        delay: Every call takes so many seconds longer.
        flowing: Cleared while calls hang.
    """

    down: bool = False
    locked: bool = False
    limits: list[float] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    lost: int = 0
    delay: float = 0.0
    flowing: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.flowing.set()

    async def before(self) -> None:
        """What a call meets before it does something.

        Raises:
            Refused: It does nothing.
        """
        if self.delay:
            await asyncio.sleep(self.delay)
        await self.flowing.wait()
        self.reachable()
        if self.limits:
            raise Refused(Status.TOO_MANY, "too many calls", self.limits.pop(0))
        if self.refusals:
            raise Refused(Status.BAD, self.refusals.pop(0))

    def reachable(self) -> None:
        """Raise Refused when the service is down or knows no such login."""
        if self.down:
            raise Refused(Status.UNAVAILABLE, "the service is down")
        if self.locked:
            raise Refused(Status.UNAUTHORIZED, "the service refuses the login")

    def after(self) -> None:
        """What a call meets after it did something.

        Raises:
            Refused: Nobody hears that it is done.
        """
        if self.lost:
            self.lost -= 1
            raise Refused(Status.UNAVAILABLE, "the answer got lost")
