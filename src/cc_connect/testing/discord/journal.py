"""What the twin was asked and what it answered, for assertions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, overload

from cc_connect.testing.discord.model import Application, Channel, Message


def matches(route: str, pattern: str | None) -> bool:
    """Whether a route such as `PATCH /channels/{channel}/messages/{message}` fits a pattern.

    A pattern is such a route, with `*` for any run of characters (`PATCH *`, `* /channels/*`);
    None fits every route.
    """
    return pattern is None or fnmatchcase(route, pattern)


@dataclass(slots=True, eq=False)
class Request:
    """One REST request and its outcome. Times are those of the twin's clock.

    `status` is None when no answer went out (a dropped connection). `performed` tells whether the
    request was carried out, which it can be even when its answer was an injected error or was lost.
    """

    at: float
    method: str
    path: str
    route: str
    params: dict[str, str]
    query: dict[str, str]
    headers: dict[str, str]
    application: Application | None = None
    body: Any = None
    files: tuple[str, ...] = ()
    status: int | None = None
    code: int | None = None
    answer: object = None
    performed: bool = False
    injected: str | None = None

    def __str__(self) -> str:
        outcome = "no answer" if self.status is None else str(self.status)
        code = f" ({self.code})" if self.code else ""
        return f"{self.at:.3f} {self.method} {self.path} -> {outcome}{code}"


@dataclass(frozen=True, slots=True)
class GatewayNote:
    """One thing on a gateway connection: `identify`, `resume`, `heartbeat`, `close`..."""

    at: float
    kind: str
    application: Application | None = None
    data: object = None


class Requests(Sequence[Request]):
    """The requests in the order of their arrival, with ways to pick among them."""

    def __init__(self, requests: Sequence[Request] = ()) -> None:
        self._requests = list(requests)

    @overload
    def __getitem__(self, index: int) -> Request: ...
    @overload
    def __getitem__(self, index: slice) -> "Requests": ...
    def __getitem__(self, index: int | slice) -> "Request | Requests":
        if isinstance(index, slice):
            return Requests(self._requests[index])
        return self._requests[index]

    def __len__(self) -> int:
        return len(self._requests)

    def __iter__(self) -> Iterator[Request]:
        return iter(self._requests)

    def __str__(self) -> str:
        return "\n".join(str(request) for request in self._requests)

    def add(self, request: Request) -> None:
        """Note one more."""
        self._requests.append(request)

    def clear(self) -> None:
        """Forget everything, so that a long test does not grow."""
        self._requests.clear()

    def of(
        self,
        route: str | None = None,
        *,
        status: int | None = None,
        channel: Channel | None = None,
        application: Application | None = None,
    ) -> "Requests":
        """Those that fit a route pattern (see `matches`) and all other wishes."""
        return Requests(
            [
                each
                for each in self._requests
                if matches(each.route, route)
                and status in {None, each.status}
                and (channel is None or each.params.get("channel") == str(channel.id))
                and application in {None, each.application}
            ]
        )

    def edits(self, channel: Channel | None = None, message: Message | None = None) -> "Requests":
        """Successful edits, also those through the token of an interaction."""
        return Requests(
            [
                each
                for each in self._requests
                if each.method == "PATCH"
                and "/messages/" in each.route
                and each.performed
                and _concerns(each, channel, message)
            ]
        )

    def posts(self, channel: Channel | None = None) -> "Requests":
        """Successful new messages in channels (not those through an interaction)."""
        found = self.of("POST /channels/{channel}/messages", channel=channel)
        return Requests([each for each in found if each.performed])

    @property
    def times(self) -> list[float]:
        """When each arrived, by the twin's clock."""
        return [each.at for each in self._requests]


def _concerns(request: Request, channel: Channel | None, message: Message | None) -> bool:
    answer = request.answer if isinstance(request.answer, dict) else {}
    return (channel is None or answer.get("channel_id") == str(channel.id)) and (
        message is None or answer.get("id") == str(message.id)
    )


class Journal:
    """Everything that was noted, and what went wrong inside the twin itself."""

    def __init__(self) -> None:
        self.requests = Requests()
        self.gateway: list[GatewayNote] = []
        self.crashes: list[Exception] = []

    def count(self, kind: str, application: Application | None = None) -> int:
        """How often something happened on the gateway."""
        return sum(
            1
            for note in self.gateway
            if note.kind == kind and application in {None, note.application}
        )
