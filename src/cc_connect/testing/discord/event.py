"""One thing that happened, before it is written down for each bot that may know of it."""

from collections.abc import Callable
from dataclasses import dataclass

from cc_connect.testing.discord.model import Application, Channel, Guild, JsonObject


@dataclass(frozen=True, slots=True)
class Event:
    """A dispatch in the making.

    A session gets it when it asked for `intent` (0: always sent), when its bot is in `guild` and
    may view `channel`, and when `only` names its application or nobody. `render` writes the data
    as that application may see it with the intents of its session; it is called once per session,
    at the moment of the event.
    """

    name: str
    render: Callable[[Application, int], JsonObject]
    intent: int = 0
    guild: Guild | None = None
    channel: Channel | None = None
    only: Application | None = None
