"""The requests an adapter makes, through discord.py's own client: its buckets, its retries.

Two things are added: an address per client (the library knows one for the whole process) and the
pacer over all routes.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, cast

import aiohttp
import discord
from discord.http import HTTPClient, Ratelimit, Route

from cc_connect.platforms.discord.config import DiscordOptions
from cc_connect.platforms.discord.pacer import Pacer, Urgency, urgency
from cc_connect.platforms.discord.wire import Draft, Json, part

LONGEST_LIMIT = 10.0
"""Seconds: who has to wait longer for a limit is told, instead of being kept waiting. A usual
limit (five messages in five seconds) is waited for here."""
ARCHIVE_MINUTES = 1440
MESSAGE, LATER, UPDATE_LATER, CHOICES, FORM = 4, 5, 6, 8, 9
"""Docs: Interactions > Interaction Callback Type."""
EPHEMERAL = 1 << 6
LIMIT = "session_start_limit"
PUBLIC_THREAD = 11
"""Docs: Channel > Channel Types."""
_MESSAGES = "/channels/{channel_id}/messages"
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"


class Rest(HTTPClient):
    """Requests of one bot."""

    def __init__(self, loop: Any, options: DiscordOptions, pacer: Pacer) -> None:  # noqa: ANN401 - a sentinel of the library
        super().__init__(
            loop,
            proxy=options.proxy or None,
            proxy_auth=proxy_auth(options),
        )
        self._base = options.api_base.rstrip("/")
        self._pacer = pacer
        self.max_ratelimit_timeout = LONGEST_LIMIT  # as an argument it would be 30 at least

    def get_ratelimit(self, key: str) -> Ratelimit:
        """The bucket of a route; one that knows no longest wait.

        discord.py's buckets compare the longest wait with the length of their window, not with the
        time somebody has to wait: with 49 of 50 threads in five minutes left, they would refuse.
        """
        longest, self.max_ratelimit_timeout = self.max_ratelimit_timeout, None
        try:
            return super().get_ratelimit(key)
        finally:
            self.max_ratelimit_timeout = longest

    async def request(
        self,
        route: Route,
        *,
        files: Sequence[discord.File] | None = None,
        form: Iterable[dict[str, Any]] | None = None,
        **rest: Any,  # noqa: ANN401 - passed on as it is
    ) -> Any:  # noqa: ANN401 - JSON
        """Make a request when it is its turn. Raises what discord.py raises."""
        if self._base:
            route.url = self._base + route.url.removeprefix(Route.BASE)
        turn = await self._pacer.turn(urgency.get())
        try:
            return await super().request(route, files=files, form=form, **rest)
        finally:
            self._pacer.answered(turn)

    @property
    def crowded(self) -> bool:
        """Many requests wait for their turn."""
        return self._pacer.crowded

    # Messages.

    async def post(self, channel: str, body: Draft, files: Sequence[discord.File] = ()) -> Json:
        """Docs: Message > Create Message. The caller closes the files."""
        route = Route("POST", _MESSAGES, channel_id=channel)
        if not files:
            return cast("Json", await self.request(route, json=body))
        return cast("Json", await self.request(route, files=files, form=_written(body, files)))

    async def amend(self, channel: str, message: str, body: Draft) -> None:
        """Docs: Message > Edit Message."""
        route = Route("PATCH", _MESSAGE, channel_id=channel, message_id=message)
        await self.request(route, json=body)

    async def remove(self, channel: str, message: str) -> None:
        """Docs: Message > Delete Message."""
        await self.delete_message(cast("int", channel), cast("int", message))

    async def look_up(self, channel: str, message: str) -> Json:
        """Docs: Message > Get Channel Message."""
        route = Route("GET", _MESSAGE, channel_id=channel, message_id=message)
        return cast("Json", await self.request(route))

    async def history(self, channel: str, *, after: str = "", limit: int) -> list[Json]:
        """Docs: Message > Get Channel Messages. Newest first."""
        query: dict[str, Any] = {"limit": limit} | ({"after": after} if after else {})
        route = Route("GET", _MESSAGES, channel_id=channel)
        return cast("list[Json]", await self.request(route, params=query))

    async def logins(self) -> Json:
        """How often the bot may still log in. Docs: Gateway > Session Start Limit Object."""
        return part(cast("Json", await self.request(Route("GET", "/gateway/bot"))), LIMIT)

    # Channels and threads.

    async def channel(self, channel: str) -> Json:
        """Docs: Channel > Get Channel."""
        route = Route("GET", "/channels/{channel_id}", channel_id=channel)
        return cast("Json", await self.request(route))

    async def member(self, guild: str, user: str) -> Json:
        """Docs: Guild > Get Guild Member."""
        route = Route("GET", "/guilds/{guild_id}/members/{user}", guild_id=guild, user=user)
        return cast("Json", await self.request(route))

    async def type_in(self, channel: str) -> None:
        """Docs: Channel > Trigger Typing Indicator."""
        await self.request(Route("POST", "/channels/{channel_id}/typing", channel_id=channel))

    async def react(self, channel: str, message: str, sign: str, *, on: bool) -> None:
        """Docs: Message > Create Reaction, Delete Own Reaction."""
        way = f"{_MESSAGE}/reactions/{{sign}}/@me"
        method = "PUT" if on else "DELETE"
        await self.request(Route(method, way, channel_id=channel, message_id=message, sign=sign))

    async def open_thread(self, channel: str, message: str, name: str) -> Json:
        """Docs: Channel > Start Thread from Message."""
        route = Route(
            "POST",
            "/channels/{channel_id}/messages/{message_id}/threads",
            channel_id=channel,
            message_id=message,
        )
        body = {"name": name, "auto_archive_duration": ARCHIVE_MINUTES}
        return cast("Json", await self.request(route, json=body))

    async def open_bare_thread(self, channel: str, name: str) -> Json:
        """Docs: Channel > Start Thread without Message."""
        route = Route("POST", "/channels/{channel_id}/threads", channel_id=channel)
        body = {"name": name, "auto_archive_duration": ARCHIVE_MINUTES, "type": PUBLIC_THREAD}
        return cast("Json", await self.request(route, json=body))

    async def wake_thread(self, thread: str) -> None:
        """Take a thread out of the archive. Docs: Channel > Modify Channel."""
        route = Route("PATCH", "/channels/{channel_id}", channel_id=thread)
        await self.request(route, json={"archived": False})

    # Interactions. discord.py sends these through a module of its own, which knows neither the
    # address nor the proxy of this client.

    async def acknowledge(self, interaction: str, token: str) -> None:
        """Tell Discord that a press was seen; the message changes later, or not at all."""
        await self._respond(interaction, token, {"type": UPDATE_LATER})

    async def show_form(self, interaction: str, token: str, form: Draft) -> None:
        """Open a form before the person who pressed."""
        await self._respond(interaction, token, {"type": FORM, "data": form})

    async def whisper(self, interaction: str, token: str, text: str) -> None:
        """Answer a press with a line that nobody else sees."""
        data = {"content": text, "flags": EPHEMERAL}
        await self._respond(interaction, token, {"type": MESSAGE, "data": data})

    async def whisper_after(self, application: str, token: str, body: Draft) -> str:
        """Say something more about a press, which nobody else sees; the id of the message.

        Docs: Interactions > Create Followup Message; a token is good for a quarter of an hour.
        """
        route = Route(
            "POST",
            "/webhooks/{webhook_id}/{webhook_token}",
            webhook_id=application,
            webhook_token=token,
        )
        data = await self.request(route, json={**body, "flags": EPHEMERAL})
        return str(data["id"])

    async def suggest(self, interaction: str, token: str, choices: list[Draft]) -> None:
        """Offer values for an option that is being typed."""
        await self._respond(interaction, token, {"type": CHOICES, "data": {"choices": choices}})

    async def promise(self, interaction: str, token: str) -> None:
        """Tell Discord that the answer to a command comes later: "thinking..."."""
        await self._respond(interaction, token, {"type": LATER})

    async def answer(self, interaction: str, token: str, body: Draft) -> str:
        """Answer a command at once; the id of the message, "" where the server does not tell."""
        told = await self._respond(interaction, token, {"type": MESSAGE, "data": body}, told=True)
        resource = told.get("resource") if isinstance(told, dict) else None
        message = (resource or {}).get("message") or {}
        return str(message.get("id") or "")

    async def fulfil(
        self, application: str, token: str, body: Draft, files: Sequence[discord.File] = ()
    ) -> str:
        """Put the answer in the place of "thinking..."; the id of the message.

        Docs: Interactions > Edit Original Interaction Response.
        """
        route = Route(
            "PATCH",
            "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
            webhook_id=application,
            webhook_token=token,
        )
        was = urgency.set(Urgency.NOW)
        try:
            if files:
                data = await self.request(route, files=files, form=_written(body, files))
            else:
                data = await self.request(route, json=body)
        finally:
            urgency.reset(was)
        return str(data.get("id") or "") if isinstance(data, dict) else ""

    async def offer(self, application: str, guild: str, commands: list[Draft]) -> None:
        """Replace the list of commands, of a server or ("") everywhere.

        Docs: Application Commands > Bulk Overwrite Global/Guild Application Commands.
        """
        place = f"/guilds/{guild}" if guild else ""
        route = Route("PUT", f"/applications/{application}{place}/commands")
        await self.request(route, json=commands)

    async def _respond(
        self, interaction: str, token: str, body: Draft, *, told: bool = False
    ) -> Any:  # noqa: ANN401 - JSON
        """Docs: Interactions > Create Interaction Response. Not counted by the global limit."""
        route = Route(
            "POST",
            "/interactions/{webhook_id}/{webhook_token}/callback",
            webhook_id=interaction,
            webhook_token=token,
        )
        query: dict[str, Any] = {"params": {"with_response": "true"}} if told else {}
        was = urgency.set(Urgency.NOW)
        try:
            return await self.request(route, json=body, **query)
        finally:
            urgency.reset(was)


def proxy_auth(options: DiscordOptions) -> aiohttp.BasicAuth | None:
    """The credentials for the proxy; None without a user name."""
    if not options.proxy_username:
        return None
    return aiohttp.BasicAuth(options.proxy_username, options.proxy_password)


def _written(body: Draft, files: Sequence[discord.File]) -> list[dict[str, Any]]:
    """The parts of a request with files. Docs: Reference > Uploading Files."""
    described = [file.to_dict(place) for place, file in enumerate(files)]
    whole = json.dumps({**body, "attachments": described}, ensure_ascii=False)
    parts: list[dict[str, Any]] = [{"name": "payload_json", "value": whole}]
    parts += [
        {
            "name": f"files[{place}]",
            "value": file.fp,
            "filename": file.filename,
            "content_type": "application/octet-stream",
        }
        for place, file in enumerate(files)
    ]
    return parts
