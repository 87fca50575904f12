"""Breaks things at the fake service, on demand."""

import asyncio

from cc_connect.testing.platform.line import LineDropped
from cc_connect.testing.platform.service import ChatService


class Faults:
    """Every fault there is. Those with `times` pass by themselves, the others until taken back."""

    def __init__(self, service: ChatService) -> None:
        self._service = service

    def down(self, seconds: float | None = None) -> None:
        """The service is not reachable: connections end, calls fail; for so long, or until `up`."""
        self._service.trouble.down = True
        self._service.hang_up(LineDropped("the service went down"))
        if seconds is not None:
            asyncio.get_running_loop().call_later(seconds, self.up)

    def up(self) -> None:
        """The service is reachable again."""
        self._service.trouble.down = False
        self._service.pulse.beat()

    def drop(self) -> None:
        """The connection breaks; a new one can be made at once."""
        self._service.hang_up(LineDropped("the connection broke"))

    def refuse_login(self, on: bool = True) -> None:  # noqa: FBT001, FBT002 - reads as a switch
        """The credentials are wrong from now on."""
        self._service.trouble.locked = on
        if on:
            self._service.hang_up(LineDropped("the login is not good any more"))

    def die(self, error: Exception | None = None) -> None:
        """Have `run` of the adapter fail by a bug of its own."""
        self._service.hang_up(error or RuntimeError("a bug in the adapter"))

    def rate_limit(self, times: int = 1, *, retry_after: float = 1.0) -> None:
        """Refuse the next calls as too many; each may be tried again after so many seconds."""
        self._service.trouble.limits += [retry_after] * times

    def reject(self, times: int = 1, *, reason: str = "the service does not take this") -> None:
        """Refuse the next calls for good."""
        self._service.trouble.refusals += [reason] * times

    def lose_receipts(self, times: int = 1) -> None:
        """Do what the next calls say, but let nobody hear of it."""
        self._service.trouble.lost += times

    def slow(self, seconds: float) -> None:
        """Let every call take so much longer; 0 ends it."""
        self._service.trouble.delay = seconds

    def hold(self) -> None:
        """Let calls hang until `release`."""
        self._service.trouble.flowing.clear()

    def release(self) -> None:
        """Calls go on."""
        self._service.trouble.flowing.set()

    def garbage(self, text: str = '{"number": 0, "event": ') -> None:
        """Send something that is no frame."""
        self._service.send(text)

    def redeliver(self, ident: str) -> None:
        """Send what happened under this id once more, though it was acknowledged."""
        for frame in self._service.frames:
            if frame.id == ident:
                self._service.send(frame.text)
