"""Everything that belongs to one login: built by `run`, thrown away with it."""

import asyncio
import contextlib
from dataclasses import replace
from functools import partial
from typing import NoReturn

import structlog
import yarl

from cc_connect.contract.platform import PlatformHost
from cc_connect.platforms.discord.acts import Acts
from cc_connect.platforms.discord.catch_up import CatchUp
from cc_connect.platforms.discord.check import API, invitation
from cc_connect.platforms.discord.client import Client
from cc_connect.platforms.discord.company import Company
from cc_connect.platforms.discord.config import DiscordOptions
from cc_connect.platforms.discord.cursors import Cursors
from cc_connect.platforms.discord.delivery import Delivery
from cc_connect.platforms.discord.errors import WIRE_ERRORS, translated
from cc_connect.platforms.discord.forms import Forms
from cc_connect.platforms.discord.gateway import Line
from cc_connect.platforms.discord.inbound import Account, Hearing
from cc_connect.platforms.discord.invocations import Invocations
from cc_connect.platforms.discord.offer import Offer
from cc_connect.platforms.discord.once import Once
from cc_connect.platforms.discord.places import Places
from cc_connect.platforms.discord.reception import Parts, Reception
from cc_connect.platforms.discord.threads import Threads
from cc_connect.platforms.discord.timings import Timings
from cc_connect.platforms.discord.wire import Json, number, part, parts, text

MILLISECONDS = 1000
ACCEPTED = 2
"""Docs: Teams > Membership State."""

log = structlog.get_logger(__name__)


class Link:
    """A bot that is signed in, or is about to be. It hears what the client hears."""

    def __init__(
        self,
        instance: str,
        options: DiscordOptions,
        host: PlatformHost,
        timings: Timings,
        once: Once,
    ) -> None:
        self._options = options
        self._once = once
        self._host = host
        self._timings = timings
        self.client = Client(options, self, timings)
        self.rest = self.client.rest
        self.places = Places(self.client, instance, options)
        self.account = Account("")
        self.delivery: Delivery | None = None
        self._cursors = Cursors(host, timings.save)
        self._forms = Forms(host)
        hearing = Hearing(options.reply_all, options.respond_to_at_everyone_and_here)
        threads = None
        if options.thread_isolation:
            threads = Threads(self.rest, self.places, once, timings.thread)
        self._calls = Invocations(self.rest, host, timings)
        self._company = Company(host, self.places, options.bot_hops)
        self._offer = Offer(self.rest, host, options)
        together = Parts(
            host=host,
            rest=self.rest,
            places=self.places,
            forms=self._forms,
            cursors=self._cursors,
            threads=threads,
            hearing=hearing,
            timings=timings,
            once=once,
            calls=self._calls,
            company=self._company,
        )
        self._reception = Reception(together)
        self._acts = Acts(together, self._reception)
        self._catch_up = CatchUp(
            self.rest, self.places, self._reception, self._cursors, hearing, timings
        )
        self._awaited: set[str] = set()
        self._settled = False
        self._told_down = False
        self._guilds_timer: asyncio.TimerHandle | None = None
        self._break_timer: asyncio.TimerHandle | None = None

    async def hold(self) -> NoReturn:
        """Sign in and stay connected. Raises what discord.py raises, and PlatformError."""
        if self._options.proxy:
            log.info("discord: using proxy", proxy=yarl.URL(self._options.proxy).host or "")
        await self._cursors.load()
        await self._company.load()
        for promised in await self._calls.load():
            self._acts.keep(promised)
        async with self.client:
            await self._sign_in()
            writer = asyncio.create_task(self._cursors.keep(), name="discord-cursors")
            try:
                line = Line(self.client, self, self._options.gateway_url, self._timings)
                await line.hold()
            finally:
                self._still()
                await self._reception.stop()
                if self.delivery is not None:
                    await self.delivery.stop()
                writer.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await writer

    async def _sign_in(self) -> None:
        token = self._options.token.strip().removeprefix("Bot ").strip()
        user = await self.rest.static_login(token)
        try:
            application: Json = await self.rest.application_info()
        except WIRE_ERRORS as error:
            application = {}
            log.warning("discord: the owner of the bot is not known", error=str(translated(error)))
        await self._wait_for_a_login()
        account = account_of(user, application)
        self._known_as(replace(account, peers=frozenset(self._options.bots)))

    async def _wait_for_a_login(self) -> None:
        """Discord takes the token of a bot away that logs in too often in a day."""
        try:
            limit = await self.rest.logins()
        except WIRE_ERRORS:
            return  # a server that does not count them
        if "remaining" not in limit or number(limit, "remaining") > 0:
            return
        seconds = number(limit, "reset_after") / MILLISECONDS
        log.warning("discord: no login is left for today; waiting", seconds=round(seconds))
        await asyncio.sleep(seconds)

    def _known_as(self, account: Account) -> None:
        self.account = self._reception.account = account
        self._calls.application = account.application or account.user
        style = self._options.progress_style
        self.delivery = Delivery(
            self.rest,
            self.places,
            self._forms,
            self._calls,
            account,
            style,
            previews=self._options.link_previews,
        )

    # --- what the client hears ----------------------------------------------------------------

    def ready(self, data: Json) -> None:
        """A new session: its servers follow one by one, and what was missed must be read."""
        self._still()
        self._settled = False
        guilds = parts(data, "guilds")
        self._awaited = {text(each, "id") for each in guilds if each.get("unavailable")}
        self._catch_up.begin()
        if not self._awaited:
            self._connected()
            return
        loop = asyncio.get_running_loop()
        self._guilds_timer = loop.call_later(self._timings.guilds, self._connected)

    def guild(self, guild_id: str) -> None:
        """A server is here; the last one to come makes the picture complete."""
        if self._settled:
            self._tell_rights((guild_id,))
            if self._offer.concerns(guild_id):
                self._make_offer(anew=True)
            return
        self._awaited.discard(guild_id)
        if not self._awaited:
            self._connected()

    def _connected(self) -> None:
        self._still()
        self._settled = True
        self._told_down = False
        guilds = self.client.guilds
        log.info("discord: connected", bot=self.account.name, guilds=len(guilds))
        self._tell_rights(tuple(str(guild.id) for guild in guilds))
        self._make_offer()
        self._host.connected()

    def _make_offer(self, *, anew: bool = False) -> None:
        offering = partial(self._offer.make, self._calls.application, anew=anew)
        self._reception.queue("commands", offering)

    def resumed(self) -> None:
        """The session goes on."""
        self._still()
        log.debug("discord: session resumed")
        if self._told_down:
            self._told_down = False
            self._host.connected()
        if not self._settled:
            self._connected()

    def broken(self, reason: str) -> None:
        """The connection broke. A short break is nobody's business: what was said comes later."""
        log.debug("discord: connection broken", reason=reason)
        if self._guilds_timer is not None:
            self._guilds_timer.cancel()
            self._guilds_timer = None
        if self._break_timer is None and not self._told_down:
            loop = asyncio.get_running_loop()
            self._break_timer = loop.call_later(self._timings.hiccup, self._down, reason)

    def _down(self, reason: str) -> None:
        self._break_timer = None
        self._told_down = True
        self._host.disconnected(reason)

    def _still(self) -> None:
        for timer in (self._guilds_timer, self._break_timer):
            if timer is not None:
                timer.cancel()
        self._guilds_timer = self._break_timer = None

    def left(self, name: str) -> None:
        """The bot was removed from a server."""
        log.warning("discord: removed from a server", server=name)

    def message(self, data: Json) -> None:
        """Somebody wrote."""
        self._reception.message(data)

    def edited(self, data: Json) -> None:
        """A message changed."""
        self._reception.edited(data)

    def deleted(self, channel: str, guild: str, messages: tuple[str, ...]) -> None:
        """Messages are gone."""
        self._reception.deleted(channel, guild, messages)

    def acted(self, data: Json) -> None:
        """Something was pressed, or a command was used."""
        self._acts.acted(data)

    @property
    def _invitation(self) -> str:
        return invitation(self._options.api_base or API, self._calls.application)

    # --- rights -------------------------------------------------------------------------------

    def _tell_rights(self, guilds: tuple[str, ...]) -> None:
        """One line for each right that is missing or would give more, with the servers."""
        guilds = tuple(each for each in guilds if self._once("rights", each))
        missing: dict[str, list[str]] = {}
        forgone: dict[tuple[str, str], list[str]] = {}
        for guild_id in guilds:
            server = self.places.server(guild_id)
            if server is None:
                continue
            name, standing = server
            for right in standing.lacking(threads=self._options.thread_isolation):
                missing.setdefault(right, []).append(name)
            for pair in standing.forgone(self._options.progress_style).items():
                forgone.setdefault(pair, []).append(name)
        for right, names in missing.items():
            log.warning(
                "discord: a right is missing",
                right=right,
                server=", ".join(names),
                mend=f"give it to the bot's role, or invite the bot again: {self._invitation}",
            )
        for (right, gives), names in forgone.items():
            log.info(
                "discord: a right would give more",
                right=right,
                gives=gives,
                server=", ".join(names),
            )


def account_of(user: Json, application: Json) -> Account:
    """Who the bot is, and who Discord says owns it: a person, or the admins of a team.

    Docs: Application > Application Object, Teams > Team Member Roles.
    """
    owners = {text(part(application, "owner"), "id")}
    team = part(application, "team")
    if team:
        owners = {text(team, "owner_user_id")}
        owners |= {
            text(part(each, "user"), "id")
            for each in parts(team, "members")
            if text(each, "role") == "admin" and number(each, "membership_state") == ACCEPTED
        }
    name = f"{text(user, 'username')}#{text(user, 'discriminator').zfill(4)}"
    known = frozenset(owners - {""})
    return Account(text(user, "id"), name, text(application, "id"), known)
