"""The bot itself, users, direct conversations and the way to the gateway.

Docs: User, Application, Gateway > Get Gateway Bot.
"""

from cc_connect.testing.discord import wire
from cc_connect.testing.discord.errors import ApiError, FormErrors, Refusal
from cc_connect.testing.discord.permissions import in_guild
from cc_connect.testing.discord.rest.call import Answer, Call, Route

IDENTIFIES_A_DAY = 1000
_NAME = (2, 32)


async def get_self(call: Call) -> Answer:
    """Docs: User > Get Current User."""
    return Answer(200, wire.own_user_json(call.user))


async def change_self(call: Call) -> Answer:
    """Docs: User > Modify Current User: the name only."""
    name = call.body.get("username")
    if name is not None:
        least, most = _NAME
        if not least <= len(name) <= most:
            errors = FormErrors()
            errors.bad_length(("username",), least, most)
            errors.settle()
        call.user.name = name
    return Answer(200, wire.own_user_json(call.user))


async def get_user(call: Call) -> Answer:
    """Docs: User > Get User."""
    return Answer(200, wire.user_json(call.world.find_user(call.snowflake("user"))))


async def list_own_guilds(call: Call) -> Answer:
    """Docs: User > Get Current User Guilds."""
    mine = [g for g in call.world.guilds.values() if call.application.id in g.bots]
    return Answer(
        200,
        [
            {
                "id": str(guild.id),
                "name": guild.name,
                "icon": None,
                "banner": None,
                "owner": guild.owner is call.user,
                "permissions": str(in_guild(guild, call.user)),
                "features": [],
            }
            for guild in mine
        ],
    )


async def open_direct(call: Call) -> Answer:
    """Docs: User > Create DM: the same conversation every time."""
    recipient_id = str(call.body.get("recipient_id", ""))
    if not recipient_id.isdecimal():
        raise ApiError(Refusal.INVALID_RECIPIENT)
    other = call.world.users.get(int(recipient_id))
    if other is None or other is call.user or other.bot:
        raise ApiError(Refusal.INVALID_RECIPIENT)
    channel = call.world.direct_channel(call.user, other)
    return Answer(200, wire.channel_json(channel, call.application))


async def get_application(call: Call) -> Answer:
    """Docs: Application > Get Current Application; OAuth2 > Get Current Bot Application..."""
    mine = [g for g in call.world.guilds.values() if call.application.id in g.bots]
    return Answer(200, wire.application_json(call.application, len(mine)))


async def get_gateway(call: Call) -> Answer:
    """Docs: Gateway > Get Gateway."""
    return Answer(200, {"url": _gateway_url(call)})


async def get_gateway_bot(call: Call) -> Answer:
    """Docs: Gateway > Get Gateway Bot."""
    remaining = max(0, IDENTIFIES_A_DAY - call.application.identifies)
    limit = {
        "total": IDENTIFIES_A_DAY,
        "remaining": remaining,
        "reset_after": 24 * 3600 * 1000,
        "max_concurrency": 1,
    }
    return Answer(200, {"url": _gateway_url(call), "shards": 1, "session_start_limit": limit})


def _gateway_url(call: Call) -> str:
    return call.world.origin.replace("http", "ws", 1)


ROUTES = (
    Route("GET", "/users/@me", get_self),
    Route("PATCH", "/users/@me", change_self),
    Route("GET", "/users/@me/guilds", list_own_guilds),
    Route("POST", "/users/@me/channels", open_direct),
    Route("GET", "/users/{user}", get_user),
    Route("GET", "/oauth2/applications/@me", get_application),
    Route("GET", "/applications/@me", get_application),
    Route("GET", "/gateway", get_gateway, open=True),
    Route("GET", "/gateway/bot", get_gateway_bot),
)
