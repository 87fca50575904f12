"""A twin of Discord for tests: a Gateway and REST server that an unpatched client talks to.

    async with DiscordTwin() as twin:
        guild = twin.add_guild("Workshop")
        general = guild.add_channel("general")
        alice = twin.add_user("alice")
        guild.add_member(alice)
        bot = twin.add_application("cc-connect", owner=alice)
        guild.invite(bot)                       # with exactly the rights that are given here
        # ... start the program under test with bot.token, twin.api_base and twin.gateway_url
        await general.say(alice, "@cc-connect hello")
        answer = await general.wait_for(lambda message: message.author is bot.user)
        await twin.press(alice, answer, "Allow")
        print(general.transcript())

discord.py is pointed at it by `discord.http.Route.BASE = twin.api_base` and
`discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(twin.gateway_url)`.

Everything goes through real sockets on 127.0.0.1. What people do (`say`, `press`, `select`,
`submit`, `invoke`, `suggest`...) is a method of the twin or of a channel; what goes wrong is in
`twin.faults`; what was asked and answered is in `twin.requests` and `twin.gateway_log`. Rules of
time follow an injectable clock (`ManualClock`); rate limits are roomy unless `limits` is given.

Beside each behaviour stands the place in Discord's documentation, as `Docs: page > section`
(https://docs.discord.com/developers). Where it is silent the code says so: the HTTP status of most
JSON error codes, the inner codes of form errors, the figures of rate limits and the close code
after a missed heartbeat are what bots report, or plain choices of the twin.

What the twin does not play:

- voice, stages, presences (accepted and noted, never sent), soundboards, scheduled events;
- invites, bans, kicks, timeouts, audit logs, auto-moderation, verification, slow mode;
- emojis and stickers of guilds, polls, pins, crossposts, forwards (status 501, and the twin
  complains when it is closed), embeds made from links, voice messages;
- webhooks other than those of interactions, and interactions over HTTP;
- roles, members and guilds changed by bots, permissions of single commands, commands on users
  used by people, apps installed by users, premium buttons, activities, OAuth2;
- tags and other settings of forums, archiving of threads by the passing of time;
- ETF encoding; payload compression (which a server may always leave out); API versions but 10;
- limits on identifying (counted, not enforced), on invalid requests, on the size of a guild;
- a check of the User-Agent, languages (everything says en-US), servers other than one.
"""

from cc_connect.testing.discord.acts import PersonCannot
from cc_connect.testing.discord.clock import ManualClock
from cc_connect.testing.discord.command_options import NoSuchCommand
from cc_connect.testing.discord.errors import ApiError, Refusal
from cc_connect.testing.discord.intents import CHAT, Intent
from cc_connect.testing.discord.interaction import CallbackKind, Interaction, InteractionFailed
from cc_connect.testing.discord.journal import GatewayNote, Request, Requests
from cc_connect.testing.discord.model import (
    Application,
    Attachment,
    Channel,
    ChannelKind,
    Guild,
    Member,
    Message,
    MessageFlag,
    MessageKind,
    Role,
    User,
)
from cc_connect.testing.discord.permissions import BOT, PEOPLE, Permission
from cc_connect.testing.discord.places import ChannelHandle, File, GuildHandle
from cc_connect.testing.discord.ratelimit import RateLimits, Window
from cc_connect.testing.discord.twin import DiscordTwin

__all__ = [
    "BOT",
    "CHAT",
    "PEOPLE",
    "ApiError",
    "Application",
    "Attachment",
    "CallbackKind",
    "Channel",
    "ChannelHandle",
    "ChannelKind",
    "DiscordTwin",
    "File",
    "GatewayNote",
    "Guild",
    "GuildHandle",
    "Intent",
    "Interaction",
    "InteractionFailed",
    "ManualClock",
    "Member",
    "Message",
    "MessageFlag",
    "MessageKind",
    "NoSuchCommand",
    "Permission",
    "PersonCannot",
    "RateLimits",
    "Refusal",
    "Request",
    "Requests",
    "Role",
    "User",
    "Window",
]
